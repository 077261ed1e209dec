/// @file
/// DynamoDbClient's requests and errors to the engine's, and back.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/service_error.hpp"
#include "dynamodb/memory/table.hpp"

#include <lddynamo/dynamodb_client.hpp>

namespace lddynamo::dynamodb::memory {

[[nodiscard]] GetInput ToInput(GetItemRequest const& request);
[[nodiscard]] QueryInput ToInput(QueryRequest const& request);
[[nodiscard]] QueryInput ToInput(ScanRequest const& request);
[[nodiscard]] WriteInput ToInput(PutItemRequest const& request);
[[nodiscard]] WriteInput ToInput(DeleteItemRequest const& request);
[[nodiscard]] BatchGetInput ToInput(BatchGetItemRequest const& request);
[[nodiscard]] BatchWriteInput ToInput(BatchWriteItemRequest const& request);
[[nodiscard]] TransactWriteInput ToInput(TransactWriteItemsRequest const& request);
[[nodiscard]] Outcome<TableSettings> ToSettings(CreateTableRequest const& request);

[[nodiscard]] Outcome<TableDescription> Described(Outcome<Table const*> const& table);
[[nodiscard]] Error ToError(ServiceError const& error);
/// A scripted error as the service would send it.
[[nodiscard]] ServiceError ToServiceError(Error const& error);

}  // namespace lddynamo::dynamodb::memory
