#include "http/http_date.hpp"

#include <gtest/gtest.h>

namespace lddynamo::http {
namespace {

using std::chrono::system_clock;

TEST(HttpDate, Reads) {
    system_clock::time_point const expected{std::chrono::seconds(784111777)};
    EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
    EXPECT_EQ(ParseHttpDate(" \tSun, 06 Nov 1994 08:49:37 GMT "), expected);
    EXPECT_EQ(ParseHttpDate("Thu, 29 Feb 2024 23:59:60 GMT"),
              system_clock::time_point(std::chrono::seconds(1709251200)));
}

TEST(HttpDate, RefusesOtherForms) {
    for (std::string_view const bad :
         {"", "Sun", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
          "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 00 Nov 1994 08:49:37 GMT",
          "Thu, 29 Feb 2023 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
          "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:-7 GMT",
          "Sun, 06 Nov 1894 08:49:37 GMT", "Sun, 06 Nov 9994 08:49:37 GMT"}) {
        EXPECT_FALSE(ParseHttpDate(bad)) << bad;
    }
}

}  // namespace
}  // namespace lddynamo::http
