#include "client/source_status.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using State = DataSourceState;

class SourceStatusTest : public ::testing::Test {
  protected:
    static constexpr std::chrono::milliseconds kLong{20000};

    [[nodiscard]] std::unique_ptr<SourceStatus> Make(State state = State::kInitializing) {
        return std::make_unique<SourceStatus>(
            state, [this](DataSourceStatus const& status) { told_.push_back(status); }, clock_,
            Logger(sink_));
    }
    [[nodiscard]] static Error Refused(std::string message) {
        Error error;
        error.code = ErrorCode::kUnavailable;
        error.message = std::move(message);
        return error;
    }
    [[nodiscard]] std::vector<State> States() const {
        std::vector<State> states;
        for (auto const& status : told_) states.push_back(status.state);
        return states;
    }

    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    test_support::FakeClock clock_;
    std::vector<DataSourceStatus> told_;
};

TEST_F(SourceStatusTest, BeginsAsItIsTold) {
    for (State const state : {State::kInitializing, State::kValid, State::kOff}) {
        auto const status = Make(state)->Get();
        EXPECT_EQ(status.state, state);
        EXPECT_EQ(status.since, clock_.Now());
        EXPECT_FALSE(status.last_error);
    }
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(SourceStatusTest, FailuresBeforeTheFirstDataLeaveItInitializing) {
    auto const status = Make();
    status->Update(State::kInterrupted, Refused("first"));
    EXPECT_EQ(status->Get().state, State::kInitializing);
    EXPECT_EQ(status->Get().last_error->message, "first");
    EXPECT_THAT(States(), ElementsAre(State::kInitializing));
    status->Update(State::kValid, std::nullopt);
    status->Update(State::kInterrupted, Refused("second"));
    EXPECT_EQ(status->Get().state, State::kInterrupted);
    EXPECT_THAT(States(), ElementsAre(State::kInitializing, State::kValid, State::kInterrupted));
}

TEST_F(SourceStatusTest, NothingFollowsOff) {
    auto const status = Make();
    status->Update(State::kOff, Refused("401"));
    clock_.Advance(std::chrono::seconds(1));
    status->Update(State::kValid, std::nullopt);
    status->Update(State::kInterrupted, Refused("later"));
    status->Close();
    EXPECT_EQ(status->Get().state, State::kOff);
    EXPECT_EQ(status->Get().last_error->message, "401");
    EXPECT_EQ(status->Get().since, clock_.Now() - std::chrono::seconds(1));
    EXPECT_THAT(States(), ElementsAre(State::kOff));
}

TEST_F(SourceStatusTest, SinceMovesWithTheStateOnly) {
    auto const status = Make();
    auto const start = clock_.Now();
    clock_.Advance(std::chrono::seconds(1));
    status->Update(State::kInterrupted, Refused("x"));
    EXPECT_EQ(status->Get().since, start);
    status->Update(State::kValid, std::nullopt);
    EXPECT_EQ(status->Get().since, start + std::chrono::seconds(1));
    clock_.Advance(std::chrono::seconds(1));
    status->Update(State::kValid, std::nullopt);
    EXPECT_EQ(status->Get().since, start + std::chrono::seconds(1));
}

TEST_F(SourceStatusTest, TellsOfChangesAndOfEachError) {
    auto const status = Make();
    status->Update(State::kInitializing, std::nullopt);
    status->Update(State::kValid, std::nullopt);
    status->Update(State::kValid, std::nullopt);
    status->Update(State::kInterrupted, Refused("a"));
    status->Update(State::kInterrupted, std::nullopt);
    status->Update(State::kInterrupted, Refused("b"));
    status->Update(State::kValid, std::nullopt);
    ASSERT_THAT(States(), ElementsAre(State::kValid, State::kInterrupted, State::kInterrupted,
                                      State::kValid));
    EXPECT_FALSE(told_[0].last_error);
    EXPECT_EQ(told_[1].last_error->message, "a");
    EXPECT_EQ(told_[2].last_error->message, "b");
    // The last error stays, for those who look later.
    EXPECT_EQ(told_[3].last_error->message, "b");
}

TEST_F(SourceStatusTest, OneLineForAnOutageOneForItsEndAndOneForTheEnd) {
    auto const status = Make();
    for (int i = 0; i < 3; ++i) status->Update(State::kInterrupted, Refused("first"));
    for (int i = 0; i < 3; ++i) status->Update(State::kValid, std::nullopt);
    status->Update(State::kInterrupted, Refused("second"));
    status->Update(State::kOff, Refused("third"));
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("first"), HasSubstr("recovered"),
                                            HasSubstr("second"), HasSubstr("third")));
    EXPECT_THAT(sink_->Lines().back(), ::testing::StartsWith("error "));
    EXPECT_THAT(sink_->Lines().back(), HasSubstr("not asking again"));
}

TEST_F(SourceStatusTest, AnEndWithoutAReasonIsLoggedAsSuch) {
    Make()->Update(State::kOff, std::nullopt);
    EXPECT_THAT(sink_->Lines(), ElementsAre("error data source: ended; not asking again"));
}

