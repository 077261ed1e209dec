/// @file
/// Random numbers for jitter and ids; not for keys.
/// Layer: base.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lddynamo::base {

/// Uniform over [0, 1): injectable, so that tests can fix it.
using RandomFraction = std::function<double()>;

/// 64 random bits; seeded from the kernel once a thread, and again after a fork.
[[nodiscard]] std::uint64_t RandomBits() noexcept;
/// A RandomFraction made of RandomBits.
[[nodiscard]] double RandomUnit() noexcept;
/// A version 4 UUID in lower case with dashes.
[[nodiscard]] std::string RandomUuid();

}  // namespace lddynamo::base
