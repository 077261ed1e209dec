// Oversize items in private rows: what readers and writers see of them.
#include "support/results.hpp"
#include "unit/store/chunked_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace lddynamo {
namespace {

using test_support::BigItem;
using test_support::ChunkedTable;
using test_support::FailureOf;
using test_support::FakeDynamoDbClient;
using test_support::NoiseText;
using test_support::SmallItem;
using test_support::WideItem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr auto kFlags = DataKind::kFeatures;
constexpr auto kSegments = DataKind::kSegments;

class ChunkedStoreTest : public ::testing::Test {
  protected:
    ChunkedTable table_;
    std::unique_ptr<DynamoDbFeatureStore> store_ = table_.Make();
};

TEST_F(ChunkedStoreTest, LargeItemsComeBackWhereverTheyAreRead) {
    StoreData const data = {.features = {{"big", BigItem("big", 3)},
                                         {"wide", WideItem("wide", 1)},
                                         {"a", SmallItem("a", 1)}},
                            .segments = {{"big", BigItem("big", 5)}, {"z", SmallItem("z", 2)}}};
    auto const report = store_->Init(data);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 5U);
    EXPECT_THAT(report->oversize, IsEmpty());
    auto const reader = table_.Make();
    EXPECT_EQ(reader->LoadAll().value().data, data);
    EXPECT_EQ(reader->All(kFlags).value().items, data.features);
    EXPECT_EQ(reader->All(kSegments).value().items, data.segments);
    EXPECT_EQ(reader->Get(kFlags, "big").value(), data.features.at("big"));
    EXPECT_EQ(reader->Get(kFlags, "wide").value(), data.features.at("wide"));
    EXPECT_EQ(reader->Get(kFlags, "none").value(), std::nullopt);
    EXPECT_EQ(reader->Get(kFlags, "").value(), std::nullopt);
    std::vector<ItemKey> const keys = {
        {kFlags, "big"}, {kSegments, "big"}, {kFlags, "a"}, {kFlags, "big"}, {kFlags, "none"}};
    auto const many = reader->GetMany(keys).value();
    EXPECT_THAT(many.items, SizeIs(3));
    EXPECT_EQ(many.items.at({kSegments, "big"}), data.segments.at("big"));
    // Nobody else sees any of it.
    EXPECT_THAT(table_.Rows("features"), SizeIs(1));
    EXPECT_THAT(table_.Rows("segments"), SizeIs(1));
    EXPECT_THAT(table_.Make(nullptr, false)->LoadAll().value().data.features, SizeIs(1));
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(2));
}

TEST_F(ChunkedStoreTest, CostsReadersNoRoundOfRequests) {
    ASSERT_TRUE(store_->Init({.features = {{"a", SmallItem("a", 1)}, {"w", WideItem("w", 1)}}}));
    auto const fake = std::make_shared<FakeDynamoDbClient>(table_.memory);
    auto const reader = table_.Make(fake);
    ASSERT_TRUE(reader->Get(kFlags, "a").value().has_value());
    ASSERT_TRUE(reader->Get(kFlags, "w").value().has_value());
    ASSERT_TRUE(reader->LoadAll().has_value());
    EXPECT_THAT(fake->Calls(),
                ElementsAre("BatchGetItem", "BatchGetItem", "Query", "Query", "Query", "Query"));
    // Not asked for: the requests that there always were.
    fake->ForgetCalls();
    auto const plain = table_.Make(fake, false);
    ASSERT_TRUE(plain->Get(kFlags, "a").value().has_value());
    ASSERT_TRUE(plain->LoadAll().has_value());
    ASSERT_TRUE(plain->Upsert(kFlags, "a", SmallItem("a", 2)).has_value());
    EXPECT_THAT(fake->Calls(), ElementsAre("GetItem", "Query", "Query", "PutItem"));
}

