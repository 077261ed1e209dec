#include <lddynamo/flags_state.hpp>

#include <gtest/gtest.h>

namespace lddynamo {
namespace {

FlagState Make(std::string key, Value value) {
    FlagState flag;
    flag.key = std::move(key);
    flag.value = std::move(value);
    flag.version = 3;
    return flag;
}

TEST(FlagsStateTest, DefaultIsNotValid) {
    AllFlagsState const state;
    EXPECT_FALSE(state.Valid());
    EXPECT_TRUE(state.Flags().empty());
    EXPECT_EQ(state.ToJson(), R"({"$valid":false,"$flagsState":{}})");
    EXPECT_EQ(state.ToValuesMap().ToJson(), "{}");
    EXPECT_EQ(state.Find("f"), nullptr);
    EXPECT_TRUE(state.ValueOf("f").IsNull());
}

TEST(FlagsStateTest, FindsInAnyOrderOfConstruction) {
    AllFlagsState const state(true, {Make("c", 3), Make("a", 1), Make("b", 2)});
    EXPECT_TRUE(state.Valid());
    ASSERT_NE(state.Find("b"), nullptr);
    EXPECT_EQ(state.Find("b")->value, Value(2));
    EXPECT_EQ(state.ValueOf("c"), Value(3));
    EXPECT_EQ(state.Find(""), nullptr);
    EXPECT_EQ(state.Find("d"), nullptr);
    EXPECT_EQ(state.ToValuesMap().ToJson(), R"({"a":1,"b":2,"c":3})");
    EXPECT_EQ(state.Flags().front().key, "a");
}

TEST(FlagsStateTest, JsonHasEachPropertyInItsPlace) {
    FlagState full = Make("full", Value::Array({Value(), true}));
    full.variation_index = 2;
    full.reason.emplace();
    full.reason->kind = EvaluationReason::Kind::kOff;
    full.track_events = true;
    full.track_reason = true;
    full.debug_events_until = 1700000000123;
    full.prerequisites = {"p", "q\"uote"};
    FlagState omitted = full;
    omitted.key = "omitted";
    omitted.omit_details = true;
    omitted.prerequisites.clear();
    omitted.debug_events_until = 0;
    AllFlagsState const state(true, {Make("bare", Value()), full, omitted});
    EXPECT_EQ(state.ToJson(),
              R"({"$valid":true,"bare":null,"full":[null,true],"omitted":[null,true],)"
              R"("$flagsState":{"bare":{"version":3},)"
              R"("full":{"variation":2,"version":3,"reason":{"kind":"OFF"},"trackEvents":true,)"
              R"("trackReason":true,"debugEventsUntilDate":1700000000123,)"
              R"("prerequisites":["p","q\"uote"]},)"
              R"("omitted":{"variation":2,"trackEvents":true,"trackReason":true}}})");
    EXPECT_TRUE(Value::Parse(state.ToJson()).has_value());
}

TEST(FlagsStateTest, KeysAreEscaped) {
    AllFlagsState const state(true, {Make("a\"{\n", "x")});
    auto const json = Value::Parse(state.ToJson());
    ASSERT_TRUE(json.has_value());
    EXPECT_EQ((*json)["a\"{\n"], Value("x"));
    EXPECT_EQ((*json)["$flagsState"]["a\"{\n"]["version"], Value(3));
}

}  // namespace
}  // namespace lddynamo
