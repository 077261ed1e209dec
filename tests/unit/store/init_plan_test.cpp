#include "store/init_plan.hpp"

#include "store/item_codec.hpp"
#include "support/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using test_support::FailureOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Steps = std::vector<std::vector<std::string>>;

TableNames const& Names() {
    static TableNames const names("p");
    return names;
}

SerializedItem Flag(std::int64_t version, std::string needs = "") {
    std::string json = R"({"version":)" + std::to_string(version);
    if (!needs.empty()) json += R"(,"prerequisites":[{"key":")" + needs + R"("}])";
    return {.version = version, .json = json + "}"};
}

Item RowOf(DataKind kind, std::string_view key, SerializedItem const& item) {
    return RowFromItem(Names(), kind, key, item);
}

InitPlan Plan(StoreData const& data, ExistingRows const& rows) {
    return MakeInitPlan(Names(), PrepareData(data).value(), rows);
}

/// "+p:features/a" for a put, "-..." for a delete.
Steps Show(InitPlan const& plan) {
    Steps steps;
    for (auto const& step : plan.steps) {
        steps.emplace_back();
        for (auto const& write : step) {
            steps.back().push_back((write.kind == BatchWrite::Kind::kPut ? "+" : "-") +
                                   *write.item.at("namespace").AsS() + "/" +
                                   *write.item.at("key").AsS());
        }
    }
    return steps;
}

TEST(InitPlanTest, OrdersSegmentsFlagsByNeedThenWhatGoes) {
    StoreData data;
    data.segments = {{"s1", Flag(1)}, {"s2", MakeTombstone("s2", 2)}};
    data.features = {
        {"a", Flag(1, "b")}, {"b", Flag(1, "c")}, {"c", Flag(1)}, {"d", MakeTombstone("d", 5)}};
    ExistingRows const rows = {.features = {RowOf(DataKind::kFeatures, "old", Flag(1))},
                               .segments = {RowOf(DataKind::kSegments, "old", Flag(1))}};
    auto const plan = Plan(data, rows);
    EXPECT_EQ(Show(plan), (Steps{{"+p:segments/s1"},
                                 {"+p:features/c"},
                                 {"+p:features/b"},
                                 {"+p:features/a"},
                                 {"+p:features/d", "-p:features/old"},
                                 {"+p:segments/s2", "-p:segments/old"}}));
    EXPECT_EQ(plan.report.written, 6U);
    EXPECT_EQ(plan.report.deleted, 2U);
    EXPECT_EQ(plan.report.unchanged, 0U);
    EXPECT_EQ(plan.Writes(), 8U);
}

TEST(InitPlanTest, WritesOnlyWhatDiffers) {
    StoreData data;
    data.features = {{"same", Flag(1)},
                     {"version", Flag(2)},
                     {"text", {.version = 1, .json = R"({"version": 1})"}},
                     {"tombstone", MakeTombstone("tombstone", 3)},
                     {"null", MakeTombstone("null", 3)}};
    auto null_row = RowOf(DataKind::kFeatures, "null", MakeTombstone("null", 3));
    null_row["item"] = AttributeValue::S("null");
    ExistingRows const rows = {
        .features = {RowOf(DataKind::kFeatures, "same", Flag(1)),
                     RowOf(DataKind::kFeatures, "version", Flag(1)),
                     RowOf(DataKind::kFeatures, "text", Flag(1)),
                     RowOf(DataKind::kFeatures, "tombstone", MakeTombstone("tombstone", 3)),
                     null_row}};
    auto const plan = Plan(data, rows);
    EXPECT_EQ(Show(plan),
              (Steps{{"+p:features/text", "+p:features/version"}, {"+p:features/null"}}));
    EXPECT_EQ(plan.report.unchanged, 2U);
    EXPECT_EQ(plan.report.written, 3U);
}

TEST(InitPlanTest, AnUnchangedPrerequisiteStillOrdersNothingAway) {
    StoreData data;
    data.features = {{"a", Flag(2, "b")}, {"b", Flag(1, "c")}, {"c", Flag(2)}};
    ExistingRows const rows = {.features = {RowOf(DataKind::kFeatures, "b", Flag(1, "c"))}};
    EXPECT_EQ(Show(Plan(data, rows)), (Steps{{"+p:features/c"}, {"+p:features/a"}}));
}

TEST(InitPlanTest, KeepsTheOlderRowOfAnOversizeItem) {
    StoreData data;
    auto const big = [](std::size_t bytes) {
        return SerializedItem{.version = 2,
                              .json = R"({"x":")" + std::string(bytes, 'x') + R"("})"};
    };
    // 100 + 23 of names + "p:features" 10 + key 1 + version 1 + text
    std::size_t const most = 400'000 - 135 - 8;
    data.features = {{"a", big(most)}, {"b", big(most + 1)}, {"c", big(most + 1)}, {"d", Flag(1)}};
    ExistingRows const rows = {.features = {RowOf(DataKind::kFeatures, "b", Flag(1))}};
    auto const plan = Plan(data, rows);
    EXPECT_EQ(Show(plan), (Steps{{"+p:features/a", "+p:features/d"}}));
    ASSERT_EQ(plan.report.oversize.size(), 2U);
    EXPECT_EQ(plan.report.oversize[0].kind, DataKind::kFeatures);
    EXPECT_EQ(plan.report.oversize[0].key, "b");
    EXPECT_THAT(plan.report.oversize[0].what, HasSubstr("400001 bytes"));
    EXPECT_THAT(plan.report.oversize[0].what, HasSubstr("older row stays"));
    EXPECT_EQ(plan.report.oversize[1].key, "c");
    EXPECT_EQ(plan.report.deleted, 0U);
    EXPECT_EQ(plan.report.written, 2U);
}

TEST(InitPlanTest, ReplacesRowsOfTheOlderLayoutAndMalformedOnes) {
    StoreData data;
    data.features = {{"a", Flag(1)}, {"b", Flag(1)}};
    Item older = Names().RowKey(DataKind::kFeatures, "a");
    older.emplace("version", AttributeValue::N(1));
    older.emplace("on", AttributeValue::Bool(true));
    Item malformed = RowOf(DataKind::kFeatures, "b", Flag(1));
    malformed["version"] = AttributeValue::S("1");
    EXPECT_EQ(Show(Plan(data, {.features = {older, malformed}})),
              (Steps{{"+p:features/a", "+p:features/b"}}));
}

TEST(InitPlanTest, NeverDeletesRowsOfOthers) {
    TableNames const others("q");
    Item without_key = {{"namespace", AttributeValue::S("p:features")}};
    ExistingRows const rows = {.features = {RowFromItem(others, DataKind::kFeatures, "x", Flag(1)),
                                            RowOf(DataKind::kSegments, "y", Flag(1)),
                                            Names().Marker(),
                                            without_key,
                                            {}}};
    EXPECT_THAT(Show(Plan({}, rows)), IsEmpty());
}

TEST(PrepareDataTest, NamesTheItemThatIsBad) {
    StoreData data;
    data.segments = {{"s", {.version = 1, .json = "{"}}};
    auto const prepared = PrepareData(data);
    ASSERT_FALSE(prepared.has_value());
    EXPECT_THAT(prepared.error().message, HasSubstr("segment \"s\""));
    data.segments = {{"", Flag(1)}};
    EXPECT_EQ(FailureOf(PrepareData(data)).code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lddynamo::store
