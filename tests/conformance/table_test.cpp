// What a store in a table does to its rows, and what it makes of rows that others left there.
#include "conformance/sample_items.hpp"
#include "conformance/store_factory.hpp"
#include "support/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace lddynamo::conformance {
namespace {

using test_support::ErrorOf;
using test_support::FailureOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

constexpr auto kFlags = DataKind::kFeatures;
constexpr auto kSegments = DataKind::kSegments;

AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
AttributeValue N(std::string text) {
    return AttributeValue::N(std::move(text));
}

Item RowOf(std::string ns, std::string key, SerializedItem const& item) {
    return {{"namespace", S(std::move(ns))},
            {"key", S(std::move(key))},
            {"version", AttributeValue::N(item.version)},
            {"item", S(item.json)}};
}
Item BareRow(std::string ns, std::string key, Item more = {}) {
    more.emplace("namespace", S(std::move(ns)));
    more.emplace("key", S(std::move(key)));
    return more;
}

class TableConformance : public ::testing::TestWithParam<TablePlaceMaker> {
  protected:
    TableConformance() : place_(GetParam().make()), store_(place_->Make()) {}

    [[nodiscard]] test_support::FakeDynamoDbClient& Fake() { return place_->Fake(); }
    [[nodiscard]] std::size_t WriteCalls() {
        return Fake().CallCount("BatchWriteItem") + Fake().CallCount("PutItem") +
               Fake().CallCount("DeleteItem") + Fake().CallCount("TransactWriteItems");
    }

    std::unique_ptr<TablePlace> place_;
    std::unique_ptr<FeatureStore> store_;
};

TEST_P(TableConformance, WritesTheOfficialLayout) {
    for (std::string const prefix : {"", "p"}) {
        auto const store = place_->Make(prefix);
        auto const named = [&](std::string const& name) {
            return prefix.empty() ? name : prefix + ":" + name;
        };
        ASSERT_TRUE(store
                        ->Init({.features = {{"f", MakeItem("f", 3)}, {"d", MakeTombstone("d", 4)}},
                                .segments = {{"s", MakeItem("s", 5)}}})
                        .has_value());
        ASSERT_EQ(store->Upsert(kFlags, "u", MakeItem("u", 1)).value(), UpsertOutcome::kWritten);
        EXPECT_THAT(place_->AllRows(prefix),
                    UnorderedElementsAreArray(std::vector<Item>{
                        RowOf(named("features"), "f", MakeItem("f", 3)),
                        RowOf(named("features"), "d",
                              {.version = 4, .json = R"({"key":"d","version":4,"deleted":true})"}),
                        RowOf(named("features"), "u", MakeItem("u", 1)),
                        RowOf(named("segments"), "s", MakeItem("s", 5)),
                        BareRow(named("$inited"), named("$inited"))}));
    }
}

TEST_P(TableConformance, AnUnchangedInitWritesNothing) {
    StoreData data;
    for (std::size_t i = 0; i < 80; ++i) {
        auto const key = Numbered("k", i);
        data.features.emplace(key, i % 5 == 0 ? MakeTombstone(key, 2) : MakeItem(key, 2));
        data.segments.emplace(key, MakeItem(key, 1));
    }
    ASSERT_TRUE(store_->Init(data).has_value());
    for (auto const& store : {place_->Make(), place_->Make()}) {
        Fake().ForgetCalls();
        auto const report = store->Init(data);
        ASSERT_TRUE(report.has_value());
        EXPECT_EQ(report->unchanged, 160U);
        EXPECT_EQ(WriteCalls(), 0U);
    }
}

TEST_P(TableConformance, InitSendsOnlyWhatDiffers) {
    StoreData data;
    for (std::size_t i = 0; i < 60; ++i) data.features.emplace(Numbered("k", i), MakeItem("k", 1));
    ASSERT_TRUE(store_->Init(data).has_value());
    data.features.at(Numbered("k", 7)) = MakeItem("k", 2);
    data.features.erase(Numbered("k", 8));
    std::vector<BatchWrite> sent;
    Fake().on_batch_write = [&](BatchWriteItemRequest const& request) {
        sent.insert(sent.end(), request.writes.begin(), request.writes.end());
        return place_->Server().BatchWriteItem(request);
    };
    Fake().ForgetCalls();
    ASSERT_TRUE(place_->Make("", InitWrites::kBatched)->Init(data).has_value());
    ASSERT_THAT(sent, SizeIs(2));
    EXPECT_EQ(sent[0].kind, BatchWrite::Kind::kPut);
    EXPECT_EQ(sent[0].item, RowOf("features", Numbered("k", 7), MakeItem("k", 2)));
    EXPECT_EQ(sent[1].kind, BatchWrite::Kind::kDelete);
    EXPECT_EQ(sent[1].item, BareRow("features", Numbered("k", 8)));
    EXPECT_EQ(Fake().CallCount("PutItem"), 0U) << "the marker is there already";
}

TEST_P(TableConformance, PrefixesAreApart) {
    std::vector<std::string> const prefixes = {"", "a", "b", "aa", "features"};
    std::vector<StoreData> data;
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
        auto const version = static_cast<std::int64_t>(i + 1);
        data.push_back(
            {.features = {{"k", MakeItem("k", version)}, {prefixes[i] + "x", MakeItem("x", 1)}},
             .segments = {{"k", MakeItem("k", version + 10)}}});
        EXPECT_FALSE(place_->Make(prefixes[i])->Initialized().value()) << prefixes[i];
        ASSERT_TRUE(place_->Make(prefixes[i])->Init(data[i]).has_value());
    }
    ASSERT_TRUE(place_->Make("a")->Init({}).has_value());
    data[1] = {};
    ASSERT_EQ(place_->Make("b")->Upsert(kFlags, "k", MakeItem("k", 99)).value(),
              UpsertOutcome::kWritten);
    data[2].features.at("k") = MakeItem("k", 99);
    for (std::size_t i = 0; i < prefixes.size(); ++i) {
        auto const store = place_->Make(prefixes[i]);
        EXPECT_EQ(store->LoadAll().value().data, data[i]) << prefixes[i];
        EXPECT_TRUE(store->Initialized().value());
    }
}

