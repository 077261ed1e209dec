// Clients that keep what the stream brings in memory.
#include "stream_fixture.hpp"

namespace lddynamo {
namespace {

using ::testing::IsEmpty;
using MemoryModeTest = StreamTest;

TEST_F(MemoryModeTest, NotReadyBeforeTheFirstData) {
    auto const client = MakeInMemory();
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    EXPECT_FALSE(client->AllFlags(bob_).Valid());
    EXPECT_FALSE(client->Initialized().value());
    EXPECT_EQ(client->Preload().value(), 0U);
    EXPECT_FALSE(client->WaitForInitialization(std::chrono::milliseconds(1)));
    EXPECT_EQ(client->GetDataSourceStatus().state, DataSourceState::kInitializing);
    server_.Put(Member("f", FlagJson("f", 1, "\"a\"")));
    EXPECT_TRUE(client->WaitForInitialization(kLong));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kFlagNotFound);
    EXPECT_TRUE(client->AllFlags(bob_).Valid());
    EXPECT_TRUE(client->Initialized().value());
    EXPECT_TRUE(
        Eventually([&] { return client->GetDataSourceStatus().state == DataSourceState::kValid; }));
}

TEST_F(MemoryModeTest, EqualAndOlderVersionsAreIgnored) {
    server_.Put(Member("f", FlagJson("f", 5, "\"a\"")));
    auto const client = MakeInMemory();
    ASSERT_TRUE(Gets(*client, "f", "a"));
    server_.Patch("/flags/f", FlagJson("f", 5, "\"equal\""));
    server_.Patch("/flags/f", FlagJson("f", 4, "\"older\""));
    server_.Delete("/flags/f", 5);
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "a");
    server_.Patch("/flags/f", FlagJson("f", 6, "\"newer\""));
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "newer");
}

TEST_F(MemoryModeTest, TombstonesRememberVersions) {
    server_.Put(Member("put", R"({"key":"put","version":5,"deleted":true})") + "," +
                Member("gone", FlagJson("gone", 2, "\"a\"")));
    auto const client = MakeInMemory();
    server_.Delete("/flags/gone", 3);
    server_.Delete("/flags/unknown", 3);
    Settle(*client);
    for (std::string const key : {"put", "gone", "unknown"}) {
        EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kFlagNotFound) << key;
        EXPECT_EQ(client->AllFlags(bob_).Find(key), nullptr) << key;
    }
    server_.Patch("/flags/put", FlagJson("put", 4, "\"back\""));
    server_.Patch("/flags/gone", FlagJson("gone", 3, "\"back\""));
    server_.Patch("/flags/unknown", FlagJson("unknown", 3, "\"back\""));
    Settle(*client);
    for (std::string const key : {"put", "gone", "unknown"}) {
        EXPECT_EQ(ErrorOf(*client, key), ErrorKind::kFlagNotFound) << key;
    }
    server_.Patch("/flags/put", FlagJson("put", 6, "\"back\""));
    server_.Patch("/flags/gone", FlagJson("gone", 4, "\"back\""));
    server_.Patch("/flags/unknown", FlagJson("unknown", 4, "\"back\""));
    Settle(*client);
    for (std::string const key : {"put", "gone", "unknown"}) EXPECT_EQ(Get(*client, key), "back");
}

TEST_F(MemoryModeTest, SegmentsAreVersionedToo) {
    server_.Put(Member("f", FlagJson("f", 1, "\"outside\"", RuleFor({"s"}))),
                Member("s", SegmentJson("s", 5, "bob")));
    auto const client = MakeInMemory();
    ASSERT_TRUE(Gets(*client, "f", "off"));  // variation 1: bob is inside
    server_.Patch("/segments/s", SegmentJson("s", 4, "nobody"));
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "off");
    server_.Patch("/segments/s", SegmentJson("s", 6, "nobody"));
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "outside");
    server_.Patch("/segments/s", SegmentJson("s", 7, "bob"));
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "off");
    server_.Delete("/segments/s", 8);
    server_.Patch("/segments/s", SegmentJson("s", 8, "bob"));
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "outside");
}

TEST_F(MemoryModeTest, EverythingNewReplacesEverythingOldWhateverItsVersions) {
    server_.Put(Member("f", FlagJson("f", 9, "\"a\"")) + "," +
                Member("g", FlagJson("g", 9, "\"a\"")));
    auto const client = MakeInMemory();
    ASSERT_TRUE(Gets(*client, "f", "a"));
    server_.Put(Member("f", FlagJson("f", 1, "\"b\"")));
    ASSERT_TRUE(Gets(*client, "f", "b"));
    EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kFlagNotFound);
    // What was there before is forgotten, tombstones too.
    server_.Patch("/flags/g", FlagJson("g", 1, "\"b\""));
    Settle(*client);
    EXPECT_EQ(Get(*client, "g"), "b");
}

TEST_F(MemoryModeTest, ReadsNothingHoweverMuchTimePasses) {
    server_.Put(Member("f", FlagJson("f", 1, "\"a\"")));
    auto const client = MakeInMemory();
    ASSERT_TRUE(Gets(*client, "f", "a"));
    clock_.Advance(std::chrono::hours(1000));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value("a"));
    EXPECT_EQ(client->Preload().value(), 0U);
}

TEST_F(MemoryModeTest, OfflineAsksNobodyNotEvenAStore) {
    WriteFlag("f", 1, "\"a\"");
    StoreData data;
    data.features["f"] = ItemOf("f", FlagJson("f", 1, "\"a\""));
    ASSERT_TRUE(table_->Data().Init(data).has_value());
    auto options = Options();
    options.offline = true;
    options.data_store = table_;
    options.events.enabled = true;
    auto const client = MakeOf(std::move(options));
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    EXPECT_FALSE(client->AllFlags(bob_).Valid());
    EXPECT_TRUE(client->WaitForInitialization(std::chrono::milliseconds(0)));
    EXPECT_EQ(client->GetDataSourceStatus().state, DataSourceState::kOff);
    EXPECT_TRUE(client->Initialized().value());
    EXPECT_EQ(client->Preload().value(), 0U);
    client->Identify(bob_);
    EXPECT_TRUE(client->FlushAndWait(kLong));
    for (std::string_view const method : {"Initialized", "Get", "All"}) {
        EXPECT_EQ(table_->Calls(method), 0U) << method;
    }
    EXPECT_EQ(server_.Connections(), 0);
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

}  // namespace
}  // namespace lddynamo
