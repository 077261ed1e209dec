#include "http_client_fixture.hpp"

#include "aws/retry.hpp"

#include <atomic>
#include <thread>

namespace lddynamo::dynamodb {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(HttpClientTest, TransientFaultsAreRetriedWithGrowingPauses) {
    transport_->AddFailure(ErrorCode::kConnection, "refused");
    transport_->Add(ServiceFault(500, "InternalServerError"));
    transport_->AddFailure(ErrorCode::kTimeout, "slow", milliseconds(3000));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 25, 75, 3175));
    // One id over all attempts, each signed anew.
    EXPECT_EQ(Header(0, "amz-sdk-invocation-id"), Header(3, "amz-sdk-invocation-id"));
    EXPECT_EQ(Header(0, "amz-sdk-request"), "attempt=1; max=4");
    EXPECT_EQ(Header(1, "amz-sdk-request"), "attempt=2; max=4");
    EXPECT_EQ(Header(3, "amz-sdk-request"), "attempt=4; max=4");
    EXPECT_EQ(Header(0, "X-Amz-Date"), "20231114T221320Z");
    EXPECT_EQ(Header(3, "X-Amz-Date"), "20231114T221323Z");
    EXPECT_NE(Header(0, "Authorization"), Header(3, "Authorization"));
}

TEST_F(HttpClientTest, ThrottlingWaitsLonger) {
    AddFaults(3, ServiceFault(400, "ProvisionedThroughputExceededException"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 1000, 3000, 7000));
}

TEST_F(HttpClientTest, JitterTakesPartOfThePause) {
    fraction_ = 0.5;
    AddFaults(2, ServiceFault(400, "ThrottlingException"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 500, 1500));
}

TEST_F(HttpClientTest, TheServicesOwnPauseIsHeeded) {
    transport_->Add(ServiceFault(503, "ServiceUnavailable", "m", {{"x-amz-retry-after", "1500"}}));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 1500));
}

TEST_F(HttpClientTest, GivesUpAfterFourAttempts) {
    struct Case {
        Result<HttpResponse> answer;
        ErrorCode code;
    };
    for (auto const& [answer, code] : std::vector<Case>{
             {ServiceFault(500, "InternalServerError"), ErrorCode::kUnavailable},
             {ServiceFault(400, "ThrottlingException"), ErrorCode::kThrottled},
             {test_support::JsonAnswer(502, "<html>"), ErrorCode::kUnavailable},
             {Fail(ErrorCode::kConnection, "refused"), ErrorCode::kConnection},
             {Fail(ErrorCode::kTimeout, "slow"), ErrorCode::kTimeout},
             {Ok("{}", {{"x-amz-crc32", "1"}}), ErrorCode::kInvalidData},
         }) {
        for (int i = 0; i < 4; ++i) transport_->Add(answer);
        auto const before = transport_->SentCount();
        auto const got = Client().GetItem(Get());
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, code) << got.error().Describe();
        EXPECT_TRUE(got.error().retryable);
        EXPECT_THAT(got.error().message, HasSubstr("gave up after 4 attempts"));
        EXPECT_EQ(transport_->SentCount() - before, 4U);
    }
}

TEST_F(HttpClientTest, WhatIsOurFaultIsNotRetried) {
    for (auto const& answer : std::vector<Result<HttpResponse>>{
             ServiceFault(400, "ValidationException"),
             ServiceFault(400, "AccessDeniedException"),
             ServiceFault(400, "ResourceNotFoundException"),
             ServiceFault(400, "UnrecognizedClientException"),
             ServiceFault(400, "TransactionConflictException"),
             test_support::JsonAnswer(404, "gone"),
             test_support::JsonAnswer(301, ""),
             Fail(ErrorCode::kTls, "bad certificate"),
             Fail(ErrorCode::kTooLarge, "too large"),
         }) {
        transport_->Add(answer);
        EXPECT_FALSE(Client().GetItem(Get()));
        EXPECT_EQ(transport_->ScriptLeft(), 0U);
    }
    EXPECT_EQ(transport_->SentCount(), 9U);
}

TEST_F(HttpClientTest, NumberOfAttemptsFromCode) {
    options_.aws.max_attempts = 1;
    transport_->Add(ServiceFault(500, "InternalServerError"));
    EXPECT_FALSE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 1U);
}

TEST_F(HttpClientTest, NumberOfAttemptsFromTheEnvironment) {
    variables_["AWS_MAX_ATTEMPTS"] = "2";
    AddFaults(2, ServiceFault(500, "InternalServerError"));
    EXPECT_FALSE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 2U);
}

TEST_F(HttpClientTest, NumberOfAttemptsFromTheProfile) {
    variables_["HOME"] = "/h";
    files_["/h/.aws/config"] = "[default]\nmax_attempts = 3";
    AddFaults(3, ServiceFault(500, "InternalServerError"));
    EXPECT_FALSE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 3U);
    EXPECT_EQ(Header(1, "amz-sdk-request"), "attempt=2; max=3");
}

