#include "model/timestamp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>

namespace lddynamo::model {

void PrintTo(Timestamp const& time, std::ostream* out) {
    *out << time.seconds << "s " << time.nanoseconds << "ns";
}

namespace {

struct Good {
    char const* text;
    std::int64_t seconds;
    std::int32_t nanoseconds;
};

TEST(TimestampTest, ReadsRfc3339) {
    // Seconds by `date -u -d ... +%s`.
    Good const cases[] = {
        {"1970-01-01T00:00:00Z", 0, 0},
        {"1970-01-01T00:00:00.000000001Z", 0, 1},
        {"1970-01-01T00:00:00.5Z", 0, 500'000'000},
        {"1969-12-31T23:57:56.544-00:00", -124, 544'000'000},
        {"2016-04-16T22:57:31.684Z", 1460847451, 684'000'000},
        {"2016-04-16T17:09:12.759-07:00", 1460851752, 759'000'000},
        {"2016-04-16t17:09:12z", 1460826552, 0},
        {"2016-04-16T17:09:12+05:45", 1460805852, 0},
        {"2020-02-29T12:00:00Z", 1582977600, 0},
        {"2000-02-29T00:00:00Z", 951782400, 0},
        {"1900-03-01T00:00:00Z", -2203891200, 0},
        {"0000-01-01T00:00:00Z", -62167219200, 0},
        {"0001-01-01T00:00:00Z", -62135596800, 0},
        {"9999-12-31T23:59:59.999999999Z", 253402300799, 999'999'999},
        // As the Go SDK reads them.
        {"2020-06-09T1:53:52Z", 1591667632, 0},
        {"2020-02-31T00:00:00Z", 1583107200, 0},  // March 2nd
        {"2020-06-09T18:53:60Z", 1591728840, 0},
        {"2020-06-09T18:53:52+99:00", 1591372432, 0},
        {"2020-06-09T18:53:52Zjunk", 1591728832, 0},
    };
    for (Good const& good : cases) {
        auto const time = Timestamp::Parse(good.text);
        ASSERT_TRUE(time) << good.text;
        EXPECT_EQ(*time, (Timestamp{good.seconds, good.nanoseconds})) << good.text;
    }
}

TEST(TimestampTest, RefusesWhatIsNone) {
    for (char const* text : {"",
                             "2020-06-09",
                             "2020-06-09T18:53:52",
                             "2020-06-09T18:53Z",
                             "2020-06-09 18:53:52Z",
                             "202-06-09T18:53:52Z",
                             "20202-06-09T18:53:52Z",
                             "202x-06-09T18:53:52Z",
                             "-06-09T18:53:52Z",
                             "2020-6-09T18:53:52Z",
                             "2020-006-09T18:53:52Z",
                             "2020-00-09T18:53:52Z",
                             "2020-13-09T18:53:52Z",
                             "2020--09T18:53:52Z",
                             "2020-06-9T18:53:52Z",
                             "2020-06-00T18:53:52Z",
                             "2020-06-32T18:53:52Z",
                             "2020-06-09T018:53:52Z",
                             "2020-06-09T24:53:52Z",
                             "2020-06-09T1x:53:52Z",
                             "2020-06-09T:53:52Z",
                             "2020-06-09T18:5:52Z",
                             "2020-06-09T18:60:52Z",
                             "2020-06-09T18:53:5Z",
                             "2020-06-09T18:53:61Z",
                             "2020-06-09T18:53:Z",
                             "2020-06-09T18:53:52.Z",
                             "2020-06-09T18:53:52.",
                             "2020-06-09T18:53:52.5",
                             "2020-06-09T18:53:52.1234567891Z",
                             "2020-06-09T18:53:52.5xZ",
                             "2020-06-09T18:53:52/07:00",
                             "2020-06-09T18:53:52-0:00",
                             "2020-06-09T18:53:52-007:00",
                             "2020-06-09T18:53:52-2x:00",
                             "2020-06-09T18:53:52-:00",
                             "2020-06-09T18:53:52-07:0",
                             "2020-06-09T18:53:52+07:000",
                             "2020-06-09T18:53:52+07:60",
                             "2020-06-09T18:53:52+07",
                             "2020-06-09T18:53:52+",
                             "2020-06-09T18:53:52,5Z",
                             " 2020-06-09T18:53:52Z",
                             "🤨2020-06-09T18:53:52Z",
                             "2020-06-09T18:53:52é",
                             "1591728832000",
                             "now",
                             "+2020-06-09T18:53:52Z"}) {
        EXPECT_FALSE(Timestamp::Parse(text)) << text;
    }
    EXPECT_FALSE(Timestamp::Parse(std::string_view("2020-06-09T18:53:52\0Z", 21)));
}

TEST(TimestampTest, ReadsMilliseconds) {
    EXPECT_EQ(Timestamp::FromMilliseconds(0), (Timestamp{0, 0}));
    EXPECT_EQ(Timestamp::FromMilliseconds(1500.9), (Timestamp{1, 500'000'000}));
    EXPECT_EQ(Timestamp::FromMilliseconds(-1), (Timestamp{-1, 999'000'000}));
    EXPECT_EQ(Timestamp::FromMilliseconds(-1000), (Timestamp{-1, 0}));
    EXPECT_EQ(Timestamp::FromMilliseconds(-1.5), (Timestamp{-1, 999'000'000}));
    EXPECT_EQ(Timestamp::FromMilliseconds(253402300799999.0),
              (Timestamp{253402300799, 999'000'000}));
}

TEST(TimestampTest, NumbersBeyondAllDatesKeepTheirOrder) {
    double const infinity = std::numeric_limits<double>::infinity();
    auto const latest = *Timestamp::Parse("9999-12-31T23:59:59Z");
    auto const earliest = *Timestamp::Parse("0000-01-01T00:00:00Z");
    for (double const number : {1e17, 1e19, 1e300, infinity}) {
        EXPECT_GT(Timestamp::FromMilliseconds(number), latest);
        EXPECT_LT(Timestamp::FromMilliseconds(-number), earliest);
    }
    EXPECT_LT(Timestamp::FromMilliseconds(std::nan("")), earliest);
}

}  // namespace
}  // namespace lddynamo::model
