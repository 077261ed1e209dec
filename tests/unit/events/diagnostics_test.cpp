#include "events/diagnostics.hpp"

#include "event_world.hpp"

#include <gtest/gtest.h>

namespace lddynamo::events {
namespace {

Diagnostics Make() {
    return Diagnostics("an-id",
                       {.sdk = Json(R"({"name":"lddynamo"})"),
                        .configuration = Json(R"({"customEventsURI":false})"),
                        .platform = Json(R"({"name":"C++"})"),
                        .sdk_key_suffix = "abcdef"},
                       1000);
}

TEST(Diagnostics, Init) {
    EXPECT_EQ(Json(Make().InitEvent()),
              Json(R"({"kind":"diagnostic-init","id":{"diagnosticId":"an-id",
                  "sdkKeySuffix":"abcdef"},"creationDate":1000,"sdk":{"name":"lddynamo"},
                  "configuration":{"customEventsURI":false},"platform":{"name":"C++"}})"));
}

TEST(Diagnostics, HowTheStreamWasOpened) {
    auto diagnostics = Make();
    using std::chrono::milliseconds;
    std::chrono::system_clock::time_point const begin{milliseconds(5000)};
    Diagnostics::Statistics statistics;
    statistics.stream_inits = {{begin, milliseconds(20), true},
                               {begin + milliseconds(1000), milliseconds(7), false}};
    EXPECT_EQ(Json(diagnostics.StatisticsEvent(61000, statistics))["streamInits"],
              Json(R"([{"timestamp":5000,"failed":true,"durationMillis":20},
                       {"timestamp":6000,"failed":false,"durationMillis":7}])"));
}

TEST(Diagnostics, StatisticsSinceTheLastOnes) {
    auto diagnostics = Make();
    EXPECT_EQ(
        Json(diagnostics.StatisticsEvent(
            61000, {.dropped_events = 1, .deduplicated_users = 2, .events_in_last_batch = 3})),
        Json(R"({"kind":"diagnostic","id":{"diagnosticId":"an-id",
                  "sdkKeySuffix":"abcdef"},"creationDate":61000,"dataSinceDate":1000,
                  "droppedEvents":1,"deduplicatedUsers":2,"eventsInLastBatch":3,
                  "streamInits":[]})"));
    auto const next = Json(diagnostics.StatisticsEvent(121000, {}));
    EXPECT_EQ(next["dataSinceDate"], Value(61000));
    EXPECT_EQ(next["creationDate"], Value(121000));
    EXPECT_EQ(next["droppedEvents"], Value(0));
}

}  // namespace
}  // namespace lddynamo::events
