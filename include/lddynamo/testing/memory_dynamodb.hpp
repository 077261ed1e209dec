/// @file
/// MemoryDynamoDb: a DynamoDB in memory, for tests and development.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/dynamodb_client.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::test_support {

/// A DynamoDB in memory with the service's own semantics for the operations of DynamoDbClient:
/// condition, key-condition, filter and projection expressions, 1 MB pages, batch limits, 400 KB
/// items, key rules, and the service's error codes and messages. Tables are ACTIVE at once.
/// Capacity, indexes, streams and billing are not simulated. It is a tool for development and
/// tests.
/// @par Thread safety  All methods may be called from any thread at once.
class MemoryDynamoDb final : public DynamoDbClient {
  public:
    MemoryDynamoDb();
    ~MemoryDynamoDb() override;

    /// What a scripted fault does to one operation.
    struct Fault {
        /// Fail with this instead of doing the operation.
        std::optional<Error> error{};
        /// Do the operation, then fail with this all the same: an answer lost on its way.
        std::optional<Error> error_after{};
        /// BatchWriteItem, BatchGetItem: leave this many of the requests unprocessed.
        std::size_t unprocessed = 0;
    };
    /// Called before each operation with its name ("PutItem"); return a fault or nullopt. Calls are
    /// serialized. Pass nullptr to stop.
    void SetFaults(std::function<std::optional<Fault>(std::string_view operation)> faults);

    /// Rows of a table, in no particular order; empty when there is no such table.
    [[nodiscard]] std::vector<Item> Rows(std::string const& table) const;
    /// Operations done or failed so far, per name; "" counts all.
    [[nodiscard]] std::size_t CallCount(std::string_view operation = {}) const;

    /// Answers one request of DynamoDB's JSON protocol, as `lddynamo local` does over HTTP.
    /// @param target  the X-Amz-Target header, "DynamoDB_20120810.GetItem".
    /// @param body    the JSON body.
    /// @return status, headers and JSON body; errors in the service's form. Never fails.
    [[nodiscard]] HttpResponse HandleWire(std::string_view target, std::string_view body);

    [[nodiscard]] Result<GetItemResponse> GetItem(GetItemRequest const& request) override;
    [[nodiscard]] Result<QueryResponse> Query(QueryRequest const& request) override;
    [[nodiscard]] Result<ScanResponse> Scan(ScanRequest const& request) override;
    [[nodiscard]] Result<BatchGetItemResponse> BatchGetItem(
        BatchGetItemRequest const& request) override;
    [[nodiscard]] Result<WriteResponse> PutItem(PutItemRequest const& request) override;
    [[nodiscard]] Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) override;
    [[nodiscard]] Result<BatchWriteItemResponse> BatchWriteItem(
        BatchWriteItemRequest const& request) override;
    [[nodiscard]] Status TransactWriteItems(TransactWriteItemsRequest const& request) override;
    [[nodiscard]] Result<TableDescription> DescribeTable(std::string const& table) override;
    [[nodiscard]] Result<TableDescription> CreateTable(CreateTableRequest const& request) override;
    [[nodiscard]] Status DeleteTable(std::string const& table) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lddynamo::test_support
