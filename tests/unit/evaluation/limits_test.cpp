#include "world.hpp"

#include <pthread.h>

#include <charconv>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::evaluation {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStack = 4U << 20;  // sanitizers make frames several times as large
#else
constexpr std::size_t kStack = 512U << 10;
#endif

// Runs on a thread with a small stack, as a Lambda extension or a musl program has.
void OnSmallStack(std::function<void()> work) {
    pthread_attr_t attributes;
    ASSERT_EQ(pthread_attr_init(&attributes), 0);
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, kStack), 0);
    pthread_t thread{};
    auto const run = [](void* argument) -> void* {
        (*static_cast<std::function<void()>*>(argument))();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
    ASSERT_EQ(pthread_join(thread, nullptr), 0);
    pthread_attr_destroy(&attributes);
}

// Flags or segments f0, f1, ..., each standing on the next one. Built without JSON for speed.
class Chains final : public DataLookup {
  public:
    explicit Chains(int length) {
        flags_.resize(static_cast<std::size_t>(length));
        segments_.resize(flags_.size());
        for (std::size_t i = 0; i < flags_.size(); ++i) {
            std::string const next = std::to_string(i + 1);
            bool const last = i + 1 == flags_.size();
            model::FeatureFlag& flag = flags_[i];
            flag.key = std::to_string(i);
            flag.on = true;
            flag.variations = {Value(1)};
            flag.fallthrough.variation = 0;
            if (!last) flag.prerequisites.push_back({.key = next, .variation = 0});

            model::Segment& segment = segments_[i];
            segment.key = flag.key;
            model::Clause clause;
            clause.op = model::Operator::kSegmentMatch;
            EXPECT_TRUE(clause.texts.Insert(next));
            segment.rules.emplace_back();
            if (!last) segment.rules[0].clauses.push_back(std::move(clause));
        }
    }
    model::FeatureFlag const* FindFlag(std::string_view key) const noexcept override {
        return &flags_[Index(key)];
    }
    model::Segment const* FindSegment(std::string_view key) const noexcept override {
        return &segments_[Index(key)];
    }

  private:
    static std::size_t Index(std::string_view key) noexcept {
        std::size_t index = 0;
        std::from_chars(key.data(), key.data() + key.size(), index);
        return index;
    }
    std::vector<model::FeatureFlag> flags_;
    std::vector<model::Segment> segments_;
};

std::string EvaluateOnSmallStack(model::FeatureFlag const& flag, DataLookup const& lookup) {
    std::string shown;
    OnSmallStack(
        [&] { shown = Show(Evaluate(flag, MakeContext(R"({"kind":"user","key":"u"})"), lookup)); });
    return shown;
}

std::string ChainOfFlags(int length) {
    Chains const chains(length);
    return EvaluateOnSmallStack(*chains.FindFlag("0"), chains);
}

std::string ChainOfSegments(int length) {
    Chains const chains(length);
    auto const flag = MakeFlag(R"({"key":"f","on":true,"variations":[true],"rules":[{"variation":0,
        "clauses":[{"op":"segmentMatch","values":["0"]}]}]})");
    return EvaluateOnSmallStack(*flag, chains);
}

constexpr char kRuleMatched[] = R"(true / 0 / {"kind":"RULE_MATCH","ruleIndex":0})";

TEST(LimitsTest, ChainsOfTheGreatestDepthWork) {
    EXPECT_EQ(ChainOfFlags(kMaxDepth + 1), R"(1 / 0 / {"kind":"FALLTHROUGH"})");
    EXPECT_EQ(ChainOfSegments(kMaxDepth), kRuleMatched);
}

TEST(LimitsTest, LongerChainsAreMalformed) {
    EXPECT_EQ(ChainOfFlags(kMaxDepth + 2), kMalformed);
    EXPECT_EQ(ChainOfSegments(kMaxDepth + 1), kMalformed);
    EXPECT_EQ(ChainOfFlags(100'000), kMalformed);
    EXPECT_EQ(ChainOfSegments(100'000), kMalformed);
}

TEST(LimitsTest, DepthOfFlagsAndOfSegmentsAddsUp) {
    Chains const chains(kMaxDepth);
    auto const inner =
        MakeFlag(R"({"key":"inner","on":true,"variations":[1],"rules":[{"variation":0,
        "clauses":[{"op":"segmentMatch","values":["0"]}]}]})");
    auto const outer = MakeFlag(R"({"key":"outer","on":true,"variations":[1],
        "fallthrough":{"variation":0},"prerequisites":[{"key":"inner","variation":0}]})");
    class Both final : public DataLookup {
      public:
        Both(model::FeatureFlag const& flag, DataLookup const& rest) : flag_(flag), rest_(rest) {}
        model::FeatureFlag const* FindFlag(std::string_view) const noexcept override {
            return &flag_;
        }
        model::Segment const* FindSegment(std::string_view key) const noexcept override {
            return rest_.FindSegment(key);
        }

      private:
        model::FeatureFlag const& flag_;
        DataLookup const& rest_;
    };
    Both const both(*inner, chains);
    EXPECT_EQ(EvaluateOnSmallStack(*inner, both), R"(1 / 0 / {"kind":"RULE_MATCH","ruleIndex":0})");
    EXPECT_EQ(EvaluateOnSmallStack(*outer, both), kMalformed);
}

// Each of 40 levels asks twice for the next: 2^40 evaluations without a bound.
TEST(LimitsTest, DiamondsUponDiamondsEnd) {
    World world;
    for (int i = 0; i < 40; ++i) {
        std::string const next = std::to_string(i + 1);
        for (std::string const side : {"a", "b"}) {
            world.Add(R"({"key":")" + side + std::to_string(i) +
                      R"(","on":true,"variations":[1],"fallthrough":{"variation":0},)"
                      R"("prerequisites":[{"key":"a)" +
                      next + R"(","variation":0},{"key":"b)" + next + R"(","variation":0}]})");
            world.AddSegment(R"({"key":")" + side + std::to_string(i) +
                             R"(","rules":[{"clauses":[{"op":"segmentMatch","values":["a)" + next +
                             R"(","b)" + next + R"("]}]}]})");
        }
    }
    for (char const* key : {"a40", "b40"}) {
        world.Add(std::string(R"({"key":")") + key +
                  R"(","on":true,"variations":[1],"fallthrough":{"variation":0}})");
    }
    auto const context = MakeContext(R"({"kind":"user","key":"u"})");
    EXPECT_EQ(Show(Evaluate(*world.FindFlag("a0"), context, world)), kMalformed);
    EXPECT_EQ(
        MatchOf(R"({"op":"segmentMatch","values":["a0"]})", R"({"kind":"user","key":"u"})", world),
        "malformed");
}

TEST(LimitsTest, ManySegmentsInOneClauseWork) {
    World world;
    std::string values = R"("s0")";
    for (int i = 1; i < 20'000; ++i) values += ",\"s" + std::to_string(i) + '"';
    for (int i = 0; i < 20'000; i += 1999) {
        world.AddSegment(R"({"key":"s)" + std::to_string(i) + R"(","included":["z"]})");
    }
    world.AddSegment(R"({"key":"s19999","included":["u"]})");
    EXPECT_EQ(MatchOf(R"({"op":"segmentMatch","values":[)" + values + "]}",
                      R"({"kind":"user","key":"u"})", world),
              "match");
}

}  // namespace
}  // namespace lddynamo::evaluation
