#include "store/item_codec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using ::testing::HasSubstr;

AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
AttributeValue N(std::string text) {
    return AttributeValue::N(std::move(text));
}

Item Row(Item attributes) {
    attributes.emplace("namespace", S("features"));
    attributes.emplace("key", S("k"));
    return attributes;
}

TEST(RowFromItemTest, WritesTheOfficialLayoutAndNothingElse) {
    TableNames const names("p");
    Item const expected = {{"namespace", S("p:segments")},
                           {"key", S("k")},
                           {"version", N("12")},
                           {"item", S(R"({"key":"k"})")}};
    EXPECT_EQ(
        RowFromItem(names, DataKind::kSegments, "k", {.version = 12, .json = R"({"key":"k"})"}),
        expected);
}

TEST(RowFromItemTest, RoundTrips) {
    TableNames const names("");
    for (char const* json :
         {R"({"key":"k","version":1})", R"( { "a" : 1.0, "a":2, "u":"\u00e9é\/" } )",
          R"({"n":123456789012345678901234567890.10e-5})"}) {
        SerializedItem const item{.version = 77, .json = json};
        auto const read = ItemFromRow(RowFromItem(names, DataKind::kFeatures, "k", item));
        ASSERT_TRUE(read.has_value());
        EXPECT_EQ(*read, item);
    }
    auto const tombstone = MakeTombstone("k", 8);
    EXPECT_EQ(*ItemFromRow(RowFromItem(names, DataKind::kFeatures, "k", tombstone)), tombstone);
}

TEST(EstimateRowSizeTest, CountsAsTheOfficialSdks) {
    // namespace + key + version + item = 23 bytes of names
    Item const row = {
        {"namespace", S("features")}, {"key", S("é")}, {"version", N("10")}, {"item", S("{}")}};
    EXPECT_EQ(EstimateRowSize(row), 100U + 23 + 8 + 2 + 2 + 2);
}

TEST(ItemFromRowTest, ReadsEveryFormOfATombstone) {
    auto const v3 = MakeTombstone("k", 3);
    for (Item const& row : {
             Row({{"version", N("3")}, {"item", S("null")}}),  // Java, .NET
             Row({{"version", N("3")}, {"item", S(" null\n")}}),
             Row({{"version", N("3")}, {"item", S("")}}),
             Row({{"version", N("3")}, {"item", AttributeValue()}}),
             Row({{"version", N("3")}}),
             Row({{"version", N("3")}, {"deleted", AttributeValue::Bool(true)}}),
             Row({{"version", N("3")},
                  {"item", S("null")},
                  {"deleted", AttributeValue::Bool(false)}}),
             Row({{"version", N("3")},
                  {"deleted", AttributeValue::Bool(true)},
                  {"item", S(R"({"key":"k","version":3,"on":true})")}}),
             // the older package's
             Row({{"version", N("3")},
                  {"deleted", AttributeValue::Bool(true)},
                  {"on", AttributeValue::Bool(false)},
                  {"salt", AttributeValue()}}),
         }) {
        auto const item = ItemFromRow(row);
        ASSERT_TRUE(item.has_value()) << item.error().message;
        EXPECT_EQ(*item, v3);
    }
}

TEST(ItemFromRowTest, KeepsTheTextOfOtherTombstones) {
    for (char const* json : {R"({"key":"$deleted","version":3,"deleted":true})",
                             R"({"version":3,"deleted":true})", R"({ "deleted" : true })"}) {
        auto const item = ItemFromRow(Row({{"version", N("3")}, {"item", S(json)}}));
        ASSERT_TRUE(item.has_value());
        EXPECT_TRUE(item->deleted);
        EXPECT_EQ(item->version, 3);
        EXPECT_EQ(item->json, json);
    }
}

TEST(ItemFromRowTest, TheRowsVersionWins) {
    struct Case {
        Item row;
        std::int64_t version;
    };
    std::vector<Case> const cases = {
        {Row({{"version", N("5")}, {"item", S(R"({"version":9})")}}), 5},
        {Row({{"item", S(R"({"version":9})")}}), 9},
        {Row({{"item", S(R"({"key":"k"})")}}), 0},
        {Row({{"item", S(R"({"version":"nine"})")}}), 0},
        {Row({{"version", N("0")}, {"item", S(R"({"version":9})")}}), 0},
        {Row({{"version", N("-4")}, {"item", S("{}")}}), -4},
        {Row({{"version", N("9223372036854775807")}, {"item", S("{}")}}), 9223372036854775807},
        {Row({{"item", S("null")}}), 0},
        {Row({}), 0},
    };
    for (auto const& [row, version] : cases) {
        auto const item = ItemFromRow(row);
        ASSERT_TRUE(item.has_value()) << item.error().message;
        EXPECT_EQ(item->version, version);
    }
}

TEST(ItemFromRowTest, SaysWhatIsWrong) {
    struct Case {
        Item row;
        char const* message;
    };
    std::vector<Case> const cases = {
        {{}, "`key`"},
        {{{"namespace", S("features")}, {"key", N("1")}}, "`key`"},
        {Row({{"version", S("3")}, {"item", S("{}")}}), "`version` is of type S"},
        {Row({{"version", AttributeValue()}, {"item", S("{}")}}), "`version` is of type NULL"},
        {Row({{"version", N("1.5")}, {"item", S("{}")}}), "not an integer"},
        {Row({{"version", N("")}, {"item", S("{}")}}), "not an integer"},
        {Row({{"version", N(std::string(38, '9'))}, {"item", S("{}")}}), "not an integer"},
        {Row({{"version", N("3")}, {"item", AttributeValue::B("{}")}}), "`item` is of type B"},
        {Row({{"version", N("3")}, {"item", N("3")}}), "`item` is of type N"},
        {Row({{"version", N("3")}, {"item", AttributeValue::M({})}}), "`item` is of type M"},
        {Row({{"version", N("3")}, {"item", S("{")}}), "`item`: "},
        {Row({{"version", N("3")}, {"item", S("[]")}}), "`item`: "},
        {Row({{"version", N("3")}, {"item", S("true")}}), "`item`: "},
        {Row({{"version", N("3")}, {"item", S("nul")}}), "`item`: "},
        {Row({{"version", N("3")}, {"on", AttributeValue::B("x")}}), "older layout"},
    };
    for (auto const& [row, message] : cases) {
        auto const item = ItemFromRow(row);
        ASSERT_FALSE(item.has_value()) << message;
        EXPECT_EQ(item.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(item.error().message, HasSubstr(message));
    }
}

TEST(RowHoldsTest, ComparesVersionAndText) {
    SerializedItem const item{.version = 3, .json = R"({"key":"k"})"};
    auto const holds = [&](Item const& attributes) { return RowHolds(Row(attributes), item); };
    auto const text = S(item.json);
    EXPECT_TRUE(holds({{"version", N("3")}, {"item", text}}));
    EXPECT_TRUE(holds({{"version", N("3")}, {"item", text}, {"ttl", N("99")}}));
    EXPECT_FALSE(holds({{"version", N("4")}, {"item", text}}));
    EXPECT_FALSE(holds({{"version", S("3")}, {"item", text}}));
    EXPECT_FALSE(holds({{"item", text}}));
    EXPECT_FALSE(holds({{"version", N("3")}}));
    EXPECT_FALSE(holds({{"version", N("3")}, {"item", S(R"({"key": "k"})")}}));
    EXPECT_FALSE(
        holds({{"version", N("3")}, {"item", text}, {"deleted", AttributeValue::Bool(true)}}))
        << "readers see a tombstone";
}

}  // namespace
}  // namespace lddynamo::store
