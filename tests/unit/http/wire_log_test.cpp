#include "support/capturing_sink.hpp"
#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>

#include <string>

namespace lddynamo {
namespace {

using test_support::RawPeer;
using test_support::RawServer;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kToken = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk";
constexpr std::string_view kSignature =
    "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

/// Any eight characters of a secret in a row are too many.
bool ShowsPartOf(std::string_view secret, std::string_view text) {
    for (std::size_t i = 0; i + 8 <= secret.size(); ++i) {
        if (text.find(secret.substr(i, 8)) != std::string_view::npos) return true;
    }
    return false;
}

class WireLogTest : public ::testing::Test {
  protected:
    /// The lines of one exchange whose answer is `answer`.
    std::vector<std::string> Log(HttpRequest request, std::string const& answer) {
        RawServer const server([&](RawPeer& peer, int) {
            if (!peer.ReadRequest().empty()) peer.Send(answer);
        });
        request.url = server.Url(request.url.empty() ? "/" : request.url);
        auto const sink = std::make_shared<test_support::CapturingSink>();
        static_cast<void>(MakeHttpTransport({.logger = Logger(sink)})->Send(std::move(request)));
        return sink->Lines();
    }
    static std::string Answer(std::string const& headers, std::string const& body) {
        return "HTTP/1.1 400 Bad\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               headers + "\r\n" + body;
    }
};

TEST_F(WireLogTest, ShowsRequestAndAnswer) {
    auto const lines = Log({.method = "POST",
                            .url = "/p?q=hidden",
                            .headers = {{"X-Amz-Target", "T"}, {"authorization", "x"}},
                            .body = "{\"a\":\"\xc3\xa4\n\"}"},
                           Answer("x-amzn-RequestId: ID7\r\nSet-Cookie: c\r\n", "{\"b\":1}"));
    EXPECT_THAT(lines, Contains(::testing::MatchesRegex(
                           R"(trace http 1 > POST http://127\.0\.0\.1:[0-9]+/p\?\*\*\*)")));
    EXPECT_THAT(lines, Contains("trace http 1 > X-Amz-Target: T"));
    EXPECT_THAT(lines, Contains("trace http 1 > authorization: ***"));
    EXPECT_THAT(lines, Contains(R"(trace http 1 > body of 11 bytes: {"a":"\xc3\xa4\n"})"));
    EXPECT_THAT(lines, Contains("trace http 1 > over a new connection"));
    EXPECT_THAT(
        lines,
        Contains(::testing::MatchesRegex("trace http 1 < HTTP 400 after [0-9]+ ms, request ID7")));
    EXPECT_THAT(lines, Contains("trace http 1 < Set-Cookie: ***"));
    EXPECT_THAT(lines, Contains(R"(trace http 1 < body of 7 bytes: {"b":1})"));
    EXPECT_THAT(lines, Each(Not(HasSubstr("hidden"))));
}

TEST_F(WireLogTest, ShowsFailures) {
    EXPECT_THAT(Log({}, "nonsense"),
                Contains(AllOf(HasSubstr("http 1 < failed after "), HasSubstr("not HTTP"))));
}

TEST_F(WireLogTest, ShowsNoSecretEvenWhenAServerRepeatsIt) {
    std::string const token(kToken);
    std::string const signature(kSignature);
    std::string escaped;
    for (char const c : token) escaped += c == '/' ? std::string("\\/") : std::string(1, c);
    for (std::string const& echo :
         {token, signature, "x" + token + signature, escaped, token.substr(3, 20),
          // The cut at 4 KB goes through it.
          std::string(4090, '.') + token, std::string(4070, '.') + escaped}) {
        HttpRequest request{.method = "POST", .body = "{}"};
        request.headers = {{"Authorization",
                            "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/dynamodb/"
                            "aws4_request, SignedHeaders=host, Signature=" +
                                signature},
                           {"x-amz-security-token", token}};
        auto const lines = Log(request, Answer("X-Echo: " + echo.substr(0, 2000) + "\r\n", echo));
        EXPECT_THAT(lines, Contains(HasSubstr("HTTP 400")));
        for (auto const& line : lines) {
            EXPECT_FALSE(ShowsPartOf(token, line)) << line;
            EXPECT_FALSE(ShowsPartOf(signature, line)) << line;
        }
    }
}

TEST_F(WireLogTest, ShowsNoPartOfATokenOfSeveralWords) {
    constexpr std::string_view kWords = "abcdefghijklm nopqrstuvwxyz";
    for (std::string const echo : {"abcdefghijklm", "nopqrstuvwxyz"}) {
        HttpRequest request{.method = "GET"};
        request.headers = {{"Authorization", std::string(kWords)}};
        for (auto const& line : Log(request, Answer("X-Echo: " + echo + "\r\n", ""))) {
            EXPECT_FALSE(ShowsPartOf(kWords, line)) << line;
        }
    }
}

TEST_F(WireLogTest, ShowsNoBodyThatIsSecret) {
    auto const lines = Log({.method = "POST", .body = "client-s3cret", .secret_body = true},
                           Answer("X-Echo: client-s3cret\r\nDate: now\r\n", "access-s3cret"));
    EXPECT_THAT(lines, Each(Not(HasSubstr("s3cret"))));
    EXPECT_THAT(lines, Contains("trace http 1 > body of 13 bytes, which is secret"));
    EXPECT_THAT(lines, Contains("trace http 1 < body of 13 bytes, which is secret"));
    EXPECT_THAT(lines, Contains("trace http 1 < X-Echo: ***"));
    EXPECT_THAT(lines, Contains("trace http 1 < Date: now"));
}

TEST_F(WireLogTest, BoundsBodies) {
    auto const lines = Log({}, Answer("", std::string(100000, 'x')));
    EXPECT_THAT(
        lines, Contains(::testing::EndsWith("of 100000 bytes: " + std::string(4096, 'x') + "...")));
    // Long request bodies are sent apart from the headers.
    auto const sent = Log({.method = "POST", .body = std::string(100000, 'y')}, Answer("", ""));
    EXPECT_THAT(sent, Contains(::testing::EndsWith(std::string(4096, 'y') + "...")));
}

TEST_F(WireLogTest, SaysNothingUnlessAsked) {
    class DebugSink final : public LogSink {
      public:
        [[nodiscard]] bool Enabled(LogLevel level) const noexcept override {
            return level >= LogLevel::kDebug;
        }
        void Write(LogLevel, std::string_view message) noexcept override { text += message; }
        std::string text;
    };
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer("ok");
    });
    auto const sink = std::make_shared<DebugSink>();
    ASSERT_TRUE(MakeHttpTransport({.logger = Logger(sink)})->Send({.url = server.Url()}));
    EXPECT_EQ(sink->text, "");
}

}  // namespace
}  // namespace lddynamo
