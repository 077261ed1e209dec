#include "client/big_segments.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_big_segments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Mood = test_support::ScriptedBigSegments::Mood;
using Status = EvaluationReason::BigSegmentsStatus;
using namespace std::chrono_literals;

/// What on_status was told, to wait for.
class Told {
  public:
    void Add(BigSegmentStoreStatus const& status) {
        std::scoped_lock const lock(mutex_);
        all_.push_back(status);
        changed_.notify_all();
    }
    [[nodiscard]] std::vector<BigSegmentStoreStatus> Await(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return all_.size() >= count; });
        return all_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<BigSegmentStoreStatus> all_;  // guarded by mutex_
};

class BigSegmentsTest : public ::testing::Test {
  protected:
    BigSegmentsTest() {
        options_.store = store_;
        options_.status_poll_interval = 1h;
        options_.stale_after = 2h;
        store_->SetTime(Now());
        store_->Put("bob", {"s.g1"});
    }
    BigSegments& Make() { return made_.emplace(options_, clock_, Logger(sink_)); }
    BigSegmentTime Now() const {
        return std::chrono::floor<std::chrono::milliseconds>(clock_.Now());
    }

    std::shared_ptr<test_support::ScriptedBigSegments> store_ =
        std::make_shared<test_support::ScriptedBigSegments>();
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    test_support::FakeClock clock_;
    BigSegmentOptions options_;
    std::optional<BigSegments> made_;
};

TEST_F(BigSegmentsTest, FetchesByHashAndKeepsIt) {
    BigSegments& big_segments = Make();
    auto const bob = big_segments.Fetch("bob");
    EXPECT_EQ(bob.membership->Check("s.g1"), true);
    EXPECT_EQ(bob.status, Status::kHealthy);
    store_->Put("bob", {});
    EXPECT_EQ(big_segments.Fetch("bob").membership, bob.membership);
    EXPECT_TRUE(big_segments.Fetch("eve").membership->IsEmpty());
    EXPECT_EQ(big_segments.Fetch("eve").status, Status::kHealthy);
    EXPECT_THAT(store_->Asked(), ElementsAre("bob", BigSegmentContextHash("eve")));
    EXPECT_EQ(store_->MetadataCalls(), 1U);
    clock_.Advance(options_.context_cache_time);
    EXPECT_TRUE(big_segments.Fetch("bob").membership->IsEmpty());
}

TEST_F(BigSegmentsTest, CacheIsAsLargeAsTheOptionSays) {
    options_.context_cache_size = 2;
    BigSegments& big_segments = Make();
    for (char const* key : {"1", "2", "2", "3", "1"}) {
        store_->Put(key, {});
        (void)big_segments.Fetch(key);
    }
    EXPECT_THAT(store_->Asked(), ElementsAre("1", "2", "3", "1"));
}

TEST_F(BigSegmentsTest, StatusIsThatOfTheStoreUnlessTheQueryFailed) {
    store_->SetTime(std::nullopt);
    BigSegments& big_segments = Make();
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kStale);
    EXPECT_EQ(big_segments.GetStatus(), (BigSegmentStoreStatus{true, true}));
    store_->SetMood(Mood::kWorks, Mood::kFails);
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kStale);  // cached
    auto const failed = big_segments.Fetch("eve");
    EXPECT_EQ(failed.membership, nullptr);
    EXPECT_EQ(failed.status, Status::kStoreError);
    EXPECT_EQ(store_->MetadataCalls(), 1U);
}

// As the Go SDK: the data that there are may be good.
TEST_F(BigSegmentsTest, AMembershipWithoutMetadataIsHealthy) {
    store_->SetMood(Mood::kFails, Mood::kWorks);
    BigSegments& big_segments = Make();
    auto const bob = big_segments.Fetch("bob");
    EXPECT_EQ(bob.membership->Check("s.g1"), true);
    EXPECT_EQ(bob.status, Status::kHealthy);
    EXPECT_EQ(big_segments.GetStatus(), (BigSegmentStoreStatus{false, false}));
}

TEST_F(BigSegmentsTest, AFailedQueryIsRepeatedAndLoggedOnceAMinute) {
    store_->SetMood(Mood::kWorks, Mood::kThrows);
    BigSegments& big_segments = Make();
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kStoreError);
    store_->SetMood(Mood::kWorks, Mood::kFails);
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kStoreError);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("threw an exception: scripted")));
    clock_.Advance(60s);
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kStoreError);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("exception"), HasSubstr("out of order")));
    store_->SetMood(Mood::kWorks, Mood::kWorks);
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kHealthy);
    EXPECT_THAT(store_->Asked(), ElementsAre("bob", "bob", "bob", "bob"));
}

TEST_F(BigSegmentsTest, PollsInEachInterval) {
    options_.status_poll_interval = 1ms;
    Make();
    store_->AwaitMetadataCalls(3);
}

