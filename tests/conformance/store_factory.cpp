#include "conformance/store_factory.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/memory_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <unistd.h>

#include <atomic>
#include <stdexcept>

namespace lddynamo::conformance {
namespace {

template <class T>
T Must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().Describe());
    return std::move(*result);
}

/// Each MemoryFeatureStore is a world of its own, so a place has one for each prefix.
class MemoryPlace final : public StorePlace {
  public:
    [[nodiscard]] std::unique_ptr<FeatureStore> Make(std::string) override {
        return std::make_unique<MemoryFeatureStore>();
    }
};

std::string FreshTableName() {
    static std::atomic<int> count{0};
    return "conformance-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

template <bool kChunked>
std::unique_ptr<TablePlace> MakeTableInProcess() {
    return std::make_unique<TablePlace>(std::make_shared<test_support::MemoryDynamoDb>(), kChunked);
}

std::string Endpoint() {
    return ProcessEnvironment().GetNonEmpty("LDDYNAMO_TEST_ENDPOINT").value_or("");
}

template <bool kChunked>
std::unique_ptr<TablePlace> MakeTableOnServer() {
    DynamoDbClientOptions options;
    options.aws.endpoint_url = Endpoint();
    return std::make_unique<TablePlace>(Must(MakeDynamoDbClient(std::move(options))), kChunked);
}

}  // namespace

TablePlace::TablePlace(std::shared_ptr<DynamoDbClient> server, bool chunked)
    : server_(std::move(server)),
      fake_(std::make_shared<test_support::FakeDynamoDbClient>(server_)),
      table_(FreshTableName()),
      chunked_(chunked) {
    (void)Must(CreateFeatureTable(*server_, table_));
}

TablePlace::~TablePlace() {
    (void)server_->DeleteTable(table_);
}

std::unique_ptr<FeatureStore> TablePlace::Make(std::string prefix) {
    return Make(std::move(prefix), InitWrites::kGuarded);
}

std::unique_ptr<FeatureStore> TablePlace::Make(std::string prefix, InitWrites init_writes) {
    DynamoDbFeatureStoreOptions options;
    options.table = table_;
    options.prefix = std::move(prefix);
    options.client = fake_;
    options.clock = &clock_;
    options.chunk_oversize_items = chunked_;
    options.init_writes = init_writes;
    return Must(DynamoDbFeatureStore::Create(std::move(options)));
}

void TablePlace::PutRow(Item row) {
    (void)Must(server_->PutItem({.table = table_, .item = std::move(row)}));
}

std::vector<Item> TablePlace::Rows(std::string const& ns) {
    QueryRequest request;
    request.table = table_;
    request.key_condition_expression = "#ns = :ns";
    request.names.emplace("#ns", "namespace");
    request.values.emplace(":ns", AttributeValue::S(ns));
    request.consistent_read = true;
    return Must(QueryAllItems(*server_, {&request, 1})).front();
}

std::vector<Item> TablePlace::AllRows(std::string const& prefix) {
    std::vector<Item> all;
    for (std::string const name : {"features", "segments", "$inited"}) {
        for (auto& row : Rows(prefix.empty() ? name : prefix + ":" + name)) {
            all.push_back(std::move(row));
        }
    }
    return all;
}

std::vector<PlaceMaker> PlacesInProcess() {
    return {{"MemoryFeatureStore", [] { return std::make_unique<MemoryPlace>(); }},
            {"DynamoDbOnMemoryDynamoDb", MakeTableInProcess<false>},
            {"ChunkedOnMemoryDynamoDb", MakeTableInProcess<true>}};
}

std::vector<TablePlaceMaker> TablesInProcess() {
    return {{"DynamoDbOnMemoryDynamoDb", MakeTableInProcess<false>},
            {"ChunkedOnMemoryDynamoDb", MakeTableInProcess<true>}};
}

std::vector<PlaceMaker> PlacesOnServer() {
    if (Endpoint().empty()) return {};
    return {{"DynamoDbOnServer", MakeTableOnServer<false>},
            {"ChunkedOnServer", MakeTableOnServer<true>}};
}

std::vector<TablePlaceMaker> TablesOnServer() {
    if (Endpoint().empty()) return {};
    return {{"DynamoDbOnServer", MakeTableOnServer<false>}};
}

std::vector<TablePlaceMaker> PlainTables(bool on_server) {
    if (!on_server) return {{"DynamoDbOnMemoryDynamoDb", MakeTableInProcess<false>}};
    return TablesOnServer();
}

std::vector<TablePlaceMaker> ChunkedTables(bool on_server) {
    if (!on_server) return {{"ChunkedOnMemoryDynamoDb", MakeTableInProcess<true>}};
    if (Endpoint().empty()) return {};
    return {{"ChunkedOnServer", MakeTableOnServer<true>}};
}

}  // namespace lddynamo::conformance
