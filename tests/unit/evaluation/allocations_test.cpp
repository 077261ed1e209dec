#include "support/allocation_counter.hpp"
#include "world.hpp"

#include <cstdint>
#include <string>

namespace lddynamo::evaluation {
namespace {

struct Case {
    char const* name;
    char const* flag;
};

constexpr char kFiveRules[] = R"({"key":"a-flag-with-a-rather-long-key","salt":"0f3e8f7f2c6d4e",
    "on":true,"variations":["a","b","c"],
    "targets":[{"variation":0,"values":["x","y","a-key-longer-than-a-short-string"]}],
    "contextTargets":[{"contextKind":"org","variation":0,"values":["o9"]},
                      {"contextKind":"user","variation":0,"values":[]}],
    "rules":[
      {"id":"an-id-longer-than-a-short-string-1","variation":1,"clauses":[
        {"attribute":"country","op":"in","values":["de","at"]},
        {"attribute":"plan","op":"in","values":["trial"]}]},
      {"id":"an-id-longer-than-a-short-string-2","variation":1,"clauses":[
        {"attribute":"email","op":"endsWith","values":["@example.com"]},
        {"attribute":"email","op":"startsWith","values":["root"]},
        {"attribute":"email","op":"contains","values":["???"]}]},
      {"id":"an-id-longer-than-a-short-string-3","variation":1,"clauses":[
        {"attribute":"age","op":"greaterThan","values":[18]},
        {"attribute":"seen","op":"before","values":["2020-01-01T00:00:00Z"]}]},
      {"id":"an-id-longer-than-a-short-string-4","variation":1,"clauses":[
        {"attribute":"version","op":"semVerGreaterThan","values":["2.0.0"]},
        {"attribute":"version","op":"semVerLessThan","values":["2.4.0-rc.2"]}]},
      {"id":"an-id-longer-than-a-short-string-5","variation":1,"clauses":[
        {"contextKind":"user","attribute":"/address/city","op":"in","values":["Oslo"]},
        {"attribute":"","op":"segmentMatch","values":["a-segment-longer-than-a-short-string"]}]}],
    "fallthrough":{"rollout":{"bucketBy":"number","variations":[
      {"variation":0,"weight":20000},{"variation":1,"weight":80000}]}}})";

class AllocationTest : public ::testing::TestWithParam<Case> {};

TEST_P(AllocationTest, EvaluationMakesNone) {
    World world;
    world.AddSegment(R"({"key":"a-segment-longer-than-a-short-string","excluded":["z"],
        "rules":[{"weight":1,"clauses":[{"attribute":"email","op":"endsWith","values":["z"]}]}]})");
    world.AddSegment(R"({"key":"a-big-segment-longer-than-a-short-string","unbounded":true,
        "generation":12345678,"rules":[{}]})");
    world.Add(R"({"key":"a-prerequisite-longer-than-a-short-string","on":true,"variations":[1],
        "fallthrough":{"variation":0}})");
    auto const flag = MakeFlag(GetParam().flag);
    auto const context = MakeContext(R"({"kind":"multi","org":{"key":"o1"},"user":{
        "key":"a-user-whose-key-is-longer-than-one-block-of-sha-1-can-hold-0123456789",
        "country":"de","plan":"gold","email":"jane.doe.of.the.long.names@example.com","age":42,
        "seen":"2026-01-01T00:00:00.123Z","version":"2.4.1","number":123456789,
        "address":{"city":"Oslo"}}})");
    Outcome outcome = Evaluate(*flag, context, world);
    std::uint64_t const before = test_support::AllocationCount();
    for (int i = 0; i < 100; ++i) outcome = Evaluate(*flag, context, world);
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_NE(outcome.kind, EvaluationReason::Kind::kError);
}

std::string NameOf(::testing::TestParamInfo<Case> const& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    All, AllocationTest,
    ::testing::Values(
        Case{"Plain", R"({"on":true,"variations":["a-value-longer-than-a-short-string"],
                          "fallthrough":{"variation":0}})"},
        Case{"Off", R"({"on":false,"variations":["a"],"offVariation":0})"},
        Case{"FiveRulesAndRollout", kFiveRules},
        Case{"Rule", R"({"on":true,"variations":["a"],"rules":[{"variation":0,
                         "id":"an-id-longer-than-a-short-string"}]})"},
        Case{"PrerequisiteFailed",
             R"({"on":true,"variations":["a"],"offVariation":0,"prerequisites":
             [{"key":"a-prerequisite-longer-than-a-short-string","variation":1}]})"},
        Case{"BigSegment", R"({"on":true,"variations":["a"],"rules":[{"variation":0,"clauses":[
             {"op":"segmentMatch","values":["a-big-segment-longer-than-a-short-string"]}]}]})"},
        Case{"RolloutByLongKey", R"({"on":true,"variations":["a"],"fallthrough":{"rollout":
             {"variations":[{"variation":0,"weight":100000}]}}})"}),
    NameOf);

TEST(AllocationTest, TheCounterCounts) {
    std::uint64_t const before = test_support::AllocationCount();
    std::string const text(100, 'x');
    EXPECT_EQ(test_support::AllocationCount() - before, text.empty() ? 0U : 1U);
}

}  // namespace
}  // namespace lddynamo::evaluation
