#include "events/event_recorder.hpp"

#include "event_world.hpp"
#include "events/context_formatter.hpp"
#include "events/event_writer.hpp"
#include "support/capturing_sink.hpp"

#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::events {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr UnixMilliseconds kNow = 1000000;

class EventRecorderTest : public ::testing::Test {
  protected:
    EventRecorder Make(EventOptions const& options = {}) {
        return EventRecorder(
            options, [this] { return chance_; }, Logger(sink_));
    }

    /// What would be sent, as JSON.
    static std::vector<Value> Take(EventRecorder& recorder) {
        auto const payload = recorder.Take();
        auto const array =
            Json(EventWriter(ContextFormatter(false, {})).Write(payload.events, payload.summary));
        EXPECT_EQ(array.Size(), payload.Size());
        return array.AsArray();
    }
    static std::vector<std::string> Kinds(std::vector<Value> const& events) {
        std::vector<std::string> kinds;
        for (auto const& event : events) kinds.emplace_back(event["kind"].AsString());
        return kinds;
    }
    static std::vector<std::string> TakeKinds(EventRecorder& recorder) {
        return Kinds(Take(recorder));
    }

    double chance_ = 0.5;
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
};

TEST_F(EventRecorderTest, AnUntrackedFlagIsCountedAndItsContextTold) {
    auto const flag = MakeFlag("f");
    auto recorder = Make();
    Evaluation evaluation(*flag, 1);
    evaluation->with_reason = true;
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    recorder.Evaluated(User("bob"), *evaluation, kNow + 5);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "summary"));
    EXPECT_EQ(events[0]["creationDate"], Value(kNow));
    EXPECT_EQ(events[0]["context"]["key"], Value("bob"));
    EXPECT_EQ(events[1]["startDate"], Value(kNow));
    EXPECT_EQ(events[1]["endDate"], Value(kNow + 5));
    EXPECT_EQ(events[1]["features"]["f"]["counters"].AsArray().at(0)["count"], Value(2));
    EXPECT_THAT(TakeKinds(recorder), IsEmpty());
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("summary"));
}

TEST_F(EventRecorderTest, ATrackedFlagIsToldInFull) {
    auto const flag = MakeFlag("f", R"("trackEvents":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 1);
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    evaluation->with_reason = true;
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "feature", "feature", "summary"));
    EXPECT_EQ(events[1], Json(R"({"kind":"feature","creationDate":1000000,"key":"f","version":100,
        "context":{"kind":"user","key":"bob"},"variation":1,"value":"b","default":"default"})"));
    EXPECT_EQ(events[2]["reason"], Json(R"({"kind":"FALLTHROUGH"})"));
}

