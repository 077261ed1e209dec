#include "events/sampler.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace lddynamo::events {
namespace {

Sampler WithChance(double fraction) {
    return Sampler([fraction] { return fraction; });
}

TEST(Sampler, KeepsOneInSoMany) {
    EXPECT_TRUE(WithChance(0.0).Keeps(4));
    EXPECT_TRUE(WithChance(0.2499).Keeps(4));
    EXPECT_FALSE(WithChance(0.25).Keeps(4));
    EXPECT_FALSE(WithChance(0.999).Keeps(2));
    EXPECT_FALSE(WithChance(0.5).Keeps(std::numeric_limits<std::int64_t>::max()));
}

TEST(Sampler, SomeRatiosNeedNoChance) {
    int draws = 0;
    Sampler const sampler([&] {
        ++draws;
        return 0.0;
    });
    EXPECT_TRUE(sampler.Keeps(1));
    EXPECT_FALSE(sampler.Keeps(0));
    EXPECT_FALSE(sampler.Keeps(-1));
    EXPECT_EQ(draws, 0);
    EXPECT_TRUE(sampler.Keeps(2));
    EXPECT_EQ(draws, 1);
}

}  // namespace
}  // namespace lddynamo::events