TEST_P(TableConformance, AnotherInstanceSeesTheMarker) {
    auto const reader = place_->Make("p");
    EXPECT_FALSE(reader->Initialized().value());
    ASSERT_TRUE(place_->Make("p")->Init({}).has_value());
    EXPECT_TRUE(reader->Initialized().value());
    EXPECT_TRUE(place_->Make("p")->Initialized().value());
    EXPECT_FALSE(place_->Make("q")->Initialized().value());
    EXPECT_FALSE(place_->Make()->Initialized().value());
}

TEST_P(TableConformance, AnyRowAtTheMarkersPlaceCounts) {
    place_->PutRow(BareRow("$inited", "$inited", {{"version", N("7")}, {"x", AttributeValue()}}));
    EXPECT_TRUE(store_->Initialized().value());
}

TEST_P(TableConformance, TouchesNobodyElsesRows) {
    std::vector<Item> const foreign = {
        BareRow("big_segments_metadata", "big_segments_metadata",
                {{"synchronizedOn", N("1700000000000")}, {"lastVersion", S("c")}}),
        BareRow("p:big_segments_metadata", "p:big_segments_metadata", {{"synchronizedOn", N("1")}}),
        BareRow("big_segments_user", "aGFzaA==", {{"included", AttributeValue::SS({"s.g1"})}}),
        BareRow("p:big_segments_user", "aGFzaA==", {{"excluded", AttributeValue::SS({"s.g1"})}}),
        BareRow("some-cache", "id", {{"item", AttributeValue::B(std::string("\0\xff", 2))}}),
        BareRow("features:p", "f", {{"item", S("{}")}}),
        BareRow("p:p:features", "f", {{"item", S("{}")}}),
        BareRow("pp:features", "f", {{"item", S("{}")}}),
        BareRow("features2", "f", {{"item", S("{}")}}),
    };
    for (auto const& row : foreign) place_->PutRow(row);
    for (std::string const prefix : {"", "p"}) {
        auto const store = place_->Make(prefix);
        ASSERT_TRUE(store->Init({.features = {{"f", MakeItem("f", 1)}}}).has_value());
        ASSERT_TRUE(store->Init({}).has_value());
        EXPECT_EQ(store->LoadAll().value().data, StoreData{});
    }
    for (auto const& row : foreign) {
        auto const rows = place_->Rows(*row.at("namespace").AsS());
        ASSERT_THAT(rows, SizeIs(1)) << *row.at("namespace").AsS();
        EXPECT_EQ(rows.front(), row);
    }
}