TEST_F(HttpClientTest, LegacyModeRetriesMoreOften) {
    variables_["AWS_RETRY_MODE"] = "legacy";
    options_.total_timeout = milliseconds(60000);
    AddFaults(9, test_support::JsonAnswer(429, ""));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 10U);
}

TEST_F(HttpClientTest, TheDeadlineCoversAllAttempts) {
    options_.total_timeout = milliseconds(3500);
    transport_->SetHandler([](HttpRequest const&) { return Ok(); }, milliseconds(60000));
    options_.http.attempt_timeout = milliseconds(3000);
    // The fake gives an exchange as long as it says; without a limit of its own it is the
    // transport's.
    transport_->AddFailure(ErrorCode::kTimeout, "slow", milliseconds(3000));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(got.error().message, HasSubstr("no time is left"));
    auto const sent = transport_->SentRequests();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].request.timeout, milliseconds(0));  // the transport's own
    EXPECT_EQ(sent[1].request.timeout, milliseconds(475));
    EXPECT_EQ(clock_.Elapsed(), milliseconds(3500));
}

TEST_F(HttpClientTest, TheLongestDeadlineIsFarAway) {
    options_.total_timeout = milliseconds::max();
    options_.http.attempt_timeout = milliseconds::max();
    AddFaults(1, ServiceFault(500, "InternalServerError"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 2U);
}

TEST_F(HttpClientTest, NoPauseGoesBeyondTheDeadline) {
    options_.total_timeout = milliseconds(2000);
    AddFaults(4, ServiceFault(400, "ThrottlingException"));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kThrottled);
    EXPECT_THAT(got.error().message, HasSubstr("no time is left"));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 1000));
    EXPECT_EQ(clock_.Elapsed(), milliseconds(1000));  // told at once
}

TEST_F(HttpClientTest, WaitingCallsDoNotHoldUpOthers) {
    std::vector<QueryRequest> requests(2);
    requests[0].table = "slow";
    requests[1].table = "fast";
    int slow = 0;
    transport_->SetHandler([&](HttpRequest const& request) {
        bool const is_slow = request.body.find("slow") != std::string::npos;
        if (is_slow && ++slow <= 2) return ServiceFault(400, "ThrottlingException");
        return Ok();
    });
    for (auto const& answer : Client().QueryMany(requests)) EXPECT_TRUE(answer);
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 0, 1000, 3000));
}

TEST_F(HttpClientTest, ABrokenServiceIsNotFloodedWithRetries) {
    transport_->SetHandler(
        [](HttpRequest const&) { return ServiceFault(500, "InternalServerError"); });
    std::size_t operations = 0;
    Error last;
    for (; operations < 40; ++operations) last = Client().GetItem(Get()).error();
    // 35 retries of cost 14 are in the budget of 500.
    EXPECT_EQ(transport_->SentCount(), operations + 35);
    EXPECT_THAT(last.message, HasSubstr("too many calls fail"));
    // Success fills it again, by 1 each.
    transport_->SetHandler([](HttpRequest const&) { return Ok(); });
    for (int i = 0; i < 14; ++i) EXPECT_TRUE(Client().GetItem(Get()));
    transport_->Add(ServiceFault(500, "InternalServerError"));
    EXPECT_TRUE(Client().GetItem(Get()));
}

TEST_F(HttpClientTest, ALostAnswerMakesAFailedConditionAmbiguous) {
    struct Case {
        Result<HttpResponse> first;
        bool ambiguous;
    };
    for (auto const& [first, ambiguous] : std::vector<Case>{
             {Fail(ErrorCode::kConnection, "reset"), true},
             {Fail(ErrorCode::kTimeout, "slow"), true},
             {ServiceFault(500, "InternalServerError"), true},
             {test_support::JsonAnswer(504, "<html>"), true},
             {Ok("{}", {{"x-amz-crc32", "1"}}), true},
             {ServiceFault(400, "ThrottlingException"), false},
         }) {
        transport_->Add(first);
        transport_->Add(ServiceFault(400, "ConditionalCheckFailedException"));
        auto const got = Client().PutItem(Put());
        ASSERT_TRUE(got);
        EXPECT_TRUE(got->condition_failed);
        EXPECT_EQ(got->ambiguous, ambiguous);
    }
    // Still so when something harmless came in between.
    transport_->AddFailure(ErrorCode::kConnection, "reset");
    transport_->Add(ServiceFault(400, "ThrottlingException"));
    transport_->Add(ServiceFault(400, "ConditionalCheckFailedException"));
    EXPECT_TRUE(Client().PutItem(Put())->ambiguous);
    // And when the transport sent it twice, unseen.
    auto resent = ServiceFault(400, "ConditionalCheckFailedException");
    resent.resent = true;
    transport_->Add(resent);
    EXPECT_TRUE(Client().PutItem(Put())->ambiguous);
}

