#include "world.hpp"

namespace lddynamo::evaluation {
namespace {

struct Case {
    char const* name;
    char const* flag;
    char const* context;
    std::string expected;
};

class FlagTest : public ::testing::TestWithParam<Case> {};

TEST_P(FlagTest, Gives) {
    Case const& c = GetParam();
    EXPECT_EQ(Show(c.flag, c.context), c.expected) << c.flag;
}

std::string NameOf(::testing::TestParamInfo<Case> const& info) {
    return info.param.name;
}

constexpr char kUser[] = R"({"kind":"user","key":"u"})";
constexpr char kOrg[] = R"({"kind":"org","key":"o"})";
constexpr char kBoth[] = R"({"kind":"multi","user":{"key":"u"},"org":{"key":"o"}})";
constexpr char kOff[] = R"({"kind":"OFF"})";
constexpr char kFallthrough[] = R"({"kind":"FALLTHROUGH"})";
constexpr char kTarget[] = R"({"kind":"TARGET_MATCH"})";

std::string At(char const* value, int index, char const* reason) {
    return std::string(value) + " / " + std::to_string(index) + " / " + reason;
}

INSTANTIATE_TEST_SUITE_P(
    Basics, FlagTest,
    ::testing::Values(
        Case{"Off", R"({"on":false,"offVariation":1,"fallthrough":{"variation":0},
                        "variations":["a","b"]})",
             kUser, At("\"b\"", 1, kOff)},
        Case{"OffWithoutVariation", R"({"on":false,"variations":["a"]})", kUser, At("-", -1, kOff)},
        Case{"OffNullVariation", R"({"offVariation":null,"variations":["a"]})", kUser,
             At("-", -1, kOff)},
        Case{"OffOutOfRange", R"({"offVariation":1,"variations":["a"]})", kUser, kMalformed},
        Case{"OffNegative", R"({"offVariation":-1,"variations":["a"]})", kUser, kMalformed},
        Case{"OffHuge", R"({"offVariation":1e300,"variations":["a"]})", kUser, kMalformed},
        Case{"OffWraps", R"({"offVariation":4294967296,"variations":["a"]})", kUser, kMalformed},
        Case{"Fallthrough", R"({"on":true,"fallthrough":{"variation":0},"variations":["a"]})",
             kUser, At("\"a\"", 0, kFallthrough)},
        Case{"FractionIsCut", R"({"on":true,"fallthrough":{"variation":1.9},"variations":[1,2]})",
             kUser, At("2", 1, kFallthrough)},
        Case{"NullIsAValue", R"({"on":true,"fallthrough":{"variation":0},"variations":[null]})",
             kUser, At("null", 0, kFallthrough)},
        Case{"FallthroughOutOfRange",
             R"({"on":true,"fallthrough":{"variation":2},"variations":["a","b"]})", kUser,
             kMalformed},
        Case{"FallthroughMissing", R"({"on":true,"variations":["a"]})", kUser, kMalformed},
        Case{"FallthroughEmpty", R"({"on":true,"fallthrough":{},"variations":["a"]})", kUser,
             kMalformed},
        Case{"NoVariations", R"({"on":true,"fallthrough":{"variation":0}})", kUser, kMalformed},
        Case{"EmptyFlag", R"({})", kUser, At("-", -1, kOff)}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Targets, FlagTest,
    ::testing::Values(
        Case{"First", R"({"on":true,"targets":[{"variation":1,"values":["x","u"]},
                          {"variation":0,"values":["u"]}],"variations":["a","b"]})",
             kUser, At("\"b\"", 1, kTarget)},
        Case{"None", R"({"on":true,"targets":[{"variation":1,"values":["x"]}],
                         "fallthrough":{"variation":0},"variations":["a","b"]})",
             kUser, At("\"a\"", 0, kFallthrough)},
        Case{"OffBeforeTarget", R"({"on":false,"targets":[{"variation":0,"values":["u"]}],
                                    "offVariation":1,"variations":["a","b"]})",
             kUser, At("\"b\"", 1, kOff)},
        Case{"UserKindOnly", R"({"on":true,"targets":[{"variation":1,"values":["o"]}],
                                 "fallthrough":{"variation":0},"variations":["a","b"]})",
             kOrg, At("\"a\"", 0, kFallthrough)},
        Case{"BeforeRules", R"({"on":true,"targets":[{"variation":1,"values":["u"]}],
                                "rules":[{"variation":0}],"variations":["a","b"]})",
             kBoth, At("\"b\"", 1, kTarget)},
        Case{"OutOfRange", R"({"on":true,"targets":[{"variation":9,"values":["u"]}],
                               "variations":["a"]})",
             kUser, kMalformed},
        Case{"ByKind", R"({"on":true,"contextTargets":[
                            {"contextKind":"org","variation":1,"values":["o"]}],
                           "fallthrough":{"variation":0},"variations":["a","b"]})",
             kBoth, At("\"b\"", 1, kTarget)},
        Case{
            "ContextTargetsDecideTheOrder",
            R"({"on":true,"targets":[{"variation":0,"values":["u"]},{"variation":2,"values":["u"]}],
                 "contextTargets":[{"contextKind":"user","variation":2,"values":[]},
                   {"contextKind":"org","variation":1,"values":["o"]},
                   {"contextKind":"user","variation":0,"values":[]}],"variations":["a","b","c"]})",
            kBoth, At("\"c\"", 2, kTarget)},
        Case{"ContextTargetWithoutKindIsUser",
             R"({"on":true,"targets":[{"variation":1,"values":["u"]}],
                 "contextTargets":[{"variation":1,"values":[]}],"variations":["a","b"]})",
             kUser, At("\"b\"", 1, kTarget)},
        Case{"TargetsUnmentionedInContextTargetsAreNotUsed",
             R"({"on":true,"targets":[{"variation":1,"values":["u"]}],
                 "contextTargets":[{"contextKind":"org","variation":0,"values":["o"]}],
                 "fallthrough":{"variation":0},"variations":["a","b"]})",
             kUser, At("\"a\"", 0, kFallthrough)},
        Case{"ContextTargetOfUserWithValues",
             R"({"on":true,"contextTargets":[{"contextKind":"user","variation":1,"values":["u"]}],
                 "variations":["a","b"]})",
             kUser, At("\"b\"", 1, kTarget)},
        Case{"EmptyOrgTargetDoesNotFallBack",
             R"({"on":true,"targets":[{"variation":1,"values":["o"]}],
                 "contextTargets":[{"contextKind":"org","variation":1,"values":[]}],
                 "fallthrough":{"variation":0},"variations":["a","b"]})",
             kOrg, At("\"a\"", 0, kFallthrough)}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Rules, FlagTest,
    ::testing::Values(
        Case{"SecondRule",
             R"({"on":true,"rules":[
                   {"id":"r0","variation":0,"clauses":[{"attribute":"key","op":"in","values":["z"]}]},
                   {"id":"r1","variation":1,"clauses":[{"attribute":"key","op":"in","values":["u"]}]},
                   {"id":"r2","variation":0}],"variations":["a","b"]})",
             kUser, At("\"b\"", 1, R"({"kind":"RULE_MATCH","ruleIndex":1,"ruleId":"r1"})")},
        Case{"NoId", R"({"on":true,"rules":[{"variation":0}],"variations":["a"]})", kUser,
             At("\"a\"", 0, R"({"kind":"RULE_MATCH","ruleIndex":0})")},
        Case{"VariationOutOfRange", R"({"on":true,"rules":[{"variation":9}],"variations":["a"]})",
             kUser, kMalformed},
        Case{"NegativeVariation", R"({"on":true,"rules":[{"variation":-1}],"variations":["a"]})",
             kUser, kMalformed},
        Case{"NoVariation", R"({"on":true,"rules":[{}],"variations":["a"]})", kUser, kMalformed},
        Case{"NullRollout", R"({"on":true,"rules":[{"rollout":null}],"variations":["a"]})", kUser,
             kMalformed},
        Case{"EmptyRollout",
             R"({"on":true,"rules":[{"rollout":{"variations":[]}}],"variations":["a"]})", kUser,
             kMalformed},
        Case{"RolloutOfOneOutOfRange",
             R"({"on":true,"rules":[{"rollout":{"variations":[{"variation":7,"weight":100000}]}}],
                 "variations":["a"]})",
             kUser, kMalformed},
        Case{"UnknownOperatorGoesOn",
             R"({"on":true,"rules":[
                   {"variation":0,"clauses":[{"attribute":"key","op":"future","values":["u"]}]},
                   {"variation":1}],"variations":["a","b"]})",
             kUser, At("\"b\"", 1, R"({"kind":"RULE_MATCH","ruleIndex":1})")}),
    NameOf);

