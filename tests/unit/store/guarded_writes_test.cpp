#include "store/guarded_writes.hpp"

#include "support/fake_clock.hpp"
#include "support/fake_dynamodb_client.hpp"
#include "support/results.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using test_support::ErrorOf;
using test_support::FailureOf;
using test_support::FakeDynamoDbClient;
using test_support::MemoryDynamoDb;
using ::testing::HasSubstr;

constexpr auto kFlags = DataKind::kFeatures;

SerializedItem MakeItem(std::string const& key, std::int64_t version) {
    return {.version = version,
            .json = R"({"key":")" + key + R"(","version":)" + std::to_string(version) + "}"};
}

/// What another writer does between an Init's reading and its writing.
class GuardedWritesTest : public ::testing::Test {
  protected:
    GuardedWritesTest() { EXPECT_TRUE(CreateFeatureTable(*memory_, "flags").has_value()); }

    std::unique_ptr<DynamoDbFeatureStore> Store(std::shared_ptr<DynamoDbClient> client) {
        DynamoDbFeatureStoreOptions options;
        options.table = "flags";
        options.client = std::move(client);
        options.clock = &clock_;
        options.init_timeout = timeout_;
        return DynamoDbFeatureStore::Create(std::move(options)).value();
    }
    /// Runs `meanwhile` once, right after the Init has read.
    void AfterReading(std::function<void(FeatureStore&)> meanwhile) {
        auto reads = std::make_shared<int>(0);
        client_->on_query = [this, reads, meanwhile](QueryRequest const& request) {
            auto answer = memory_->Query(request);
            if (++*reads == 2) meanwhile(*Store(memory_));
            return answer;
        };
    }
    ItemMap Flags() { return Store(memory_)->All(kFlags).value().items; }

    std::shared_ptr<MemoryDynamoDb> memory_ = std::make_shared<MemoryDynamoDb>();
    std::shared_ptr<FakeDynamoDbClient> client_ = std::make_shared<FakeDynamoDbClient>(memory_);
    test_support::FakeClock clock_;
    std::chrono::milliseconds timeout_ = std::chrono::seconds(30);
};

TEST_F(GuardedWritesTest, ANewerRowOfAnotherWriterStays) {
    ASSERT_TRUE(Store(memory_)->Init({.features = {{"k", MakeItem("k", 1)}}}).has_value());
    AfterReading([](FeatureStore& other) {
        ASSERT_TRUE(other.Upsert(kFlags, "k", MakeItem("k", 9)).has_value());
        ASSERT_TRUE(other.Upsert(kFlags, "new", MakeItem("new", 7)).has_value());
    });
    auto const report =
        Store(client_)->Init({.features = {{"k", MakeItem("k", 2)}, {"new", MakeItem("new", 3)}}});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 0U);
    EXPECT_EQ(report->kept, 2U);
    EXPECT_EQ(Flags(), (ItemMap{{"k", MakeItem("k", 9)}, {"new", MakeItem("new", 7)}}));
}

TEST_F(GuardedWritesTest, AnOlderRowOfAnotherWriterGivesWay) {
    AfterReading([](FeatureStore& other) {
        ASSERT_TRUE(other.Upsert(kFlags, "k", MakeItem("k", 1)).has_value());
    });
    auto const report = Store(client_)->Init({.features = {{"k", MakeItem("k", 2)}}});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 1U);
    EXPECT_EQ(Flags(), (ItemMap{{"k", MakeItem("k", 2)}}));
}

TEST_F(GuardedWritesTest, WhatWasThereIsReplacedAlsoByLowerVersions) {
    ASSERT_TRUE(Store(memory_)
                    ->Init({.features = {{"gone", MakeItem("gone", 5)}, {"k", MakeItem("k", 9)}}})
                    .has_value());
    auto const report = Store(client_)->Init({.features = {{"k", MakeItem("k", 2)}}});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 1U);
    EXPECT_EQ(report->deleted, 1U);
    EXPECT_EQ(report->kept, 0U);
    EXPECT_EQ(Flags(), (ItemMap{{"k", MakeItem("k", 2)}}));
}

TEST_F(GuardedWritesTest, AFlagThatCameBackIsNotDeleted) {
    ASSERT_TRUE(Store(memory_)->Init({.features = {{"k", MakeItem("k", 1)}}}).has_value());
    AfterReading([](FeatureStore& other) {
        ASSERT_TRUE(other.Upsert(kFlags, "k", MakeItem("k", 2)).has_value());
    });
    auto const report = Store(client_)->Init({});
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->deleted, 0U);
    EXPECT_EQ(report->kept, 1U);
    EXPECT_EQ(Flags(), (ItemMap{{"k", MakeItem("k", 2)}}));
}

TEST_F(GuardedWritesTest, RowsWithoutAVersionGiveWay) {
    auto const row = [](std::string key) {
        return Item{{"namespace", AttributeValue::S("features")},
                    {"key", AttributeValue::S(std::move(key))}};
    };
    ASSERT_TRUE(memory_->PutItem({.table = "flags", .item = row("k")}).has_value());
    ASSERT_TRUE(memory_->PutItem({.table = "flags", .item = row("gone")}).has_value());
    auto odd = row("odd");
    odd.emplace("version", AttributeValue::S("x"));
    ASSERT_TRUE(memory_->PutItem({.table = "flags", .item = odd}).has_value());
    StoreData const data{.features = {{"k", MakeItem("k", 1)}, {"odd", MakeItem("odd", 1)}}};
    ASSERT_TRUE(Store(client_)->Init(data).has_value());
    EXPECT_EQ(Flags(), data.features);
}