TEST_P(TableConformance, OneMalformedRowSpoilsNothing) {
    ASSERT_TRUE(store_->Init({.features = {{"good", MakeItem("good", 1)}}}).has_value());
    std::map<std::string, Item> const bad = {
        {"item-number", {{"version", N("1")}, {"item", N("5")}}},
        {"item-binary", {{"version", N("1")}, {"item", AttributeValue::B("{}")}}},
        {"item-broken", {{"version", N("1")}, {"item", S("{\"key\":")}}},
        {"item-array", {{"version", N("1")}, {"item", S("[1]")}}},
        {"item-text", {{"version", N("1")}, {"item", S("hello")}}},
        {"version-text", {{"version", S("1")}, {"item", S("{}")}}},
        {"version-half", {{"version", N("1.5")}, {"item", S("{}")}}},
        {"older-binary", {{"version", N("1")}, {"on", AttributeValue::B("x")}}},
    };
    for (auto const& [key, attributes] : bad) place_->PutRow(BareRow("features", key, attributes));

    auto const all = store_->All(kFlags);
    ASSERT_TRUE(all.has_value());
    EXPECT_EQ(all->items, (ItemMap{{"good", MakeItem("good", 1)}}));
    ASSERT_THAT(all->malformed, SizeIs(bad.size()));
    for (auto const& note : all->malformed) {
        EXPECT_EQ(bad.count(note.key), 1U) << note.key;
        EXPECT_EQ(note.kind, kFlags);
        EXPECT_FALSE(note.what.empty());
    }
    auto const loaded = store_->LoadAll();
    ASSERT_TRUE(loaded.has_value());
    EXPECT_EQ(loaded->malformed, all->malformed);
    std::vector<ItemKey> keys = {{kFlags, "good"}};
    for (auto const& [key, attributes] : bad) {
        keys.push_back({kFlags, key});
        auto const item = store_->Get(kFlags, key);
        ASSERT_FALSE(item.has_value()) << key;
        EXPECT_EQ(item.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(item.error().message, HasSubstr(key));
    }
    auto const many = store_->GetMany(keys);
    ASSERT_TRUE(many.has_value());
    EXPECT_THAT(many->items, SizeIs(1));
    EXPECT_THAT(many->malformed, SizeIs(bad.size()));
    // Init mends what it has an item for, and deletes the rest.
    StoreData const data = {.features = {{"item-text", MakeItem("item-text", 1)}}};
    ASSERT_TRUE(store_->Init(data).has_value());
    auto const mended = store_->LoadAll();
    ASSERT_TRUE(mended.has_value());
    EXPECT_THAT(mended->malformed, IsEmpty());
    EXPECT_EQ(mended->data, data);
}

TEST_P(TableConformance, ReadsWhatOtherSdksWriteForDeletedItems) {
    std::vector<std::pair<std::string, Item>> const rows = {
        {"java", {{"version", N("3")}, {"item", S("null")}}},
        {"official-without-item", {{"version", N("3")}}},
        {"marked", {{"version", N("3")}, {"deleted", AttributeValue::Bool(true)}}},
        {"older",
         {{"version", N("3")},
          {"deleted", AttributeValue::Bool(true)},
          {"on", AttributeValue::Bool(false)},
          {"salt", AttributeValue()},
          {"variations", AttributeValue()}}},
    };
    for (auto const& [key, attributes] : rows) {
        place_->PutRow(BareRow("features", key, attributes));
        EXPECT_EQ(store_->Get(kFlags, key).value(), MakeTombstone(key, 3)) << key;
        EXPECT_EQ(store_->All(kFlags).value().items.at(key), MakeTombstone(key, 3)) << key;
        EXPECT_EQ(store_->Upsert(kFlags, key, MakeItem(key, 3)).value(), UpsertOutcome::kStale);
        EXPECT_EQ(store_->Upsert(kFlags, key, MakeItem(key, 4)).value(), UpsertOutcome::kWritten);
        EXPECT_EQ(store_->Get(kFlags, key).value(), MakeItem(key, 4)) << key;
    }
    for (char const* json : {R"({"key":"$deleted","version":3,"deleted":true})",
                             R"({"key":"go","version":3,"deleted":true,"on":false})"}) {
        place_->PutRow(BareRow("segments", "go", {{"version", N("3")}, {"item", S(json)}}));
        auto const item = store_->Get(kSegments, "go").value();
        ASSERT_TRUE(item.has_value());
        EXPECT_TRUE(item->deleted);
        EXPECT_EQ(item->json, json);
    }
}

TEST_P(TableConformance, ReadsAndMigratesTheOlderLayout) {
    place_->PutRow(
        BareRow("features", "old",
                {{"version", N("12")},
                 {"on", AttributeValue::Bool(true)},
                 {"salt", S("abc")},
                 {"sel", AttributeValue()},
                 {"deleted", AttributeValue::Bool(false)},
                 {"variations", AttributeValue::L({AttributeValue::Bool(true), N("2.5")})},
                 {"fallthrough", AttributeValue::M({{"variation", N("0")}})}}));
    place_->PutRow(BareRow("segments", "old",
                           {{"version", N("2")}, {"included", AttributeValue::SS({"bob"})}}));
    auto const loaded = store_->LoadAll();
    ASSERT_TRUE(loaded.has_value());
    EXPECT_THAT(loaded->malformed, IsEmpty());
    auto const& flag = loaded->data.features.at("old");
    EXPECT_EQ(flag.version, 12);
    EXPECT_EQ(flag.json, R"({"deleted":false,"fallthrough":{"variation":0},"key":"old","on":true,)"
                         R"("salt":"abc","sel":"","variations":[true,2.5],"version":12})");
    EXPECT_EQ(loaded->data.segments.at("old").json,
              R"({"included":["bob"],"key":"old","version":2})");
    EXPECT_FALSE(store_->Initialized().value()) << "that layout has no marker";

    auto const report = store_->Init(loaded->data);
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->written, 2U);
    EXPECT_EQ(place_->Rows("features"), std::vector<Item>{RowOf("features", "old", flag)});
    EXPECT_EQ(store_->LoadAll().value().data, loaded->data);
}

