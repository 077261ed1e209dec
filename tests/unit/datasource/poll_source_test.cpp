#include "datasource/poll_source.hpp"

#include "support/capturing_sink.hpp"
#include "support/recording_sink.hpp"
#include "support/scripted_transports.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace lddynamo::datasource {
namespace {

using namespace std::chrono_literals;
using test_support::CapturingSink;
using test_support::RecordingSink;
using test_support::ScriptedTransports;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using enum DataSourceState;

ScriptedTransports::Exchange Data(int version) {
    return ScriptedTransports::Status(
        200, R"({"flags":{"a":{"key":"a","version":)" + std::to_string(version) + "}}}",
        {{"ETag", std::to_string(version)}, {"X-LD-EnvID", "env"}});
}

bool HasEtag(HttpRequest const& request) {
    for (auto const& [name, value] : request.headers) {
        if (name == "If-None-Match") return true;
    }
    return false;
}

class PollSourceTest : public ::testing::Test {
  protected:
    void Start(std::vector<ScriptedTransports::Exchange> script, PollSourceOptions options = {}) {
        transports_ = std::make_unique<ScriptedTransports>(std::move(script));
        options.make_transport = transports_->Factory();
        if (options.interval == 30000ms) options.interval = 1ms;
        source_ = MakePollSource(Poller::Create({.base_uri = "http://poll.example"}).value(),
                                 std::move(options));
        ASSERT_TRUE(source_->Start(sink_).has_value());
    }

    std::unique_ptr<ScriptedTransports> transports_;
    std::shared_ptr<RecordingSink> const sink_ = std::make_shared<RecordingSink>();
    std::unique_ptr<DataSource> source_;
};

TEST_F(PollSourceTest, BringsNewDataAgainAndAgain) {
    Start({Data(1), ScriptedTransports::Status(304), ScriptedTransports::Status(503),
           ScriptedTransports::Failure(ErrorCode::kTimeout), Data(2)});
    EXPECT_THAT(sink_->States(5), ElementsAre(kValid, kValid, kInterrupted, kInterrupted, kValid));
    EXPECT_EQ(sink_->Version("a"), 2);
    EXPECT_EQ(sink_->Inits(), 2) << "nothing new is no Init";
    EXPECT_EQ(sink_->EnvironmentId(), "env");
}

TEST_F(PollSourceTest, SurvivesWhatIsThrown) {
    Start({Data(1), ScriptedTransports::Throw(), Data(2)});
    EXPECT_THAT(sink_->States(3), ElementsAre(kValid, kInterrupted, kValid));
    EXPECT_EQ(sink_->Version("a"), 2);
    source_->Stop();
    // What it was at may have been lost.
    EXPECT_FALSE(HasEtag(transports_->Requests().at(2)));
}

TEST_F(PollSourceTest, StopsForGoodWhereItIsRefused) {
    Start({ScriptedTransports::Status(401)});
    EXPECT_THAT(sink_->States(1), ElementsAre(kOff));
    source_->Stop();
    EXPECT_EQ(transports_->Requests().size(), 1U);
}

TEST_F(PollSourceTest, AsksAgainSlowlyWhereItIsToldTo) {
    PollSourceOptions options;
    options.retry_refused = true;
    Start({ScriptedTransports::Status(403), Data(1)}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kInterrupted));
    source_->Refresh();
    EXPECT_THAT(sink_->States(2), ElementsAre(kInterrupted, kValid));
}

TEST_F(PollSourceTest, BringsEverythingAgainWhenTheSinkLostSomething) {
    sink_->Fails(true);
    PollSourceOptions options;
    options.interval = 1h;
    Start({Data(1), Data(1), Data(1)}, options);
    while (sink_->Inits() < 1) std::this_thread::yield();
    sink_->Fails(false);
    source_->Refresh();
    EXPECT_THAT(sink_->States(1), ElementsAre(kValid));
    source_->Refresh();
    EXPECT_THAT(sink_->States(2), ElementsAre(kValid, kValid));
    source_->Stop();
    for (auto const& request : transports_->Requests()) EXPECT_FALSE(HasEtag(request));
}

TEST_F(PollSourceTest, BadDataLeaveTheSinkAlone) {
    Start({Data(1), ScriptedTransports::Status(200, R"({"flags":true})", {{"ETag", "bad"}}),
           ScriptedTransports::Status(304)});
    EXPECT_THAT(sink_->States(3), ElementsAre(kValid, kInterrupted, kValid));
    EXPECT_EQ(sink_->Inits(), 1);
    source_->Stop();
    auto const requests = transports_->Requests();
    ASSERT_GE(requests.size(), 3U);
    EXPECT_THAT(requests[2].headers, Contains(Pair("If-None-Match", "1")))
        << "the ETag of data that were good";
}

TEST_F(PollSourceTest, TellsWhatWasLeftOut) {
    auto const log = std::make_shared<CapturingSink>();
    PollSourceOptions options;
    options.logger = Logger(log);
    Start({ScriptedTransports::Status(200, R"({"flags":{"":{"key":"","version":0}}})")}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kValid));
    EXPECT_THAT(log->Lines(), Contains(HasSubstr("left out: features: '': an empty key")));
}

TEST_F(PollSourceTest, StopsWhateverItDoes) {
    PollSourceOptions options;
    options.interval = 1h;
    Start({Data(1)}, options);
    EXPECT_THAT(sink_->States(1), ElementsAre(kValid));
    source_->Stop();  // in the pause
    Start({});
    source_->Stop();  // in an exchange
    EXPECT_EQ(sink_->States(0).size(), 1U);
}

}  // namespace
}  // namespace lddynamo::datasource