TEST_F(ChunkedStoreTest, AnUnchangedInitWritesNothing) {
    StoreData data = {.features = {{"big", BigItem("big", 3)}, {"a", SmallItem("a", 1)}},
                      .segments = {{"w", WideItem("w", 1)}}};
    ASSERT_TRUE(store_->Init(data).has_value());
    auto const before = table_.Writes();
    auto const report = table_.Make()->Init(data).value();
    EXPECT_EQ(report.unchanged, 3U);
    EXPECT_EQ(report.written + report.deleted, 0U);
    EXPECT_EQ(table_.Writes(), before);
    // The same version with another text is another item.
    data.features.at("big").json.replace(60, 4, "$$$$");
    EXPECT_EQ(table_.Make()->Init(data).value().written, 1U);
    EXPECT_EQ(store_->LoadAll().value().data, data);
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(1)) << "the replaced chunk is gone";
}

TEST_F(ChunkedStoreTest, TheHighestVersionWinsWhateverItsSize) {
    struct Step {
        SerializedItem item;
        UpsertOutcome outcome;
    };
    auto const written = UpsertOutcome::kWritten;
    auto const stale = UpsertOutcome::kStale;
    std::optional<SerializedItem> expected;
    for (auto const& [item, outcome] : std::vector<Step>{{SmallItem("k", 1), written},
                                                         {BigItem("k", 2), written},
                                                         {BigItem("k", 2), stale},
                                                         {SmallItem("k", 2), stale},
                                                         {SmallItem("k", 1), stale},
                                                         {MakeTombstone("k", 2), stale},
                                                         {WideItem("k", 1), stale},
                                                         {BigItem("k", 4), written},
                                                         {BigItem("k", 3), stale},
                                                         {SmallItem("k", 5), written},
                                                         {BigItem("k", 5), stale},
                                                         {BigItem("k", 4), stale},
                                                         {WideItem("k", 6), written},
                                                         {MakeTombstone("k", 7), written},
                                                         {BigItem("k", 7), stale},
                                                         {BigItem("k", 8), written},
                                                         {WideItem("k", 9), written}}) {
        EXPECT_EQ(store_->Upsert(kFlags, "k", item).value(), outcome) << item.version;
        if (outcome == written) expected = item;
        EXPECT_EQ(table_.Make()->Get(kFlags, "k").value(), expected);
        EXPECT_EQ(table_.Make()->All(kFlags).value().items.at("k"), *expected);
    }
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), IsEmpty()) << "the last one has a head alone";
}

TEST_F(ChunkedStoreTest, InitReplacesEverythingAlsoByOlderVersions) {
    ASSERT_TRUE(store_
                    ->Init({.features = {{"shrinks", BigItem("shrinks", 9)},
                                         {"grows", SmallItem("grows", 9)},
                                         {"goes", BigItem("goes", 9)},
                                         {"both", SmallItem("both", 1)}},
                            .segments = {{"goes", WideItem("goes", 1)}}})
                    .has_value());
    ASSERT_TRUE(store_->Upsert(kFlags, "both", BigItem("both", 2)).has_value());
    StoreData const data = {.features = {{"shrinks", SmallItem("shrinks", 3)},
                                         {"grows", BigItem("grows", 3)},
                                         {"late", WideItem("late", 1)}}};
    auto const report = store_->Init(data).value();
    EXPECT_EQ(report.written, 3U);
    EXPECT_EQ(report.deleted, 3U) << "a flag with both rows counts once";
    EXPECT_EQ(table_.Make()->LoadAll().value().data, data);
    EXPECT_EQ(table_.Make()->Get(kFlags, "grows").value(), data.features.at("grows"));
    EXPECT_EQ(table_.Make()->Get(kFlags, "goes").value(), std::nullopt);
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(1));
    EXPECT_THAT(table_.Rows("features"), SizeIs(2)) << "the older row of what grew stays";
    // What was chunked once is forgotten after a day.
    table_.clock.Advance(std::chrono::hours(25));
    ASSERT_TRUE(store_->Init(data).has_value());
    EXPECT_THAT(table_.Rows("$lddynamo_features"), SizeIs(2));
    EXPECT_THAT(table_.Rows("$lddynamo_segments"), IsEmpty());
    EXPECT_EQ(table_.Make()->LoadAll().value().data, data);
}

