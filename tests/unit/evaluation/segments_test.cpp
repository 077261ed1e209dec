#include "world.hpp"

#include <string>
#include <vector>

namespace lddynamo::evaluation {
namespace {

constexpr char kUser[] = R"({"kind":"user","key":"u","plan":"gold"})";
constexpr char kOrg[] = R"({"kind":"org","key":"o"})";
constexpr char kBoth[] = R"({"kind":"multi","user":{"key":"u"},"org":{"key":"o"}})";
constexpr char kInS[] = R"({"op":"segmentMatch","values":["s"]})";

struct Case {
    char const* segment;
    char const* context;
    char const* expected;
};

class SegmentTest : public ::testing::TestWithParam<Case> {};

TEST_P(SegmentTest, Matches) {
    Case const& c = GetParam();
    World world;
    world.AddSegment(std::string(R"({"key":"s","salt":"salt",)") + c.segment + "}");
    EXPECT_EQ(MatchOf(kInS, c.context, world), c.expected) << c.segment << ' ' << c.context;
}

INSTANTIATE_TEST_SUITE_P(
    Lists, SegmentTest,
    ::testing::Values(
        Case{R"("included":["x","u"])", kUser, "match"}, Case{R"("included":["x"])", kUser, "no"},
        Case{R"("included":["u"],"excluded":["u"])", kUser, "match"},
        Case{R"("excluded":["u"],"rules":[{}])", kUser, "no"},
        Case{R"("excluded":["x"],"rules":[{}])", kUser, "match"},
        Case{R"("included":["o"])", kOrg, "no"},
        Case{R"("excluded":["o"],"rules":[{}])", kOrg, "match"},
        Case{R"("included":["u"])", kBoth, "match"},
        Case{R"("includedContexts":[{"contextKind":"org","values":["o"]}])", kOrg, "match"},
        Case{R"("includedContexts":[{"contextKind":"org","values":["o"]}])", kBoth, "match"},
        Case{R"("includedContexts":[{"contextKind":"org","values":["u"]}])", kBoth, "no"},
        Case{R"("includedContexts":[{"contextKind":"org","values":["z"]},
                                    {"contextKind":"org","values":["o"]}])",
             kOrg, "match"},
        Case{R"("excludedContexts":[{"contextKind":"org","values":["o"]}],"rules":[{}])", kOrg,
             "no"},
        Case{R"("excludedContexts":[{"contextKind":"org","values":["o"]}],"rules":[{}])", kUser,
             "match"},
        Case{R"("included":["u"],"excludedContexts":[{"contextKind":"org","values":["o"]}])", kBoth,
             "match"},
        // As the Go SDK: a context of nothing but a user is not looked for in the lists by kind.
        Case{R"("includedContexts":[{"contextKind":"user","values":["u"]}])", kUser, "no"},
        Case{R"("includedContexts":[{"contextKind":"user","values":["u"]}])", kBoth, "match"},
        Case{R"("included":null)", kUser, "no"}, Case{R"("version":1)", kUser, "no"}));

// The bucket of "s.salt.u" is 0.853143, that of "s.salt.gold" 0.694140.
INSTANTIATE_TEST_SUITE_P(
    Rules, SegmentTest,
    ::testing::Values(
        Case{R"("rules":[{"clauses":[{"attribute":"plan","op":"in","values":["gold"]}]}])", kUser,
             "match"},
        Case{R"("rules":[{"clauses":[{"attribute":"plan","op":"in","values":["free"]}]}])", kUser,
             "no"},
        Case{R"("rules":[{"clauses":[{"attribute":"plan","op":"in","values":["gold"]},
                                     {"attribute":"key","op":"in","values":["z"]}]}])",
             kUser, "no"},
        Case{R"("rules":[{"clauses":[{"attribute":"key","op":"in","values":["z"]}]},{}])", kUser,
             "match"},
        Case{R"("rules":[{"weight":null}])", kUser, "match"},
        Case{R"("rules":[{"weight":0}])", kUser, "no"},
        Case{R"("rules":[{"weight":-1}])", kUser, "no"},
        Case{R"("rules":[{"weight":100000}])", kUser, "match"},
        Case{R"("rules":[{"weight":0},{"weight":100000}])", kUser, "match"},
        Case{R"("rules":[{"weight":85314}])", kUser, "no"},
        Case{R"("rules":[{"weight":85315}])", kUser, "match"},
        Case{R"("rules":[{"weight":69414,"bucketBy":"plan"}])", kUser, "no"},
        Case{R"("rules":[{"weight":69415,"bucketBy":"plan"}])", kUser, "match"},
        Case{R"("rules":[{"weight":69415,"bucketBy":"/plan","rolloutContextKind":"user"}])", kUser,
             "match"},
        // A missing or unfit attribute falls in bucket 0, a missing kind in none.
        Case{R"("rules":[{"weight":1,"bucketBy":"none"}])", kUser, "match"},
        Case{R"("rules":[{"weight":100000,"rolloutContextKind":"org"}])", kUser, "no"},
        Case{R"("rules":[{"weight":100000,"rolloutContextKind":"org"}])", kOrg, "match"},
        Case{R"("rules":[{"weight":100000}])", kOrg, "no"}));

