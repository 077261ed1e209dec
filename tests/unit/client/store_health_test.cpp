#include "client/store_health.hpp"

#include "support/capturing_sink.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace lddynamo::client {
namespace {

Error Broken() {
    Error error;
    error.code = ErrorCode::kTimeout;
    error.message = "too slow";
    return error;
}

TEST(StoreHealthTest, PausesGrowAndEnd) {
    StoreHealth health({100, 400}, {10, 40}, Logger());
    EXPECT_TRUE(health.MayReadKnown(0));
    EXPECT_TRUE(health.MayReadUnknown(0));
    Nanoseconds now = 1000;
    Nanoseconds const known[] = {100, 200, 400, 400, 400};
    for (Nanoseconds const longest : known) {
        health.Failed(Broken(), now, now);
        EXPECT_FALSE(health.MayReadKnown(now + longest / 2 - 1));
        EXPECT_TRUE(health.MayReadKnown(now + longest));
        EXPECT_FALSE(health.MayReadUnknown(now + longest / 20 - 1));
        EXPECT_TRUE(health.MayReadUnknown(now + longest / 10));
        now += 10000;
    }
    health.Failed(Broken(), now, now);
    health.Succeeded();
    EXPECT_TRUE(health.MayReadKnown(now));
    health.Failed(Broken(), now, now);
    EXPECT_TRUE(health.MayReadKnown(now + 100));  // starts anew
}

TEST(StoreHealthTest, ReadsThatFailTogetherCountOnce) {
    StoreHealth health({100, 100000}, {10, 10000}, Logger());
    health.Failed(Broken(), 0, 50);
    for (int i = 0; i < 20; ++i) health.Failed(Broken(), 1, 51 + i);
    EXPECT_TRUE(health.MayReadKnown(151));
}

TEST(StoreHealthTest, LogsChangesOnly) {
    auto const sink = std::make_shared<test_support::CapturingSink>();
    StoreHealth health({100, 400}, {10, 40}, Logger(sink));
    health.Succeeded();
    health.Succeeded();
    EXPECT_TRUE(sink->Lines().empty());
    health.Failed(Broken(), 0, 0);
    health.Failed(Broken(), 1000, 1000);
    ASSERT_EQ(sink->Lines().size(), 1U);
    EXPECT_NE(sink->Lines()[0].find("timeout: too slow"), std::string::npos);
    health.Succeeded();
    health.Succeeded();
    EXPECT_EQ(sink->Lines().size(), 2U);
}

}  // namespace
}  // namespace lddynamo::client