TEST(IsExperimentTest, FollowsTheReasonAndTheTrackingOfRules) {
    auto const context = MakeContext(kUser);
    World const world;
    auto const is_experiment = [&](char const* json) {
        auto const flag = MakeFlag(json);
        return IsExperiment(*flag, Evaluate(*flag, context, world));
    };
    EXPECT_FALSE(is_experiment(R"({"on":true,"fallthrough":{"variation":0},"variations":[1]})"));
    EXPECT_TRUE(is_experiment(R"({"on":true,"fallthrough":{"variation":0},"variations":[1],
                                  "trackEventsFallthrough":true})"));
    EXPECT_TRUE(is_experiment(R"({"on":true,"rules":[{"variation":0,"trackEvents":true}],
                                  "variations":[1]})"));
    EXPECT_FALSE(is_experiment(R"({"on":true,"rules":[{"variation":0}],"variations":[1],
                                   "trackEventsFallthrough":true})"));
    EXPECT_FALSE(is_experiment(R"({"on":false,"trackEventsFallthrough":true})"));
    EXPECT_TRUE(is_experiment(R"({"on":true,"fallthrough":{"rollout":{"kind":"experiment",
        "variations":[{"variation":0,"weight":100000}]}},"variations":[1]})"));
}

}  // namespace
}  // namespace lddynamo::evaluation
