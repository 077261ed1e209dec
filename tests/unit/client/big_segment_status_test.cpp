#include "client/big_segment_status.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_big_segments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Event = BigSegmentStatusTracker::Event;
using Mood = test_support::ScriptedBigSegments::Mood;
using namespace std::chrono_literals;

constexpr BigSegmentStoreStatus kHealthy{true, false};
constexpr BigSegmentStoreStatus kStale{true, true};
constexpr BigSegmentStoreStatus kUnavailable{false, false};

class BigSegmentStatusTest : public ::testing::Test {
  protected:
    BigSegmentTime Now() const {
        return std::chrono::floor<std::chrono::milliseconds>(clock_.Now());
    }
    BigSegmentStoreStatus Polled() {
        tracker_.Poll();
        return tracker_.Get();
    }
    std::shared_ptr<test_support::ScriptedBigSegments> store_ =
        std::make_shared<test_support::ScriptedBigSegments>();
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    test_support::FakeClock clock_;
    BigSegmentStatusTracker tracker_{store_, 120s, clock_, Logger(sink_)};
};

TEST_F(BigSegmentStatusTest, AsksOnceWhenItWasNeverAsked) {
    store_->SetTime(Now());
    EXPECT_EQ(tracker_.Get(), kHealthy);
    store_->SetMood(Mood::kFails, Mood::kWorks);
    EXPECT_EQ(tracker_.Get(), kHealthy);
    EXPECT_EQ(store_->MetadataCalls(), 1U);
    EXPECT_EQ(Polled(), kUnavailable);
    EXPECT_EQ(store_->MetadataCalls(), 2U);
}

TEST_F(BigSegmentStatusTest, AFailureIsAnAnswerToo) {
    store_->SetMood(Mood::kFails, Mood::kWorks);
    EXPECT_EQ(tracker_.Get(), kUnavailable);
    EXPECT_EQ(tracker_.Get(), kUnavailable);
    EXPECT_EQ(store_->MetadataCalls(), 1U);
    store_->SetMood(Mood::kThrows, Mood::kWorks);
    EXPECT_EQ(Polled(), kUnavailable);
}

TEST_F(BigSegmentStatusTest, IsStaleFromTheLimitOn) {
    store_->SetTime(Now() - 120s + 1ms);
    EXPECT_EQ(Polled(), kHealthy);
    store_->SetTime(Now() - 120s);
    EXPECT_EQ(Polled(), kStale);
    store_->SetTime(Now() + 1h);  // another clock
    EXPECT_EQ(Polled(), kHealthy);
    store_->SetTime(std::nullopt);  // never written
    EXPECT_EQ(Polled(), kStale);
    for (auto const limit :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        store_->SetTime(BigSegmentTime(std::chrono::milliseconds(limit)));
        EXPECT_EQ(Polled(), limit < 0 ? kStale : kHealthy);
    }
}

TEST_F(BigSegmentStatusTest, TellsOfChangesOnly) {
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
    store_->SetTime(Now());
    tracker_.Poll();
    EXPECT_EQ(tracker_.TakeChange(), kHealthy);  // the first one counts
    tracker_.Poll();
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
    store_->SetMood(Mood::kFails, Mood::kWorks);
    tracker_.Poll();
    tracker_.Poll();
    EXPECT_EQ(tracker_.TakeChange(), kUnavailable);
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
    // What came and went unnoticed is no change.
    store_->SetMood(Mood::kWorks, Mood::kWorks);
    tracker_.Poll();
    store_->SetMood(Mood::kFails, Mood::kWorks);
    tracker_.Poll();
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
}

TEST_F(BigSegmentStatusTest, TellsNothingAfterClose) {
    tracker_.Poll();
    tracker_.Close();
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
}

TEST_F(BigSegmentStatusTest, LogsChangesOnly) {
    store_->SetTime(Now());
    tracker_.Poll();
    tracker_.Poll();
    EXPECT_THAT(sink_->Lines(), IsEmpty());
    store_->SetMood(Mood::kFails, Mood::kWorks);
    tracker_.Poll();
    tracker_.Poll();
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("out of order")));
    store_->SetMood(Mood::kWorks, Mood::kWorks);
    store_->SetTime(std::nullopt);
    tracker_.Poll();
    store_->SetTime(Now());
    tracker_.Poll();
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("does not answer"), HasSubstr("out of date"),
                                            HasSubstr("answers")));
}

TEST_F(BigSegmentStatusTest, ThreadsShareTheFirstQuestion) {
    store_->SetTime(Now());
    store_->CloseGate();
    std::atomic<int> healthy{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { healthy += tracker_.Get() == kHealthy ? 1 : 0; });
    }
    store_->AwaitAtGate(1);
    tracker_.Poll();  // returns at once: the question that is under way will do
    store_->OpenGate();
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(healthy, 4);
    EXPECT_EQ(store_->MetadataCalls(), 1U);
}

TEST_F(BigSegmentStatusTest, WaitsForWhatComesFirst) {
    auto const past = std::chrono::steady_clock::now();
    auto const far = past + 10min;
    EXPECT_EQ(tracker_.Wait(past), Event::kDue);
    std::thread other([&] { (void)tracker_.Get(); });
    EXPECT_EQ(tracker_.Wait(far), Event::kChange);
    other.join();
    EXPECT_EQ(tracker_.TakeChange(), kStale);
    EXPECT_EQ(tracker_.Wait(past), Event::kDue);
    std::thread closer([&] { tracker_.Close(); });
    EXPECT_EQ(tracker_.Wait(far), Event::kClosed);
    closer.join();
}

TEST_F(BigSegmentStatusTest, AsksNothingOnceClosed) {
    EXPECT_FALSE(tracker_.IsClosed());
    tracker_.Close();
    EXPECT_TRUE(tracker_.IsClosed());
    EXPECT_EQ(tracker_.Get(), kUnavailable);
    EXPECT_EQ(Polled(), kUnavailable);
    EXPECT_EQ(store_->MetadataCalls(), 0U);
}

TEST_F(BigSegmentStatusTest, AnAnswerThatComesAfterCloseIsDropped) {
    store_->SetTime(Now());
    EXPECT_EQ(tracker_.Get(), kHealthy);
    (void)tracker_.TakeChange();
    store_->SetMood(Mood::kFails, Mood::kFails);
    store_->CloseGate();
    std::thread poller([&] { tracker_.Poll(); });
    store_->AwaitAtGate(1);
    tracker_.Close();
    store_->OpenGate();
    poller.join();
    EXPECT_EQ(tracker_.Get(), kHealthy);
    EXPECT_EQ(tracker_.TakeChange(), std::nullopt);
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

}  // namespace
}  // namespace lddynamo::client
