#include "evaluation/bucketing.hpp"
#include "world.hpp"

#include <string>

namespace lddynamo::evaluation {
namespace {

struct Vector {
    char const* prefix;
    char const* value;
    float bucket;
};

class HashTest : public ::testing::TestWithParam<Vector> {};

// Values that LaunchDarkly's SDKs have in common.
TEST_P(HashTest, GivesTheKnownFraction) {
    Vector const& v = GetParam();
    EXPECT_FLOAT_EQ(HashFraction(v.prefix, v.value), v.bucket) << v.prefix << v.value;
}

INSTANTIATE_TEST_SUITE_P(Known, HashTest,
                         ::testing::Values(Vector{"hashKey.saltyA.", "userKeyA", 0.42157587F},
                                           Vector{"hashKey.saltyA.", "userKeyB", 0.6708485F},
                                           Vector{"hashKey.saltyA.", "userKeyC", 0.10343106F},
                                           Vector{"hashKey.saltyA.", "33333", 0.54771423F},
                                           Vector{"hashKey.saltyA.", "99999", 0.7309658F},
                                           Vector{"61.", "userKeyA", 0.09801207F},
                                           Vector{"61.", "userKeyB", 0.14483777F},
                                           Vector{"61.", "userKeyC", 0.9242641F}));

// First 60 bits by Python's hashlib: int(sha1(b"p." + b"x" * n).hexdigest()[:15], 16) / 2**60
INSTANTIATE_TEST_SUITE_P(
    Lengths, HashTest,
    ::testing::Values(
        Vector{"p.", "", 0.041490892F}, Vector{"p.", "x", 0.662978315F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0.030389167F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0.961485388F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0.813337986F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0.875708340F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0.001363168F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
               0.603617143F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
               0.161773388F},
        Vector{"p.", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
               0.036986744F},
        Vector{"p.",
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
               0.006699609F},
        Vector{"p.",
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
               0.801916830F}));

std::string const kUser = R"({"kind":"user","key":"userKeyA"})";  // bucket 0.4215 of hashKey.saltyA

struct Case {
    char const* name;
    char const* rollout;
    std::string context;
    char const* expected;  // variation and, for an experiment, " experiment"; "malformed"
};

class RolloutTest : public ::testing::TestWithParam<Case> {};

TEST_P(RolloutTest, Chooses) {
    Case const& c = GetParam();
    auto const flag =
        MakeFlag(std::string(R"({"key":"hashKey","salt":"saltyA","on":true,)") +
                 R"("variations":["a","b","c"],"fallthrough":{"rollout":{)" + c.rollout + "}}}");
    Outcome const outcome = Evaluate(*flag, MakeContext(c.context), World());
    std::string got = std::to_string(outcome.variation_index);
    if (outcome.in_experiment) got += " experiment";
    if (outcome.error_kind == EvaluationReason::ErrorKind::kMalformedFlag) got = "malformed";
    EXPECT_EQ(got, c.expected) << c.rollout;
}

std::string NameOf(::testing::TestParamInfo<Case> const& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Rollouts, RolloutTest,
    ::testing::Values(
        Case{"FirstBucket",
             R"("variations":[{"variation":1,"weight":42158},{"variation":0,"weight":57842}])",
             kUser, "1"},
        Case{"SecondBucket",
             R"("variations":[{"variation":1,"weight":42157},{"variation":0,"weight":57843}])",
             kUser, "0"},
        Case{"ZeroWeightIsSkipped",
             R"("variations":[{"variation":2,"weight":0},{"variation":1,"weight":100000}])", kUser,
             "1"},
        Case{"BehindTheLastBucket",
             R"("variations":[{"variation":0,"weight":5000},{"variation":1,"weight":5000}])", kUser,
             "1"},
        Case{"NegativeWeights",
             R"("variations":[{"variation":0,"weight":-5000},{"variation":1,"weight":50000}])",
             kUser, "1"},
        Case{"NoWeights", R"("variations":[{"variation":2},{"variation":1}])", kUser, "1"},
        Case{"NotAnExperiment",
             R"("kind":"rollout","variations":[{"variation":1,"weight":100000}])", kUser, "1"},
        Case{"UnknownKindIsARollout",
             R"("kind":"other","variations":[{"variation":1,"weight":100000}])", kUser, "1"},
        Case{"SeedCounts",  // 0.098 with the seed
             R"("seed":61,"variations":[{"variation":1,"weight":9802},{"variation":0,"weight":1}])",
             kUser, "1"},
        Case{"Empty", R"("variations":[])", kUser, "malformed"},
        Case{"Missing", R"("kind":"rollout")", kUser, "malformed"},
        Case{"Null", R"("variations":null)", kUser, "malformed"},
        Case{"OutOfRange", R"("variations":[{"variation":3,"weight":100000}])", kUser,
             "malformed"}),
    NameOf);

std::string WithA(char const* a) {
    return std::string(R"({"kind":"user","key":"k","a":)") + a + "}";
}
constexpr char kByA[] =
    R"("bucketBy":"a","variations":[{"variation":0,"weight":1000},
       {"variation":1,"weight":54000},{"variation":2,"weight":45000}])";

