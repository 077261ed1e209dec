// Big Segments: who is asked for what, and what the reason says of it.
#include "world.hpp"

#include <map>
#include <string>
#include <vector>

namespace lddynamo::evaluation {
namespace {

constexpr char kUser[] = R"({"kind":"user","key":"u"})";
constexpr char kOrg[] = R"({"kind":"org","key":"o"})";
constexpr char kBoth[] = R"({"kind":"multi","user":{"key":"u"},"org":{"key":"o"}})";

class FakeBigSegments final : public BigSegmentLookup {
  public:
    Membership Find(std::string_view key, std::string_view ref) noexcept override {
        asked.push_back(std::string(key) + "@" + std::string(ref));
        return answer;
    }
    Membership answer{};
    std::vector<std::string> asked;
};

class BigSegmentTest : public ::testing::Test {
  protected:
    std::string Evaluated(char const* segment, char const* context, bool configured = true) {
        World world;
        world.AddSegment(std::string(R"({"key":"s","salt":"salt","unbounded":true,)") + segment +
                         "}");
        auto const flag = MakeFlag(R"({"key":"f","on":true,"variations":["in","out"],
            "fallthrough":{"variation":1},
            "rules":[{"variation":0,"clauses":[{"op":"segmentMatch","values":["s"]}]}]})");
        Outcome const outcome = Evaluate(*flag, MakeContext(context), world, nullptr,
                                         configured ? &big_segments_ : nullptr);
        return std::string(outcome.value->AsString()) + " " +
               std::string(ToString(outcome.big_segments_status));
    }
    FakeBigSegments big_segments_;
};

TEST_F(BigSegmentTest, MembershipDecides) {
    big_segments_.answer.included = true;
    EXPECT_EQ(Evaluated(R"("generation":7)", kUser), "in HEALTHY");
    EXPECT_EQ(big_segments_.asked, (std::vector<std::string>{"u@s.g7"}));
    big_segments_.answer.included = false;
    EXPECT_EQ(Evaluated(R"("generation":7,"rules":[{}])", kUser), "out HEALTHY");
}

TEST_F(BigSegmentTest, RulesDecideWithoutMembership) {
    EXPECT_EQ(Evaluated(R"("generation":7,"rules":[{}])", kUser), "in HEALTHY");
    EXPECT_EQ(Evaluated(R"("generation":7)", kUser), "out HEALTHY");
    // The plain lists are not used.
    EXPECT_EQ(Evaluated(R"("generation":7,"included":["u"])", kUser), "out HEALTHY");
}

TEST_F(BigSegmentTest, StatusIsReported) {
    using Status = EvaluationReason::BigSegmentsStatus;
    big_segments_.answer.status = Status::kStale;
    EXPECT_EQ(Evaluated(R"("generation":7)", kUser), "out STALE");
    big_segments_.answer.status = Status::kStoreError;
    EXPECT_EQ(Evaluated(R"("generation":7)", kUser), "out STORE_ERROR");
}

TEST_F(BigSegmentTest, NotConfigured) {
    EXPECT_EQ(Evaluated(R"("generation":7)", kUser, false), "out NOT_CONFIGURED");
    EXPECT_EQ(Evaluated(R"("generation":7,"rules":[{}])", kUser, false), "in NOT_CONFIGURED");
}

TEST_F(BigSegmentTest, NoGenerationIsNotConfiguredAndNotAskedFor) {
    EXPECT_EQ(Evaluated(R"("version":1,"rules":[{}])", kUser), "out NOT_CONFIGURED");
    EXPECT_TRUE(big_segments_.asked.empty());
}

TEST_F(BigSegmentTest, OtherKindIsNotAskedFor) {
    EXPECT_EQ(Evaluated(R"("generation":7,"rules":[{}])", kOrg), "out ");
    EXPECT_EQ(Evaluated(R"("generation":7,"unboundedContextKind":"org","rules":[{}])", kUser),
              "out ");
    EXPECT_TRUE(big_segments_.asked.empty());
    EXPECT_EQ(Evaluated(R"("generation":0,"unboundedContextKind":"org")", kBoth), "out HEALTHY");
    EXPECT_EQ(big_segments_.asked, (std::vector<std::string>{"o@s.g0"}));
}

/// Answers by "key@ref"; everything else is HEALTHY and not mentioned.
class Answers final : public BigSegmentLookup {
  public:
    Membership Find(std::string_view key, std::string_view ref) noexcept override {
        asked.push_back(std::string(key) + "@" + std::string(ref));
        auto const found = answers.find(asked.back());
        return found == answers.end() ? Membership() : found->second;
    }
    std::map<std::string, Membership> answers;
    std::vector<std::string> asked;
};

using Status = EvaluationReason::BigSegmentsStatus;
using Asked = std::vector<std::string>;

class BigSegmentsTest : public ::testing::Test {
  protected:
    BigSegmentsTest() {
        world_.AddSegment(R"({"key":"s","unbounded":true,"generation":1})");
        world_.AddSegment(R"({"key":"t","unbounded":true,"generation":1,
                              "unboundedContextKind":"org"})");
        world_.AddSegment(R"({"key":"old","unbounded":true})");
    }
    /// One rule for each clause; values are the index of the rule that matched, or "none".
    std::string Evaluated(std::vector<std::string> const& clauses, std::string const& more = {}) {
        std::string rules;
        std::string variations;
        for (std::size_t i = 0; i < clauses.size(); ++i) {
            rules += std::string(i == 0 ? "" : ",") + R"({"variation":)" + std::to_string(i) +
                     R"(,"clauses":[)" + clauses[i] + "]}";
            variations += "\"" + std::to_string(i) + "\",";
        }
        auto const flag =
            MakeFlag(R"({"key":"f","on":true,"variations":[)" + variations +
                     R"("none"],"fallthrough":{"variation":)" + std::to_string(clauses.size()) +
                     R"(},"offVariation":)" + std::to_string(clauses.size()) + R"(,"rules":[)" +
                     rules + "]" + more + "}");
        Outcome const outcome =
            Evaluate(*flag, MakeContext(kBoth), world_, observer_, &big_segments_);
        return (outcome.value == nullptr ? "error" : std::string(outcome.value->AsString())) + " " +
               std::string(ToString(outcome.big_segments_status));
    }
    static std::string In(std::string const& segment, bool negate = false) {
        return R"({"op":"segmentMatch","values":[")" + segment + "\"]" +
               (negate ? R"(,"negate":true)" : "") + "}";
    }
    World world_;
    Answers big_segments_;
    PrerequisiteObserver* observer_ = nullptr;
};

