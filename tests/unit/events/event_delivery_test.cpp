#include "events/event_delivery.hpp"

#include "http/gzip.hpp"
#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace lddynamo::events {
namespace {

using namespace std::chrono_literals;
using test_support::JsonAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Header(HttpRequest const& request, std::string_view name) {
    auto const found = std::find_if(request.headers.begin(), request.headers.end(),
                                    [&](auto const& header) { return header.first == name; });
    return found == request.headers.end() ? "(none)" : found->second;
}

class EventDeliveryTest : public ::testing::Test {
  protected:
    EventDelivery Make(std::string base = "https://events.example/x", bool gzip = false) {
        return EventDelivery(std::move(base), {{"Authorization", "sdk-secret"}}, gzip,
                             Logger(sink_));
    }
    EventDelivery::Outcome Send() { return Make().SendEvents(transport_, "[1]", 2); }

    test_support::FakeClock clock_;
    test_support::FakeTransport transport_{clock_};
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
};

TEST_F(EventDeliveryTest, GoesWhereItIsSentOn) {
    transport_.Add(JsonAnswer(308, "", {{"Location", "/y/bulk"}}));
    transport_.Add(JsonAnswer(503, ""));
    transport_.Add(JsonAnswer(307, "", {{"Location", "/z/bulk"}}));
    transport_.Add(JsonAnswer(202, ""));
    EXPECT_TRUE(Send().delivered);
    std::vector<std::string> urls;
    for (auto const& sent : transport_.SentRequests()) {
        urls.push_back(sent.request.url);
        EXPECT_EQ(sent.request.method, "POST");
        EXPECT_EQ(sent.request.body, "[1]");
    }
    std::string const host = "https://events.example";
    EXPECT_THAT(
        urls, ElementsAre(host + "/x/bulk", host + "/y/bulk", host + "/y/bulk", host + "/z/bulk"));
}

TEST_F(EventDeliveryTest, DoesNotGoInCirclesNorToOthers) {
    transport_.SetHandler([](HttpRequest const& request) {
        return JsonAnswer(307, "", {{"Location", request.url}});
    });
    EXPECT_FALSE(Send().delivered);
    EXPECT_EQ(transport_.SentCount(), 12U);  // and one more after the pause
    transport_.SetHandler([](HttpRequest const&) {
        return JsonAnswer(307, "", {{"Location", "https://other.example/bulk"}});
    });
    EXPECT_FALSE(Send().delivered);
    EXPECT_EQ(transport_.SentCount(), 14U);
    EXPECT_THAT(sink_->Lines().back(), HasSubstr("other.example:443"));
}

TEST_F(EventDeliveryTest, Posts) {
    transport_.Add(JsonAnswer(202, "", {{"date", "Sun, 06 Nov 1994 08:49:37 GMT"}}));
    auto const outcome = Send();
    EXPECT_TRUE(outcome.delivered);
    EXPECT_FALSE(outcome.stop);
    EXPECT_EQ(outcome.server_time,
              std::chrono::system_clock::time_point(std::chrono::seconds(784111777)));
    auto const sent = transport_.SentRequests();
    ASSERT_EQ(sent.size(), 1U);
    auto const& request = sent[0].request;
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "https://events.example/x/bulk");
    EXPECT_EQ(request.body, "[1]");
    EXPECT_EQ(Header(request, "Authorization"), "sdk-secret");
    EXPECT_EQ(Header(request, "Content-Type"), "application/json");
    EXPECT_EQ(Header(request, "X-LaunchDarkly-Event-Schema"), "4");
    EXPECT_EQ(Header(request, "X-LaunchDarkly-Payload-ID").size(), 36U);
    EXPECT_EQ(Header(request, "Content-Encoding"), "(none)");
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

TEST_F(EventDeliveryTest, IgnoresSlashesAtTheEndAndWrongDates) {
    transport_.Add(JsonAnswer(200, "", {{"Date", "yesterday"}}));
    auto const outcome = Make("http://h//").SendEvents(transport_, "[1]", 1);
    EXPECT_TRUE(outcome.delivered);
    EXPECT_FALSE(outcome.server_time);
    EXPECT_EQ(transport_.SentRequests().at(0).request.url, "http://h/bulk");
}

TEST_F(EventDeliveryTest, Compresses) {
    transport_.Add(JsonAnswer(202, ""));
    auto const json = "[" + std::string(10000, ' ') + "]";
    EXPECT_TRUE(Make("http://h", true).SendEvents(transport_, json, 1).delivered);
    auto const request = transport_.SentRequests().at(0).request;
    EXPECT_EQ(Header(request, "Content-Encoding"), "gzip");
    EXPECT_LT(request.body.size(), 200U);
    EXPECT_EQ(http::Gunzip(request.body, json.size()).value(), json);
}

TEST_F(EventDeliveryTest, EachPayloadHasItsId) {
    transport_.SetHandler([](auto const&) { return JsonAnswer(202, ""); });
    static_cast<void>(Send());
    static_cast<void>(Send());
    auto const sent = transport_.SentRequests();
    EXPECT_NE(Header(sent.at(0).request, "X-LaunchDarkly-Payload-ID"),
              Header(sent.at(1).request, "X-LaunchDarkly-Payload-ID"));
}

TEST_F(EventDeliveryTest, TriesAgainOnceAfterASecond) {
    for (int const status : {302, 400, 408, 429, 500, 503}) {
        test_support::FakeTransport transport(clock_);
        auto const start = clock_.Elapsed();
        transport.Add(JsonAnswer(status, ""), 20ms);
        transport.Add(JsonAnswer(202, ""));
        auto const outcome = Make().SendEvents(transport, "[1]", 2);
        EXPECT_TRUE(outcome.delivered) << status;
        auto const sent = transport.SentRequests();
        ASSERT_EQ(sent.size(), 2U) << status;
        EXPECT_EQ(sent[1].at - start, 1020ms);
        EXPECT_EQ(sent[1].request.body, "[1]");
        EXPECT_EQ(sent[1].request.headers, sent[0].request.headers);  // its id, too
    }
    EXPECT_THAT(sink_->Lines().at(2),
                "warn events: cannot deliver 2 events: HTTP status 408; trying again in a second");
}

TEST_F(EventDeliveryTest, GivesUpAfterTheSecondTime) {
    transport_.AddFailure(ErrorCode::kConnection, "reset");
    transport_.AddFailure(ErrorCode::kTimeout, "slow");
    auto const outcome = Send();
    EXPECT_FALSE(outcome.delivered);
    EXPECT_FALSE(outcome.stop);
    EXPECT_EQ(transport_.SentCount(), 2U);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("reset; trying again in a second"),
                                            HasSubstr("slow; dropped")));
}

