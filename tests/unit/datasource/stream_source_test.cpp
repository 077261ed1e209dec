#include "datasource/stream_source.hpp"

#include "support/recording_sink.hpp"
#include "support/scripted_transports.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace lddynamo::datasource {
namespace {

using namespace std::chrono_literals;
using test_support::RecordingSink;
using test_support::ScriptedTransports;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using enum DataSourceState;

std::string Put(int version) {
    return "event: put\ndata: {\"data\":{\"flags\":{\"a\":{\"key\":\"a\",\"version\":" +
           std::to_string(version) + "}}}}\n\n";
}

class StreamSourceTest : public ::testing::Test {
  protected:
    /// Starts a source that meets these exchanges, one after another.
    void Start(std::vector<ScriptedTransports::Exchange> script, StreamSourceOptions options = {}) {
        transports_ = std::make_unique<ScriptedTransports>(std::move(script));
        options.base_uri = "http://stream.example/base/";
        options.headers = {{"Authorization", "sdk-key"}};
        options.make_transport = transports_->Factory();
        if (options.initial_reconnect_delay == 1000ms) options.initial_reconnect_delay = 1ms;
        auto made = MakeStreamSource(std::move(options));
        ASSERT_TRUE(made.has_value());
        source_ = std::move(*made);
        ASSERT_TRUE(source_->Start(sink_).has_value());
    }

    std::unique_ptr<ScriptedTransports> transports_;
    std::shared_ptr<RecordingSink> const sink_ = std::make_shared<RecordingSink>();
    std::unique_ptr<DataSource> source_;
};

TEST_F(StreamSourceTest, AsksForTheStreamAndFollowsIt) {
    StreamSourceOptions options;
    options.filter = "my-filter";
    options.read_timeout = 77s;
    Start({ScriptedTransports::Stream(Put(5), false, {{"X-Ld-Envid", "env"}})}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kValid));
    EXPECT_EQ(sink_->Version("a"), 5);
    EXPECT_EQ(sink_->EnvironmentId(), "env");
    source_->Stop();
    auto const requests = transports_->Requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].method, "GET");
    EXPECT_EQ(requests[0].url, "http://stream.example/base/all?filter=my-filter");
    EXPECT_EQ(requests[0].headers.front(),
              (std::pair<std::string, std::string>("Authorization", "sdk-key")));
    EXPECT_EQ(requests[0].idle_timeout, 77s);
}

TEST_F(StreamSourceTest, OpensAnotherAfterAnEndOrAnErrorThatMayPass) {
    Start({ScriptedTransports::Failure(ErrorCode::kConnection), ScriptedTransports::Status(400),
           ScriptedTransports::Status(408), ScriptedTransports::Status(429),
           ScriptedTransports::Status(503), ScriptedTransports::Stream(Put(1), true),
           ScriptedTransports::Stream("event: put\ndata: no\n\n", true),
           ScriptedTransports::Stream(Put(2), false)});
    EXPECT_THAT(sink_->States(9),
                ElementsAre(kInterrupted, kInterrupted, kInterrupted, kInterrupted, kInterrupted,
                            kValid, kInterrupted, kInterrupted, kValid));
    EXPECT_EQ(sink_->Version("a"), 2);
    auto const errors = sink_->Errors();
    ASSERT_EQ(errors.size(), 7U);
    EXPECT_THAT(errors[0].message, HasSubstr("LaunchDarkly: "));
    EXPECT_EQ(errors[1].http_status, 400);
    EXPECT_EQ(errors[5].message, "LaunchDarkly's stream ended");
    EXPECT_EQ(errors[6].code, ErrorCode::kInvalidData);
}

TEST_F(StreamSourceTest, SurvivesWhatIsThrown) {
    Start({ScriptedTransports::Throw(), ScriptedTransports::Stream(Put(1), true),
           ScriptedTransports::Throw(), ScriptedTransports::Stream(Put(2), false)});
    EXPECT_THAT(sink_->States(5),
                ElementsAre(kInterrupted, kValid, kInterrupted, kInterrupted, kValid));
    EXPECT_EQ(sink_->Version("a"), 2);
    EXPECT_EQ(sink_->Errors().at(0).code, ErrorCode::kInternal);
}

