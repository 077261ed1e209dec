#include "datasource/attempts.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace lddynamo::datasource {
namespace {

using namespace std::chrono_literals;

TEST(Attempts, ARefreshEndsTheAttemptUnderWay) {
    Attempts attempts;
    auto const first = attempts.Begin();
    attempts.Refresh();
    EXPECT_TRUE(first.stop_requested());
    EXPECT_TRUE(attempts.TakeRefresh());
    EXPECT_FALSE(attempts.TakeRefresh());
    EXPECT_FALSE(attempts.Begin().stop_requested());
}

TEST(Attempts, ANewOneIsWhatEarlierRefreshesAskedFor) {
    Attempts attempts;
    attempts.Refresh();
    auto const stop = attempts.Begin();
    EXPECT_FALSE(stop.stop_requested());
    EXPECT_FALSE(attempts.TakeRefresh());
    attempts.Refresh();
    EXPECT_TRUE(attempts.TakeRefresh());
}

TEST(Attempts, AStopEndsAllOfThem) {
    Attempts attempts;
    auto const stop = attempts.Begin();
    attempts.Stop();
    EXPECT_TRUE(stop.stop_requested());
    EXPECT_TRUE(attempts.Stopped());
    EXPECT_TRUE(attempts.Begin().stop_requested());
    attempts.Pause(std::chrono::milliseconds::max());
}

TEST(Attempts, TheLongestPauseIsOne) {
    Attempts attempts;
    auto const until = std::chrono::steady_clock::now() + 50ms;
    std::thread refresher([&] {
        std::this_thread::sleep_until(until);
        attempts.Refresh();
    });
    attempts.Pause(std::chrono::milliseconds::max());
    EXPECT_GE(std::chrono::steady_clock::now(), until);
    EXPECT_TRUE(attempts.TakeRefresh());
    refresher.join();
}

}  // namespace
}  // namespace lddynamo::datasource
