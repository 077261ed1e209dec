/// @file
/// The order in which flags are written: prerequisites first.
/// Layer: store.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace lddynamo::store {

/// A flag's key and the keys of its prerequisites.
using FlagNeeds = std::pair<std::string, std::vector<std::string>>;

/// Groups of indices into `flags`; every flag comes in a later group than its prerequisites.
/// Unknown prerequisites do not count. Flags that need each other in a circle share one group.
/// @param flags  no key twice.
[[nodiscard]] std::vector<std::vector<std::size_t>> PrerequisiteLevels(
    std::vector<FlagNeeds> const& flags);

}  // namespace lddynamo::store
