#include "http/http_message.hpp"

#include <gmock/gmock.h>

namespace lddynamo::http {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Result<std::string> Serialize(HttpRequest const& request) {
    return SerializeHead(request, {*ParseUrl("http://host:8000/path?q"), nullptr});
}

TEST(SerializeHeadTest, AddsHostAndLengthWhenMissing) {
    EXPECT_EQ(*Serialize({.method = "POST", .headers = {{"X-A", "b"}}, .body = "{}"}),
              "POST /path?q HTTP/1.1\r\nHost: host:8000\r\nContent-Length: 2\r\nX-A: b\r\n\r\n");
    EXPECT_EQ(*Serialize({}), "GET /path?q HTTP/1.1\r\nHost: host:8000\r\n\r\n");
    EXPECT_THAT(*Serialize({.method = "PUT"}), HasSubstr("Content-Length: 0\r\n"));
    EXPECT_THAT(*Serialize({.method = "DELETE"}), Not(HasSubstr("Content-Length")));
}

TEST(SerializeHeadTest, KeepsGivenHostAndLength) {
    auto const head = Serialize(
        {.method = "POST", .headers = {{"host", "other"}, {"content-length", "2"}}, .body = "{}"});
    EXPECT_EQ(*head, "POST /path?q HTTP/1.1\r\nhost: other\r\ncontent-length: 2\r\n\r\n");
}

TEST(SerializeHeadTest, KeepsBytesOfValues) {
    EXPECT_THAT(*Serialize({.headers = {{"X", "\xc3\xa4\t ~"}, {"Empty", ""}}}),
                HasSubstr("X: \xc3\xa4\t ~\r\nEmpty: \r\n"));
}

class SerializeHeadBadTest : public ::testing::TestWithParam<HttpRequest> {};

TEST_P(SerializeHeadBadTest, IsRefusedWithoutTheValue) {
    auto const head = Serialize(GetParam());
    ASSERT_FALSE(head.has_value());
    EXPECT_EQ(head.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(head.error().message, Not(HasSubstr("s3cret")));
}

INSTANTIATE_TEST_SUITE_P(
    All, SerializeHeadBadTest,
    ::testing::Values(
        HttpRequest{.method = ""}, HttpRequest{.method = "GET /s3cret"},
        HttpRequest{.method = "GET\r\n"}, HttpRequest{.method = "CONNECT"},
        HttpRequest{.headers = {{"", "x"}}},
        HttpRequest{.headers = {{"Authorization", "s3cret\r\nX: y"}}},
        HttpRequest{.headers = {{"A", "s3cret\n"}}},
        HttpRequest{.headers = {{"A", std::string("s3\0cret", 7)}}},
        HttpRequest{.headers = {{"A", "\x7f"}}}, HttpRequest{.headers = {{"A s3cret", "x"}}},
        HttpRequest{.headers = {{"A\r\nB", "x"}}}, HttpRequest{.headers = {{"A:", "x"}}},
        HttpRequest{.headers = {{"\xc3\xa4", "x"}}},
        HttpRequest{.headers = {{"Host", "a"}, {"HOST", "a"}}},
        HttpRequest{.method = "POST", .headers = {{"Content-Length", "3"}}, .body = "{}"},
        HttpRequest{.headers = {{"Transfer-Encoding", "chunked"}}}));

TEST(FindHeaderTest, IgnoresCaseAndTakesTheFirst) {
    HttpResponse const response{
        .status = 200, .headers = {{"X-Amz-Crc32", "1"}, {"x-amz-crc32", "2"}}, .body = ""};
    ASSERT_NE(response.Header("X-AMZ-CRC32"), nullptr);
    EXPECT_EQ(*response.Header("x-amz-crc32"), "1");
    EXPECT_EQ(response.Header("x-amz-crc3"), nullptr);
    EXPECT_EQ(response.Header(""), nullptr);
}

}  // namespace
}  // namespace lddynamo::http
