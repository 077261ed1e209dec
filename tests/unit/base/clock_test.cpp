#include <lddynamo/clock.hpp>

#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;

TEST(ClockTest, CoarseTimeIsOnTheScaleOfSteadyTimeAndNeverAheadOfIt) {
    auto last = SystemClock().CoarseSteadyNow();
    for (int i = 0; i < 10000; ++i) {
        auto const before = SystemClock().SteadyNow();
        auto const coarse = SystemClock().CoarseSteadyNow();
        auto const after = SystemClock().SteadyNow();
        ASSERT_LE(coarse, after);
        // Where a virtual processor was taken away, its ticks come late.
        ASSERT_GE(coarse, before - 10s);
        ASSERT_GE(coarse, last);
        last = coarse;
    }
}

TEST(ClockTest, ACoarseTimeIsSteadyNowWhereNothingElseIsSaid) {
    class Fixed final : public Clock {
      public:
        [[nodiscard]] std::chrono::system_clock::time_point Now() const noexcept override {
            return {};
        }
        [[nodiscard]] std::chrono::steady_clock::time_point SteadyNow() const noexcept override {
            return std::chrono::steady_clock::time_point(7s);
        }
        void Sleep(std::chrono::nanoseconds) override {}
    };
    EXPECT_EQ(Fixed().CoarseSteadyNow(), std::chrono::steady_clock::time_point(7s));
}

}  // namespace
}  // namespace lddynamo
