#include "http_client_fixture.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <thread>

namespace lddynamo::dynamodb {
namespace {

using ::testing::HasSubstr;

/// A client whose token a test may stop.
class CancelTest : public HttpClientTest {
  protected:
    CancelTest() { options_.stop = stop_.get_token(); }
    std::stop_source stop_;
};

TEST_F(CancelTest, NoAttemptFollowsAStop) {
    transport_->SetHandler([this](HttpRequest const&) {
        stop_.request_stop();
        return ServiceFault(500, "InternalServerError");
    });
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(got.error().retryable);
    EXPECT_THAT(got.error().message, HasSubstr("GetItem on table \"flags\""));
    EXPECT_EQ(transport_->SentCount(), 1U);
    // Nor is anything sent later.
    EXPECT_EQ(Client().PutItem(Put()).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(transport_->SentCount(), 1U);
}

TEST_F(CancelTest, AnExchangeThatTheTransportCancelledIsNotRetried) {
    transport_->AddFailure(ErrorCode::kCancelled, "cancelled");
    EXPECT_EQ(Client().GetItem(Get()).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(transport_->SentCount(), 1U);
}

TEST_F(CancelTest, AnswersThatCameStillCount) {
    transport_->SetMaxInFlight(2);
    int asked = 0;
    transport_->SetHandler([this, &asked](HttpRequest const&) {
        if (++asked == 3) stop_.request_stop();
        return Ok();
    });
    std::vector<QueryRequest> const queries(10, QueryRequest{.table = "t"});
    std::size_t good = 0;
    for (auto const& answer : Client().QueryMany(queries)) {
        if (answer) {
            ++good;
        } else {
            EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
        }
    }
    EXPECT_EQ(good, transport_->SentCount());
    EXPECT_LT(good, 10U);
}

TEST_F(CancelTest, ManyWritesStopAtOnce) {
    transport_->SetHandler([this](HttpRequest const&) {
        stop_.request_stop();
        return Ok(R"({"UnprocessedItems":{}})");
    });
    std::vector<BatchWrite> writes;
    for (int i = 0; i < 3000; ++i) {
        writes.push_back({.item = {{"key", AttributeValue::S(std::to_string(i))}}});
    }
    BatchOptions batch;
    batch.clock = &clock_;
    auto const status = WriteAllItems(Client(), "flags", std::move(writes), batch);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kIncomplete);
    EXPECT_THAT(status.error().message, HasSubstr("cancelled"));
    EXPECT_EQ(transport_->SentCount(), 1U);
    EXPECT_EQ(clock_.Elapsed().count(), 0) << "there is no pause";
}

TEST_F(CancelTest, ACredentialProcessIsNotWaitedFor) {
    std::filesystem::path const begun =
        std::filesystem::path(::testing::TempDir()) / ("begun-" + std::to_string(::getpid()));
    variables_.erase("AWS_ACCESS_KEY_ID");
    variables_.erase("AWS_SECRET_ACCESS_KEY");
    variables_.erase("AWS_SESSION_TOKEN");
    variables_["AWS_CONFIG_FILE"] = "/config";
    files_["/config"] =
        "[default]\ncredential_process = sh -c \"echo >" + begun.string() + "; exec sleep 50\"\n";
    auto const start = std::chrono::steady_clock::now();
    std::jthread const stopper([&](std::stop_token const& test_ended) {
        while (!test_ended.stop_requested() && !std::filesystem::exists(begun)) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        stop_.request_stop();
    });
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCancelled) << got.error().message;
    EXPECT_THAT(got.error().message, HasSubstr("credential_process"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
    EXPECT_EQ(transport_->SentCount(), 0U);
    std::filesystem::remove(begun);
}

TEST_F(HttpClientTest, TheTimeThatCredentialsTakeCounts) {
    class Slow final : public CredentialsProvider {
      public:
        explicit Slow(test_support::FakeClock& clock) : clock_(clock) {}
        Result<CredentialsAnswer> GetCredentials() override {
            clock_.Advance(std::chrono::milliseconds(9500));
            return AwsCredentials{.access_key_id = "A", .secret_access_key = Secret("secret")};
        }
        [[nodiscard]] std::string Name() const override { return "slow"; }

      private:
        test_support::FakeClock& clock_;
    };
    options_.aws.credentials = std::make_shared<Slow>(clock_);
    options_.total_timeout = std::chrono::milliseconds(10000);
    transport_->Add(Ok());
    auto const begin = clock_.SteadyNow();
    ASSERT_TRUE(Client().GetItem(Get()));
    auto const sent = transport_->SentRequests().at(0).request;
    EXPECT_EQ(sent.timeout, std::chrono::milliseconds(500));
    EXPECT_EQ(sent.deadline - begin, std::chrono::milliseconds(10000));
}

}  // namespace
}  // namespace lddynamo::dynamodb
