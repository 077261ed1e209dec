#include "client/hook_runner.hpp"

#include "support/allocation_counter.hpp"
#include "support/capturing_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace lddynamo::client {
namespace {

using test_support::CapturingSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKey[] = "sdk-01234567-secret";

/// Writes what it is told to a common list, and then does what the test says.
class RecordingHook final : public Hook {
  public:
    RecordingHook(std::string name, std::vector<std::string>& calls)
        : name_(std::move(name)), calls_(calls) {}
    [[nodiscard]] std::string_view Name() const noexcept override { return name_; }
    HookData BeforeEvaluation(EvaluationSeriesContext const& series, HookData data) override {
        calls_.push_back(name_ + " before " + std::string(series.flag_key) + " " +
                         series.default_value.ToJson() + " " + std::string(series.method) + " " +
                         std::string(series.environment_id) + " " + series.context.Key() + " " +
                         Text(data));
        if (before) before();
        data.emplace("from", Value(name_));
        return data;
    }
    HookData AfterEvaluation(EvaluationSeriesContext const& series, HookData data,
                             EvaluationDetail<Value> const& detail) override {
        calls_.push_back(name_ + " after " + std::string(series.flag_key) + " " +
                         detail.value.ToJson() + " " + Text(data));
        if (after) after();
        return data;
    }
    void AfterTrack(TrackSeriesContext const& series) override {
        calls_.push_back(name_ + " track " + std::string(series.key) + " " + series.data.ToJson() +
                         " " + std::to_string(series.metric_value.value_or(-1)) + " " +
                         series.context.Key());
        if (track) track();
    }

    std::function<void()> before{};
    std::function<void()> after{};
    std::function<void()> track{};

  private:
    static std::string Text(HookData const& data) {
        std::string text = "{";
        for (auto const& [name, value] : data) text += name + "=" + value.ToJson();
        return text + "}";
    }
    std::string name_;
    std::vector<std::string>& calls_;
};

class HookRunnerTest : public ::testing::Test {
  protected:
    HookRunner Make() { return {{a_, nullptr, b_}, Logger(sink_), Secret(kKey)}; }
    EvaluationDetail<Value> Run(HookRunner const& runner) {
        return runner.RunEvaluation(series_, [this] {
            calls_.emplace_back("evaluate");
            EvaluationDetail<Value> detail;
            detail.value = Value(true);
            detail.variation_index = 1;
            return detail;
        });
    }

    std::vector<std::string> calls_;
    std::shared_ptr<CapturingSink> sink_ = std::make_shared<CapturingSink>();
    std::shared_ptr<RecordingHook> a_ = std::make_shared<RecordingHook>("A", calls_);
    std::shared_ptr<RecordingHook> b_ = std::make_shared<RecordingHook>("B", calls_);
    Context const bob_ = *Context::User("bob");
    Value const default_{false};
    Value const data_{7};
    EvaluationSeriesContext const series_{"flag", bob_, default_, "BoolVariation", "env"};
    TrackSeriesContext const track_{"event", bob_, data_, 2.5, "env"};
};

TEST_F(HookRunnerTest, NestsTheHooksAroundTheEvaluation) {
    HookRunner const runner = Make();
    EXPECT_FALSE(runner.Empty());
    auto const detail = Run(runner);
    EXPECT_EQ(detail.value, Value(true));
    EXPECT_EQ(detail.variation_index, 1);
    EXPECT_THAT(calls_,
                ElementsAre("A before flag false BoolVariation env bob {}",
                            "B before flag false BoolVariation env bob {}", "evaluate",
                            "B after flag true {from=\"B\"}", "A after flag true {from=\"A\"}"));
    EXPECT_TRUE(sink_->Lines().empty());
}

TEST_F(HookRunnerTest, TellsOfTracksInOrder) {
    Make().AfterTrack(track_);
    EXPECT_THAT(calls_,
                ElementsAre("A track event 7 2.500000 bob", "B track event 7 2.500000 bob"));
}

TEST_F(HookRunnerTest, WithoutHooksNothingHappensAndNothingIsAllocated) {
    HookRunner const runner({nullptr}, Logger(sink_), Secret(kKey));
    EXPECT_TRUE(runner.Empty());
    auto const before = test_support::AllocationCount();
    EvaluationDetail<Value> const detail = runner.RunEvaluation(series_, [] {
        EvaluationDetail<Value> plain;
        plain.value = Value(3);
        return plain;
    });
    runner.AfterTrack(track_);
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_EQ(detail.value, Value(3));
}

TEST_F(HookRunnerTest, AStageThatThrowsLeavesNoDataAndDisturbsNobody) {
    a_->before = [] { throw std::runtime_error("no luck\n"); };
    EXPECT_EQ(Run(Make()).value, Value(true));
    EXPECT_THAT(calls_, ElementsAre("A before flag false BoolVariation env bob {}",
                                    "B before flag false BoolVariation env bob {}", "evaluate",
                                    "B after flag true {from=\"B\"}", "A after flag true {}"));
    EXPECT_THAT(sink_->Lines(),
                ElementsAre("error the hook \"A\" threw an exception in BeforeEvaluation of the "
                            "flag \"flag\": \"no luck\\n\""));
}

TEST_F(HookRunnerTest, LaterStagesThatThrowAreLogged) {
    b_->after = [] { throw 5; };
    a_->track = [] { throw std::runtime_error(""); };
    HookRunner const runner = Make();
    EXPECT_EQ(Run(runner).value, Value(true));
    EXPECT_EQ(calls_.back(), "A after flag true {from=\"A\"}");
    runner.AfterTrack(track_);
    EXPECT_EQ(calls_.back(), "B track event 7 2.500000 bob");
    EXPECT_THAT(
        sink_->Lines(),
        ElementsAre(
            "error the hook \"B\" threw an exception in AfterEvaluation of the flag \"flag\"",
            "error the hook \"A\" threw an exception in AfterTrack of the event \"event\""));
}

TEST_F(HookRunnerTest, NeverLogsTheSdkKey) {
    a_->before = [] { throw std::runtime_error(std::string("401 for ") + kKey); };
    (void)Run(Make());
    ASSERT_EQ(sink_->Lines().size(), 1U);
    EXPECT_THAT(sink_->Lines()[0], Not(HasSubstr(kKey)));
    EXPECT_THAT(sink_->Lines()[0], Not(HasSubstr("401")));
    EXPECT_THAT(sink_->Lines()[0], HasSubstr("\"A\""));
}

TEST_F(HookRunnerTest, CutsLongTexts) {
    a_->track = [] { throw std::runtime_error(std::string(100000, 'x')); };
    Make().AfterTrack(track_);
    ASSERT_EQ(sink_->Lines().size(), 1U);
    EXPECT_LT(sink_->Lines()[0].size(), 1000U);
}

TEST_F(HookRunnerTest, WhatTheEvaluationThrowsIsTheCallers) {
    EXPECT_THROW((void)Make().RunEvaluation(
                     series_, []() -> EvaluationDetail<Value> { throw std::bad_alloc(); }),
                 std::bad_alloc);
    EXPECT_EQ(calls_.size(), 2U);
}

}  // namespace
}  // namespace lddynamo::client