TEST_F(BigSegmentsTest, PollsAsOftenAsTheStatusCanBecomeStale) {
    options_.stale_after = 1ms;
    Make();
    store_->AwaitMetadataCalls(2);
    options_.stale_after = 0ms;
    Make();
    store_->AwaitMetadataCalls(4);
}

TEST_F(BigSegmentsTest, ExtremeOptionsAreTakenForWhatTheyMean) {
    options_.status_poll_interval = std::chrono::milliseconds::max();
    options_.stale_after = std::chrono::milliseconds::max();
    options_.context_cache_time = std::chrono::milliseconds::max();
    store_->SetTime(BigSegmentTime());
    BigSegments& big_segments = Make();
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kHealthy);
    clock_.Advance(24h * 365);
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kHealthy);
    EXPECT_THAT(store_->Asked(), ElementsAre("bob"));
    options_.status_poll_interval = std::chrono::milliseconds::min();
    options_.context_cache_time = std::chrono::milliseconds::min();
    EXPECT_EQ(Make().Fetch("bob").status, Status::kHealthy);
    EXPECT_EQ(made_->Fetch("bob").status, Status::kHealthy);
    EXPECT_THAT(store_->Asked(), ElementsAre("bob", "bob", "bob"));
}

TEST_F(BigSegmentsTest, TellsOfChangesOnItsThread) {
    Told told;
    std::atomic<bool> elsewhere{true};
    options_.status_poll_interval = 1ms;
    options_.on_status = [&, caller = std::this_thread::get_id()](auto const& status) {
        if (std::this_thread::get_id() == caller) elsewhere = false;
        told.Add(status);
    };
    BigSegments& big_segments = Make();
    (void)big_segments.GetStatus();
    EXPECT_THAT(told.Await(1), ElementsAre(BigSegmentStoreStatus{true, false}));
    store_->SetMood(Mood::kFails, Mood::kWorks);
    EXPECT_EQ(told.Await(2).back(), (BigSegmentStoreStatus{false, false}));
    store_->SetTime(std::nullopt);
    store_->SetMood(Mood::kWorks, Mood::kWorks);
    EXPECT_EQ(told.Await(3).back(), (BigSegmentStoreStatus{true, true}));
    store_->AwaitMetadataCalls(store_->MetadataCalls() + 3);
    big_segments.Close();
    EXPECT_EQ(told.Await(3).size(), 3U);
    EXPECT_TRUE(elsewhere);
}

// The interval is an hour: it is the evaluation's question that is told of.
TEST_F(BigSegmentsTest, TellsOfWhatAnEvaluationFound) {
    Told told;
    options_.on_status = [&](auto const& status) { told.Add(status); };
    (void)Make().Fetch("bob");
    EXPECT_THAT(told.Await(1), ElementsAre(BigSegmentStoreStatus{true, false}));
}

TEST_F(BigSegmentsTest, OutlivesACallbackThatThrows) {
    Told told;
    options_.status_poll_interval = 1ms;
    options_.on_status = [&](auto const& status) {
        told.Add(status);
        throw std::runtime_error("the user's");
    };
    Make();
    (void)told.Await(1);
    store_->SetTime(std::nullopt);
    (void)told.Await(2);
    made_->Close();
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("on_status"), HasSubstr("out of date"),
                                            HasSubstr("on_status")));
}

TEST_F(BigSegmentsTest, AfterCloseGivesWhatIsCachedAndAsksNothing) {
    BigSegments& big_segments = Make();
    (void)big_segments.Fetch("bob");
    big_segments.Close();
    big_segments.Close();
    EXPECT_EQ(big_segments.Fetch("bob").status, Status::kHealthy);
    EXPECT_EQ(big_segments.Fetch("eve").status, Status::kStoreError);
    EXPECT_EQ(big_segments.GetStatus(), (BigSegmentStoreStatus{true, false}));
    EXPECT_THAT(store_->Asked(), ElementsAre("bob"));
    EXPECT_EQ(store_->MetadataCalls(), 1U);
}

// Its thread hangs in the store; the clock and this object are gone before it comes back.
TEST_F(BigSegmentsTest, CloseLeavesAStoreThatHangs) {
    options_.status_poll_interval = 1ms;
    store_->CloseGate();
    auto clock = std::make_unique<test_support::FakeClock>();
    auto big_segments = std::make_unique<BigSegments>(options_, *clock, Logger(sink_));
    store_->AwaitAtGate(1);
    auto const started = std::chrono::steady_clock::now();
    big_segments->Close();
    EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
    big_segments.reset();
    clock.reset();
    long const before = store_.use_count();
    store_->OpenGate();
    // The thread lets go of the store when it ends.
    while (store_.use_count() == before) std::this_thread::yield();
    EXPECT_TRUE(sink_->Lines().empty());
}

}  // namespace
}  // namespace lddynamo::client
