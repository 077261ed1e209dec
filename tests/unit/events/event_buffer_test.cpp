#include "events/event_buffer.hpp"

#include "event_world.hpp"

#include <gtest/gtest.h>

namespace lddynamo::events {
namespace {

Event At(UnixMilliseconds time) {
    return {time, IndexEvent{User("bob")}};
}

TEST(EventBuffer, KeepsSoManyInOrder) {
    EventBuffer buffer(2);
    for (int i = 1; i <= 5; ++i) buffer.Add(At(i));
    auto const events = buffer.Take();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events[0].created, 1);
    EXPECT_EQ(events[1].created, 2);
    EXPECT_EQ(buffer.TakeDropped(), 3U);
    EXPECT_EQ(buffer.TakeDropped(), 0U);
    EXPECT_TRUE(buffer.Take().empty());
    buffer.Add(At(6));
    EXPECT_EQ(buffer.Take().size(), 1U);
    EXPECT_EQ(buffer.TakeDropped(), 0U);
}

TEST(EventBuffer, WarnsOnce) {
    EventBuffer buffer(1);
    buffer.Add(At(1));
    EXPECT_FALSE(buffer.ShouldWarn());
    buffer.Add(At(2));
    EXPECT_TRUE(buffer.ShouldWarn());
    EXPECT_FALSE(buffer.ShouldWarn());
    static_cast<void>(buffer.Take());
    buffer.Add(At(3));
    buffer.Add(At(4));
    EXPECT_FALSE(buffer.ShouldWarn());
}

}  // namespace
}  // namespace lddynamo::events
