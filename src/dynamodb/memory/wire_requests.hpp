/// @file
/// Parameters in JSON to requests.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/service_error.hpp"
#include "dynamodb/memory/table.hpp"

#include <lddynamo/value.hpp>

#include <string>
#include <vector>

namespace lddynamo::dynamodb::memory {

// All need JSON that passed CheckTypes and CheckConstraints.

/// An attribute value; what is wrong with it goes into `flaw`.
[[nodiscard]] CheckedValue ToCheckedValue(Value const& json);
[[nodiscard]] CheckedItem ToCheckedItem(Value const& json);

[[nodiscard]] GetInput ToGet(Value const& json);
[[nodiscard]] WriteInput ToWrite(Value const& json, WriteInput::Kind kind);
[[nodiscard]] QueryInput ToQuery(Value const& json, bool scan);
[[nodiscard]] BatchGetInput ToBatchGet(Value const& json);
[[nodiscard]] BatchWriteInput ToBatchWrite(Value const& json);
[[nodiscard]] Outcome<TransactWriteInput> ToTransactWrite(Value const& json);
[[nodiscard]] std::vector<GetInput> ToTransactGet(Value const& json);
[[nodiscard]] Outcome<TableSettings> ToTableSettings(Value const& json);

/// Takes units over that fit the billing mode. @return what is wrong; empty: nothing.
[[nodiscard]] std::string CheckThroughput(Value const& json, TableSettings& settings);

/// The text of a member; empty when there is none.
[[nodiscard]] std::string Text(Value const& json, std::string_view name);

}  // namespace lddynamo::dynamodb::memory
