/// @file
/// The operations on a table's settings: UpdateTable, time to live, tags, limits.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/engine.hpp"

#include <lddynamo/value.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::memory {

/// Does the operation. @param json  passed CheckTypes and CheckConstraints.
/// @return the JSON of the answer; nullopt: it is none of these operations.
[[nodiscard]] std::optional<Outcome<std::string>> PerformSettings(Engine& engine,
                                                                  std::string_view operation,
                                                                  Value const& json);

/// Reads a list of tags into `tags`. @return what is wrong; empty: nothing.
[[nodiscard]] std::string AddTags(Value const& json,
                                  std::map<std::string, std::string, std::less<>>& tags);

}  // namespace lddynamo::dynamodb::memory
