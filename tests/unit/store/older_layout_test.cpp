#include "store/older_layout.hpp"

#include "store/item_codec.hpp"

#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

AttributeValue S(std::string text) {
    return AttributeValue::S(std::move(text));
}
AttributeValue N(std::string text) {
    return AttributeValue::N(std::move(text));
}
AttributeValue L(AttributeValue::List items) {
    return AttributeValue::L(std::move(items));
}
AttributeValue M(AttributeValue::Map members) {
    return AttributeValue::M(std::move(members));
}
AttributeValue Null() {
    return {};
}

/// A flag as the older package's marshaller wrote it: empty lists and strings became NULL.
Item FlagRow() {
    auto const clause =
        M({{"attribute", S("plan")},
           {"op", S("in")},
           {"values", L({S("gold"), Null(), N("1.50"), AttributeValue::Bool(true)})},
           {"negate", AttributeValue::Bool(false)}});
    return {
        {"namespace", S("features")},
        {"key", S("flag-a")},
        {"version", N("17")},
        {"on", AttributeValue::Bool(true)},
        {"trackEvents", AttributeValue::Bool(false)},
        {"deleted", AttributeValue::Bool(false)},
        {"prerequisites", Null()},
        {"salt", S("s")},
        {"sel", Null()},
        {"targets", L({M({{"values", L({S("bob"), Null()})}, {"variation", N("0")}})})},
        {"rules", L({M({{"variation", N("1")}, {"rollout", Null()}, {"clauses", L({clause})}})})},
        {"fallthrough",
         M({{"variation", Null()},
            {"rollout", M({{"variations", L({M({{"variation", N("0")}, {"weight", N("100000")}})})},
                           {"bucketBy", Null()}})}})},
        {"offVariation", N("1")},
        {"variations", L({S("x"), Null(), N("-1E+2"), M({{"a", Null()}}), L({})})},
        {"debugEventsUntilDate", Null()},
        {"clientSide", AttributeValue::Bool(false)}};
}

TEST(OlderLayoutTest, RebuildsAFlag) {
    auto const item = ItemFromRow(FlagRow());
    ASSERT_TRUE(item.has_value()) << item.error().message;
    EXPECT_EQ(item->version, 17);
    EXPECT_FALSE(item->deleted);
    auto const expected = Value::Parse(R"({
        "key": "flag-a", "version": 17, "on": true, "trackEvents": false, "deleted": false,
        "salt": "s", "sel": "", "prerequisites": [], "targets": [{"values": ["bob"], "variation": 0}],
        "rules": [{"variation": 1, "clauses": [{"attribute": "plan", "op": "in",
            "values": ["gold", null, 1.5, true], "negate": false}]}],
        "fallthrough": {"rollout": {"variations": [{"variation": 0, "weight": 100000}]}},
        "offVariation": 1, "variations": ["x", null, -100, {"a": null}, []], "clientSide": false})");
    auto const rebuilt = Value::Parse(item->json);
    ASSERT_TRUE(rebuilt.has_value()) << item->json;
    EXPECT_EQ(*rebuilt, expected.value()) << item->json;
}

TEST(OlderLayoutTest, RebuildsASegment) {
    auto const item = ItemFromRow({{"namespace", S("segments")},
                                   {"key", S("seg")},
                                   {"version", N("2")},
                                   {"included", AttributeValue::SS({"a", "b\"c"})},
                                   {"excluded", L({S("d")})},
                                   {"salt", S("x")},
                                   {"rules", Null()},
                                   {"deleted", AttributeValue::Bool(false)}});
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(*Value::Parse(item->json),
              *Value::Parse(R"({"key":"seg","version":2,"included":["a","b\"c"],
                                "excluded":["d"],"salt":"x","rules":[],"deleted":false})"));
}

TEST(OlderLayoutTest, NullIsEmptyAgainWhereAnSdkInsists) {
    auto const clause = M({{"attribute", Null()}, {"op", S("segmentMatch")}, {"values", Null()}});
    auto const rule = M({{"id", Null()}, {"clauses", L({clause})}, {"rollout", Null()}});
    auto const rebuilt = JsonFromOlderLayout({{"key", S("k")},
                                              {"rules", L({rule, M({{"clauses", Null()}})})},
                                              {"targets", L({M({{"values", Null()}})})},
                                              {"fallthrough", Null()},
                                              {"offVariation", Null()},
                                              {"debugEventsUntilDate", Null()},
                                              {"variations", Null()}});
    ASSERT_TRUE(rebuilt);
    EXPECT_EQ(*Value::Parse(*rebuilt), *Value::Parse(R"({"key": "k", "rules": [
        {"clauses": [{"attribute": "", "op": "segmentMatch", "values": []}]}, {"clauses": []}],
        "targets": [{"values": []}], "fallthrough": {}, "variations": []})"))
        << *rebuilt;
}

TEST(OlderLayoutTest, ARowWithoutVersionReadsAsZero) {
    auto row = FlagRow();
    row.erase("version");
    EXPECT_EQ(ItemFromRow(row)->version, 0);
}

TEST(OlderLayoutTest, IsKnownByItsProperties) {
    for (char const* property : {"on", "variations", "salt", "rules", "included", "excluded",
                                 "fallthrough", "targets", "offVariation", "prerequisites"}) {
        EXPECT_TRUE(IsOlderLayout({{property, Null()}})) << property;
    }
    EXPECT_FALSE(IsOlderLayout({}));
    EXPECT_FALSE(IsOlderLayout(
        {{"namespace", S("features")}, {"key", S("k")}, {"version", N("1")}, {"ttl", N("5")}}));
}

TEST(OlderLayoutTest, RefusesWhatJsonCannotExpress) {
    for (auto const& bad :
         {AttributeValue::B("x"), AttributeValue(AttributeValue::BinarySet{{"x"}}), N("1.2.3"),
          N(""), N("true"), N("1,2"), AttributeValue(AttributeValue::NumberSet{{"1", "x"}})}) {
        EXPECT_FALSE(JsonFromOlderLayout({{"on", bad}}).has_value());
        EXPECT_FALSE(JsonFromOlderLayout({{"variations", L({M({{"deep", bad}})})}}).has_value());
    }
    EXPECT_EQ(*JsonFromOlderLayout(
                  {{"variations", AttributeValue(AttributeValue::NumberSet{{"1", "2.5"}})}}),
              R"({"variations":[1,2.5]})");
}

}  // namespace
}  // namespace lddynamo::store
