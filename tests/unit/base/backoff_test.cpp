#include "base/backoff.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lddynamo::base {
namespace {

using std::chrono::milliseconds;

TEST(FullJitterTest, DoublesWithEveryAttemptUpToTheCap) {
    struct Case {
        int attempt;
        double fraction;
        int expected;
    };
    for (Case const c :
         {Case{1, 1.0, 50}, Case{2, 1.0, 100}, Case{3, 1.0, 200}, Case{9, 1.0, 12800},
          Case{10, 1.0, 20000}, Case{11, 1.0, 20000}, Case{1, 0.5, 25}, Case{3, 0.25, 50},
          Case{10, 0.5, 10000}, Case{5, 0.0, 0}}) {
        EXPECT_EQ(FullJitter(milliseconds(50), milliseconds(20000), c.attempt, c.fraction),
                  milliseconds(c.expected))
            << c.attempt << " " << c.fraction;
    }
}

TEST(FullJitterTest, StaysAtTheCapForAnyAttempt) {
    EXPECT_EQ(FullJitter(milliseconds(1), milliseconds(1000), std::numeric_limits<int>::max(), 1.0),
              milliseconds(1000));
}

TEST(FullJitterTest, TakesAttemptsBelowOneForTheFirst) {
    EXPECT_EQ(FullJitter(milliseconds(50), milliseconds(1000), 0, 1.0), milliseconds(50));
    EXPECT_EQ(FullJitter(milliseconds(50), milliseconds(1000), -7, 1.0), milliseconds(50));
}

TEST(FullJitterTest, IsNeverLongerThanTheCapEvenAtFirst) {
    EXPECT_EQ(FullJitter(milliseconds(5000), milliseconds(1000), 1, 1.0), milliseconds(1000));
}

}  // namespace
}  // namespace lddynamo::base
