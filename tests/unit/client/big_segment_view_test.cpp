// Evaluations with Big Segments, as the client does them: again until nothing is missing.
#include "client/big_segment_view.hpp"

#include "support/allocation_counter.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_big_segments.hpp"
#include "unit/evaluation/world.hpp"

#include <lddynamo/dynamodb_big_segment_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lddynamo::client {
namespace {

using evaluation::MakeContext;
using evaluation::Outcome;
using evaluation::Show;
using evaluation::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Mood = test_support::ScriptedBigSegments::Mood;
using namespace std::chrono_literals;

/// A flag that is true for members of any of these segments, one rule each.
std::string FlagFor(std::vector<std::string> const& segments) {
    std::string rules;
    for (std::string const& segment : segments) {
        rules += std::string(rules.empty() ? "" : ",") + R"({"id":")" + segment +
                 R"(","variation":0,"clauses":[{"op":"segmentMatch","values":[")" + segment +
                 R"("]}]})";
    }
    return R"({"key":"f","on":true,"variations":[true,false],"fallthrough":{"variation":1},)"
           R"("rules":[)" +
           rules + "]}";
}

std::string Rule(int index, char const* id, char const* status) {
    return R"(true / 0 / {"kind":"RULE_MATCH","ruleIndex":)" + std::to_string(index) +
           R"(,"ruleId":")" + id + R"(","bigSegmentsStatus":")" + status + "\"}";
}
std::string Fallthrough(char const* status) {
    return R"(false / 1 / {"kind":"FALLTHROUGH","bigSegmentsStatus":")" + std::string(status) +
           "\"}";
}

class BigSegmentViewTest : public ::testing::Test {
  protected:
    BigSegmentViewTest() {
        world_.AddSegment(R"({"key":"s1","unbounded":true,"generation":100})");
        world_.AddSegment(R"({"key":"s2","unbounded":true,"generation":101})");
        world_.AddSegment(R"({"key":"s3","unbounded":true,"generation":102,
                              "unboundedContextKind":"org"})");
        world_.AddSegment(R"({"key":"plain","included":["u"]})");
        store_->SetTime(std::chrono::floor<std::chrono::milliseconds>(clock_.Now()));
        for (char const* key : {"u", "o"}) store_->Put(key, {});
    }
    std::unique_ptr<BigSegments> Make(std::size_t cache_size = 1000) {
        BigSegmentOptions options;
        options.store = store_;
        options.context_cache_size = cache_size;
        options.status_poll_interval = 1h;
        return std::make_unique<BigSegments>(options, clock_, Logger());
    }
    Outcome Evaluate(BigSegmentView& view, BigSegments& big_segments,
                     model::FeatureFlag const& flag, Context const& context) {
        Outcome outcome;
        do {
            view.FetchMissing(big_segments);
            view.Begin();
            outcome = evaluation::Evaluate(flag, context, world_, nullptr, &view);
            ++attempts_;
        } while (view.IsMissing());
        return outcome;
    }
    std::string Evaluated(std::vector<std::string> const& segments, char const* context,
                          BigSegments& big_segments) {
        BigSegmentView view;
        auto const flag = evaluation::MakeFlag(FlagFor(segments));
        Context const made = MakeContext(context);
        return Show(Evaluate(view, big_segments, *flag, made));
    }
    std::string Evaluated(std::vector<std::string> const& segments, char const* context) {
        return Evaluated(segments, context, *Make());
    }

    static constexpr char kUser[] = R"({"kind":"user","key":"u"})";
    static constexpr char kBoth[] = R"({"kind":"multi","user":{"key":"u"},"org":{"key":"o"}})";
    static constexpr char kSame[] = R"({"kind":"multi","user":{"key":"u"},"org":{"key":"u"}})";

    std::shared_ptr<test_support::ScriptedBigSegments> store_ =
        std::make_shared<test_support::ScriptedBigSegments>();
    test_support::FakeClock clock_;
    World world_;
    int attempts_ = 0;
};

TEST_F(BigSegmentViewTest, OneQueryAnswersForAllSegments) {
    store_->Put("u", {"s2.g101"}, {"s1.g100"});
    EXPECT_EQ(Evaluated({"s1", "s2"}, kUser), Rule(1, "s2", "HEALTHY"));
    EXPECT_THAT(store_->Asked(), ElementsAre("u"));
    EXPECT_EQ(attempts_, 2);
}

TEST_F(BigSegmentViewTest, AGenerationIsAnotherSegment) {
    store_->Put("u", {"s1.g99"});
    EXPECT_EQ(Evaluated({"s1"}, kUser), Fallthrough("HEALTHY"));
}

TEST_F(BigSegmentViewTest, KeysAreAskedForInTheOrderOfNeed) {
    store_->Put("o", {"s3.g102"});
    EXPECT_EQ(Evaluated({"s3", "s1"}, kBoth), Rule(0, "s3", "HEALTHY"));
    EXPECT_THAT(store_->Asked(), ElementsAre("o"));  // the rule of "s1" was never come to
    EXPECT_EQ(Evaluated({"s1", "s3", "s2"}, kBoth), Rule(1, "s3", "HEALTHY"));
    EXPECT_THAT(store_->Asked(), ElementsAre("o", "u", "o"));
}

TEST_F(BigSegmentViewTest, AKeyIsAKeyWhateverItsKind) {
    store_->Put("u", {"s3.g102"});
    EXPECT_EQ(Evaluated({"s1", "s3"}, kSame), Rule(1, "s3", "HEALTHY"));
    EXPECT_THAT(store_->Asked(), ElementsAre("u"));
}

