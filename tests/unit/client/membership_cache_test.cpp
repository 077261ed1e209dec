#include "client/membership_cache.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

class MembershipCacheTest : public ::testing::Test {
  protected:
    /// The keys that had to be queried to get these.
    std::vector<std::string> Queried(MembershipCache& cache, std::vector<std::string> const& keys) {
        std::vector<std::string> queried;
        for (std::string const& key : keys) {
            auto const found = cache.Get(key, [&](std::string_view asked) {
                queried.emplace_back(asked);
                return MembershipOf(asked);
            });
            EXPECT_TRUE(found && found->Check(key) == true) << key;
        }
        return queried;
    }
    static SharedMembership MembershipOf(std::string_view key) {
        std::vector<std::string> const included{std::string(key)};
        return std::make_shared<BigSegmentMembership const>(
            BigSegmentMembership::Make(included, {}));
    }
    test_support::FakeClock clock_;
};

TEST_F(MembershipCacheTest, TheLeastRecentlyUsedGoesAtOnce) {
    MembershipCache cache(2, 1h, clock_);
    EXPECT_THAT(Queried(cache, {"a", "b", "a", "b"}), ElementsAre("a", "b"));
    // "a" was used last, so "b" makes room for "c", and "a" for "b" after that.
    EXPECT_THAT(Queried(cache, {"a", "c", "a"}), ElementsAre("c"));
    EXPECT_THAT(Queried(cache, {"b", "a"}), ElementsAre("b"));
    EXPECT_THAT(Queried(cache, {"c"}), ElementsAre("c"));
}

TEST_F(MembershipCacheTest, NothingIsKeptWithoutRoomOrTime) {
    MembershipCache no_room(0, 1h, clock_);
    EXPECT_THAT(Queried(no_room, {"a", "a"}), ElementsAre("a", "a"));
    MembershipCache no_time(2, 0s, clock_);
    EXPECT_THAT(Queried(no_time, {"a", "a"}), ElementsAre("a", "a"));
}

TEST_F(MembershipCacheTest, ExpiresFromTheStartOfTheQuery) {
    MembershipCache cache(2, 5s, clock_);
    (void)cache.Get("a", [&](std::string_view key) {
        clock_.Advance(4s);
        return MembershipOf(key);
    });
    EXPECT_THAT(Queried(cache, {"a"}), IsEmpty());
    clock_.Advance(1s - 1ns);
    EXPECT_THAT(Queried(cache, {"a"}), IsEmpty());
    clock_.Advance(1ns);
    EXPECT_THAT(Queried(cache, {"a", "a"}), ElementsAre("a"));
}

TEST_F(MembershipCacheTest, UseDoesNotProlongAndTheExpiredMakesRoom) {
    MembershipCache cache(2, 5s, clock_);
    EXPECT_THAT(Queried(cache, {"a"}), ElementsAre("a"));
    clock_.Advance(3s);
    EXPECT_THAT(Queried(cache, {"a", "b"}), ElementsAre("b"));
    clock_.Advance(3s);
    EXPECT_THAT(Queried(cache, {"a", "b"}), ElementsAre("a"));
}

TEST_F(MembershipCacheTest, FailuresAreNotKept) {
    MembershipCache cache(2, 1h, clock_);
    EXPECT_EQ(cache.Get("a", [](std::string_view) { return nullptr; }), nullptr);
    EXPECT_THROW((void)cache.Get("a",
                                 [](std::string_view) -> SharedMembership {
                                     throw std::runtime_error("no memory");
                                 }),
                 std::runtime_error);
    EXPECT_THAT(Queried(cache, {"a", "a"}), ElementsAre("a"));
}

// Threads that come during a query get what it says, a failure included, and ask nothing.
TEST_F(MembershipCacheTest, ThreadsShareOneQuery) {
    for (bool const fails : {false, true}) {
        MembershipCache cache(2, 1h, clock_);
        constexpr int kThreads = 4;
        std::atomic<int> queries{0};
        std::atomic<int> begun{0};
        std::atomic<int> found{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < kThreads; ++i) {
            threads.emplace_back([&] {
                ++begun;
                auto const membership =
                    cache.Get("a", [&](std::string_view key) -> SharedMembership {
                        ++queries;
                        while (begun < kThreads) std::this_thread::yield();
                        return fails ? nullptr : MembershipOf(key);
                    });
                found += membership ? 1 : 0;
            });
        }
        for (auto& thread : threads) thread.join();
        // Who came so late that a failure had landed asks anew; a success is kept.
        if (!fails) {
            EXPECT_EQ(queries, 1);
        }
        EXPECT_EQ(found, fails ? 0 : kThreads);
    }
}

TEST_F(MembershipCacheTest, AQueryHoldsUpNoOtherKey) {
    MembershipCache cache(4, 1h, clock_);
    (void)cache.Get("a", [&](std::string_view key) {
        EXPECT_THAT(Queried(cache, {"b", "b"}), ElementsAre("b"));
        return MembershipOf(key);
    });
    EXPECT_THAT(Queried(cache, {"a", "b"}), IsEmpty());
}

}  // namespace
}  // namespace lddynamo::client
