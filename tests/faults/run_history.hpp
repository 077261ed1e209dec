/// @file
/// One random history, from its seed to its verdict.
#pragma once

#include "faults/history.hpp"
#include "faults/mutants.hpp"

#include <cstdint>
#include <string>

namespace lddynamo::faults {

struct Verdict {
    std::string violation{};  ///< Empty: every rule held.
    std::string trace{};      ///< When asked for.
};
/// Runs writers and readers on one table, with faults, and checks all they do. The same seed gives
/// the same history.
[[nodiscard]] Verdict RunHistory(std::uint64_t seed, Mutant mutant, Tally& tally, bool trace);

}  // namespace lddynamo::faults