// The second key drives the first one out of the cache, and still is asked for once.
TEST_F(BigSegmentViewTest, ACacheSmallerThanOneEvaluationWillDo) {
    store_->Put("u", {"s2.g101"});
    for (std::size_t const cache_size : {0U, 1U}) {
        auto const big_segments = Make(cache_size);
        auto const before = store_->Asked().size();
        EXPECT_EQ(Evaluated({"s1", "s3", "s2"}, kBoth, *big_segments), Rule(2, "s2", "HEALTHY"));
        EXPECT_EQ(store_->Asked().size() - before, 2U);
    }
}

TEST_F(BigSegmentViewTest, TheWorstStatusIsTheReasons) {
    auto const big_segments = Make();
    Context const context = MakeContext(kBoth);
    ASSERT_EQ(big_segments->Fetch("u").status, EvaluationReason::BigSegmentsStatus::kHealthy);
    store_->SetMood(Mood::kWorks, Mood::kFails);
    EXPECT_EQ(Evaluated({"s1", "s3", "s2"}, kBoth, *big_segments), Fallthrough("STORE_ERROR"));
    EXPECT_THAT(store_->Asked(), ElementsAre("u", "o"));  // failed once, for this evaluation
    store_->SetTime(std::nullopt);
    store_->SetMood(Mood::kWorks, Mood::kWorks);
    EXPECT_EQ(Evaluated({"s1", "s3"}, kBoth), Fallthrough("STALE"));
}

TEST_F(BigSegmentViewTest, WithoutTheKindNothingIsAskedFor) {
    EXPECT_EQ(Evaluated({"s3"}, kUser), R"(false / 1 / {"kind":"FALLTHROUGH"})");
    EXPECT_THAT(store_->Asked(), IsEmpty());
    EXPECT_EQ(attempts_, 1);
}

// All flags: what was learnt for one is known for the next, beyond what the cache holds.
TEST_F(BigSegmentViewTest, OneViewServesManyFlags) {
    auto const big_segments = Make(0);
    BigSegmentView view;
    Context const context = MakeContext(kBoth);
    store_->Put("u", {"s2.g101"});
    auto const first = evaluation::MakeFlag(FlagFor({"s1", "s3"}));
    auto const second = evaluation::MakeFlag(FlagFor({"s3", "s2"}));
    EXPECT_EQ(Show(Evaluate(view, *big_segments, *first, context)), Fallthrough("HEALTHY"));
    EXPECT_EQ(attempts_, 3);
    EXPECT_EQ(Show(Evaluate(view, *big_segments, *second, context)), Rule(1, "s2", "HEALTHY"));
    EXPECT_EQ(attempts_, 4);
    EXPECT_THAT(store_->Asked(), ElementsAre("u", "o"));
}

TEST_F(BigSegmentViewTest, CostsNothingUnlessAskedFor) {
    auto const big_segments = Make();
    auto const flag = evaluation::MakeFlag(FlagFor({"plain"}));
    Context const context = MakeContext(kUser);
    std::uint64_t const before = test_support::AllocationCount();
    BigSegmentView view;
    Outcome const outcome = Evaluate(view, *big_segments, *flag, context);
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_EQ(outcome.kind, EvaluationReason::Kind::kRuleMatch);
}

// Rows as the Relay Proxy writes them, from the table to the reason.
TEST_F(BigSegmentViewTest, EvaluatesByTheRowsOfATable) {
    auto const table = std::make_shared<test_support::MemoryDynamoDb>();
    CreateTableRequest create;
    create.table = "flags";
    create.keys.partition_key = "namespace";
    create.keys.sort_key = "key";
    ASSERT_TRUE(table->CreateTable(create).has_value());
    auto const put = [&](Item row) {
        PutItemRequest request;
        request.table = "flags";
        request.item = std::move(row);
        ASSERT_TRUE(table->PutItem(request).has_value());
    };
    auto const put_time = [&](std::chrono::system_clock::time_point time) {
        put({{"namespace", AttributeValue::S("p:big_segments_metadata")},
             {"key", AttributeValue::S("p:big_segments_metadata")},
             {"synchronizedOn",
              AttributeValue::N(std::chrono::floor<std::chrono::milliseconds>(time)
                                    .time_since_epoch()
                                    .count())}});
    };
    put_time(clock_.Now());
    put({{"namespace", AttributeValue::S("p:big_segments_user")},
         {"key", AttributeValue::S(BigSegmentContextHash("u"))},
         {"included", AttributeValue::SS({"s2.g101"})},
         {"excluded", AttributeValue::SS({"s1.g100"})}});
    BigSegmentOptions options;
    auto store =
        DynamoDbBigSegmentStore::Create({.table = "flags", .prefix = "p", .client = table});
    ASSERT_TRUE(store.has_value());
    options.store = std::move(*store);
    options.status_poll_interval = 1h;
    auto const evaluated = [&](std::vector<std::string> const& segments, char const* context) {
        BigSegments big_segments(options, clock_, Logger());
        return Evaluated(segments, context, big_segments);
    };
    EXPECT_EQ(evaluated({"s1", "s3", "s2"}, kBoth), Rule(2, "s2", "HEALTHY"));
    EXPECT_EQ(evaluated({"s1", "s3"}, kBoth), Fallthrough("HEALTHY"));
    put_time(clock_.Now() - options.stale_after);
    EXPECT_EQ(evaluated({"s1", "s2"}, kUser), Rule(1, "s2", "STALE"));
    put({{"namespace", AttributeValue::S("p:big_segments_user")},
         {"key", AttributeValue::S(BigSegmentContextHash("u"))},
         {"included", AttributeValue::S("no set")}});
    EXPECT_EQ(evaluated({"s1", "s2"}, kUser), Fallthrough("STORE_ERROR"));
}

}  // namespace
}  // namespace lddynamo::client
