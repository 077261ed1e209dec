/// @file
/// AttributeUpdates, UpdateItem's older form.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/requests.hpp"

#include <map>
#include <string>

namespace lddynamo::dynamodb::memory {

using LegacyUpdates = std::map<std::string, LegacyUpdate, std::less<>>;

/// What is wrong, in the service's words; empty: nothing.
[[nodiscard]] std::string CheckLegacyUpdates(LegacyUpdates const& updates);
/// @return what is wrong; `item` is then unspecified. Empty: done.
[[nodiscard]] std::string ApplyLegacyUpdates(LegacyUpdates const& updates, Item& item);

}  // namespace lddynamo::dynamodb::memory
