/// @file
/// Answers to JSON.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/table.hpp"
#include "dynamodb/object_writer.hpp"

#include <lddynamo/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// Which consumed capacity the request asked for.
enum class CapacityDetail : std::uint8_t { kNone, kTotal, kIndexes };
[[nodiscard]] CapacityDetail WantedCapacity(Value const& parameters);
/// @param kind  "Read" or "Write": tell these units by name too; empty: do not.
void AppendCapacity(std::string& out, CapacityDetail detail, std::string_view table, double units,
                    std::string_view kind = {});

[[nodiscard]] std::string TableJson(Table const& table, std::string_view status);
[[nodiscard]] std::string QueryJson(QueryOutput const& output, QueryInput const& input,
                                    CapacityDetail detail);
[[nodiscard]] std::string BatchGetJson(BatchGetOutput const& output, BatchGetInput const& input,
                                       CapacityDetail detail);
[[nodiscard]] std::string BatchWriteJson(BatchWriteOutput const& output,
                                         BatchWriteInput const& input, CapacityDetail detail);

}  // namespace lddynamo::dynamodb::memory