TEST_F(GuardedWritesTest, WhatFailsForTheMomentIsSentAgain) {
    timeout_ = std::chrono::minutes(30);
    int calls = 0;
    client_->on_put = [&](PutItemRequest const& request) -> Result<WriteResponse> {
        auto const code = ++calls % 3;
        if (code == 1) return Fail(ErrorOf(ErrorCode::kThrottled));
        auto answer = memory_->PutItem(request);
        if (code == 2) return Fail(ErrorOf(ErrorCode::kTimeout));
        return answer;
    };
    StoreData data;
    for (int i = 0; i < 450; ++i) {
        auto const key = "k" + std::to_string(i);
        data.features.emplace(key, MakeItem(key, 1));
    }
    ASSERT_TRUE(Store(client_)->Init(data).has_value());
    EXPECT_EQ(Flags(), data.features);
    EXPECT_EQ(client_->CallCount("BatchWriteItem"), 0U);
}

TEST_F(GuardedWritesTest, ABusyTableIsAskedAgainForEverything) {
    int calls = 0;
    auto const busy = [&] { return ++calls % 2 == 1; };
    client_->on_query = [&](QueryRequest const& request) -> Result<QueryResponse> {
        if (busy()) return Fail(ErrorOf(ErrorCode::kThrottled));
        return memory_->Query(request);
    };
    client_->on_get = [&](GetItemRequest const& request) -> Result<GetItemResponse> {
        if (busy()) return Fail(ErrorOf(ErrorCode::kUnavailable));
        return memory_->GetItem(request);
    };
    client_->on_put = [&](PutItemRequest const& request) -> Result<WriteResponse> {
        if (busy()) return Fail(ErrorOf(ErrorCode::kThrottled));
        return memory_->PutItem(request);
    };
    StoreData const data{.features = {{"k", MakeItem("k", 1)}}};
    ASSERT_TRUE(Store(client_)->Init(data).has_value());
    EXPECT_EQ(Flags(), data.features);
    EXPECT_TRUE(Store(memory_)->Initialized().value());
}

TEST_F(GuardedWritesTest, MoreRowsThanMayBeHeldAreRefused) {
    StoreData data;
    for (int i = 0; i < 100; ++i) {
        auto const key = "k" + std::to_string(i);
        data.features.emplace(key, MakeItem(key, 1));
    }
    ASSERT_TRUE(Store(memory_)->Init(data).has_value());
    DynamoDbFeatureStoreOptions options;
    options.table = "flags";
    options.client = memory_;
    options.max_load_bytes = 5000;
    auto const small = DynamoDbFeatureStore::Create(options).value();
    std::vector<Error> const errors = {FailureOf(small->All(kFlags)), FailureOf(small->LoadAll()),
                                       FailureOf(small->Init(data))};
    for (auto const& error : errors) {
        EXPECT_EQ(error.code, ErrorCode::kTooLarge);
        EXPECT_THAT(error.message, HasSubstr("more than 5000 bytes"));
    }
    EXPECT_TRUE(small->Get(kFlags, "k1").value().has_value()) << "one row is no matter";
    options.max_load_bytes = 20'000;
    EXPECT_EQ(DynamoDbFeatureStore::Create(options).value()->LoadAll().value().data, data);
}

TEST_F(GuardedWritesTest, AServerThatIsNotThereIsToldAtOnce) {
    client_->on_query = [](QueryRequest const&) -> Result<QueryResponse> {
        return Fail(ErrorOf(ErrorCode::kConnection, "refused"));
    };
    auto const report = Store(client_)->Init({});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kConnection);
    EXPECT_EQ(clock_.Elapsed(), std::chrono::seconds(0));
}

TEST_F(GuardedWritesTest, AFailureForGoodIsNamedAndCounted) {
    client_->on_put = [&](PutItemRequest const& request) -> Result<WriteResponse> {
        if (*request.item.at("key").AsS() == "b") {
            return Fail(ErrorOf(ErrorCode::kInvalidArgument, "ValidationException: bad"));
        }
        return memory_->PutItem(request);
    };
    auto const report =
        Store(client_)->Init({.features = {{"a", MakeItem("a", 1)}, {"b", MakeItem("b", 1)}}});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(report.error().message, HasSubstr("1 of 2 rows were not written"));
    EXPECT_THAT(report.error().message, HasSubstr("ValidationException: bad"));
    EXPECT_FALSE(Store(memory_)->Initialized().value());
}

TEST_F(GuardedWritesTest, EndsAtItsDeadline) {
    client_->on_put = [](PutItemRequest const&) -> Result<WriteResponse> {
        return Fail(ErrorOf(ErrorCode::kThrottled, "slow down"));
    };
    auto const report = Store(client_)->Init({.features = {{"k", MakeItem("k", 1)}}});
    ASSERT_FALSE(report.has_value());
    EXPECT_EQ(report.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(report.error().message, HasSubstr("slow down"));
    EXPECT_TRUE(report.error().retryable);
    EXPECT_LE(clock_.Elapsed(), std::chrono::seconds(30));
}

}  // namespace
}  // namespace lddynamo::store
