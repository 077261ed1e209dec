/// @file
/// The longest time that is waited for.
/// Layer: base.
#pragma once

#include <chrono>

namespace lddynamo::base {

/// A year stands for ever: a point in time and the largest duration would overflow.
inline constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);

}  // namespace lddynamo::base
