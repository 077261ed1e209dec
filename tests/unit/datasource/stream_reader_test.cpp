#include "datasource/stream_reader.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/recording_sink.hpp"

#include <gmock/gmock.h>

namespace lddynamo::datasource {
namespace {

using test_support::FakeClock;
using test_support::RecordingSink;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using enum DataSourceState;

constexpr char kPut[] =
    "event: put\ndata: {\"data\":{\"flags\":{\"a\":{\"key\":\"a\",\"version\":1}},\"segments\":{}}}"
    "\n\n";

std::string Patch(int version) {
    return "event: patch\ndata: {\"path\":\"/flags/a\",\"data\":{\"key\":\"a\",\"version\":" +
           std::to_string(version) + "}}\n\n";
}

class StreamReaderTest : public ::testing::Test {
  protected:
    static HttpResponse Head(int status, HttpHeaders headers = {}) {
        HttpResponse head;
        head.status = status;
        head.headers = std::move(headers);
        return head;
    }

    FakeClock clock_;
    std::stop_source stop_;
    std::shared_ptr<RecordingSink> const sink_ = std::make_shared<RecordingSink>();
    StreamReader reader_{sink_, stop_.get_token(), clock_, Logger()};
};

TEST_F(StreamReaderTest, TellsOnceHowTheStreamWasOpened) {
    auto const begin = clock_.Now();
    clock_.Advance(std::chrono::milliseconds(30));
    EXPECT_TRUE(reader_.OnBody(": hello\n\n"));
    EXPECT_TRUE(sink_->StreamInits().empty());
    EXPECT_TRUE(reader_.OnBody(kPut));
    clock_.Advance(std::chrono::milliseconds(30));
    EXPECT_TRUE(reader_.OnBody(Patch(2)));
    reader_.Ended();
    auto const inits = sink_->StreamInits();
    ASSERT_EQ(inits.size(), 1U);
    EXPECT_EQ(inits[0].started, begin);
    EXPECT_EQ(inits[0].took, std::chrono::milliseconds(30));
    EXPECT_FALSE(inits[0].failed);
}

TEST_F(StreamReaderTest, AStreamThatBroughtNothingWasNotOpened) {
    EXPECT_FALSE(reader_.OnHead(Head(503)));
    clock_.Advance(std::chrono::milliseconds(20));
    reader_.Ended();
    auto const inits = sink_->StreamInits();
    ASSERT_EQ(inits.size(), 1U);
    EXPECT_EQ(inits[0].took, std::chrono::milliseconds(20));
    EXPECT_TRUE(inits[0].failed);
}

TEST_F(StreamReaderTest, TakesGoodAnswersOnly) {
    EXPECT_FALSE(reader_.OnHead(Head(401, {{"X-LD-EnvId", "no"}})));
    EXPECT_EQ(sink_->EnvironmentId(), "");
    EXPECT_TRUE(reader_.OnHead(Head(200, {{"X-LD-EnvId", "env"}})));
    EXPECT_EQ(sink_->EnvironmentId(), "env");
}

TEST_F(StreamReaderTest, GivesTheSinkWhatComesByteByByte) {
    std::string const text = ": hello\n\n" + std::string(kPut) + Patch(3) + Patch(2) +
                             "event: patch\ndata: {\"path\":\"/cats/x\",\"data\":1}\n\n"
                             "event: whatever\ndata: no json\n\n"
                             "event: delete\ndata: {\"path\":\"/flags/a\",\"version\":4}\n\n";
    for (char const c : text) ASSERT_TRUE(reader_.OnBody(std::string_view(&c, 1)));
    EXPECT_EQ(sink_->Version("a"), 4);
    EXPECT_EQ(sink_->Inits(), 1);
    // One for the put, one for each patch and delete; none for what means nothing.
    EXPECT_THAT(sink_->States(4), ElementsAre(kValid, kValid, kValid, kValid));
    EXPECT_FALSE(reader_.BadData());
}

TEST_F(StreamReaderTest, EndsWithDataThatCannotBeUnderstood) {
    EXPECT_FALSE(reader_.OnBody(std::string(kPut) +
                                "event: put\ndata: {\"data\":{\"flags\":true}}"
                                "\n\n" +
                                Patch(9)));
    ASSERT_TRUE(reader_.BadData());
    EXPECT_EQ(reader_.BadData()->code, ErrorCode::kInvalidData);
    EXPECT_THAT(reader_.BadData()->message, HasSubstr("put event"));
    EXPECT_EQ(sink_->Version("a"), 1) << "nothing after the bad event counts";
}

TEST_F(StreamReaderTest, SaysNothingOfDataThatTheSinkDidNotKeep) {
    sink_->Fails(true);
    EXPECT_TRUE(reader_.OnBody(kPut));
    EXPECT_TRUE(reader_.OnBody(Patch(2)));
    EXPECT_THAT(sink_->States(0), ElementsAre());
}

TEST_F(StreamReaderTest, TellsWhatWasLeftOut) {
    class LeftOutSink final : public DataSink {
      public:
        bool Init(StoreData /*data*/) override {
            seen.emplace_back("init");
            return true;
        }
        bool Upsert(DataKind /*kind*/, std::string_view /*key*/, SerializedItem /*item*/) override {
            seen.emplace_back("upsert");
            return true;
        }
        void OnStatus(DataSourceState /*state*/, std::optional<Error> /*error*/) override {}
        void OnEnvironmentId(std::string_view /*id*/) override {}
        void OnLeftOut(std::vector<ItemNote> const& items) override {
            for (auto const& item : items) seen.push_back("left out '" + item.key + "'");
        }
        std::vector<std::string> seen{};
    };
    auto const sink = std::make_shared<LeftOutSink>();
    auto const log = std::make_shared<test_support::CapturingSink>();
    StreamReader reader(sink, stop_.get_token(), clock_, Logger(log));
    EXPECT_TRUE(reader.OnBody(std::string(kPut) +
                              "event: put\ndata: {\"data\":{\"flags\":{\"\":{\"key\":\"\"}}}}\n\n"
                              "event: patch\ndata: {\"path\":\"/flags/" +
                              std::string(1025, 'k') + "\",\"data\":{}}\n\n" + Patch(2)));
    EXPECT_FALSE(reader.BadData());
    EXPECT_THAT(sink->seen, ElementsAre("init", "left out ''", "init", "upsert"));
    EXPECT_THAT(log->Lines(),
                ElementsAre(HasSubstr("warn left out: features: '': an empty key"),
                            HasSubstr("warn left out: features: '" + std::string(64, 'k') +
                                      "': a key of 1025 bytes")));
}

TEST_F(StreamReaderTest, EndsAFloodWhenItIsStopped) {
    stop_.request_stop();
    EXPECT_FALSE(reader_.OnBody(kPut));
    EXPECT_EQ(sink_->Inits(), 0);
    EXPECT_FALSE(reader_.BadData());
}

TEST_F(StreamReaderTest, TellsHowLongItWasOpen) {
    clock_.Advance(std::chrono::seconds(1));
    EXPECT_EQ(reader_.OpenFor().count(), 0);
    ASSERT_TRUE(reader_.OnHead(Head(200)));
    clock_.Advance(std::chrono::seconds(3));
    EXPECT_EQ(reader_.OpenFor(), std::chrono::seconds(3));
    EXPECT_FALSE(reader_.Retry());
    EXPECT_TRUE(reader_.OnBody("retry: 7\n\n"));
    EXPECT_EQ(reader_.Retry(), std::chrono::milliseconds(7));
}

}  // namespace
}  // namespace lddynamo::datasource
