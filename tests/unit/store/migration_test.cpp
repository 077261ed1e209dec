#include "store/migration.hpp"

#include "store/item_codec.hpp"
#include "store/names.hpp"
#include "store/older_layout.hpp"
#include "support/fake_dynamodb_client.hpp"
#include "support/results.hpp"

#include <lddynamo/testing/memory_dynamodb.hpp>
#include <lddynamo/value.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace lddynamo::store {
namespace {

using test_support::ErrorOf;
using test_support::FailureOf;
using test_support::FakeDynamoDbClient;
using test_support::MemoryDynamoDb;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char const* kTable = "flags";

AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
AttributeValue N(std::int64_t number) {
    return AttributeValue::N(number);
}

/// As the older package's marshaller wrote it; empty lists and strings became NULL.
Item OlderFlag(std::string const& key, std::int64_t version, std::string const& ns = "features") {
    return {{"namespace", S(ns)},
            {"key", S(key)},
            {"version", N(version)},
            {"on", AttributeValue::Bool(true)},
            {"deleted", AttributeValue::Bool(false)},
            {"trackEvents", AttributeValue::Bool(false)},
            {"trackEventsFallthrough", AttributeValue::Bool(false)},
            {"debugEventsUntilDate", AttributeValue()},
            {"prerequisites", AttributeValue()},
            {"salt", S("salt")},
            {"sel", AttributeValue()},
            {"targets", AttributeValue()},
            {"rules", AttributeValue()},
            {"fallthrough", AttributeValue::M({{"variation", N(0)}})},
            {"offVariation", N(1)},
            {"variations",
             AttributeValue::L({AttributeValue::Bool(true), AttributeValue::Bool(false)})},
            {"clientSide", AttributeValue::Bool(false)}};
}
Item OlderSegment(std::string const& key, std::int64_t version,
                  std::string const& ns = "segments") {
    return {{"namespace", S(ns)},           {"key", S(key)},
            {"version", N(version)},        {"included", AttributeValue::L({S("bob")})},
            {"excluded", AttributeValue()}, {"salt", S("salt")},
            {"rules", AttributeValue()},    {"deleted", AttributeValue::Bool(false)}};
}
Item Deleted(Item row) {
    row.insert_or_assign("deleted", AttributeValue::Bool(true));
    return row;
}
Item OfficialRow(DataKind kind, std::string const& key, std::string json, std::int64_t version) {
    return RowFromItem(TableNames(""), kind, key, {.version = version, .json = std::move(json)});
}

using Rows = std::map<std::string, Item>;  // "namespace key" to row
std::string NameOf(Item const& row) {
    return *FindAttribute(row, kNamespace)->AsS() + " " + *FindAttribute(row, kKey)->AsS();
}

class MigrationTest : public ::testing::Test {
  protected:
    void SetUp() override { MakeTable(db_); }

    static void MakeTable(DynamoDbClient& db) {
        ASSERT_TRUE(db.CreateTable(
            {.table = kTable, .keys = {.partition_key = "namespace", .sort_key = "key"}}));
    }
    static void Put(DynamoDbClient& db, Item row) {
        auto const put = db.PutItem({.table = kTable, .item = std::move(row)});
        ASSERT_TRUE(put) << put.error().Describe();
    }
    void Put(Item row) { Put(db_, std::move(row)); }
    static Rows RowsOf(MemoryDynamoDb const& db) {
        Rows rows;
        for (auto& row : db.Rows(kTable)) {
            auto name = NameOf(row);
            rows.emplace(std::move(name), std::move(row));
        }
        return rows;
    }
    static Result<MigrationReport> Migrate(DynamoDbClient& db, bool drop = false,
                                           bool dry_run = false, std::string prefix = "") {
        MigrationOptions options;
        options.table = kTable;
        options.prefix = std::move(prefix);
        options.drop_older_attributes = drop;
        options.dry_run = dry_run;
        return MigrateOlderLayout(db, options);
    }

    MemoryDynamoDb db_;
};

constexpr char const* kMarker = "$inited $inited";

TEST_F(MigrationTest, AddsItemAndKeepsWhatOlderReadersNeed) {
    Put(OlderFlag("a", 7));
    Put(OlderSegment("s", 3));
    Put(Deleted(OlderFlag("gone", 9)));
    auto const before = RowsOf(db_);

    auto const report = Migrate(db_);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated, 3U);
    EXPECT_EQ(report->tombstones, 1U);
    EXPECT_EQ(report->dropped, 0U);
    EXPECT_TRUE(report->initialized);
    EXPECT_TRUE(report->Complete());

