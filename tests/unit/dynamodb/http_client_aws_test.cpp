// What a real client takes from AWS's settings, seen on the wire.
#include "http_client_fixture.hpp"

namespace lddynamo::dynamodb {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(HttpClientTest, TheEndpointFollowsTheAccountOfTheCredentialsWhenAsked) {
    variables_.erase("AWS_ENDPOINT_URL");
    variables_["AWS_ACCOUNT_ID"] = "111111111111";
    variables_["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "preferred";
    transport_->SetHandler([](HttpRequest const&) { return Ok(); });
    EXPECT_TRUE(Client().GetItem(Get()));
    auto of_arn = Get();
    of_arn.table = "arn:aws:dynamodb:us-east-1:222222222222:table/flags";
    EXPECT_TRUE(Client().GetItem(of_arn));
    auto const sent = transport_->SentRequests();
    EXPECT_EQ(sent[0].request.url, "https://111111111111.ddb.us-east-1.amazonaws.com/");
    EXPECT_EQ(Header(0, "Host"), "111111111111.ddb.us-east-1.amazonaws.com");
    EXPECT_EQ(sent[1].request.url, "https://222222222222.ddb.us-east-1.amazonaws.com/");
}

TEST_F(HttpClientTest, TheAccountIsOfNoConsequenceUnlessAskedFor) {
    variables_.erase("AWS_ENDPOINT_URL");
    variables_["AWS_ACCOUNT_ID"] = "111111111111";
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentRequests()[0].request.url,
              "https://dynamodb.us-east-1.amazonaws.com/");
}

TEST_F(HttpClientTest, ARequiredAccountThatIsNotKnownFailsBeforeAnythingIsSent) {
    variables_.erase("AWS_ENDPOINT_URL");
    options_.aws.account_id_endpoint_mode = AccountIdEndpointMode::kRequired;
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(got.error().message, HasSubstr("no AccountID was provided"));
    EXPECT_EQ(transport_->SentCount(), 0U);
}

TEST_F(HttpClientTest, TheAccountOfTheProfileServesCredentialsThatNameNone) {
    variables_.erase("AWS_ENDPOINT_URL");
    variables_["HOME"] = "/h";
    files_["/h/.aws/config"] =
        "[default]\naws_account_id = 333333333333\naccount_id_endpoint_mode = Required";
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentRequests()[0].request.url,
              "https://333333333333.ddb.us-east-1.amazonaws.com/");
}

TEST_F(HttpClientTest, AnUnknownModeIsAnError) {
    variables_["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "sometimes";
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(got.error().message, HasSubstr("AWS_ACCOUNT_ID_ENDPOINT_MODE"));
}

TEST_F(HttpClientTest, FipsAndDualStackFromCode) {
    variables_.erase("AWS_ENDPOINT_URL");
    options_.aws.use_fips = true;
    options_.aws.use_dual_stack = true;
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(transport_->SentRequests()[0].request.url,
              "https://dynamodb-fips.us-east-1.api.aws/");
}

TEST_F(HttpClientTest, FipsAndAUrlExcludeEachOther) {
    variables_["AWS_USE_FIPS_ENDPOINT"] = "true";
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(transport_->SentCount(), 0U);
}

TEST_F(HttpClientTest, TheAppIdIsSentCleaned) {
    variables_["AWS_SDK_UA_APP_ID"] = "my app/1\r\n";
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(Header(0, "User-Agent"), StartsWith("lddynamo/"));
    EXPECT_THAT(Header(0, "User-Agent"), ::testing::EndsWith(" app/my-app-1"));
}

TEST_F(HttpClientTest, TheTimeToLiveIsSentOnceTheServicesClockIsKnown) {
    // The service is an hour ahead of this machine, which is at 22:13:20.
    transport_->Add(Ok("{}", {{"Date", "Tue, 14 Nov 2023 23:13:20 GMT"}}));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_EQ(Header(0, "amz-sdk-request"), "attempt=1; max=4");
    EXPECT_EQ(Header(1, "amz-sdk-request"), "ttl=20231114T231323Z; attempt=1; max=4");
}

TEST_F(HttpClientTest, A429WithoutACodeIsThrottling) {
    transport_->Add(test_support::JsonAnswer(429, "slow down"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 1000));
}

TEST_F(HttpClientTest, AdaptiveModeSlowsTheClientDown) {
    variables_["AWS_RETRY_MODE"] = "adaptive";
    options_.total_timeout = milliseconds(60000);
    fraction_ = 0.0;  // no pauses but the limiter's
    transport_->Add(ServiceFault(400, "ThrottlingException"));
    transport_->SetHandler([](HttpRequest const&) { return Ok(); });
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(Client().GetItem(Get()));
    auto const times = SentAtMs();
    ASSERT_EQ(times.size(), 5U);
    EXPECT_EQ(times[0], 0);
    // The bucket was empty, and the rate is the lowest, one in two seconds.
    EXPECT_EQ(times[1], 2000);
    for (std::size_t i = 2; i < times.size(); ++i) EXPECT_GT(times[i], times[i - 1]);
}

TEST_F(HttpClientTest, AdaptiveModeOfAProfileIsHeededFromTheFirstThrottlingOn) {
    variables_["HOME"] = "/h";
    files_["/h/.aws/config"] = "[default]\nretry_mode = adaptive";
    options_.total_timeout = milliseconds(60000);
    fraction_ = 0.0;
    transport_->Add(ServiceFault(400, "ThrottlingException"));
    transport_->Add(Ok());
    EXPECT_TRUE(Client().GetItem(Get()));
    EXPECT_THAT(SentAtMs(), ElementsAre(0, 2000));
}

TEST_F(HttpClientTest, AdaptiveModeGivesUpWhenItsTurnComesTooLate) {
    variables_["AWS_RETRY_MODE"] = "adaptive";
    options_.total_timeout = milliseconds(1500);
    fraction_ = 0.0;
    transport_->Add(ServiceFault(400, "ThrottlingException"));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kThrottled);
    auto const next = Client().GetItem(Get());
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, ErrorCode::kThrottled);
    EXPECT_THAT(next.error().message, HasSubstr("this client's turn"));
    EXPECT_TRUE(next.error().retryable);
    EXPECT_EQ(transport_->SentCount(), 1U);
}

}  // namespace
}  // namespace lddynamo::dynamodb
