#include "datasource/reconnect_delay.hpp"

#include <gtest/gtest.h>

namespace lddynamo::datasource {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBrief{10};

TEST(ReconnectDelay, DoublesUpToItsLimit) {
    ReconnectDelay delay(milliseconds(1000), [] { return 0.0; });
    for (int const expected : {1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
        EXPECT_EQ(delay.Next(kBrief), milliseconds(expected));
    }
}

TEST(ReconnectDelay, IsLessByUpToHalf) {
    ReconnectDelay delay(milliseconds(1000), [] { return 0.999; });
    EXPECT_EQ(delay.Next(kBrief), milliseconds(501));
    EXPECT_EQ(delay.Next(kBrief), milliseconds(1001));
    EXPECT_EQ(delay.NextRefused(), milliseconds(150150));
}

TEST(ReconnectDelay, BeginsAnewAfterAGoodConnection) {
    ReconnectDelay delay(milliseconds(1000), [] { return 0.0; });
    (void)delay.Next(kBrief);
    EXPECT_EQ(delay.Next(ReconnectDelay::kGood - milliseconds(1)), milliseconds(2000));
    EXPECT_EQ(delay.Next(ReconnectDelay::kGood), milliseconds(1000));
    EXPECT_EQ(delay.Next(kBrief), milliseconds(2000));
}

TEST(ReconnectDelay, TakesOddBases) {
    ReconnectDelay delay(milliseconds(0), [] { return 0.0; });
    EXPECT_EQ(delay.Next(kBrief), milliseconds(1));
    delay.SetBase(milliseconds(500));
    EXPECT_EQ(delay.Next(ReconnectDelay::kGood), milliseconds(500));
    delay.SetBase(milliseconds::max());
    EXPECT_EQ(delay.Next(ReconnectDelay::kGood), ReconnectDelay::kMax);
    ReconnectDelay patient(milliseconds(60000), [] { return 0.0; });
    EXPECT_EQ(patient.Next(kBrief), ReconnectDelay::kMax);
    EXPECT_EQ(patient.Next(kBrief), ReconnectDelay::kMax);
}

TEST(ReconnectDelay, BeginsAnewWithAnotherBase) {
    ReconnectDelay delay(milliseconds(1000), [] { return 0.0; });
    (void)delay.Next(kBrief);
    (void)delay.Next(kBrief);
    delay.SetBase(milliseconds(0));  // asks for nothing
    EXPECT_EQ(delay.Next(kBrief), milliseconds(4000));
    delay.SetBase(milliseconds(300));
    EXPECT_EQ(delay.Next(kBrief), milliseconds(300));
    EXPECT_EQ(delay.Next(kBrief), milliseconds(600));
}

}  // namespace
}  // namespace lddynamo::datasource