    auto after = RowsOf(db_);
    ASSERT_EQ(after.erase(kMarker), 1U);
    ASSERT_EQ(after.size(), before.size());
    for (auto const& [name, row] : before) {
        Item now = after.at(name);
        auto const item = ItemFromRow(row).value();
        EXPECT_EQ(now.at("item"), S(item.json)) << name;
        now.erase(std::string(kItem));
        EXPECT_EQ(now, row) << name;
    }
    EXPECT_EQ(RowsOf(db_).at("features gone").at("item"),
              S(R"({"key":"gone","version":9,"deleted":true})"));
}

TEST_F(MigrationTest, DroppingLeavesOfficialRowsOnly) {
    Put(OlderFlag("a", 7));
    Put(OlderSegment("s", 3));
    Put(Deleted(OlderFlag("gone", 9)));
    Item odd = OlderFlag("odd", 1);
    odd.emplace("ttl", N(5));  // somebody's own
    Put(odd);
    Rows wanted;
    for (auto const& [name, row] : RowsOf(db_)) {
        auto const item = ItemFromRow(row).value();
        Item lean = {{"namespace", row.at("namespace")},
                     {"key", row.at("key")},
                     {"version", N(item.version)},
                     {"item", S(item.json)}};
        if (name == "features odd") lean.emplace("ttl", N(5));
        wanted.emplace(name, lean);
    }

    auto const report = Migrate(db_, true);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated, 4U);
    EXPECT_EQ(report->dropped, 4U);
    auto after = RowsOf(db_);
    EXPECT_EQ(after.erase(kMarker), 1U);
    EXPECT_EQ(after, wanted);
}

TEST_F(MigrationTest, SecondRunOnlyReads) {
    Put(OlderFlag("a", 7));
    ASSERT_TRUE(Migrate(db_));
    auto const rows = RowsOf(db_);
    auto const puts = db_.CallCount("PutItem");
    auto const report = Migrate(db_);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated, 0U);
    EXPECT_EQ(report->official, 1U);
    EXPECT_TRUE(report->initialized);
    EXPECT_EQ(db_.CallCount("PutItem"), puts);
    EXPECT_EQ(RowsOf(db_), rows);
}