TEST_F(SourceStatusTest, WhatAListenerThrowsIsCaughtAndLogged) {
    bool odd = false;
    SourceStatus status(
        State::kInitializing,
        [&](DataSourceStatus const&) {
            if (odd) throw 7;
            throw std::runtime_error("of the listener");
        },
        clock_, Logger(sink_));
    status.Update(State::kValid, std::nullopt);
    EXPECT_EQ(status.Get().state, State::kValid);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("of the listener")));
    odd = true;
    status.Update(State::kInterrupted, std::nullopt);
    EXPECT_THAT(sink_->Lines().back(), HasSubstr("threw an exception"));
}

TEST_F(SourceStatusTest, AListenerMayAskForTheStatus) {
    SourceStatus* shared = nullptr;
    State seen = State::kOff;
    SourceStatus status(
        State::kInitializing, [&](DataSourceStatus const&) { seen = shared->Get().state; }, clock_,
        Logger(sink_));
    shared = &status;
    status.Update(State::kValid, std::nullopt);
    EXPECT_EQ(seen, State::kValid);
}

/// A log line may take so long that the client is closed meanwhile.
TEST_F(SourceStatusTest, ClosedWhileItLogsItTellsNobody) {
    class Closing final : public LogSink {
      public:
        [[nodiscard]] bool Enabled(LogLevel) const noexcept override { return true; }
        void Write(LogLevel, std::string_view) noexcept override { status->Close(); }
        SourceStatus* status = nullptr;
    };
    auto const sink = std::make_shared<Closing>();
    SourceStatus status(
        State::kInitializing, [](DataSourceStatus const&) { FAIL() << "closed"; }, clock_,
        Logger(sink));
    sink->status = &status;
    status.Update(State::kInterrupted, Error{ErrorCode::kConnection, "away"});
    EXPECT_EQ(status.Get().state, State::kOff);
}

TEST_F(SourceStatusTest, WorksWithoutAListener) {
    SourceStatus status(State::kInitializing, nullptr, clock_, Logger(sink_));
    status.Update(State::kValid, std::nullopt);
    EXPECT_EQ(status.Get().state, State::kValid);
}

TEST_F(SourceStatusTest, CloseTurnsItOffAndTellsNobody) {
    auto const status = Make();
    status->Update(State::kValid, std::nullopt);
    told_.clear();
    clock_.Advance(std::chrono::seconds(1));
    status->Close();
    EXPECT_EQ(status->Get().state, State::kOff);
    EXPECT_EQ(status->Get().since, clock_.Now());
    clock_.Advance(std::chrono::seconds(1));
    status->Close();
    status->Update(State::kInterrupted, Refused("x"));
    EXPECT_EQ(status->Get().since, clock_.Now() - std::chrono::seconds(1));
    EXPECT_FALSE(status->Get().last_error);
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(SourceStatusTest, WaitsEndWithTime) {
    auto const status = Make();
    EXPECT_FALSE(status->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_FALSE(status->WaitUntilInitialized(std::chrono::milliseconds(-5)));
    EXPECT_FALSE(status->WaitUntilInitialized(std::chrono::milliseconds(1)));
    status->SetInitialized();
    EXPECT_TRUE(status->WaitUntilInitialized(std::chrono::milliseconds(0)));
    // Also once it is closed: evaluations go on.
    status->Close();
    EXPECT_TRUE(status->WaitUntilInitialized(std::chrono::milliseconds::max()));
}

TEST_F(SourceStatusTest, AStateIsNotDataYet) {
    auto const status = Make();
    status->Update(State::kValid, std::nullopt);
    EXPECT_FALSE(status->WaitUntilInitialized(std::chrono::milliseconds(1)));
}

TEST_F(SourceStatusTest, WaitsEndWhenInitializedOffOrClosed) {
    auto const ended_by = [this](auto const& end) {
        auto const status = Make();
        bool result = false;
        bool in_time = false;
        std::thread waiter([&] {
            auto const start = std::chrono::steady_clock::now();
            result = status->WaitUntilInitialized(kLong);
            in_time = std::chrono::steady_clock::now() - start < kLong;
        });
        end(*status);
        waiter.join();
        EXPECT_TRUE(in_time);
        return result;
    };
    EXPECT_TRUE(ended_by([](SourceStatus& status) { status.SetInitialized(); }));
    EXPECT_FALSE(
        ended_by([](SourceStatus& status) { status.Update(State::kOff, Refused("401")); }));
    EXPECT_FALSE(ended_by([](SourceStatus& status) { status.Close(); }));
}

TEST_F(SourceStatusTest, KeepsTheLastEnvironmentId) {
    auto const status = Make();
    EXPECT_EQ(status->EnvironmentId(), "");
    status->SetEnvironmentId("0123456789abcdef01234567");
    EXPECT_EQ(status->EnvironmentId(), "0123456789abcdef01234567");
    status->SetEnvironmentId("other");
    status->SetEnvironmentId(std::string(257, 'x'));  // no name that LaunchDarkly gives
    EXPECT_EQ(status->EnvironmentId(), "other");
}

}  // namespace
}  // namespace lddynamo::client
