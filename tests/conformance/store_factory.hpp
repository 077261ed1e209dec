/// @file
/// Where the conformance suite gets its stores from.
#pragma once

#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/feature_store.hpp>

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

namespace lddynamo::conformance {

/// A place that keeps stores' data; a fresh one for each test.
class StorePlace {
  public:
    StorePlace() = default;
    StorePlace(StorePlace const&) = delete;
    StorePlace& operator=(StorePlace const&) = delete;
    virtual ~StorePlace() = default;
    /// A store that is empty unless something was written there before under that prefix.
    [[nodiscard]] virtual std::unique_ptr<FeatureStore> Make(std::string prefix = "") = 0;
};

/// A table of its own, made by the constructor and removed by the destructor. Every store's calls
/// pass a FakeDynamoDbClient, so that a test can watch and bend them.
class TablePlace final : public StorePlace {
  public:
    /// @param chunked  whether its stores keep oversize items as chunks.
    explicit TablePlace(std::shared_ptr<DynamoDbClient> server, bool chunked = false);
    ~TablePlace() override;
    [[nodiscard]] std::unique_ptr<FeatureStore> Make(std::string prefix = "") override;
    [[nodiscard]] std::unique_ptr<FeatureStore> Make(std::string prefix, InitWrites init_writes);

    /// What a test puts between stores and the table.
    [[nodiscard]] test_support::FakeDynamoDbClient& Fake() { return *fake_; }
    /// The same, shared.
    [[nodiscard]] std::shared_ptr<DynamoDbClient> Client() { return fake_; }
    /// The table itself.
    [[nodiscard]] DynamoDbClient& Server() { return *server_; }
    [[nodiscard]] std::string const& Table() const { return table_; }
    void PutRow(Item row);
    /// All rows of a partition.
    [[nodiscard]] std::vector<Item> Rows(std::string const& ns);
    /// The rows that stores of that prefix have: both kinds and the marker.
    [[nodiscard]] std::vector<Item> AllRows(std::string const& prefix = "");

  private:
    std::shared_ptr<DynamoDbClient> server_;
    std::shared_ptr<test_support::FakeDynamoDbClient> fake_;
    std::string table_;
    bool const chunked_;
    test_support::FakeClock clock_;  // pauses take no time
};

struct PlaceMaker {
    std::string name;
    std::function<std::unique_ptr<StorePlace>()> make;
};
struct TablePlaceMaker {
    std::string name;
    std::function<std::unique_ptr<TablePlace>()> make;
};
inline void PrintTo(PlaceMaker const& maker, std::ostream* out) {
    *out << maker.name;
}
inline void PrintTo(TablePlaceMaker const& maker, std::ostream* out) {
    *out << maker.name;
}

/// MemoryFeatureStore, and DynamoDbFeatureStore on a MemoryDynamoDb, without and with chunked
/// items.
[[nodiscard]] std::vector<PlaceMaker> PlacesInProcess();
[[nodiscard]] std::vector<TablePlaceMaker> TablesInProcess();
/// DynamoDbFeatureStore on the server at LDDYNAMO_TEST_ENDPOINT; none when that is not set.
[[nodiscard]] std::vector<PlaceMaker> PlacesOnServer();
[[nodiscard]] std::vector<TablePlaceMaker> TablesOnServer();
/// The tables whose stores report oversize items.
[[nodiscard]] std::vector<TablePlaceMaker> PlainTables(bool on_server);
/// The tables whose stores keep oversize items as chunks.
[[nodiscard]] std::vector<TablePlaceMaker> ChunkedTables(bool on_server);

}  // namespace lddynamo::conformance