TEST_F(EventRecorderTest, AMalformedTrackedFlagHasNoVariation) {
    auto const flag = MakeFlag("f", R"("trackEvents":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 1);
    evaluation.Outcome() = {};
    evaluation.Outcome().error_kind = EvaluationReason::ErrorKind::kMalformedFlag;
    evaluation->with_reason = true;
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const event = Take(recorder).at(1);
    EXPECT_EQ(event["kind"], Value("feature"));
    EXPECT_EQ(event.Find("variation"), nullptr);
    EXPECT_EQ(event["value"], Value("default"));
    EXPECT_EQ(event["reason"], Json(R"({"kind":"ERROR","errorKind":"MALFORMED_FLAG"})"));
}

TEST_F(EventRecorderTest, AValueOfTheWrongTypeIsToldAsSuch) {
    auto const flag = MakeFlag("f", R"("trackEvents":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 1, 42);
    evaluation->value = evaluation->default_value;
    evaluation->with_reason = true;
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const event = Take(recorder).at(1);
    EXPECT_EQ(event.Find("variation"), nullptr);
    EXPECT_EQ(event["value"], Value(42));
    EXPECT_EQ(event["reason"], Json(R"({"kind":"ERROR","errorKind":"WRONG_TYPE"})"));
}

TEST_F(EventRecorderTest, ExperimentsAreToldInFullWithTheirReason) {
    auto recorder = Make();
    auto const tracked_fallthrough = MakeFlag("f", R"("trackEventsFallthrough":true)");
    Evaluation fallthrough(*tracked_fallthrough, 0);
    recorder.Evaluated(User("bob"), *fallthrough, kNow);

    auto const plain = MakeFlag("f");
    Evaluation experiment(*plain, 0);
    experiment.Outcome().in_experiment = true;
    recorder.Evaluated(User("bob"), *experiment, kNow);

    auto const tracked_rule =
        MakeFlag("f", R"("rules":[{"id":"r","variation":1,"trackEvents":true}])");
    Evaluation rule(*tracked_rule, 1);
    rule.Outcome().kind = EvaluationReason::Kind::kRuleMatch;
    rule.Outcome().rule_index = 0;
    rule.Outcome().rule_id = "r";
    recorder.Evaluated(User("bob"), *rule, kNow);

    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "feature", "feature", "feature", "summary"));
    EXPECT_EQ(events[1]["reason"], Json(R"({"kind":"FALLTHROUGH"})"));
    EXPECT_EQ(events[2]["reason"], Json(R"({"kind":"FALLTHROUGH","inExperiment":true})"));
    EXPECT_EQ(events[3]["reason"], Json(R"({"kind":"RULE_MATCH","ruleIndex":0,"ruleId":"r"})"));
}

TEST_F(EventRecorderTest, PrerequisitesNameTheirParent) {
    auto const parent = MakeFlag("parent");
    auto const flag = MakeFlag("f", R"("trackEvents":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 2);
    evaluation->default_value = nullptr;
    evaluation->prerequisite_of = parent.get();
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const events = Take(recorder);
    EXPECT_EQ(events.at(1)["prereqOf"], Value("parent"));
    EXPECT_EQ(events.at(1).Find("default"), nullptr);
    EXPECT_EQ(events.at(2)["features"]["f"]["counters"].Size(), 1U);
}

TEST_F(EventRecorderTest, AFlagThatIsNotThereIsCounted) {
    auto recorder = Make();
    Evaluation evaluation("nothing", 1.5);
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "summary"));
    EXPECT_EQ(events[1]["features"]["nothing"],
              Json(R"({"default":1.5,"counters":[{"unknown":true,"value":1.5,"count":1}],
                  "contextKinds":["user"]})"));
}

TEST_F(EventRecorderTest, AFlagCanBeLeftOutOfSummaries) {
    auto const flag = MakeFlag("f", R"("excludeFromSummaries":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 0);
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index"));
}

TEST_F(EventRecorderTest, DebugsUntilTheDateByBothClocks) {
    auto const flag = MakeFlag("f", R"("debugEventsUntilDate":1000000)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 0);
    recorder.Identified(User("bob"), 0);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("identify"));
    recorder.Evaluated(User("bob"), *evaluation, 999999);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("debug", "summary"));
    recorder.Evaluated(User("bob"), *evaluation, 1000000);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("summary"));
    recorder.SetServerTime(999999);
    recorder.Evaluated(User("bob"), *evaluation, 999999);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("debug", "summary"));
    recorder.SetServerTime(1000000);
    recorder.Evaluated(User("bob"), *evaluation, 999999);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("summary"));
}

TEST_F(EventRecorderTest, ATrackedAndDebuggedFlagIsToldTwice) {
    auto const flag = MakeFlag("f", R"("trackEvents":true,"debugEventsUntilDate":2000000)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 0);
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "feature", "debug", "summary"));
    EXPECT_EQ(events[2]["value"], Value("a"));
}

TEST_F(EventRecorderTest, SamplesFeatureAndDebugEvents) {
    auto recorder = Make();
    for (auto const* const ratio : {"0", "3"}) {
        auto const flag = MakeFlag("f", R"("trackEvents":true,"debugEventsUntilDate":2000000,)"
                                        R"("samplingRatio":)" +
                                            std::string(ratio));
        Evaluation evaluation(*flag, 0);
        recorder.Evaluated(User(ratio), *evaluation, kNow);
        EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "summary")) << ratio;
    }
    auto const flag = MakeFlag("f", R"("trackEvents":true,"samplingRatio":3)");
    Evaluation evaluation(*flag, 0);
    chance_ = 0.3;
    recorder.Evaluated(User("0"), *evaluation, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("feature", "summary"));
    EXPECT_EQ(events[0]["samplingRatio"], Value(3));
}

