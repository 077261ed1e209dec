/// @file
/// The JSON bodies of DynamoDB's operations.
/// Layer: dynamodb. Source: docs.aws.amazon.com/amazondynamodb/latest/APIReference
#pragma once

#include <lddynamo/dynamodb_client.hpp>

#include <string>

namespace lddynamo::dynamodb {

[[nodiscard]] std::string WriteBody(GetItemRequest const& request);
[[nodiscard]] std::string WriteBody(QueryRequest const& request);
[[nodiscard]] std::string WriteBody(ScanRequest const& request);
[[nodiscard]] std::string WriteBody(BatchGetItemRequest const& request);
[[nodiscard]] std::string WriteBody(PutItemRequest const& request);
[[nodiscard]] std::string WriteBody(DeleteItemRequest const& request);
[[nodiscard]] std::string WriteBody(BatchWriteItemRequest const& request);
/// A token is made when the request has none: the attempts of one call must share it.
[[nodiscard]] std::string WriteBody(TransactWriteItemsRequest const& request);
[[nodiscard]] std::string WriteBody(CreateTableRequest const& request);
/// DescribeTable and DeleteTable.
[[nodiscard]] std::string WriteTableName(std::string const& table);

}  // namespace lddynamo::dynamodb