TEST_F(ChunkedStoreTest, FlagsThatNeedALargeOneAreWrittenAfterIt) {
    auto needy = SmallItem("a", 1);
    needy.json = R"({"key":"a","version":1,"prerequisites":[{"key":"big","variation":0}]})";
    auto const fake = std::make_shared<FakeDynamoDbClient>(table_.memory);
    fake->on_batch_write = [&](BatchWriteItemRequest const& request) {
        for (auto const& write : request.writes) {
            if (*write.item.at("key").AsS() == "a") {
                EXPECT_TRUE(table_.Make()->Get(kFlags, "big").value().has_value());
            }
        }
        return table_.memory->BatchWriteItem(request);
    };
    StoreData const data = {.features = {{"a", needy}, {"big", BigItem("big", 1)}}};
    ASSERT_TRUE(table_.Make(fake)->Init(data).has_value());
    EXPECT_EQ(store_->LoadAll().value().data, data);
}

TEST_F(ChunkedStoreTest, TenMegabytesWorkAndTheLimitIsNamed) {
    auto noise = BigItem("noise", 1, 10'000'000);
    SerializedItem const zeros{
        .version = 1,
        .json = R"({"key":"zeros","version":1,"salt":")" + std::string(10'000'000, '0') + "\"}"};
    auto const above = BigItem("above", 1, 16'000'000);
    StoreData data = {.features = {{"noise", noise}, {"zeros", zeros}, {"above", above}}};
    auto const report = store_->Init(data).value();
    ASSERT_THAT(report.oversize, SizeIs(1));
    EXPECT_EQ(report.oversize[0].key, "above");
    EXPECT_THAT(report.oversize[0].what, HasSubstr("more than the limit of 16000000"));
    data.features.erase("above");
    EXPECT_EQ(store_->LoadAll().value().data, data);
    EXPECT_EQ(store_->Upsert(kFlags, "above", above).value(), UpsertOutcome::kOversize);
    noise.version = 2;
    EXPECT_EQ(store_->Upsert(kFlags, "noise", noise).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(store_->Get(kFlags, "noise").value(), noise);
    // A reader with a lower limit says so.
    auto const careful = table_.Make(nullptr, true, 1'000'000);
    EXPECT_THAT(FailureOf(careful->Get(kFlags, "noise")).message, HasSubstr("limit of 1000000"));
    EXPECT_THAT(careful->LoadAll().value().malformed, SizeIs(2));
    // Not asked for: reported, as ever.
    auto const plain = table_.Make(nullptr, false);
    EXPECT_THAT(plain->Init(data).value().oversize, SizeIs(2));
    EXPECT_EQ(plain->Upsert(kFlags, "noise", noise).value(), UpsertOutcome::kOversize);
}

TEST_F(ChunkedStoreTest, TheLimitHasBounds) {
    for (std::size_t const limit : {std::size_t{0}, std::size_t{1'000'000'001}}) {
        DynamoDbFeatureStoreOptions options;
        options.table = "flags";
        options.client = table_.memory;
        options.max_chunked_item_bytes = limit;
        EXPECT_EQ(FailureOf(DynamoDbFeatureStore::Create(options)).code,
                  ErrorCode::kInvalidArgument);
    }
}

TEST_F(ChunkedStoreTest, DamagedRowsAreMalformedAndHealedByTheNextInit) {
    StoreData const data = {.features = {{"a", SmallItem("a", 1)}, {"k", BigItem("k", 2)}}};
    auto const check = [&](std::string const& said) {
        EXPECT_EQ(FailureOf(store_->Get(kFlags, "k")).code, ErrorCode::kInvalidData);
        EXPECT_THAT(FailureOf(store_->Get(kFlags, "k")).message, HasSubstr(said));
        auto const all = store_->All(kFlags).value();
        EXPECT_THAT(all.items, SizeIs(1));
        ASSERT_THAT(all.malformed, SizeIs(1));
        EXPECT_EQ(all.malformed[0].key, "k");
        EXPECT_THAT(all.malformed[0].what, HasSubstr(said));
        ASSERT_TRUE(store_->Init(data).has_value());
        EXPECT_EQ(store_->LoadAll().value().data, data);
    };
    auto const put = [&](Item row) {
        ASSERT_TRUE(table_.memory->PutItem({.table = "flags", .item = std::move(row)}).has_value());
    };
    auto const head = [&] { return table_.Rows("$lddynamo_features").at(0); };
    auto const chunk = [&] { return table_.Rows("$lddynamo_chunks").at(0); };
    ASSERT_TRUE(store_->Init(data).has_value());

    auto row = chunk();
    ASSERT_TRUE(table_.memory->DeleteItem(
        {.table = "flags", .key = {{"namespace", row.at("namespace")}, {"key", row.at("key")}}}));
    check("not all of its 2 chunks");
    row = head();
    row.at("sha256") = AttributeValue::S(std::string(64, '0'));
    put(row);
    check("SHA-256");
    row = head();
    row.at("generation") = AttributeValue::N("5");
    put(row);
    check("generation");
    row = head();
    row.at("size") = AttributeValue::N("99999999999");
    put(row);
    check("limit of 16000000");
    row = head();
    row.erase("version");
    put(row);
    check("version");
    // The head that lost its generation left a chunk that nobody knows; for a day it may be a
    // writer's.
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(2));
    table_.clock.Advance(std::chrono::hours(25));
    ASSERT_TRUE(store_->Init(data).has_value());
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(1));
    EXPECT_EQ(store_->LoadAll().value().data, data);
}