TEST_F(EventRecorderTest, EachContextIsToldOnceByItsFullKey) {
    auto recorder = Make();
    Evaluation evaluation("f");
    auto const org = MakeContext(R"({"kind":"org","key":"bob"})");
    auto const both = MakeContext(R"({"kind":"multi","org":{"key":"bob"},"user":{"key":"bob"}})");
    for (int i = 0; i < 3; ++i) {
        recorder.Evaluated(User("bob"), *evaluation, kNow);
        recorder.Tracked(org, "e", {}, {}, kNow);
        recorder.Evaluated(both, *evaluation, kNow);
    }
    EXPECT_THAT(TakeKinds(recorder),
                ElementsAre("index", "index", "custom", "index", "custom", "custom", "summary"));
    EXPECT_EQ(recorder.TakeStatistics().deduplicated, 6U);
    EXPECT_EQ(recorder.TakeStatistics().deduplicated, 0U);
    recorder.ForgetContexts();
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "summary"));
}

TEST_F(EventRecorderTest, RemembersSoManyContexts) {
    auto recorder = Make({.context_keys_capacity = 1});
    Evaluation evaluation("f");
    for (auto const* const key : {"a", "b", "b", "a"}) {
        recorder.Evaluated(User(key), *evaluation, kNow);
    }
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "index", "index", "summary"));
}

TEST_F(EventRecorderTest, IdentifyMakesAContextKnown) {
    auto recorder = Make();
    recorder.Identified(User("bob"), kNow);
    recorder.Identified(User("bob"), kNow);  // is told each time
    recorder.Tracked(User("bob"), "e", {}, {}, kNow);
    Evaluation evaluation("f");
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("identify", "identify", "custom", "summary"));
}

TEST_F(EventRecorderTest, Tracks) {
    auto recorder = Make();
    recorder.Tracked(User("bob"), "bought", Json(R"({"n":1})"), 2.5, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "custom"));
    EXPECT_EQ(events[1], Json(R"({"kind":"custom","creationDate":1000000,"key":"bought",
        "data":{"n":1},"context":{"kind":"user","key":"bob"},"metricValue":2.5})"));
}

// As in the Go SDK, whose own tests do not say so: ../../differential found it.
TEST_F(EventRecorderTest, AnEvaluationOfTheWrongTypeIsToldInFullWhereItsRuleIsTracked) {
    auto const flag = MakeFlag("f", R"("trackEventsFallthrough":true)");
    auto recorder = Make();
    Evaluation evaluation(*flag, 1, 5);
    Value const given = 5;
    evaluation->value = &given;
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "feature", "summary"));
    EXPECT_EQ(events[1]["reason"], Json(R"({"kind":"ERROR","errorKind":"WRONG_TYPE"})"));
    EXPECT_EQ(events[1]["value"], given);
    EXPECT_TRUE(events[1]["variation"].IsNull());
}

TEST_F(EventRecorderTest, OmitsAnonymousContexts) {
    auto recorder = Make({.omit_anonymous_contexts = true});
    auto const anonymous = MakeContext(R"({"kind":"user","key":"u","anonymous":true})");
    auto const both =
        MakeContext(R"({"kind":"multi","org":{"key":"o"},"user":{"key":"u","anonymous":true}})");
    Evaluation evaluation("f");
    recorder.Identified(anonymous, kNow);
    recorder.Tracked(anonymous, "e", {}, {}, kNow);
    recorder.Evaluated(anonymous, *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("custom", "summary"));
    recorder.Tracked(both, "e", {}, {}, kNow);
    recorder.Identified(both, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("index", "custom", "identify"));
    EXPECT_EQ(events[0]["context"], Json(R"({"kind":"org","key":"o"})"));
    EXPECT_EQ(events[1]["context"]["kind"], Value("multi"));
    EXPECT_EQ(events[2]["context"], Json(R"({"kind":"org","key":"o"})"));
}

