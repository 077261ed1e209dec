/// @file
/// The JSON answers of DynamoDB's operations. Unknown members are ignored, missing ones are empty.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

namespace lddynamo::dynamodb {

// All fail with:
// @retval ErrorCode::kInvalidData  a member has another form than DynamoDB's.
[[nodiscard]] Result<GetItemResponse> ReadGetItem(Value const& answer);
/// Also of Scan.
[[nodiscard]] Result<QueryResponse> ReadQuery(Value const& answer);
[[nodiscard]] Result<BatchGetItemResponse> ReadBatchGetItem(Value const& answer);
[[nodiscard]] Result<BatchWriteItemResponse> ReadBatchWriteItem(Value const& answer);
/// @param answer  of DescribeTable ("Table") or of CreateTable ("TableDescription").
[[nodiscard]] Result<TableDescription> ReadTableDescription(Value const& answer);

}  // namespace lddynamo::dynamodb
