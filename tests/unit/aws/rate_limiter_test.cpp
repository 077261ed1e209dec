#include "aws/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace lddynamo::aws {
namespace {

TEST(RateLimiterTest, LetsAllThroughUntilTheServiceThrottles) {
    ClientRateLimiter limiter(100);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_EQ(limiter.Acquire(100), 0);
        limiter.OnAnswer(false, 100);
    }
    limiter.OnAnswer(true, 100.6);
    EXPECT_GT(limiter.Acquire(100.6) + limiter.Acquire(100.6), 0);
}

// The numbers of AWS's specification of the cubic function, as in botocore's own tests.
TEST(RateLimiterTest, CubicFunction) {
    CubicRate cubic(0);
    EXPECT_NEAR(cubic.OnThrottled(10, 5), 7, 1e-9);
    EXPECT_NEAR(cubic.OnSuccess(5), 7, 1e-6);
    EXPECT_NEAR(cubic.OnSuccess(6), 9.64893601, 1e-6);
    EXPECT_NEAR(cubic.OnSuccess(7), 10.00003085, 1e-6);
    EXPECT_NEAR(cubic.OnSuccess(8), 10.45328452, 1e-6);
    EXPECT_NEAR(cubic.OnSuccess(9), 13.40869703, 1e-6);
}

TEST(RateLimiterTest, MeterSmoothsHalfSeconds) {
    RateMeter meter(0);
    EXPECT_EQ(meter.Record(0.1), 0);
    EXPECT_EQ(meter.Record(0.2), 0);
    EXPECT_NEAR(meter.Record(0.5), 4.8, 1e-9);   // three in half a second, times 0.8
    EXPECT_NEAR(meter.Record(1.0), 2.56, 1e-9);  // 2 * 0.8 + 4.8 * 0.2
    EXPECT_NEAR(meter.Record(1.2), 2.56, 1e-9);
}

TEST(RateLimiterTest, BucketIsRefilledAndBounded) {
    TokenBucket bucket(2, 0);
    EXPECT_NEAR(bucket.Take(0), 0.5, 1e-12);
    EXPECT_EQ(bucket.Take(0.5), 0);
    EXPECT_EQ(bucket.Take(100), 0);
    EXPECT_EQ(bucket.Take(100), 0);
    EXPECT_NEAR(bucket.Take(100), 0.5, 1e-12);  // no more than two had gathered
    bucket.SetRate(0, 100);
    EXPECT_EQ(bucket.Rate(), 0.5);
    EXPECT_NEAR(bucket.Take(100), 2, 1e-12);
    EXPECT_NEAR(bucket.Take(99), 2, 1e-12);  // a clock that goes back changes nothing
}

}  // namespace
}  // namespace lddynamo::aws