TEST_P(TableConformance, HealsRowsWithoutAVersion) {
    place_->PutRow(BareRow("features", "k", {{"item", S(R"({"key":"k","version":7})")}}));
    EXPECT_EQ(store_->Get(kFlags, "k").value(),
              (SerializedItem{.version = 7, .json = R"({"key":"k","version":7})"}));
    EXPECT_EQ(store_->Upsert(kFlags, "k", MakeItem("k", 8)).value(), UpsertOutcome::kWritten);
    EXPECT_EQ(place_->Rows("features"),
              std::vector<Item>{RowOf("features", "k", MakeItem("k", 8))});
}

/// Tables whose stores keep no oversize items; for the others see ChunkedConformance.
class PlainTableConformance : public TableConformance {};

TEST_P(PlainTableConformance, OversizeItemsAreReportedAndTheOlderRowStays) {
    auto const big = MakeItem("k", 2, ",\"x\":\"" + std::string(400'000, 'x') + "\"");
    // The largest that fits: 100 + 23 bytes of names + "features" + "most" + "2".
    auto most = MakeItem("most", 2, ",\"x\":\"\"");
    most.json.insert(most.json.size() - 2, 400'000 - 136 - most.json.size(), 'x');
    ASSERT_TRUE(store_
                    ->Init({.features = {{"old", MakeItem("old", 1)}},
                            .segments = {{"old", MakeItem("old", 1)}}})
                    .has_value());
    auto const report = store_->Init({.features = {{"old", big}, {"new", big}, {"most", most}},
                                      .segments = {{"old", big}, {"s", MakeItem("s", 1)}}});
    ASSERT_TRUE(report.has_value()) << report.error().Describe();
    std::vector<ItemKey> oversize;
    for (auto const& note : report->oversize) {
        oversize.push_back({note.kind, note.key});
        EXPECT_THAT(note.what, HasSubstr("400"));
    }
    EXPECT_EQ(oversize,
              (std::vector<ItemKey>{{kFlags, "new"}, {kFlags, "old"}, {kSegments, "old"}}));
    EXPECT_EQ(report->deleted, 0U);
    EXPECT_EQ(report->written, 2U);
    EXPECT_TRUE(place_->Make()->Initialized().value());
    EXPECT_EQ(store_->LoadAll().value().data,
              (StoreData{.features = {{"old", MakeItem("old", 1)}, {"most", most}},
                         .segments = {{"old", MakeItem("old", 1)}, {"s", MakeItem("s", 1)}}}));
    EXPECT_EQ(store_->Upsert(kFlags, "old", big).value(), UpsertOutcome::kOversize);
    EXPECT_EQ(store_->Upsert(kFlags, "new", big).value(), UpsertOutcome::kOversize);
    EXPECT_EQ(store_->Get(kFlags, "old").value(), MakeItem("old", 1));
    EXPECT_EQ(store_->Get(kFlags, "new").value(), std::nullopt);
}

TEST_P(TableConformance, TwoInstancesAgreeOnTheHighestVersion) {
    auto const other = place_->Make();
    constexpr int kEach = 40;
    auto const run = [](FeatureStore& store, int first) {
        for (int i = first; i <= 2 * kEach; i += 2) {
            EXPECT_TRUE(store.Upsert(kFlags, "k", MakeItem("k", i)).has_value());
        }
    };
    std::thread odd([&] { run(*store_, 1); });
    std::thread even([&] { run(*other, 2); });
    odd.join();
    even.join();
    EXPECT_EQ(store_->Get(kFlags, "k").value(), MakeItem("k", 2 * kEach));
}

TEST_P(TableConformance, AMissingTableIsNamed) {
    DynamoDbFeatureStoreOptions options;
    options.table = "no-such-table";
    options.client = place_->Client();
    auto const made = DynamoDbFeatureStore::Create(options);
    ASSERT_TRUE(made.has_value());
    auto& store = **made;
    std::vector<ItemKey> const keys = {{kFlags, "k"}};
    for (auto const& error :
         {FailureOf(store.Get(kFlags, "k")), FailureOf(store.Initialized()),
          FailureOf(store.All(kFlags)), FailureOf(store.LoadAll()), FailureOf(store.GetMany(keys)),
          FailureOf(store.Init({})), FailureOf(store.CheckAvailable()),
          FailureOf(store.Upsert(kFlags, "k", MakeItem("k", 1)))}) {
        EXPECT_EQ(error.code, ErrorCode::kNotFound);
        EXPECT_THAT(error.message, HasSubstr("table no-such-table does not exist"));
    }
    EXPECT_EQ(FailureOf(CheckFeatureTable(place_->Server(), "no-such-table")).code,
              ErrorCode::kNotFound);
}

TEST_P(TableConformance, ATransactionSaysWhetherAConditionFailed) {
    TransactWriteItemsRequest request{.table = place_->Table()};
    request.writes.push_back({.item = BareRow("n", "k"),
                              .condition_expression = "attribute_not_exists(#k)",
                              .names = {{"#k", "key"}}});
    auto const first = place_->Server().TransactWriteItems(request);
    // dynalite knows no transactions, and says so.
    if (!first && first.error().service_code == "UnknownOperationException") return;
    ASSERT_TRUE(first.has_value()) << first.error().Describe();
    request.client_request_token = "another";
    auto const again = place_->Server().TransactWriteItems(request);
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, ErrorCode::kConditionFailed);
    EXPECT_EQ(again.error().service_code, "TransactionCanceledException");
    EXPECT_FALSE(again.error().retryable);
    EXPECT_THAT(place_->Rows("n"), SizeIs(1));
}

TEST_P(TableConformance, CreatingTheTableAgainIsFine) {
    auto const again = CreateFeatureTable(place_->Server(), place_->Table());
    ASSERT_TRUE(again.has_value());
    EXPECT_FALSE(*again);
    EXPECT_TRUE(CheckFeatureTable(place_->Server(), place_->Table()).has_value());
}

TEST_P(TableConformance, ATableWithOtherKeysIsShown) {
    auto const name = place_->Table() + "-other";
    ASSERT_TRUE(
        place_->Server()
            .CreateTable({.table = name, .keys = {.partition_key = "id", .partition_type = "N"}})
            .has_value());
    auto const checked = CheckFeatureTable(place_->Server(), name);
    ASSERT_FALSE(checked.has_value());
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(checked.error().message, HasSubstr("partition key `id` (N) and no sort key"));
    EXPECT_EQ(FailureOf(CreateFeatureTable(place_->Server(), name)).code,
              ErrorCode::kAlreadyExists);
    (void)place_->Server().DeleteTable(name);
}

std::string NameOf(::testing::TestParamInfo<TablePlaceMaker> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(InProcess, TableConformance, ::testing::ValuesIn(TablesInProcess()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, TableConformance, ::testing::ValuesIn(TablesOnServer()), NameOf);
INSTANTIATE_TEST_SUITE_P(InProcess, PlainTableConformance, ::testing::ValuesIn(PlainTables(false)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, PlainTableConformance, ::testing::ValuesIn(PlainTables(true)),
                         NameOf);

}  // namespace
}  // namespace lddynamo::conformance