TEST_F(ChunkedStoreTest, ADamagedChunkIsMalformedAndAnUpsertHealsIt) {
    ASSERT_TRUE(store_->Upsert(kFlags, "k", BigItem("k", 2)).has_value());
    auto row = table_.Rows("$lddynamo_chunks").at(0);
    row.at("data") = AttributeValue::B("rubbish");
    ASSERT_TRUE(table_.memory->PutItem({.table = "flags", .item = row}).has_value());
    EXPECT_EQ(FailureOf(store_->Get(kFlags, "k")).code, ErrorCode::kInvalidData);
    row.at("data") = AttributeValue::S("no bytes");
    ASSERT_TRUE(table_.memory->PutItem({.table = "flags", .item = row}).has_value());
    EXPECT_THAT(FailureOf(store_->Get(kFlags, "k")).message, HasSubstr("damaged"));
    EXPECT_EQ(store_->Upsert(kFlags, "k", SmallItem("k", 3)).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(store_->Get(kFlags, "k").value(), SmallItem("k", 3));
}

TEST_F(ChunkedStoreTest, AHeadWithoutGenerationGivesWayToo) {
    for (bool const big : {false, true}) {
        Item const head = {{"namespace", AttributeValue::S("p:$lddynamo_features")},
                           {"key", AttributeValue::S("k")}};
        ASSERT_TRUE(table_.memory->PutItem({.table = "flags", .item = head}).has_value());
        EXPECT_EQ(FailureOf(store_->Get(kFlags, "k")).code, ErrorCode::kInvalidData);
        auto const item = big ? BigItem("k", 5) : SmallItem("k", 4);
        EXPECT_EQ(store_->Upsert(kFlags, "k", item).value(), UpsertOutcome::kWritten);
        EXPECT_EQ(store_->Get(kFlags, "k").value(), item);
    }
}

TEST_F(ChunkedStoreTest, WritersAtOnceLeaveTheHighestVersionAndNoChunksBehind) {
    constexpr int kVersions = 24;
    auto const run = [&](int first) {
        auto const store = table_.Make();
        for (int version = first; version <= kVersions; version += 3) {
            auto const item = version % 2 == 0 ? BigItem("k", version) : SmallItem("k", version);
            EXPECT_TRUE(store->Upsert(kFlags, "k", item).has_value());
            auto const now = store->Get(kFlags, "k");
            ASSERT_TRUE(now.has_value());
            ASSERT_TRUE(now->has_value());
            EXPECT_GE((*now)->version, version) << "an acknowledged version is never unseen";
        }
    };
    std::thread one([&] { run(1); });
    std::thread two([&] { run(2); });
    std::thread three([&] { run(3); });
    one.join();
    two.join();
    three.join();
    EXPECT_EQ(store_->Get(kFlags, "k").value(), BigItem("k", kVersions));
    EXPECT_THAT(table_.Rows("$lddynamo_chunks"), SizeIs(1));
}

TEST_F(ChunkedStoreTest, AnInitTellsOfItemsThatOthersReplacedMeanwhileOnce) {
    ASSERT_TRUE(store_
                    ->Init({.features = {{"shrinks", BigItem("shrinks", 1)},
                                         {"goes", BigItem("goes", 1)},
                                         {"grows", SmallItem("grows", 1)},
                                         {"mine", SmallItem("mine", 1)}}})
                    .has_value());
    auto const fake = std::make_shared<FakeDynamoDbClient>(table_.memory);
    int queries = 0;
    fake->on_query = [&](QueryRequest const& request) {
        auto answer = table_.memory->Query(request);
        if (++queries == 5) {  // the Init has read everything
            auto const other = table_.Make();
            for (auto const* const key : {"shrinks", "goes", "grows"}) {
                EXPECT_EQ(other->Upsert(kFlags, key, BigItem(key, 9)).value(),
                          UpsertOutcome::kWritten);
            }
        }
        return answer;
    };
    auto const report = table_.Make(fake)->Init({.features = {{"shrinks", SmallItem("shrinks", 2)},
                                                              {"grows", BigItem("grows", 2)},
                                                              {"mine", SmallItem("mine", 2)}}});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_EQ(report->written, 1U);
    EXPECT_EQ(report->deleted, 0U);
    EXPECT_EQ(report->kept, 3U);
    auto const flags = table_.Make()->All(kFlags).value();
    EXPECT_THAT(flags.malformed, IsEmpty());
    EXPECT_EQ(flags.items, (ItemMap{{"shrinks", BigItem("shrinks", 9)},
                                    {"goes", BigItem("goes", 9)},
                                    {"grows", BigItem("grows", 9)},
                                    {"mine", SmallItem("mine", 2)}}));
}

TEST_F(ChunkedStoreTest, MoreThanMayBeHeldIsRefused) {
    StoreData const data{.features = {{"k", WideItem("k", 1)}}};
    ASSERT_TRUE(store_->Init(data).has_value());
    DynamoDbFeatureStoreOptions options;
    options.table = "flags";
    options.prefix = "p";
    options.client = table_.memory;
    options.chunk_oversize_items = true;
    options.max_load_bytes = 400'000;  // its one row has far fewer
    auto const small = DynamoDbFeatureStore::Create(options).value();
    for (auto const& error : {FailureOf(small->All(kFlags)), FailureOf(small->LoadAll())}) {
        EXPECT_EQ(error.code, ErrorCode::kTooLarge);
        EXPECT_THAT(error.message, HasSubstr("chunked items have more than 400000 bytes"));
    }
    options.max_load_bytes = 500'000;
    EXPECT_EQ(DynamoDbFeatureStore::Create(options).value()->LoadAll().value().data, data);
    options.max_load_bytes = 100;
    auto const tiny = DynamoDbFeatureStore::Create(options).value();
    EXPECT_EQ(FailureOf(tiny->LoadAll()).code, ErrorCode::kTooLarge);
    EXPECT_EQ(FailureOf(tiny->Init(data)).code, ErrorCode::kTooLarge)
        << "its reading is bounded too";
}

TEST_F(ChunkedStoreTest, TheAvailabilityProbeIsOneCheapRequest) {
    auto const fake = std::make_shared<FakeDynamoDbClient>(table_.memory);
    fake->on_get = [&](GetItemRequest const& request) {
        EXPECT_FALSE(request.consistent_read);
        EXPECT_EQ(request.projection_expression, "#k");
        return table_.memory->GetItem(request);
    };
    auto const store = table_.Make(fake);
    EXPECT_TRUE(store->CheckAvailable().has_value()) << "also when it is not initialized";
    EXPECT_TRUE(store->CheckAvailable().has_value());
    EXPECT_THAT(fake->Calls(), ElementsAre("GetItem", "GetItem"));
    fake->on_get = [](GetItemRequest const&) -> Result<GetItemResponse> {
        return Fail(test_support::ErrorOf(ErrorCode::kUnavailable));
    };
    EXPECT_EQ(FailureOf(store->CheckAvailable()).code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace lddynamo