TEST_F(EventRecorderTest, IdentifyingTellsOnlyOfTheContextThatItSends) {
    auto recorder = Make({.omit_anonymous_contexts = true});
    recorder.Identified(MakeContext(R"({"kind":"user","key":"u","anonymous":true})"), kNow);
    recorder.Tracked(User("u"), "e", {}, {}, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "custom"));
    auto const both =
        MakeContext(R"({"kind":"multi","org":{"key":"o"},"user":{"key":"u","anonymous":true}})");
    recorder.Identified(both, kNow);
    recorder.Tracked(MakeContext(R"({"kind":"org","key":"o"})"), "e", {}, {}, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("identify", "custom"));
    recorder.Tracked(both, "e", {}, {}, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "custom"));
}

class MigrationTest : public EventRecorderTest {
  protected:
    MigrationTest() {
        detail_.value = "live";
        detail_.variation_index = 3;
        detail_.reason.kind = EvaluationReason::Kind::kFallthrough;
        operation_.operation = "read";
        operation_.key = "m";
        operation_.default_stage = "off";
        operation_.detail = &detail_;
        operation_.flag_version = 4;
        operation_.invoked_old = true;
        operation_.invoked_new = true;
        operation_.consistent = true;
        operation_.consistency_check_ratio = 2;
        operation_.latency_old_ms = 1;
        operation_.latency_new_ms = 2;
        operation_.error_old = true;
        operation_.error_new = true;
    }
    EvaluationDetail<std::string> detail_;
    MigrationOperation operation_;
};

TEST_F(MigrationTest, IsTold) {
    auto recorder = Make();
    recorder.Migrated(User("bob"), operation_, kNow);
    auto const events = Take(recorder);
    ASSERT_THAT(Kinds(events), ElementsAre("migration_op"));  // and no index
    EXPECT_EQ(events[0], Json(R"({"kind":"migration_op","creationDate":1000000,"operation":"read",
        "context":{"kind":"user","key":"bob"},"evaluation":{"key":"m","value":"live",
        "default":"off","reason":{"kind":"FALLTHROUGH"},"variation":3,"version":4},
        "measurements":[{"key":"invoked","values":{"old":true,"new":true}},
        {"key":"consistent","value":true,"samplingRatio":2},
        {"key":"latency_ms","values":{"old":1,"new":2}},
        {"key":"error","values":{"old":true,"new":true}}]})"));
}

TEST_F(MigrationTest, IsSampled) {
    auto recorder = Make();
    operation_.sampling_ratio = 0;
    recorder.Migrated(User("bob"), operation_, kNow);
    operation_.sampling_ratio = 2;
    recorder.Migrated(User("bob"), operation_, kNow);
    EXPECT_THAT(TakeKinds(recorder), IsEmpty());
    chance_ = 0.1;
    recorder.Migrated(User("bob"), operation_, kNow);
    EXPECT_EQ(Take(recorder).at(0)["samplingRatio"], Value(2));
}

TEST_F(MigrationTest, WithoutADetailThereIsNothingToTell) {
    auto recorder = Make();
    operation_.detail = nullptr;
    recorder.Migrated(User("bob"), operation_, kNow);
    EXPECT_THAT(TakeKinds(recorder), IsEmpty());
}

TEST_F(EventRecorderTest, CapacityBoundsAllButTheSummary) {
    auto recorder = Make({.capacity = 3});
    for (int i = 0; i < 5; ++i) recorder.Tracked(User("bob"), "e", {}, {}, kNow);
    Evaluation evaluation("f");
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    EXPECT_THAT(TakeKinds(recorder), ElementsAre("index", "custom", "custom", "summary"));
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("warn events: more than the capacity")));
    for (int i = 0; i < 5; ++i) recorder.Tracked(User("bob"), "e", {}, {}, kNow);
    EXPECT_EQ(sink_->Lines().size(), 1U);
    EXPECT_EQ(recorder.TakeStatistics().dropped, 5U);
    EXPECT_EQ(recorder.TakeStatistics().dropped, 0U);
}

