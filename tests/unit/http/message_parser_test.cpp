#include "http/message_parser.hpp"

#include "http/http_message.hpp"

#include <gmock/gmock.h>

namespace lddynamo::http {
namespace {

using State = MessageParser::State;
using ::testing::ElementsAre;
using ::testing::Pair;

// Feeds `text` in pieces of `step` bytes until there is a verdict.
State FeedAll(MessageParser& parser, std::string_view text, std::size_t step) {
    State state = State::kNeedMore;
    while (!text.empty() && state == State::kNeedMore) {
        auto const piece = text.substr(0, step);
        text.remove_prefix(piece.size());
        state = parser.Feed(piece);
    }
    return state;
}

struct Case {
    char const* name;
    std::string text;
    bool ends;  ///< The peer closes behind it.
    State state;
    int status;
    std::string body;
    bool keeps_alive;
};

class ResponseParserTest : public ::testing::TestWithParam<Case> {};

TEST_P(ResponseParserTest, GivesTheSameForEveryCutOfTheBytes) {
    auto const& param = GetParam();
    for (std::size_t step = 1; step <= param.text.size(); step += step < 40 ? 1 : 97) {
        auto const parser = MakeResponseParser(false, 100);
        auto state = FeedAll(*parser, param.text, step);
        if (state == State::kNeedMore && param.ends) state = parser->FeedEnd();
        ASSERT_EQ(state, param.state) << param.name << " in pieces of " << step;
        if (state != State::kDone) continue;
        ASSERT_EQ(parser->GetMessage().status, param.status);
        ASSERT_EQ(parser->GetMessage().body, param.body);
        ASSERT_EQ(parser->KeepsAlive(), param.keeps_alive);
        ASSERT_EQ(parser->TakeRest(), "");
    }
}

std::string const kHead = "HTTP/1.1 200 OK\r\n";
std::string const kChunked = kHead + "Transfer-Encoding: chunked\r\n\r\n";

INSTANTIATE_TEST_SUITE_P(
    All, ResponseParserTest,
    ::testing::Values(
        Case{"length", kHead + "Content-Length: 2\r\n\r\nhi", false, State::kDone, 200, "hi", true},
        Case{"empty", kHead + "Content-Length: 0\r\n\r\n", false, State::kDone, 200, "", true},
        Case{"no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", false, State::kDone, 200,
             "", true},
        Case{"close", kHead + "Connection: close\r\nContent-Length: 2\r\n\r\nhi", false,
             State::kDone, 200, "hi", false},
        Case{"1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", false, State::kDone, 200,
             "hi", false},
        Case{"1.0 keep", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi",
             false, State::kDone, 200, "hi", true},
        Case{"to the end", kHead + "\r\nhi", true, State::kDone, 200, "hi", false},
        Case{"chunked", kChunked + "2\r\nhi\r\n3;x=y\r\n yo\r\n0\r\n\r\n", false, State::kDone, 200,
             "hi yo", true},
        Case{"trailers", kChunked + "2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n", false, State::kDone, 200,
             "hi", true},
        Case{"interim",
             "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + kHead +
                 "Content-Length: 2\r\n\r\nhi",
             false, State::kDone, 200, "hi", true},
        Case{"204", "HTTP/1.1 204 No Content\r\n\r\n", false, State::kDone, 204, "", true},
        Case{"304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, State::kDone,
             304, "", true},
        Case{"html 500", "HTTP/1.1 500 Oops\r\nContent-Length: 6\r\n\r\n<html>", false,
             State::kDone, 500, "<html>", true},
        Case{"cut head", kHead + "Content-Le", true, State::kMalformed, 0, "", false},
        Case{"cut body", kHead + "Content-Length: 3\r\n\r\nhi", true, State::kMalformed, 0, "",
             false},
        Case{"cut chunk", kChunked + "5\r\nhi", true, State::kMalformed, 0, "", false},
        Case{"cut trailers", kChunked + "2\r\nhi\r\n0\r\n", true, State::kMalformed, 0, "", false},
        Case{"interim only", "HTTP/1.1 100 Continue\r\n\r\n", true, State::kMalformed, 0, "",
             false},
        Case{"html", "<html><body>\r\n\r\n", false, State::kMalformed, 0, "", false},
        Case{"ssh", "SSH-2.0-OpenSSH_9.2\r\n", false, State::kMalformed, 0, "", false},
        Case{"http/2", std::string("\0\0\x12\4\0\0\0\0\0", 9), false, State::kMalformed, 0, "",
             false},
        Case{"http/3.0", "HTTP/3.0 200 OK\r\n\r\n", false, State::kMalformed, 0, "", false},
        Case{"status", "HTTP/1.1 abc OK\r\n\r\n", false, State::kMalformed, 0, "", false},
        Case{"length not a number", kHead + "Content-Length: 2x\r\n\r\n", false, State::kMalformed,
             0, "", false},
        Case{"negative length", kHead + "Content-Length: -2\r\n\r\n", false, State::kMalformed, 0,
             "", false},
        Case{"two lengths", kHead + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n", false,
             State::kMalformed, 0, "", false},
        Case{"chunk size", kChunked + "xy\r\n", false, State::kMalformed, 0, "", false},
        Case{"chunk end", kChunked + "2\r\nhiXXXX", false, State::kMalformed, 0, "", false},
        Case{"too long", kHead + "Content-Length: 101\r\n\r\n", false, State::kBodyTooLarge, 0, "",
             false},
        Case{"absurd length", kHead + "Content-Length: 18446744073709551615\r\n\r\n", false,
             State::kBodyTooLarge, 0, "", false},
        Case{"too long to the end", kHead + "\r\n" + std::string(101, 'x'), false,
             State::kBodyTooLarge, 0, "", false},
        Case{"long chunks", kChunked + "40\r\n" + std::string(64, 'x') + "\r\n40\r\n", false,
             State::kBodyTooLarge, 0, "", false},
        Case{"huge chunk", kChunked + "ffffffffffffffff\r\n", false, State::kBodyTooLarge, 0, "",
             false}),
    [](auto const& test) {
        std::string name = test.param.name;
        std::erase_if(name,
                      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
        return name;
    });

TEST(ResponseParserTest, KeepsHeadersInOrder) {
    auto const parser = MakeResponseParser(false, 100);
    ASSERT_EQ(parser->Feed(kHead + "A: 1\r\na:  2 \r\nB:\r\nContent-Length: 0\r\n\r\n"),
              State::kDone);
    EXPECT_THAT(
        parser->GetMessage().headers,
        ElementsAre(Pair("A", "1"), Pair("a", "2"), Pair("B", ""), Pair("Content-Length", "0")));
}

TEST(ResponseParserTest, LeavesWhatIsBehindTheMessage) {
    auto const parser = MakeResponseParser(false, 100);
    ASSERT_EQ(parser->Feed(kHead + "Content-Length: 1\r\n\r\nxHTTP"), State::kDone);
    EXPECT_EQ(parser->TakeRest(), "HTTP");
}

TEST(ResponseParserTest, HasNoBodyToAHead) {
    auto const parser = MakeResponseParser(true, 1);
    ASSERT_EQ(parser->Feed(kHead + "Content-Length: 1000\r\n\r\n"), State::kDone);
    EXPECT_EQ(parser->GetMessage().body, "");
}

TEST(ResponseParserTest, EndsFloods) {
    std::string const line = "X-Flood: " + std::string(100, 'x') + "\r\n";
    std::string const interim = "HTTP/1.1 100 Continue\r\n\r\n";
    struct Flood {
        std::string begin;
        std::string again;
        State expected;
    };
    for (auto const& flood :
         {Flood{kHead, line, State::kHeadersTooLarge}, Flood{kHead, "x", State::kHeadersTooLarge},
          Flood{kChunked + "0\r\n", line, State::kHeadersTooLarge},
          Flood{kChunked + "1;", "x", State::kHeadersTooLarge},
          Flood{kChunked, "1\r\nx\r\n", State::kBodyTooLarge},
          Flood{"", interim, State::kMalformed}}) {
        auto const parser = MakeResponseParser(false, 1000);
        auto state = flood.begin.empty() ? State::kNeedMore : parser->Feed(flood.begin);
        int rounds = 0;
        while (state == State::kNeedMore && ++rounds < 200000) state = parser->Feed(flood.again);
        EXPECT_EQ(state, flood.expected) << flood.begin << flood.again;
    }
}

TEST(RequestParserTest, GivesRequestsOneByOne) {
    auto const parser = MakeRequestParser(100);
    ASSERT_EQ(
        parser->Feed("POST /a?b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\n\r\n"),
        State::kDone);
    EXPECT_EQ(parser->GetMessage().method, "POST");
    EXPECT_EQ(parser->GetMessage().target, "/a?b");
    EXPECT_EQ(parser->GetMessage().body, "hi");
    auto const next = MakeRequestParser(100);
    ASSERT_EQ(next->Feed(parser->TakeRest()), State::kDone);
    EXPECT_EQ(next->GetMessage().method, "GET");
}

TEST(RequestParserTest, RefusesBadOnes) {
    EXPECT_EQ(MakeRequestParser(9)->Feed("GET\r\n\r\n"), State::kMalformed);
    EXPECT_EQ(MakeRequestParser(9)->Feed("\r\n\r\n\r\n"), State::kMalformed);
    EXPECT_EQ(MakeRequestParser(9)->Feed("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\n"),
              State::kBodyTooLarge);
    EXPECT_EQ(MakeRequestParser(9)->Feed("GET /" + std::string(kMaxHeaderBytes, 'x')),
              State::kHeadersTooLarge);
}

}  // namespace
}  // namespace lddynamo::http