INSTANTIATE_TEST_SUITE_P(
    Malformed, SegmentTest,
    ::testing::Values(
        Case{R"("rules":[{"clauses":[{"op":"in","values":["x"]}]}])", kUser, "malformed"},
        Case{R"("rules":[{"weight":1,"rolloutContextKind":"user","bucketBy":"//"}])", kUser,
             "malformed"},
        Case{R"("rules":[{"weight":1,"rolloutContextKind":"org","bucketBy":"//"}])", kUser,
             "malformed"},
        // Without a weight nothing is bucketed.
        Case{R"("rules":[{"rolloutContextKind":"user","bucketBy":"//"}])", kUser, "match"},
        Case{R"("included":["u"],"rules":[{"clauses":[{"op":"in"}]}])", kUser, "match"}));

TEST(SegmentTest, AnyOfTheSegmentsAndNegation) {
    World world;
    world.AddSegment(R"({"key":"s","included":["u"]})");
    world.AddSegment(R"({"key":"t","included":["z"]})");
    auto const match = [&](char const* clause) { return MatchOf(clause, kUser, world); };
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":["t","s"]})"), "match");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":["t"]})"), "no");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":["gone"]})"), "no");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":[]})"), "no");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":[null, 3, "s"]})"), "match");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":["t","s"],"negate":true})"), "no");
    EXPECT_EQ(match(R"({"op":"segmentMatch","values":["gone"],"negate":true})"), "match");
    // The kind of the clause has no say.
    EXPECT_EQ(match(R"({"contextKind":"org","op":"segmentMatch","values":["s"]})"), "match");
}

TEST(SegmentTest, SegmentsOfSegments) {
    World world;
    world.AddSegment(R"({"key":"s","rules":[{"clauses":[{"op":"segmentMatch","values":["t"]}]}]})");
    world.AddSegment(R"({"key":"t","included":["u"]})");
    EXPECT_EQ(MatchOf(kInS, kUser, world), "match");
    EXPECT_EQ(MatchOf(kInS, kOrg, world), "no");
    // The same segment twice, but not inside itself.
    EXPECT_EQ(MatchOf(std::string(kInS) + "," + kInS, kUser, world), "match");
}

TEST(SegmentTest, CyclesAreMalformed) {
    World world;
    world.AddSegment(R"({"key":"s","rules":[{"clauses":[{"op":"segmentMatch","values":["t"]}]}]})");
    world.AddSegment(R"({"key":"t","rules":[{"clauses":[{"op":"segmentMatch","values":["s"]}]}]})");
    world.AddSegment(
        R"({"key":"self","rules":[{"clauses":[{"op":"segmentMatch","values":["self"]}]}]})");
    EXPECT_EQ(MatchOf(kInS, kUser, world), "malformed");
    EXPECT_EQ(MatchOf(R"({"op":"segmentMatch","values":["self"]})", kUser, world), "malformed");
    EXPECT_EQ(MatchOf(R"({"op":"segmentMatch","values":["self"],"negate":true})", kUser, world),
              "malformed");
}

}  // namespace
}  // namespace lddynamo::evaluation