TEST_F(BigSegmentsTest, AreAskedForInTheOrderOfNeed) {
    big_segments_.answers["o@t.g1"].included = true;
    EXPECT_EQ(Evaluated({In("s"), In("t"), In("s")}), "1 HEALTHY");
    EXPECT_EQ(big_segments_.asked, (Asked{"u@s.g1", "o@t.g1"}));
}

TEST_F(BigSegmentsTest, TheWorstStatusWins) {
    // From bad to worse and from worse to bad.
    big_segments_.answers["u@s.g1"].status = Status::kStale;
    EXPECT_EQ(Evaluated({In("s"), In("t")}), "none STALE");
    EXPECT_EQ(Evaluated({In("t"), In("s")}), "none STALE");
    big_segments_.answers["o@t.g1"].status = Status::kStoreError;
    EXPECT_EQ(Evaluated({In("s"), In("t")}), "none STORE_ERROR");
    EXPECT_EQ(Evaluated({In("t"), In("s")}), "none STORE_ERROR");
    EXPECT_EQ(Evaluated({In("t"), In("old")}), "none NOT_CONFIGURED");
    EXPECT_EQ(Evaluated({In("old"), In("t")}), "none NOT_CONFIGURED");
}

TEST_F(BigSegmentsTest, NegationTurnsWhatTheyDecide) {
    EXPECT_EQ(Evaluated({In("s", true)}), "0 HEALTHY");
    big_segments_.answers["u@s.g1"].included = true;
    EXPECT_EQ(Evaluated({In("s", true)}), "none HEALTHY");
    // Not in the segment for certain, nor with certainty: a match both times.
    EXPECT_EQ(Evaluated({In("old", true)}), "0 NOT_CONFIGURED");
    big_segments_.answers["u@s.g1"] = {std::nullopt, Status::kStoreError};
    EXPECT_EQ(Evaluated({In("s", true)}), "0 STORE_ERROR");
}

TEST_F(BigSegmentsTest, MayBeInsideOtherSegmentsRules) {
    world_.AddSegment(R"({"key":"plain","rules":[{"clauses":[)" + In("s") + "]}]}");
    world_.AddSegment(R"({"key":"big","unbounded":true,"generation":2,"rules":[{"clauses":[)" +
                      In("t") + "]}]}");
    big_segments_.answers["u@s.g1"] = {true, Status::kStale};
    EXPECT_EQ(Evaluated({In("plain")}), "0 STALE");
    big_segments_.answers["o@t.g1"].included = true;
    EXPECT_EQ(Evaluated({In("big")}), "0 HEALTHY");
    // Whoever is excluded is out, whatever the rules say, and nothing more is asked for.
    big_segments_.answers["u@big.g2"].included = false;
    big_segments_.asked.clear();
    EXPECT_EQ(Evaluated({In("big")}), "none HEALTHY");
    EXPECT_EQ(big_segments_.asked, (Asked{"u@big.g2"}));
}

TEST_F(BigSegmentsTest, CyclesAreMalformedAndKeepTheStatus) {
    world_.AddSegment(R"({"key":"self","unbounded":true,"generation":1,"rules":[{"clauses":[)" +
                      In("self") + "]}]}");
    EXPECT_EQ(Evaluated({In("self")}), "error HEALTHY");
}

TEST_F(BigSegmentsTest, PrerequisitesCountForTheFlagButHaveNoStatusOfTheirOwn) {
    class Watcher final : public PrerequisiteObserver {
      public:
        void OnPrerequisite(model::FeatureFlag const&, model::FeatureFlag const&,
                            Outcome const& outcome) override {
            seen.push_back(Show(outcome));
        }
        std::vector<std::string> seen;
    } watcher;
    observer_ = &watcher;
    world_.Add(R"({"key":"p","on":true,"variations":[1,2],"fallthrough":{"variation":0},
        "rules":[{"variation":1,"clauses":[)" +
               In("t") + "]}]}");
    std::string const needs_p = R"(,"prerequisites":[{"key":"p","variation":0}])";
    big_segments_.answers["o@t.g1"].status = Status::kStoreError;
    EXPECT_EQ(Evaluated({In("s")}, needs_p), "none STORE_ERROR");
    // Failed: the flag's rules are never come to.
    big_segments_.answers["o@t.g1"] = {true, Status::kStale};
    big_segments_.asked.clear();
    EXPECT_EQ(Evaluated({In("s")}, needs_p), "none STALE");
    EXPECT_EQ(big_segments_.asked, (Asked{"o@t.g1"}));
    EXPECT_EQ(watcher.seen, (Asked{R"(1 / 0 / {"kind":"FALLTHROUGH"})",
                                   R"(2 / 1 / {"kind":"RULE_MATCH","ruleIndex":0})"}));
}

}  // namespace
}  // namespace lddynamo::evaluation