TEST_F(HttpClientTest, ATransactionKeepsItsTokenAndRetriesContentionOnly) {
    auto const cancelled = [](std::string const& reasons) {
        return test_support::JsonAnswer(
            400, R"({"__type":"x#TransactionCanceledException","Message":"c",)"
                 R"("CancellationReasons":[)" +
                     reasons + "]}");
    };
    transport_->Add(cancelled(R"({"Code":"TransactionConflict"},{"Code":"None"})"));
    transport_->Add(ServiceFault(400, "TransactionInProgressException"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().TransactWriteItems({}));
    auto const sent = transport_->SentRequests();
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(sent[0].request.body, sent[2].request.body);
    transport_->Add(
        cancelled(R"({"Code":"TransactionConflict"},{"Code":"ConditionalCheckFailed"})"));
    auto const got = Client().TransactWriteItems({});
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kConditionFailed);
    EXPECT_FALSE(got.error().retryable);
    EXPECT_THAT(got.error().message, HasSubstr("2: ConditionalCheckFailed"));
    EXPECT_EQ(transport_->SentRequests().size(), 4U);
}

TEST_F(HttpClientTest, AWrongClockIsCorrected) {
    // The machine is at 2023-11-14 22:13:20, the service an hour later.
    HttpHeaders const date{{"Date", "Tue, 14 Nov 2023 23:13:20 GMT"}};
    transport_->Add(ServiceFault(400, "InvalidSignatureException", "Signature expired", date));
    transport_->Add(Ok("{}"));
    transport_->Add(Ok("{}"));
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(Header(0, "X-Amz-Date"), "20231114T221320Z");
    EXPECT_EQ(Header(1, "X-Amz-Date"), "20231114T231320Z");
    EXPECT_TRUE(Client().GetItem(Get()));  // remembered
    EXPECT_EQ(Header(2, "X-Amz-Date"), "20231114T231320Z");
}

TEST_F(HttpClientTest, AWrongSecretIsNotTakenForAWrongClock) {
    transport_->Add(ServiceFault(400, "InvalidSignatureException", "m",
                                 {{"Date", "Tue, 14 Nov 2023 22:15:20 GMT"}}));
    EXPECT_EQ(Client().GetItem(Get()).error().code, ErrorCode::kCredentials);
    // Wrong on both counts: tried again once, with the right time.
    HttpHeaders const date{{"Date", "Tue, 14 Nov 2023 23:13:20 GMT"}};
    AddFaults(2, ServiceFault(400, "InvalidSignatureException", "m", date));
    EXPECT_EQ(Client().GetItem(Get()).error().code, ErrorCode::kCredentials);
    EXPECT_EQ(transport_->SentCount(), 3U);
}

/// Gives other credentials each time.
class RotatingCredentials final : public CredentialsProvider {
  public:
    Result<CredentialsAnswer> GetCredentials() override {
        AwsCredentials credentials;
        credentials.access_key_id = "KEY" + std::to_string(rotates ? ++calls : 0);
        credentials.secret_access_key = Secret("secret-of-the-user");
        return credentials;
    }
    [[nodiscard]] std::string Name() const override { return "rotating"; }
    bool rotates = true;
    int calls = 0;
};

TEST_F(HttpClientTest, ExpiredCredentialsAreFetchedAnewOnce) {
    auto const provider = std::make_shared<RotatingCredentials>();
    options_.aws.credentials = provider;
    transport_->Add(ServiceFault(400, "ExpiredTokenException"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(Header(0, "Authorization"), HasSubstr("Credential=KEY1/"));
    EXPECT_THAT(Header(1, "Authorization"), HasSubstr("Credential=KEY2/"));
    AddFaults(2, ServiceFault(400, "ExpiredTokenException"));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
    EXPECT_EQ(transport_->SentCount(), 4U);
    EXPECT_EQ(transport_->ScriptLeft(), 0U);
}

TEST_F(HttpClientTest, ExpiredCredentialsThatStayTheSameAreNotRetried) {
    auto const provider = std::make_shared<RotatingCredentials>();
    provider->rotates = false;
    options_.aws.credentials = provider;
    transport_->Add(ServiceFault(400, "ExpiredTokenException"));
    EXPECT_FALSE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentCount(), 1U);
}

TEST_F(HttpClientTest, ManyThreadsShareAClient) {
    transport_->SetHandler([](HttpRequest const&) {
        return Ok("{}", {{"Date", "Tue, 14 Nov 2023 22:13:20 GMT"}});
    });
    DynamoDbClient& client = Client();
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            // A transport of its own is not needed: the fake's handler may be shared.
            for (int i = 0; i < 50; ++i) {
                if (client.GetItem(Get())) ++good;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 200);
}

}  // namespace
}  // namespace lddynamo::dynamodb