TEST_F(StreamSourceTest, GoesWhereItIsSentOn) {
    auto const to = [](std::string location) {
        return ScriptedTransports::Status(301, "moved", {{"Location", std::move(location)}});
    };
    Start({to("https://stream.example/all"), ScriptedTransports::Stream(Put(1), true),
           to("http://other.example/all"), ScriptedTransports::Stream(Put(2), false)});
    EXPECT_THAT(sink_->States(4), ElementsAre(kValid, kInterrupted, kInterrupted, kValid));
    EXPECT_EQ(transports_->Requests().at(1).url, "https://stream.example/all");
    EXPECT_EQ(transports_->Requests().at(2).url, "http://stream.example/base/all");
    EXPECT_THAT(sink_->Errors().at(1).message, HasSubstr("another host"));
}

TEST_F(StreamSourceTest, StopsForGoodWhereItIsRefused) {
    for (int const status : {401, 403, 405, 404}) {
        auto const sink = std::make_shared<RecordingSink>();
        ScriptedTransports transports({ScriptedTransports::Status(status)});
        StreamSourceOptions options;
        options.base_uri = "http://stream.example";
        options.make_transport = transports.Factory();
        auto const source = MakeStreamSource(std::move(options)).value();
        ASSERT_TRUE(source->Start(sink).has_value());
        EXPECT_THAT(sink->States(1), ElementsAre(kOff)) << status;
        source->Stop();
        EXPECT_EQ(transports.Requests().size(), 1U);
    }
}

TEST_F(StreamSourceTest, AsksAgainSlowlyWhereItIsToldTo) {
    StreamSourceOptions options;
    options.retry_refused = true;
    Start({ScriptedTransports::Status(401), ScriptedTransports::Stream(Put(1), false)}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kInterrupted));
    EXPECT_EQ(transports_->Requests().size(), 1U);
    source_->Refresh();
    EXPECT_THAT(sink_->States(2), ElementsAre(kInterrupted, kValid));
}

TEST_F(StreamSourceTest, OpensAnotherAtOnceWhenRefreshed) {
    StreamSourceOptions options;
    options.initial_reconnect_delay = 1h;
    Start({ScriptedTransports::Stream(Put(1), false), ScriptedTransports::Stream(Put(2), true),
           ScriptedTransports::Stream(Put(3), false)},
          options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kValid));
    source_->Refresh();
    // Nothing is interrupted by that. The second stream ends by itself, so that there is a pause.
    EXPECT_THAT(sink_->States(3), ElementsAre(kValid, kValid, kInterrupted));
    source_->Refresh();
    EXPECT_THAT(sink_->States(4), ElementsAre(kValid, kValid, kInterrupted, kValid));
    EXPECT_EQ(sink_->Version("a"), 3);
}

// The attempt that begins after it is what it asked for: how that ends is news.
TEST_F(StreamSourceTest, ARefreshConcernsNoLaterAttempt) {
    StreamSourceOptions options;
    options.initial_reconnect_delay = 1h;
    ScriptedTransports transports({ScriptedTransports::Failure(ErrorCode::kConnection)});
    options.base_uri = "http://stream.example";
    options.make_transport = transports.Factory();
    auto const source = MakeStreamSource(std::move(options)).value();
    source->Refresh();
    ASSERT_TRUE(source->Start(sink_).has_value());
    EXPECT_THAT(sink_->States(1), ElementsAre(kInterrupted));
    source->Stop();
    EXPECT_EQ(transports.Requests().size(), 1U);
}

TEST_F(StreamSourceTest, StopsWhateverItDoes) {
    StreamSourceOptions options;
    options.initial_reconnect_delay = 1h;
    Start({ScriptedTransports::Failure(ErrorCode::kTimeout)}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kInterrupted));
    source_->Stop();  // in the pause
    Start({});
    source_->Stop();  // in an exchange
    source_->Stop();
    source_.reset();
    EXPECT_EQ(sink_->States(0).size(), 1U);
}

TEST_F(StreamSourceTest, IsStoppedAtAnyMoment) {
    for (int i = 0; i < 300; ++i) {
        Start({ScriptedTransports::Stream(Put(1), true), ScriptedTransports::Stream(Put(2), true)});
        std::thread refresher([&] { source_->Refresh(); });
        if (i % 3 == 0) std::this_thread::yield();
        source_->Stop();
        refresher.join();
        source_.reset();
    }
}

TEST(StreamSource, RefusesWhatCannotBeSent) {
    StreamSourceOptions options;
    options.base_uri = "stream.example";
    EXPECT_EQ(MakeStreamSource(options).error().code, ErrorCode::kInvalidArgument);
    options.base_uri = "http://stream.example";
    options.filter = "a b";
    EXPECT_EQ(MakeStreamSource(options).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lddynamo::datasource