INSTANTIATE_TEST_SUITE_P(
    BucketBy, RolloutTest,
    ::testing::Values(
        Case{"String", kByA, WithA(R"("userKeyA")"), "1"},   // 0.4215
        Case{"String2", kByA, WithA(R"("userKeyB")"), "2"},  // 0.6708
        Case{"Integer", kByA, WithA("33333"), "1"},          // 0.5477
        Case{"Integer2", kByA, WithA("99999"), "2"},         // 0.7309
        Case{"WholeDouble", kByA, WithA("99999.0"), "2"},
        // Anything else falls in the first bucket.
        Case{"Fraction", kByA, WithA("99999.5"), "0"}, Case{"Bool", kByA, WithA("true"), "0"},
        Case{"Array", kByA, WithA(R"(["userKeyB"])"), "0"},
        Case{"Object", kByA, WithA(R"({"b":1})"), "0"},
        Case{"Missing", kByA, R"({"kind":"user","key":"k"})", "0"},
        Case{"NullIsKey", R"("bucketBy":null,"variations":[{"variation":0,"weight":42157},
                             {"variation":1,"weight":1}])",
             kUser, "1"},
        Case{
            "LiteralWithoutKind",
            R"("bucketBy":"/a","variations":[{"variation":0,"weight":1},{"variation":1,"weight":1}])",
            WithA(R"("userKeyB")"), "0"},
        Case{"ReferenceWithKind",
             R"("contextKind":"user","bucketBy":"/a","variations":[{"variation":0,"weight":1},
                {"variation":1,"weight":1}])",
             WithA(R"("userKeyB")"), "1"},
        Case{"BadReference",
             R"("contextKind":"user","bucketBy":"//","variations":[{"variation":0,"weight":1}])",
             kUser, "malformed"},
        Case{"OtherKind",
             R"("contextKind":"org","variations":[{"variation":0,"weight":42157},
                {"variation":1,"weight":1}])",
             R"({"kind":"multi","user":{"key":"x"},"org":{"key":"userKeyA"}})", "1"},
        Case{"AbsentKind",
             R"("contextKind":"org","variations":[{"variation":0,"weight":1},
                {"variation":1,"weight":99999}])",
             kUser, "0"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Experiments, RolloutTest,
    ::testing::Values(
        Case{"Tracked",
             R"("kind":"experiment","seed":61,"variations":[{"variation":1,"weight":10000},
                {"variation":0,"weight":20000},{"variation":0,"weight":70000,"untracked":true}])",
             kUser, "1 experiment"},
        Case{"Untracked",  // 0.924 for userKeyC
             R"("kind":"experiment","seed":61,"variations":[{"variation":1,"weight":10000},
                {"variation":0,"weight":20000},{"variation":2,"weight":70000,"untracked":true}])",
             R"({"kind":"user","key":"userKeyC"})", "2"},
        Case{"WithoutSeed",
             R"("kind":"experiment","variations":[{"variation":1,"weight":42158},
                {"variation":0,"weight":1}])",
             kUser, "1 experiment"},
        Case{"BucketByIsIgnored",
             R"("kind":"experiment","bucketBy":"a","variations":[{"variation":1,"weight":42158},
                {"variation":0,"weight":1}])",
             R"({"kind":"user","key":"userKeyA","a":"userKeyB"})", "1 experiment"},
        Case{"BadBucketByIsIgnored",
             R"("kind":"experiment","contextKind":"user","bucketBy":"//",
                "variations":[{"variation":1,"weight":100000}])",
             kUser, "1 experiment"},
        Case{
            "AbsentKindIsInNoExperiment",
            R"("kind":"experiment","contextKind":"org","variations":[{"variation":1,"weight":10}])",
            kUser, "1"},
        Case{"BehindTheLastBucket",
             R"("kind":"experiment","variations":[{"variation":0,"weight":1},
                {"variation":1,"weight":1}])",
             kUser, "1 experiment"}),
    NameOf);

TEST(RolloutTest, RuleInAnExperimentSaysSo) {
    EXPECT_EQ(Show(R"({"key":"f","on":true,"variations":["a"],"rules":[{"id":"r","rollout":{
                 "kind":"experiment","variations":[{"variation":0,"weight":100000}]}}]})",
                   kUser),
              R"("a" / 0 / {"kind":"RULE_MATCH","ruleIndex":0,"ruleId":"r","inExperiment":true})");
}

TEST(RolloutTest, OlderUserWithAnEmptyKeyIsBucketed) {
    EXPECT_EQ(Show(R"({"key":"f","salt":"s","on":true,"variations":["a"],"fallthrough":{"rollout":
                 {"variations":[{"variation":0,"weight":100000}]}}})",
                   R"({"key":""})"),
              R"("a" / 0 / {"kind":"FALLTHROUGH"})");
}

}  // namespace
}  // namespace lddynamo::evaluation
