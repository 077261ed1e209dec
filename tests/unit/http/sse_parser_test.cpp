#include "http/sse_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <tuple>
#include <vector>

namespace lddynamo::http {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Name, data and id.
using Event = std::tuple<std::string, std::string, std::string>;

class SseParserTest : public ::testing::Test {
  protected:
    Status Feed(std::string_view bytes) {
        return parser_.Feed(bytes, [this](SseEvent const& event) {
            events_.emplace_back(event.event, event.data, event.id);
        });
    }
    void MustFeed(std::string_view bytes) { ASSERT_TRUE(Feed(bytes)); }

    SseParser parser_{1000};
    std::vector<Event> events_;
};

// The four streams that the standard gives as examples.
TEST_F(SseParserTest, StandardStocks) {
    MustFeed("data: YHOO\ndata: +2\ndata: 10\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "YHOO\n+2\n10", "")));
}

TEST_F(SseParserTest, StandardFourBlocks) {
    MustFeed(
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
        "event\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "first event", "1"),
                                     Event("message", "second event", ""),
                                     Event("message", " third event", "")));
}

TEST_F(SseParserTest, StandardEmptyData) {
    MustFeed("data\n\ndata\ndata\n\ndata:");
    EXPECT_THAT(events_, ElementsAre(Event("message", "", ""), Event("message", "\n", "")));
}

TEST_F(SseParserTest, StandardOneSpace) {
    MustFeed("data:test\n\ndata: test\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "test", ""), Event("message", "test", "")));
}

TEST_F(SseParserTest, EverySplitGivesTheSame) {
    std::string const stream =
        "\xEF\xBB\xBF"
        "event: put\r\nid: 7\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\n"
        ":comment\r\revent:patch\rdata:x\rretry: 250\r\r"
        "data: \xC3\xA9\n\nevent: none\n\ndata:last\r\n\n";
    std::vector<Event> const expected = {{"put", "{\"a\":\n1}", "7"},
                                         {"patch", "x", "7"},
                                         {"message", "\xC3\xA9", "7"},
                                         {"message", "last", "7"}};
    for (std::size_t first = 0; first <= stream.size(); ++first) {
        for (std::size_t second = first; second <= stream.size(); ++second) {
            SseParser parser(1000);
            std::vector<Event> events;
            auto const keep = [&](SseEvent const& event) {
                events.emplace_back(event.event, event.data, event.id);
            };
            std::string_view const view = stream;
            ASSERT_TRUE(parser.Feed(view.substr(0, first), keep));
            ASSERT_TRUE(parser.Feed(view.substr(first, second - first), keep));
            ASSERT_TRUE(parser.Feed(view.substr(second), keep));
            ASSERT_EQ(events, expected) << "split at " << first << " and " << second;
            ASSERT_EQ(parser.Retry(), std::chrono::milliseconds(250));
        }
    }
}

TEST_F(SseParserTest, ByteByByte) {
    for (char const c : std::string_view("event: a\r\ndata: 1\r\n\r\n")) MustFeed({&c, 1});
    EXPECT_THAT(events_, ElementsAre(Event("a", "1", "")));
}

TEST_F(SseParserTest, ByteOrderMarkOnlyAtTheStart) {
    MustFeed(
        "\xEF\xBB\xBF\xEF\xBB\xBF"
        "data: 1\n\ndata: 2\n\xEF\xBB\xBF"
        "data: 3\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "2", "")));
}

TEST_F(SseParserTest, AnEventWithoutDataLeavesNothingBehind) {
    MustFeed("event: put\n\ndata: 1\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "1", "")));
}

TEST_F(SseParserTest, AnUnfinishedEventIsNotDelivered) {
    MustFeed("data: 1\n");
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(SseParserTest, UnknownFieldsAndCaseAreIgnored) {
    MustFeed("Data: no\n data: no\ndata : no\nfoo: no\nfoo\ndata: yes\n\n");
    EXPECT_THAT(events_, ElementsAre(Event("message", "yes", "")));
}

TEST_F(SseParserTest, IdWithNulIsIgnored) {
    using namespace std::string_view_literals;
    MustFeed("id: 1\ndata: a\n\nid: 2\0 3\ndata: b\n\n"sv);
    EXPECT_THAT(events_, ElementsAre(Event("message", "a", "1"), Event("message", "b", "1")));
    EXPECT_EQ(parser_.LastEventId(), "1");
}

TEST_F(SseParserTest, IdCountsWithTheEmptyLineEvenWithoutData) {
    MustFeed("id: 9\n");
    EXPECT_EQ(parser_.LastEventId(), "");
    MustFeed("\n");
    EXPECT_EQ(parser_.LastEventId(), "9");
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(SseParserTest, RetryTakesDigitsAlone) {
    MustFeed("retry: 1a\nretry: -1\nretry:\nretry: 1.5\nretry:  1\n");
    EXPECT_EQ(parser_.Retry(), std::nullopt);
    MustFeed("retry: 0100\n");
    EXPECT_EQ(parser_.Retry(), std::chrono::milliseconds(100));
    MustFeed("retry: 0\n");
    EXPECT_EQ(parser_.Retry(), std::chrono::milliseconds(100));
    MustFeed("retry: 99999999999999999999999\n");
    EXPECT_EQ(parser_.Retry()->count(), std::numeric_limits<std::int64_t>::max());
}

TEST_F(SseParserTest, TheLimitHoldsForALineWithoutEnd) {
    MustFeed(std::string(1000, 'x'));
    auto const fed = Feed("x");
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code, ErrorCode::kTooLarge);
    EXPECT_FALSE(Feed("\n\ndata: 1\n\n"));
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(SseParserTest, TheLimitHoldsForManyLinesOfOneEvent) {
    Status fed;
    int lines = 0;
    for (; lines < 1000 && fed; ++lines) fed = Feed("data: 0123456789\n");
    EXPECT_LT(lines, 100);
    EXPECT_THAT(events_, IsEmpty());
}

TEST_F(SseParserTest, TheLimitIsForOneEvent) {
    for (int i = 0; i < 1000; ++i) MustFeed(": keep alive\ndata: 0123456789\n\n");
    EXPECT_EQ(events_.size(), 1000U);
}

}  // namespace
}  // namespace lddynamo::http
