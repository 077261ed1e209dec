// Clients on a DynamoDB table: what LaunchDarkly's harness leaves untested there.
#include "stream_fixture.hpp"

#include "support/fake_dynamodb_client.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <atomic>
#include <optional>
#include <set>

namespace lddynamo {
namespace {

using test_support::MemoryDynamoDb;

constexpr int kTtl = 10000;

class DynamoDbModeTest : public StreamTest {
  protected:
    DynamoDbModeTest() { EXPECT_TRUE(CreateFeatureTable(*db_, "flags", clock_).has_value()); }

    [[nodiscard]] std::shared_ptr<FeatureStore> Store(std::string prefix = "env") {
        DynamoDbFeatureStoreOptions options;
        options.table = "flags";
        options.prefix = std::move(prefix);
        options.client = seen_;
        options.clock = &clock_;
        auto store = DynamoDbFeatureStore::Create(std::move(options));
        EXPECT_TRUE(store.has_value());
        return std::move(*store);
    }
    /// With a stream.
    [[nodiscard]] std::unique_ptr<Client> MakeWriter(Mode mode = Mode::kTtl) {
        auto options = Options();
        options.data_store = Store();
        options.cache = Ttl(kTtl);
        options.cache.mode = mode;
        return MakeOf(std::move(options));
    }
    /// Another process, which only reads the table.
    [[nodiscard]] std::unique_ptr<Client> MakeReader(Mode mode = Mode::kOff) {
        ClientOptions options;
        options.daemon_mode = true;
        options.data_store = Store();
        options.cache = Ttl(kTtl);
        options.cache.mode = mode;
        options.clock = &clock_;
        return MakeOf(std::move(options));
    }
    [[nodiscard]] std::unique_ptr<Client> MakeReadyWriter(Mode mode = Mode::kTtl) {
        auto client = MakeWriter(mode);
        EXPECT_TRUE(client->WaitForInitialization(kLong));
        return client;
    }
    /// As another writer does.
    void WriteRow(DataKind kind, std::string const& key, std::string const& json) {
        EXPECT_EQ(Store()->Upsert(kind, key, ItemOf(key, json)).value(), UpsertOutcome::kWritten);
    }
    [[nodiscard]] std::int64_t RowVersion(DataKind kind, std::string const& key) {
        auto const item = Store()->Get(kind, key);
        return item && *item ? (*item)->version : -1;
    }
    void PutBoth() {
        server_.Put(Member("f", FlagJson("f", 1, "\"outside\"", RuleFor({"s"}))),
                    Member("s", SegmentJson("s", 1, "bob")));
    }

