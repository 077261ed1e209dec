/// @file
/// FakeDynamoDbClient: watches and bends what passes to another DynamoDbClient.
#pragma once

#include <lddynamo/dynamodb_client.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::test_support {

/// Every operation goes to its hook when there is one, else to the inner client, else fails. Set
/// hooks before the calls; they run on the calling thread.
/// @par Thread safety  As its hooks and its inner client; the list of calls is guarded.
class FakeDynamoDbClient final : public DynamoDbClient {
  public:
    explicit FakeDynamoDbClient(std::shared_ptr<DynamoDbClient> inner = nullptr)
        : inner_(std::move(inner)) {}

    std::function<Result<GetItemResponse>(GetItemRequest const&)> on_get{};
    std::function<Result<QueryResponse>(QueryRequest const&)> on_query{};
    std::function<Result<BatchGetItemResponse>(BatchGetItemRequest const&)> on_batch_get{};
    std::function<Result<WriteResponse>(PutItemRequest const&)> on_put{};
    std::function<Result<BatchWriteItemResponse>(BatchWriteItemRequest const&)> on_batch_write{};
    std::function<Result<TableDescription>(std::string const&)> on_describe{};
    std::function<Result<TableDescription>(CreateTableRequest const&)> on_create{};

    /// The names of the operations so far, in order.
    [[nodiscard]] std::vector<std::string> Calls() const {
        std::scoped_lock const lock(mutex_);
        return calls_;
    }
    [[nodiscard]] std::size_t CallCount(std::string_view operation) const {
        std::scoped_lock const lock(mutex_);
        std::size_t count = 0;
        for (auto const& call : calls_) count += call == operation ? 1U : 0U;
        return count;
    }
    void ForgetCalls() {
        std::scoped_lock const lock(mutex_);
        calls_.clear();
    }
    [[nodiscard]] DynamoDbClient& Inner() { return *inner_; }

    [[nodiscard]] Result<GetItemResponse> GetItem(GetItemRequest const& request) override {
        return Pass("GetItem", on_get, &DynamoDbClient::GetItem, request);
    }
    [[nodiscard]] Result<QueryResponse> Query(QueryRequest const& request) override {
        return Pass("Query", on_query, &DynamoDbClient::Query, request);
    }
    [[nodiscard]] Result<ScanResponse> Scan(ScanRequest const& request) override {
        Note("Scan");
        return inner_ ? inner_->Scan(request) : Unscripted("Scan");
    }
    [[nodiscard]] Result<BatchGetItemResponse> BatchGetItem(
        BatchGetItemRequest const& request) override {
        return Pass("BatchGetItem", on_batch_get, &DynamoDbClient::BatchGetItem, request);
    }
    [[nodiscard]] Result<WriteResponse> PutItem(PutItemRequest const& request) override {
        return Pass("PutItem", on_put, &DynamoDbClient::PutItem, request);
    }
    [[nodiscard]] Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) override {
        Note("DeleteItem");
        return inner_ ? inner_->DeleteItem(request) : Unscripted("DeleteItem");
    }
    [[nodiscard]] Result<BatchWriteItemResponse> BatchWriteItem(
        BatchWriteItemRequest const& request) override {
        return Pass("BatchWriteItem", on_batch_write, &DynamoDbClient::BatchWriteItem, request);
    }
    [[nodiscard]] Status TransactWriteItems(TransactWriteItemsRequest const& request) override {
        Note("TransactWriteItems");
        return inner_ ? inner_->TransactWriteItems(request) : Unscripted("TransactWriteItems");
    }
    [[nodiscard]] Result<TableDescription> DescribeTable(std::string const& table) override {
        return Pass("DescribeTable", on_describe, &DynamoDbClient::DescribeTable, table);
    }
    [[nodiscard]] Result<TableDescription> CreateTable(CreateTableRequest const& request) override {
        return Pass("CreateTable", on_create, &DynamoDbClient::CreateTable, request);
    }
    [[nodiscard]] Status DeleteTable(std::string const& table) override {
        Note("DeleteTable");
        return inner_ ? inner_->DeleteTable(table) : Unscripted("DeleteTable");
    }

  private:
    template <class Hook, class Method, class Request>
    auto Pass(char const* name, Hook const& hook, Method method, Request const& request)
        -> decltype(hook(request)) {
        Note(name);
        if (hook) return hook(request);
        if (inner_) return ((*inner_).*method)(request);
        return Unscripted(name);
    }
    static tl::unexpected<Error> Unscripted(char const* name) {
        return Fail(ErrorCode::kInternal, std::string("the test did not expect ") + name);
    }
    void Note(char const* name) {
        std::scoped_lock const lock(mutex_);
        calls_.emplace_back(name);
    }

    std::shared_ptr<DynamoDbClient> inner_;  // shared with the test
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;  // guarded by mutex_
};

/// An Error of that code.
[[nodiscard]] inline Error ErrorOf(ErrorCode code, std::string message = "scripted") {
    Error error;
    error.code = code;
    error.message = std::move(message);
    return error;
}

}  // namespace lddynamo::test_support
