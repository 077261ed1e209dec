#include "events/schedule.hpp"

#include <gtest/gtest.h>

namespace lddynamo::events {
namespace {

using namespace std::chrono_literals;
using Time = Schedule::Time;

constexpr Time kStart{1000s};

TEST(Schedule, EachInItsTime) {
    Schedule schedule(kStart, {.flush = 5s, .forget_contexts = 8s, .statistics = 20s});
    EXPECT_FALSE(schedule.TakeDue(kStart).Any());
    EXPECT_EQ(schedule.Next(), kStart + 5s);
    EXPECT_FALSE(schedule.TakeDue(kStart + 4999ms).Any());
    auto due = schedule.TakeDue(kStart + 5s);
    EXPECT_TRUE(due.flush);
    EXPECT_FALSE(due.forget_contexts);
    EXPECT_FALSE(due.statistics);
    EXPECT_FALSE(schedule.TakeDue(kStart + 5s).Any());
    EXPECT_EQ(schedule.Next(), kStart + 8s);
    due = schedule.TakeDue(kStart + 8s);
    EXPECT_FALSE(due.flush);
    EXPECT_TRUE(due.forget_contexts);
    EXPECT_EQ(schedule.Next(), kStart + 10s);
    EXPECT_TRUE(schedule.TakeDue(kStart + 20s).statistics);
}

TEST(Schedule, OnceAfterALongPause) {
    Schedule schedule(kStart, {.flush = 5s, .forget_contexts = 8s, .statistics = 20s});
    auto const later = kStart + 3h;
    auto const due = schedule.TakeDue(later);
    EXPECT_TRUE(due.flush && due.forget_contexts && due.statistics);
    EXPECT_FALSE(schedule.TakeDue(later).Any());
    EXPECT_EQ(schedule.Next(), later + 5s);
}

TEST(Schedule, StatisticsCanBeLeftOut) {
    Schedule schedule(kStart, {.flush = 5s, .forget_contexts = 8s});
    EXPECT_FALSE(schedule.TakeDue(kStart + 1000h).statistics);
}

TEST(Schedule, ExtremeIntervals) {
    Schedule schedule(kStart, {.flush = std::chrono::milliseconds::max(),
                               .forget_contexts = std::chrono::milliseconds::min()});
    EXPECT_EQ(schedule.Next(), kStart + 1ms);
    EXPECT_FALSE(schedule.TakeDue(kStart + 1h).flush);
}

}  // namespace
}  // namespace lddynamo::events
