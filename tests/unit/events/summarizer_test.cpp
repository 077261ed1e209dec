#include "events/summarizer.hpp"

#include "event_world.hpp"

#include <gmock/gmock.h>

#include <string>

namespace lddynamo::events {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

bool Count(Summarizer& summarizer, Evaluation& evaluation, Context const& context,
           UnixMilliseconds now = 1) {
    return summarizer.Count(context, *evaluation, ResultOf(*evaluation), now);
}

std::uint64_t CountOf(Summary::Flag const& flag, std::optional<int> variation,
                      std::optional<std::int64_t> version) {
    for (auto const& counter : flag.counters) {
        if (counter.variation == variation && counter.version == version) return counter.count;
    }
    return 0;
}

TEST(Summarizer, CountsByVariationAndVersion) {
    auto const flag = MakeFlag("f");
    auto const newer = MakeFlag("f", R"("version":101)");
    Summarizer summarizer;
    Evaluation a(*flag, 0);
    Evaluation b(*flag, 1);
    Evaluation newer_a(*newer, 0);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(Count(summarizer, a, User("u")));
    EXPECT_TRUE(Count(summarizer, b, User("u")));
    EXPECT_TRUE(Count(summarizer, newer_a, User("u")));
    auto const summary = summarizer.Take();
    ASSERT_THAT(summary.flags, SizeIs(1));
    auto const& counted = summary.flags.at("f");
    EXPECT_THAT(counted.counters, SizeIs(3));
    EXPECT_EQ(CountOf(counted, 0, 100), 3U);
    EXPECT_EQ(CountOf(counted, 1, 100), 1U);
    EXPECT_EQ(CountOf(counted, 0, 101), 1U);
    EXPECT_EQ(counted.counters[0].value, Value("a"));
    EXPECT_EQ(counted.default_value, Value("default"));
    EXPECT_TRUE(summarizer.Take().Empty());
}

TEST(Summarizer, CountsFlagsThatAreNotThere) {
    Summarizer summarizer;
    Evaluation unknown("nothing", 7);
    EXPECT_TRUE(Count(summarizer, unknown, User("u")));
    EXPECT_TRUE(Count(summarizer, unknown, User("v")));
    auto const summary = summarizer.Take();
    auto const& counted = summary.flags.at("nothing");
    ASSERT_THAT(counted.counters, SizeIs(1));
    EXPECT_EQ(CountOf(counted, std::nullopt, std::nullopt), 2U);
    EXPECT_EQ(counted.counters[0].value, Value(7));
}

TEST(Summarizer, KnowsWhenAndForWhichKinds) {
    auto const flag = MakeFlag("f");
    Summarizer summarizer;
    Evaluation evaluation(*flag, 0);
    EXPECT_TRUE(Count(summarizer, evaluation, User("u"), 50));
    EXPECT_TRUE(Count(summarizer, evaluation,
                      MakeContext(R"({"kind":"multi","org":{"key":"o"},"user":{"key":"u"}})"), 40));
    EXPECT_TRUE(Count(summarizer, evaluation, User("u"), 60));
    auto const summary = summarizer.Take();
    EXPECT_EQ(summary.start, 40);
    EXPECT_EQ(summary.end, 60);
    EXPECT_THAT(summary.flags.at("f").context_kinds, UnorderedElementsAre("user", "org"));
}

TEST(Summarizer, TakesTheDefaultOfTheFirstThatHasOne) {
    auto const flag = MakeFlag("f");
    Summarizer summarizer;
    Evaluation prerequisite(*flag, 0);
    prerequisite->default_value = nullptr;
    Evaluation first(*flag, 0, "first");
    Evaluation second(*flag, 0, "second");
    EXPECT_TRUE(Count(summarizer, prerequisite, User("u")));
    EXPECT_TRUE(Count(summarizer, first, User("u")));
    EXPECT_TRUE(Count(summarizer, second, User("u")));
    EXPECT_EQ(summarizer.Take().flags.at("f").default_value, Value("first"));
}

TEST(Summarizer, HasRoomForSoManyFlagsThatDoNotExist) {
    auto const flag = MakeFlag("f");
    Summarizer summarizer;
    Evaluation known(*flag, 0);
    EXPECT_TRUE(Count(summarizer, known, User("u")));
    std::size_t counted = 0;
    for (std::size_t i = 0; i < Summarizer::kMaxUnknownEntries; ++i) {
        auto const key = "made-up-" + std::to_string(i);
        Evaluation unknown(key);
        counted += Count(summarizer, unknown, User("u")) ? 1 : 0;
    }
    EXPECT_GT(counted, Summarizer::kMaxUnknownEntries / 4);  // a flag, a counter and a kind each
    EXPECT_LT(counted, Summarizer::kMaxUnknownEntries / 2);
    // The others have room of their own.
    EXPECT_TRUE(Count(summarizer, known, User("u")));
    Evaluation other(*flag, 1);
    EXPECT_TRUE(Count(summarizer, other, User("u")));
    Evaluation unknown("made-up");
    EXPECT_FALSE(Count(summarizer, unknown, User("u")));
    EXPECT_EQ(CountOf(summarizer.Take().flags.at("f"), 0, 100), 2U);
    EXPECT_TRUE(Count(summarizer, unknown, User("u")));  // there is room again
}

TEST(Summarizer, CountsEveryFlagThatExists) {
    constexpr int kFlags = 20000;
    Summarizer summarizer;
    for (int i = 0; i < kFlags; ++i) {
        auto const flag = MakeFlag("f" + std::to_string(i));
        for (int variation : {0, 1}) {
            Evaluation evaluation(*flag, variation);
            ASSERT_TRUE(Count(summarizer, evaluation, User("u"))) << i;
        }
    }
    auto const summary = summarizer.Take();
    ASSERT_THAT(summary.flags, SizeIs(kFlags));
    for (auto const& [key, flag] : summary.flags) {
        ASSERT_THAT(flag.counters, SizeIs(2)) << key;
        ASSERT_THAT(flag.context_kinds, SizeIs(1)) << key;
    }
}

/// Memory is bounded for these, too.
TEST(Summarizer, HasRoomForSoManyFlagsThatExist) {
    auto const flag = MakeFlag("f");
    Summarizer summarizer;
    std::size_t counted = 0;
    for (std::size_t i = 0; i < Summarizer::kMaxEntries / 2; ++i) {
        auto const key = "f" + std::to_string(i);
        Evaluation evaluation(*flag, 0);
        evaluation->key = key;
        counted += Count(summarizer, evaluation, User("u")) ? 1 : 0;
    }
    EXPECT_GE(counted, Summarizer::kMaxEntries / 3);  // a flag, a counter and a kind each
    EXPECT_LT(counted, Summarizer::kMaxEntries / 2);
    EXPECT_THAT(summarizer.Take().flags, SizeIs(counted));
}

TEST(Summarizer, AddsUpManyVersions) {
    Summarizer summarizer;
    Summary all;
    for (int shard = 0; shard < 2; ++shard) {
        std::size_t counted = 0;
        for (std::size_t i = 0; i <= 4000; ++i) {
            auto const flag = MakeFlag("f", R"("version":)" + std::to_string(i));
            Evaluation evaluation(*flag, 0);
            counted += Count(summarizer, evaluation, User("u")) ? 1 : 0;
        }
        EXPECT_EQ(counted, 4001U);
        all.Add(summarizer.Take());
    }
    ASSERT_THAT(all.flags.at("f").counters, SizeIs(4001));
    EXPECT_EQ(CountOf(all.flags.at("f"), 0, 0), 2U);
    EXPECT_EQ(CountOf(all.flags.at("f"), 0, 4000), 2U);
}

TEST(ResultOfTest, AValueOfTheWrongType) {
    auto const flag = MakeFlag("f");
    Evaluation evaluation(*flag, 2);
    Value const given = 5;
    evaluation->value = &given;
    auto const result = ResultOf(*evaluation);
    EXPECT_TRUE(result.wrong_type);
    EXPECT_EQ(result.CopyValue(), given);
    EXPECT_EQ(result.variation, std::nullopt);
    EXPECT_EQ(result.version, 100);
    Value const same = "c";
    evaluation->value = &same;
    EXPECT_FALSE(ResultOf(*evaluation).wrong_type);
    EXPECT_EQ(ResultOf(*evaluation).variation, 2);
}

TEST(ResultOfTest, NoValueIsTheDefault) {
    auto const flag = MakeFlag("f");
    Evaluation evaluation(*flag, 0, "d");
    evaluation.Outcome() = {};
    EXPECT_EQ(ResultOf(*evaluation).CopyValue(), Value("d"));
    EXPECT_EQ(ResultOf(*evaluation).variation, std::nullopt);
    EXPECT_EQ(ResultOf(*evaluation).version, 100);
    evaluation->default_value = nullptr;
    evaluation->outcome = nullptr;
    EXPECT_EQ(ResultOf(*evaluation).CopyValue(), Value());
}

TEST(SummaryTest, Adds) {
    auto const flag = MakeFlag("f");
    auto const other_flag = MakeFlag("g");
    Summarizer first;
    Summarizer second;
    Evaluation a(*flag, 0);
    Evaluation b(*flag, 1);
    Evaluation g(*other_flag, 2);
    a->default_value = nullptr;
    EXPECT_TRUE(Count(first, a, User("u"), 10));
    EXPECT_TRUE(Count(second, b, User("u"), 5));
    a->default_value = b->default_value;
    EXPECT_TRUE(Count(second, a, MakeContext(R"({"kind":"org","key":"o"})"), 20));
    EXPECT_TRUE(Count(second, g, User("u"), 7));
    Summary sum;
    sum.Add(Summary());
    EXPECT_TRUE(sum.Empty());
    sum.Add(first.Take());
    sum.Add(second.Take());
    sum.Add(Summary());
    EXPECT_EQ(sum.start, 5);
    EXPECT_EQ(sum.end, 20);
    ASSERT_THAT(sum.flags, SizeIs(2));
    auto const& counted = sum.flags.at("f");
    EXPECT_EQ(counted.default_value, Value("default"));
    EXPECT_THAT(counted.counters, SizeIs(2));
    EXPECT_EQ(CountOf(counted, 0, 100), 2U);
    EXPECT_EQ(CountOf(counted, 1, 100), 1U);
    EXPECT_THAT(counted.context_kinds, UnorderedElementsAre("user", "org"));
    EXPECT_THAT(sum.flags.at("g").context_kinds, ElementsAre("user"));
}

}  // namespace
}  // namespace lddynamo::events
