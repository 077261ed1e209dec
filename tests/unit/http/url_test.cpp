#include "http/url.hpp"

#include <gmock/gmock.h>

namespace lddynamo::http {
namespace {

struct GoodUrl {
    char const* text;
    bool https;
    char const* host;
    int port;
    char const* target;
    char const* host_header;
};

class UrlGoodTest : public ::testing::TestWithParam<GoodUrl> {};

TEST_P(UrlGoodTest, HasItsParts) {
    auto const& expected = GetParam();
    auto const url = ParseUrl(expected.text);
    ASSERT_TRUE(url.has_value()) << url.error().message;
    EXPECT_EQ(url->https, expected.https);
    EXPECT_EQ(url->host, expected.host);
    EXPECT_EQ(url->port, expected.port);
    EXPECT_EQ(url->target, expected.target);
    EXPECT_EQ(url->host_header, expected.host_header);
}

INSTANTIATE_TEST_SUITE_P(
    All, UrlGoodTest,
    ::testing::Values(
        GoodUrl{"http://a", false, "a", 80, "/", "a"},
        GoodUrl{"HTTPS://a/", true, "a", 443, "/", "a"},
        GoodUrl{"http://a:80/x", false, "a", 80, "/x", "a"},
        GoodUrl{"https://a:80/x", true, "a", 80, "/x", "a:80"},
        GoodUrl{"http://localhost:8000", false, "localhost", 8000, "/", "localhost:8000"},
        GoodUrl{"http://a:/x", false, "a", 80, "/x", "a"},
        GoodUrl{"http://a?q=1", false, "a", 80, "/?q=1", "a"},
        GoodUrl{"http://a/p?q=/?x#frag", false, "a", 80, "/p?q=/?x", "a"},
        GoodUrl{"http://a#frag", false, "a", 80, "/", "a"},
        GoodUrl{"http://127.0.0.1:65535/", false, "127.0.0.1", 65535, "/", "127.0.0.1:65535"},
        GoodUrl{"http://[::1]:8000/x", false, "::1", 8000, "/x", "[::1]:8000"},
        GoodUrl{"https://[fd00:ec2::254]/", true, "fd00:ec2::254", 443, "/", "[fd00:ec2::254]"},
        GoodUrl{"http://a/user@host", false, "a", 80, "/user@host", "a"},
        GoodUrl{"https://dynamodb.eu-west-1.amazonaws.com", true,
                "dynamodb.eu-west-1.amazonaws.com", 443, "/", "dynamodb.eu-west-1.amazonaws.com"}));

class UrlBadTest : public ::testing::TestWithParam<std::string> {};

TEST_P(UrlBadTest, IsRefusedWithoutRepeatingIt) {
    auto const url = ParseUrl(GetParam());
    ASSERT_FALSE(url.has_value());
    EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(url.error().message, ::testing::Not(::testing::HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    All, UrlBadTest,
    ::testing::Values("", "/", "a", "localhost:8000", "//a/", "ftp://a/", "http:/a", "http://",
                      "http:///x", "http://:80/", "http://a:0/", "http://a:65536/", "http://a:-1/",
                      "http://a:8x/", "http://a:+80/", "http://u:s3cret@a/", "http://s3cret@a",
                      "http://a b/", "http://a/ b", "http://a\r\nX: y/", "http://a/\n",
                      "http://a/\xc3\xa4", "http://\xc3\xa4/", "http://[::1", "http://[::1]x/",
                      "http://[a]/", "http://[127.0.0.1]/", "http://[::1%25eth0]/", "http://a%41/",
                      "http://a,b/", std::string("http://a\0b/", 11),
                      "http://" + std::string(254, 'a') + "/"));

TEST(UrlTest, AuthorityAlwaysHasThePort) {
    EXPECT_EQ(ParseUrl("https://a")->Authority(), "a:443");
    EXPECT_EQ(ParseUrl("http://[::1]")->Authority(), "[::1]:80");
}

}  // namespace
}  // namespace lddynamo::http