TEST_F(EventDeliveryTest, StopsWhenRefused) {
    for (int const status : {401, 403, 404, 405, 451}) {
        test_support::FakeTransport transport(clock_);
        transport.Add(JsonAnswer(status, ""));
        auto const outcome = Make().SendEvents(transport, "[1]", 1);
        EXPECT_FALSE(outcome.delivered);
        EXPECT_TRUE(outcome.stop) << status;
        EXPECT_EQ(transport.SentCount(), 1U);
    }
    auto const lines = sink_->Lines();
    EXPECT_EQ(lines.size(), 5U);
    EXPECT_EQ(lines[0],
              "error events: cannot deliver 1 event: HTTP status 401, the SDK key is not accepted; "
              "no more events will be sent");
    for (auto const& line : lines) EXPECT_THAT(line, Not(HasSubstr("sdk-secret")));
}

TEST_F(EventDeliveryTest, StopsWhenTheRequestCannotBeSent) {
    transport_.AddFailure(ErrorCode::kInvalidArgument, "no URL");
    EXPECT_TRUE(Send().stop);
    EXPECT_EQ(transport_.SentCount(), 1U);
}

TEST_F(EventDeliveryTest, TooMuchIsDroppedAndNoReasonToStop) {
    transport_.Add(JsonAnswer(413, ""));
    auto const outcome = Send();
    EXPECT_FALSE(outcome.delivered);
    EXPECT_FALSE(outcome.stop);
    EXPECT_EQ(transport_.SentCount(), 1U);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("HTTP status 413; dropped")));
}

TEST_F(EventDeliveryTest, EndsSilentlyWhenCancelled) {
    transport_.AddFailure(ErrorCode::kCancelled, "cancelled");
    auto const outcome = Send();
    EXPECT_FALSE(outcome.delivered);
    EXPECT_FALSE(outcome.stop);
    EXPECT_EQ(transport_.SentCount(), 1U);
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

TEST_F(EventDeliveryTest, DiagnosticsGoOnce) {
    transport_.Add(JsonAnswer(500, ""));
    Make("http://h/", true).SendDiagnostic(transport_, "{}");
    ASSERT_EQ(transport_.SentCount(), 1U);
    auto const request = transport_.SentRequests()[0].request;
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.url, "http://h/diagnostic");
    EXPECT_EQ(Header(request, "Authorization"), "sdk-secret");
    EXPECT_EQ(Header(request, "Content-Type"), "application/json");
    EXPECT_EQ(Header(request, "Content-Encoding"), "gzip");
    EXPECT_EQ(Header(request, "X-LaunchDarkly-Event-Schema"), "(none)");
    EXPECT_EQ(Header(request, "X-LaunchDarkly-Payload-ID"), "(none)");
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("debug events: cannot deliver a diag")));
}

}  // namespace
}  // namespace lddynamo::events