    std::shared_ptr<MemoryDynamoDb> db_ = std::make_shared<MemoryDynamoDb>();
    /// What stores talk to, so that a test can look at their requests.
    std::shared_ptr<test_support::FakeDynamoDbClient> seen_ =
        std::make_shared<test_support::FakeDynamoDbClient>(db_);
};

TEST_F(DynamoDbModeTest, EveryReadIsConsistent) {
    std::atomic<int> reads{0};
    auto const watch = [&](auto& hook, auto method) {
        hook = [&reads, method, this](auto const& request) {
            ++reads;
            EXPECT_TRUE(request.consistent_read);
            return ((*db_).*method)(request);
        };
    };
    watch(seen_->on_get, &DynamoDbClient::GetItem);
    watch(seen_->on_query, &DynamoDbClient::Query);
    watch(seen_->on_batch_get, &DynamoDbClient::BatchGetItem);
    PutBoth();
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader();
    EXPECT_TRUE(reader->Initialized().value());
    EXPECT_EQ(Get(*reader, "f"), "off");
    EXPECT_TRUE(reader->AllFlags(bob_).Valid());
    server_.Patch("/flags/f", FlagJson("f", 1, "\"stale\""));
    Settle(*writer);
    EXPECT_GE(reads, 7);
}

TEST_F(DynamoDbModeTest, FlagsAndSegmentsOfAPutReachOtherProcesses) {
    PutBoth();
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader();
    EXPECT_TRUE(reader->Initialized().value());
    EXPECT_EQ(Get(*reader, "f"), "off");  // bob is inside
    EXPECT_EQ(reader->AllFlags(bob_).ValueOf("f"), Value("off"));
}

TEST_F(DynamoDbModeTest, AChangedSegmentReachesOtherProcesses) {
    PutBoth();
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader();
    server_.Patch("/segments/s", SegmentJson("s", 2, "nobody"));
    Settle(*writer);
    EXPECT_EQ(Get(*writer, "f"), "outside");
    EXPECT_EQ(Get(*reader, "f"), "outside");
    EXPECT_EQ(RowVersion(DataKind::kSegments, "s"), 2);
    server_.Delete("/segments/s", 4);
    server_.Patch("/segments/s", SegmentJson("s", 3, "bob"));
    Settle(*writer);
    EXPECT_EQ(Get(*writer, "f"), "outside");
    EXPECT_EQ(Get(*reader, "f"), "outside");
    EXPECT_EQ(RowVersion(DataKind::kSegments, "s"), 4);
}

TEST_F(DynamoDbModeTest, OnlyNewerVersionsReachTheTable) {
    server_.Put(Member("f", FlagJson("f", 5, "\"a\"")));
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader();
    server_.Patch("/flags/f", FlagJson("f", 4, "\"older\""));
    server_.Patch("/flags/f", FlagJson("f", 5, "\"equal\""));
    Settle(*writer);
    EXPECT_EQ(Get(*reader, "f"), "a");
    server_.Patch("/flags/f", FlagJson("f", 6, "\"newer\""));
    Settle(*writer);
    EXPECT_EQ(Get(*reader, "f"), "newer");
    EXPECT_EQ(RowVersion(DataKind::kFeatures, "f"), 6);
}

TEST_F(DynamoDbModeTest, AnotherWritersNewerRowStaysAndIsUsed) {
    for (Mode const mode : {Mode::kOff, Mode::kTtl, Mode::kInfinite}) {
        server_.Put(Member("f", FlagJson("f", 1, "\"a\"")));
        auto const writer = MakeReadyWriter(mode);
        EXPECT_EQ(Get(*writer, "f"), "a");
        WriteRow(DataKind::kFeatures, "f", FlagJson("f", 10, "\"other\""));
        server_.Patch("/flags/f", FlagJson("f", 5, "\"late\""));
        Settle(*writer);
        EXPECT_EQ(Get(*writer, "f"), "other");
        EXPECT_EQ(RowVersion(DataKind::kFeatures, "f"), 10);
        ASSERT_TRUE(Store()->Init({}).has_value());
    }
}

TEST_F(DynamoDbModeTest, WhatAPutDropsIsDeleted) {
    server_.Put(
        Member("f", FlagJson("f", 1, "\"a\"")) + "," + Member("g", FlagJson("g", 1, "\"g\"")),
        Member("s", SegmentJson("s", 1, "bob")));
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader();
    EXPECT_EQ(Get(*reader, "g"), "g");
    server_.Put(Member("f", FlagJson("f", 2, "\"b\"")));
    ASSERT_TRUE(Gets(*writer, "f", "b"));
    EXPECT_EQ(ErrorOf(*reader, "g"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(reader->AllFlags(bob_).Find("g"), nullptr);
    EXPECT_EQ(RowVersion(DataKind::kSegments, "s"), -1);
}

TEST_F(DynamoDbModeTest, EveryRowHasThePrefix) {
    PutBoth();
    auto const writer = MakeReadyWriter();
    server_.Patch("/flags/g", FlagJson("g", 1, "\"g\""));
    server_.Delete("/flags/f", 2);
    server_.Patch("/segments/t", SegmentJson("t", 1, "x"));
    Settle(*writer);
    std::set<std::string> names;
    for (auto const& row : db_->Rows("flags")) names.insert(*row.at("namespace").AsS());
    EXPECT_EQ(names, (std::set<std::string>{"env:$inited", "env:features", "env:segments"}));
    EXPECT_FALSE(Store("other")->Initialized().value());
    EXPECT_FALSE(Store("")->Initialized().value());
}

TEST_F(DynamoDbModeTest, TheMarkOfAnInitCountsBeforeDataCome) {
    WriteRow(DataKind::kFeatures, "f", FlagJson("f", 1, "\"a\""));
    ASSERT_TRUE(Store("other")->Init({}).has_value());
    auto const client = MakeWriter();
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    EXPECT_FALSE(client->Initialized().value());
    StoreData data;
    data.features["f"] = ItemOf("f", FlagJson("f", 1, "\"a\""));
    ASSERT_TRUE(Store()->Init(data).has_value());
    Pass(1000);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_TRUE(client->Initialized().value());
    EXPECT_FALSE(client->WaitForInitialization(std::chrono::milliseconds(0)));
}

TEST_F(DynamoDbModeTest, AllFlagsAreCachedAsLongAsSingleOnes) {
    PutBoth();
    auto const writer = MakeReadyWriter();
    auto const reader = MakeReader(Mode::kTtl);
    EXPECT_EQ(reader->AllFlags(bob_).ValueOf("f"), Value("off"));
    auto const queries = db_->CallCount("Query");
    server_.Patch("/segments/s", SegmentJson("s", 2, "nobody"));
    server_.Patch("/flags/g", FlagJson("g", 1, "\"g\""));
    Settle(*writer);
    EXPECT_EQ(reader->AllFlags(bob_).ValueOf("f"), Value("off"));
    EXPECT_EQ(reader->AllFlags(bob_).Find("g"), nullptr);
    EXPECT_EQ(Get(*reader, "f"), "off");
    EXPECT_EQ(db_->CallCount("Query"), queries);
    Pass(kTtl);
    // A single flag is read by itself; that does not prolong the load of everything.
    EXPECT_EQ(Get(*reader, "f"), "outside");
    EXPECT_EQ(db_->CallCount("Query"), queries);
    auto const state = reader->AllFlags(bob_);
    EXPECT_EQ(state.ValueOf("f"), Value("outside"));
    EXPECT_EQ(state.ValueOf("g"), Value("g"));
    EXPECT_EQ(db_->CallCount("Query"), queries + 2);
}

TEST_F(DynamoDbModeTest, TheStreamIsNotAskedAgainBeforeTheTableAnswers) {
    server_.Put(Member("f", FlagJson("f", 1, "\"a\"")));
    auto const writer = MakeReadyWriter();
    std::atomic<bool> broken{true};
    db_->SetFaults([&](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
        if (!broken) return std::nullopt;
        Error error;
        error.code = ErrorCode::kUnavailable;
        error.message = "scripted";
        return MemoryDynamoDb::Fault{.error = error};
    });
    server_.Patch("/flags/f", FlagJson("f", 2, "\"b\""));
    ASSERT_TRUE(Eventually(
        [&] { return writer->GetDataSourceStatus().state == DataSourceState::kInterrupted; }));
    auto const calls = db_->CallCount("GetItem");
    EXPECT_TRUE(Eventually([&] { return db_->CallCount("GetItem") >= calls + 2; }));
    EXPECT_EQ(server_.Streams(), 1);
    EXPECT_EQ(Get(*writer, "f"), "a");
    broken = false;
    EXPECT_TRUE(Gets(*writer, "f", "b"));
    EXPECT_EQ(server_.Streams(), 2);
    EXPECT_EQ(RowVersion(DataKind::kFeatures, "f"), 2);
    EXPECT_TRUE(
        Eventually([&] { return writer->GetDataSourceStatus().state == DataSourceState::kValid; }));
}

}  // namespace
}  // namespace lddynamo