TEST_F(EventRecorderTest, WhatCannotBeCountedIsDroppedAndLoggedOnce) {
    auto recorder = Make({.capacity = 1});
    constexpr auto kCalls = Summarizer::kMaxUnknownEntries;
    for (std::size_t i = 0; i < kCalls; ++i) {
        auto const key = "made-up-" + std::to_string(i);
        Evaluation evaluation(key);
        recorder.Evaluated(User("bob"), *evaluation, kNow);
    }
    auto const counted = recorder.Take().summary.flags.size();
    EXPECT_LT(counted, kCalls);
    EXPECT_EQ(recorder.TakeStatistics().dropped, kCalls - counted);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("those are not counted")));
}

/// Of the contexts that others push out, the least recently evaluated one goes, not the first one.
TEST_F(EventRecorderTest, EvaluationsKeepAContextKnown) {
    auto const flag = MakeFlag("f");
    for (std::size_t const capacity : {2U, 3U, 10U, 1000U}) {
        auto recorder = Make({.capacity = 100000, .context_keys_capacity = capacity});
        Evaluation evaluation(*flag, 0);
        recorder.Evaluated(User("bob"), *evaluation, kNow);
        for (std::size_t i = 0; i < 3 * capacity; ++i) {
            recorder.Tracked(User("other-" + std::to_string(i)), "e", {}, {}, kNow);
            recorder.Evaluated(User("bob"), *evaluation, kNow);
        }
        recorder.Tracked(User("bob"), "e", {}, {}, kNow);
        std::size_t told = 0;
        for (auto const& event : Take(recorder)) {
            bool const of_bob = event["context"]["key"] == Value("bob");
            if (event["kind"] == Value("index") && of_bob) ++told;
        }
        EXPECT_EQ(told, 1U) << capacity;
    }
}

TEST_F(EventRecorderTest, KeepsNothingOnceStopped) {
    auto recorder = Make();
    EXPECT_FALSE(recorder.Stopped());
    recorder.Stop();
    EXPECT_TRUE(recorder.Stopped());
    Evaluation evaluation("f");
    recorder.Evaluated(User("bob"), *evaluation, kNow);
    recorder.Identified(User("bob"), kNow);
    recorder.Tracked(User("bob"), "e", {}, {}, kNow);
    EvaluationDetail<std::string> const detail;
    recorder.Migrated(User("bob"), {.detail = &detail}, kNow);
    EXPECT_THAT(TakeKinds(recorder), IsEmpty());
}

TEST_F(EventRecorderTest, CountsEverythingOfManyThreads) {
    constexpr int kThreads = 16;
    constexpr int kEach = 500;
    auto const flag = MakeFlag("f");
    auto recorder = Make();
    std::vector<std::thread> threads;
    std::atomic<int> running{kThreads};
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&] {
            Evaluation evaluation(*flag, 0);
            for (int i = 0; i < kEach; ++i) {
                recorder.Evaluated(User("user-" + std::to_string(i % 10)), *evaluation, kNow);
            }
            --running;
        });
    }
    std::uint64_t counted = 0;
    std::size_t told = 0;
    auto const take = [&] {
        auto const payload = recorder.Take();
        told += payload.events.size();
        for (auto const& [key, counts] : payload.summary.flags) {
            for (auto const& counter : counts.counters) counted += counter.count;
        }
    };
    while (running.load() > 0) {
        take();
        static_cast<void>(recorder.TakeStatistics());
    }
    for (auto& thread : threads) thread.join();
    take();
    EXPECT_EQ(counted, static_cast<std::uint64_t>(kThreads) * kEach);
    EXPECT_EQ(told, 10U);
}

}  // namespace
}  // namespace lddynamo::events
