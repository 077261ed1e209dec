#include "http/redirect.hpp"

#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lddynamo::http {
namespace {

using test_support::FakeTransport;
using test_support::JsonAnswer;
using ::testing::HasSubstr;

HttpRequest Get(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    request.headers = {{"Authorization", "sdk-key"}};
    return request;
}

HttpResponse To(std::string location, int status = 301) {
    return JsonAnswer(status, "moved", {{"Location", std::move(location)}});
}

std::string Next(std::string const& from, std::string const& location) {
    auto const next = Redirected(Get(from), To(location));
    if (!next) return next.error().Describe();
    return *next ? (*next)->url : "none";
}

TEST(RedirectTest, ResolvesWhatTheServerSays) {
    std::string const from = "http://relay.example:8030/base/all?filter=f";
    EXPECT_EQ(Next(from, "http://relay.example/all"), "http://relay.example/all");
    EXPECT_EQ(Next(from, "https://relay.example/all?x=1"), "https://relay.example/all?x=1");
    EXPECT_EQ(Next(from, "//relay.example:99/"), "http://relay.example:99/");
    EXPECT_EQ(Next(from, "/other/all"), "http://relay.example:8030/other/all");
    EXPECT_EQ(Next(from, "new"), "http://relay.example:8030/base/new");
    EXPECT_EQ(Next(from, "?filter=g"), "http://relay.example:8030/base/all?filter=g");
    EXPECT_EQ(Next(from, "http://RELAY.example/"), "http://RELAY.example/");
    EXPECT_EQ(Next(from, "http://eu.relay.example/all"), "http://eu.relay.example/all");
    EXPECT_EQ(Next("http://[::1]:8030/all", "/x"), "http://[::1]:8030/x");
}

TEST(RedirectTest, TakesTheRequestAlongAsItIs) {
    auto request = Get("http://h/all");
    request.timeout = std::chrono::seconds(7);
    auto const next = Redirected(request, To("/x"));
    ASSERT_TRUE(next && *next);
    EXPECT_EQ((*next)->headers, request.headers);
    EXPECT_EQ((*next)->timeout, request.timeout);
    EXPECT_EQ((*next)->method, "GET");
}

TEST(RedirectTest, TellsNoSecretsToOthers) {
    std::string const from = "https://relay.example/all";
    for (std::string const to :
         {"https://other.example/all", "https://evilrelay.example/", "https://example/",
          "https://relay.example.evil/", "//other/", "https://relay.example@other/"}) {
        auto const next = Redirected(Get(from), To(to));
        ASSERT_FALSE(next) << to;
        EXPECT_EQ(next.error().code, ErrorCode::kConnection);
    }
    EXPECT_THAT(Next(from, "https://other.example/all?secret"),
                testing::AllOf(HasSubstr("other.example:443"), testing::Not(HasSubstr("secret"))));
    EXPECT_THAT(Next(from, "http://relay.example/all"), HasSubstr("from https to http"));
    // The last bytes of an address are no domain.
    EXPECT_THAT(Next("http://0.0.0.1/", "http://1.0.0.0.1/"), HasSubstr("another host"));
}

TEST(RedirectTest, OddPlacesAreErrors) {
    for (std::string const to : {"ftp://h/", "http://", "http://h:0/", "http://h:99999/",
                                 "http://a b/", "http://h/\x01", "http://h/\xc3\xa9", "::"}) {
        auto const next = Redirected(Get("http://h/all"), To(to));
        EXPECT_FALSE(next) << to;
    }
}

TEST(RedirectTest, OnlyWhatSendsOn) {
    for (int const status : {301, 302, 303, 307, 308}) {
        EXPECT_TRUE(*Redirected(Get("http://h/"), To("/x", status))) << status;
        auto post = Get("http://h/");
        post.method = "POST";
        auto const next = Redirected(post, To("/x", status));
        EXPECT_EQ(next->has_value(), status == 307 || status == 308) << status;
    }
    for (int const status : {200, 300, 304, 305, 404, 500}) {
        EXPECT_FALSE(*Redirected(Get("http://h/"), To("/x", status))) << status;
    }
    EXPECT_FALSE(*Redirected(Get("http://h/"), JsonAnswer(301, "")));
}

class SendOnTest : public ::testing::Test {
  protected:
    test_support::FakeClock clock_;
    FakeTransport transport_{clock_};
};

TEST_F(SendOnTest, GoesOnUntilThereIsAnAnswer) {
    transport_.Add(To("/b"));
    transport_.Add(To("c", 307));
    transport_.Add(JsonAnswer(200, "here"));
    auto const answer = SendOn(transport_, Get("http://h/a"));
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->body, "here");
    auto const sent = transport_.SentRequests();
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(sent[2].request.url, "http://h/c");
}

TEST_F(SendOnTest, DoesNotGoInCircles) {
    transport_.SetHandler([](HttpRequest const&) { return To("/a"); });
    auto const answer = SendOn(transport_, Get("http://h/a"));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().message, "sent on more than 10 times");
    EXPECT_EQ(transport_.SentCount(), 11U);
}

TEST_F(SendOnTest, FailuresAreFailures) {
    transport_.Add(To("/b"));
    transport_.AddFailure(ErrorCode::kTimeout, "too late");
    EXPECT_EQ(SendOn(transport_, Get("http://h/a")).error().code, ErrorCode::kTimeout);
    transport_.Add(To("http://other/b"));
    EXPECT_EQ(SendOn(transport_, Get("http://h/a")).error().code, ErrorCode::kConnection);
}

}  // namespace
}  // namespace lddynamo::http
