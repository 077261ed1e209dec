/// @file
/// Changes of tables as text and back: the payload of the data file's records.
/// Layer: dynamodb (local service).
#pragma once

#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/journal.hpp"

#include <lddynamo/result.hpp>

#include <span>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::local {

/// A JSON array: {"table":{...}}, {"drop":"name"}, {"in":"name","put":{...}} and
/// {"in":"name","erase":{...}}; attributes in DynamoDB's JSON.
[[nodiscard]] std::string ChangesToText(std::span<memory::Change const> changes);

/// Makes the changes.
/// @retval ErrorCode::kInvalidData  not such a text, or it does not fit the tables.
[[nodiscard]] Status ApplyChanges(std::string_view text, memory::Engine& engine);

}  // namespace lddynamo::dynamodb::local