TEST_F(MigrationTest, DryRunWritesNothing) {
    Put(OlderFlag("a", 7));
    Put(OlderFlag("b", 7));
    auto const rows = RowsOf(db_);
    auto const report = Migrate(db_, true, true);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated, 2U);
    EXPECT_EQ(report->dropped, 2U);
    EXPECT_TRUE(report->initialized);
    EXPECT_EQ(RowsOf(db_), rows);

    // What it says is what then happens.
    ASSERT_TRUE(Migrate(db_));
    Item big = OlderFlag("big", 1);
    big.insert_or_assign("variations", AttributeValue::L({S(std::string(250'000, 'x'))}));
    Put(big);
    auto const said = Migrate(db_, true, true);
    auto const done = Migrate(db_, true);
    ASSERT_TRUE(said && done);
    EXPECT_EQ(said->dropped, 3U);
    EXPECT_EQ(done->dropped, said->dropped);
    EXPECT_EQ(done->migrated, said->migrated);
    EXPECT_EQ(done->initialized, said->initialized);
}

TEST_F(MigrationTest, OtherPrefixesStayAsTheyAre) {
    Put(OlderFlag("a", 1, "features"));
    Put(OlderFlag("a", 1, "one:features"));
    Put(OlderSegment("s", 1, "one:segments"));
    Put(OlderFlag("a", 1, "one2:features"));
    auto const before = RowsOf(db_);
    ASSERT_TRUE(Migrate(db_, false, false, "one"));
    auto const after = RowsOf(db_);
    std::set<std::string> changed;
    for (auto const& [name, row] : after) {
        auto const it = before.find(name);
        if (it == before.end() || it->second != row) changed.insert(name);
    }
    EXPECT_THAT(changed,
                ElementsAre("one:$inited one:$inited", "one:features a", "one:segments s"));
}

TEST_F(MigrationTest, MalformedAndOversizeRowsAreLeftAndNamed) {
    Put(OlderFlag("good", 1));
    Item bad = OlderFlag("bad", 1);
    bad.insert_or_assign("rules", S("no list"));
    Put(bad);
    Item binary = OlderFlag("binary", 1);
    binary.insert_or_assign("salt", AttributeValue::B("\x01"));
    Put(binary);
    Item big = OlderFlag("big", 1);
    big.insert_or_assign("variations", AttributeValue::L({S(std::string(250'000, 'x'))}));
    Put(big);
    auto const before = RowsOf(db_);

    auto const report = Migrate(db_);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated, 1U);
    EXPECT_FALSE(report->initialized);
    ASSERT_THAT(report->malformed, SizeIs(2));
    EXPECT_EQ(report->malformed[0].key, "bad");
    EXPECT_THAT(report->malformed[0].what, HasSubstr("rules"));
    EXPECT_EQ(report->malformed[1].key, "binary");
    ASSERT_THAT(report->oversize, SizeIs(1));
    EXPECT_EQ(report->oversize[0].key, "big");
    EXPECT_THAT(report->oversize[0].what, HasSubstr("without the older attributes it fits"));
    auto const after = RowsOf(db_);
    EXPECT_EQ(after.count(kMarker), 0U);
    for (char const* const name : {"features bad", "features binary", "features big"}) {
        EXPECT_EQ(after.at(name), before.at(name));
    }

    // The large one fits once its older attributes may go, but not before readers of the official
    // layout find everything.
    auto const second = Migrate(db_, true);
    ASSERT_TRUE(second) << second.error().Describe();
    ASSERT_THAT(second->oversize, SizeIs(1));
    EXPECT_THAT(second->oversize[0].what, HasSubstr("when every other row is migrated"));
    EXPECT_EQ(RowsOf(db_), after);

    for (char const* const key : {"bad", "binary"}) {
        ASSERT_TRUE(db_.DeleteItem(
            {.table = kTable, .key = TableNames("").RowKey(DataKind::kFeatures, key)}));
    }
    auto const third = Migrate(db_, true);
    ASSERT_TRUE(third) << third.error().Describe();
    EXPECT_TRUE(third->initialized && third->Complete());
    EXPECT_EQ(third->migrated, 1U);
    EXPECT_EQ(third->dropped, 2U);
    for (auto const& [name, row] : RowsOf(db_)) {
        EXPECT_TRUE(name == kMarker || row.size() == 4U) << name;
    }
}

TEST_F(MigrationTest, RowTooLargeEvenAloneIsLeft) {
    Item big = OlderFlag("big", 1);
    // Escapes make the text longer than the attribute.
    big.insert_or_assign("variations", AttributeValue::L({S(std::string(200'100, '"'))}));
    Put(big);
    for (bool const drop : {false, true}) {
        auto const report = Migrate(db_, drop);
        ASSERT_TRUE(report) << report.error().Describe();
        ASSERT_THAT(report->oversize, SizeIs(1));
        EXPECT_THAT(report->oversize[0].what, HasSubstr("and still 4"));
        EXPECT_FALSE(report->initialized);
        EXPECT_EQ(RowsOf(db_).at("features big"), big);
    }
}

TEST_F(MigrationTest, OfficialRowsOfAnUnfinishedInitGetNoMarker) {
    Put(OfficialRow(DataKind::kFeatures, "a", R"({"key":"a","version":1})", 1));
    auto const report = Migrate(db_);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->official, 1U);
    EXPECT_FALSE(report->initialized);
    EXPECT_EQ(RowsOf(db_).size(), 1U);
}

TEST_F(MigrationTest, EmptyTableAndMissingTable) {
    auto const report = Migrate(db_);
    ASSERT_TRUE(report) << report.error().Describe();
    EXPECT_EQ(report->migrated + report->official, 0U);
    EXPECT_FALSE(report->initialized);
    MemoryDynamoDb none;
    auto const missing = Migrate(none);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
    EXPECT_THAT(missing.error().message, HasSubstr("table flags does not exist"));
    EXPECT_EQ(FailureOf(Migrate(db_, false, false, "a:b")).code, ErrorCode::kInvalidArgument);
}

/// Not every server tells the row that stopped a put.
class MigrationRaceTest : public MigrationTest, public ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(OldItem, MigrationRaceTest, ::testing::Bool());

TEST_P(MigrationRaceTest, NewerWritesMeanwhileStay) {
    auto const inner = std::make_shared<MemoryDynamoDb>();
    MakeTable(*inner);
    Put(*inner, OlderFlag("official", 1));
    Put(*inner, OlderFlag("older", 1));
    Put(*inner, OlderFlag("removed", 1));
    FakeDynamoDbClient client(inner);
    std::set<std::string> meddled;
    client.on_put = [&](PutItemRequest const& request) {
        auto const key = *FindAttribute(request.item, "key")->AsS();
        // Just before our put arrives, somebody else is quicker, once a row.
        if (meddled.insert(key).second) {
            if (key == "official") {
                Put(*inner,
                    OfficialRow(DataKind::kFeatures, key, R"({"key":"official","version":5})", 5));
            } else if (key == "older") {
                Put(*inner, OlderFlag(key, 6));
            } else if (key == "removed") {
                auto erased = inner->DeleteItem(
                    {.table = kTable, .key = TableNames("").RowKey(DataKind::kFeatures, key)});
                EXPECT_TRUE(erased);
            }
        }
        auto answer = inner->PutItem(request);
        if (answer && !GetParam()) answer->old_item.reset();
        return answer;
    };
    auto const report = Migrate(client);
    ASSERT_TRUE(report) << report.error().Describe();
    auto const rows = RowsOf(*inner);
    EXPECT_EQ(rows.at("features official").at("version"), N(5));
    EXPECT_EQ(rows.at("features official").at("item"), S(R"({"key":"official","version":5})"));
    EXPECT_EQ(rows.at("features older").at("version"), N(6));
    EXPECT_EQ(ItemFromRow(rows.at("features older")).value().version, 6);
    EXPECT_NE(FindAttribute(rows.at("features older"), kItem), nullptr);
    EXPECT_EQ(rows.count("features removed"), 0U);
    EXPECT_TRUE(report->initialized);
}

TEST_F(MigrationTest, WriterThatNeverStopsIsAConflict) {
    auto const inner = std::make_shared<MemoryDynamoDb>();
    MakeTable(*inner);
    Put(*inner, OlderFlag("a", 1));
    FakeDynamoDbClient client(inner);
    std::int64_t version = 1;
    client.on_put = [&](PutItemRequest const& request) {
        Put(*inner, OlderFlag("a", ++version));
        return inner->PutItem(request);
    };
    auto const report = Migrate(client);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::kConflict);
    EXPECT_EQ(RowsOf(*inner).count(kMarker), 0U);
}

/// What must hold whenever a reader may look.
void CheckReaders(Rows const& before, Rows const& now, std::string const& when) {
    bool const marked = now.count(kMarker) != 0;
    for (auto const& [name, row] : before) {
        auto const it = now.find(name);
        ASSERT_NE(it, now.end()) << when << ": " << name << " is missing";
        auto const wanted = ItemFromRow(row);
        ASSERT_TRUE(wanted) << when << ": " << name;
        auto const item = ItemFromRow(it->second);
        ASSERT_TRUE(item) << when << ": " << name;
        EXPECT_EQ(item->version, wanted->version) << when << ": " << name;
        EXPECT_EQ(item->deleted, wanted->deleted) << when << ": " << name;
        EXPECT_EQ(item->json, wanted->json) << when << ": " << name;
        if (marked) {
            EXPECT_NE(FindAttribute(it->second, kItem), nullptr)
                << when << ": a reader of the official layout misses " << name;
            continue;
        }
        for (auto const& [attribute, value] : row) {
            auto const* const kept = FindAttribute(it->second, attribute);
            ASSERT_NE(kept, nullptr)
                << when << ": a reader of the older layout misses " << attribute << " of " << name;
            EXPECT_EQ(*kept, value) << when << ": " << name;
        }
    }
}

TEST_F(MigrationTest, MayDieAtAnyRequestAndGoOn) {
    auto const fill = [](MemoryDynamoDb& db) {
        for (int i = 0; i < 2; ++i) Put(db, OlderFlag("flag-" + std::to_string(i), i + 1));
        Put(db, Deleted(OlderFlag("gone", 9)));
        Put(db, OlderSegment("segment", 3));
    };
    for (bool const drop : {false, true}) {
        MemoryDynamoDb reference;
        MakeTable(reference);
        fill(reference);
        auto const before = RowsOf(reference);
        ASSERT_TRUE(Migrate(reference, drop));
        auto const wanted = RowsOf(reference);

        for (bool const answer_lost : {false, true}) {
            bool died = true;
            std::size_t deaths = 0;
            for (std::size_t at = 0; died; ++at) {
                MemoryDynamoDb db;
                MakeTable(db);
                fill(db);
                died = false;
                bool may_die = true;
                std::size_t request = 0;
                auto const when = [&] {
                    return "death at request " + std::to_string(at) + ", now " +
                           std::to_string(request) + (drop ? ", dropping" : "");
                };
                db.SetFaults([&](std::string_view) -> std::optional<MemoryDynamoDb::Fault> {
                    CheckReaders(before, RowsOf(db), when());
                    if (request++ != at || !may_die) return std::nullopt;
                    died = true;
                    MemoryDynamoDb::Fault fault;
                    (answer_lost ? fault.error_after : fault.error) =
                        ErrorOf(ErrorCode::kConnection);
                    return fault;
                });
                auto const first = Migrate(db, drop);
                EXPECT_EQ(first.has_value(), !died) << when();
                deaths += died ? 1U : 0U;
                may_die = false;
                auto const second = Migrate(db, drop);
                db.SetFaults(nullptr);
                ASSERT_TRUE(second) << when() << ": " << second.error().Describe();
                EXPECT_TRUE(second->initialized) << when();
                EXPECT_EQ(RowsOf(db), wanted) << when();
            }
            EXPECT_EQ(deaths, drop ? 16U : 10U) << "every request was one to die at";
        }
    }
}

}  // namespace
}  // namespace lddynamo::store
