#include "http_client_fixture.hpp"

namespace lddynamo::dynamodb {
namespace {

/// Any eight characters of a secret in a row are too many.
bool ShowsPartOf(std::string_view secret, std::string_view text) {
    for (std::size_t i = 0; i + 8 <= secret.size(); ++i) {
        if (text.find(secret.substr(i, 8)) != std::string_view::npos) return true;
    }
    return false;
}

TEST_F(HttpClientTest, NoErrorAndNoLogLineShowsASecret) {
    std::string const secret(kSecret);
    std::string const token(kToken);
    std::string const both = secret + " " + token;
    std::vector<Result<HttpResponse>> const answers{
        Ok(),
        Ok(R"({"Item":{"a":{"S":")" + both + R"("}}})"),
        Ok(both),
        Ok("<html>" + both),
        Ok(std::string(50, ' ') + "x " + token),
        Ok(R"({"Item":")" + both + R"("})"),
        Ok(R"({"Item":{"a":{")" + token + R"(":1}}})"),
        Ok(both, {{"x-amz-crc32", "1"}}),
        ServiceFault(
            403, "InvalidSignatureException",
            "The Canonical String for this request should have been x-amz-security-token:" + token),
        ServiceFault(400, "ValidationException", both),
        ServiceFault(400, "ThrottlingException", both),
        ServiceFault(500, "InternalServerError", both, {{"x-amzn-RequestId", "id"}}),
        test_support::JsonAnswer(502, both),
        test_support::JsonAnswer(400, R"({"__type":"x#TransactionCanceledException","Message":"m",)"
                                      R"("CancellationReasons":[{"Code":"X","Message":")" +
                                          token + R"("}]})"),
        Fail(ErrorCode::kConnection, "sent " + both),
        Fail(ErrorCode::kTls, "sent " + both),
    };
    for (auto const& answer : answers) {
        for (int i = 0; i < 4; ++i) transport_->Add(answer);
        auto const got = Client().GetItem(Get());
        if (!got) {
            EXPECT_FALSE(ShowsPartOf(secret, got.error().Describe())) << got.error().Describe();
            EXPECT_FALSE(ShowsPartOf(token, got.error().Describe())) << got.error().Describe();
        }
        while (transport_->ScriptLeft() > 0) (void)Client().DeleteItem({});
    }
    EXPECT_FALSE(sink_->Lines().empty());
    for (std::string const& line : sink_->Lines()) {
        EXPECT_FALSE(ShowsPartOf(secret, line)) << line;
        EXPECT_FALSE(ShowsPartOf(token, line)) << line;
    }
    // They were sent where they belong.
    EXPECT_EQ(Header(0, "X-Amz-Security-Token"), token);
}

TEST_F(HttpClientTest, NoConfigurationErrorShowsASecret) {
    std::string const secret(kSecret);
    struct Case {
        Variables change;
        Variables files;
    };
    for (auto const& [change, files] : std::vector<Case>{
             {{{"AWS_ACCESS_KEY_ID", ""}}, {}},
             {{{"AWS_SECRET_ACCESS_KEY", secret + "\nX"}}, {}},
             {{{"AWS_SESSION_TOKEN", secret + "\r\nX: y"}}, {}},
             {{{"AWS_ENDPOINT_URL", "http://user:" + secret + "@h"}}, {}},
             {{{"AWS_ENDPOINT_URL", "http://h/?" + secret}}, {}},
             {{{"AWS_CREDENTIAL_EXPIRATION", secret}}, {}},
             {{{"HOME", "/h"}, {"AWS_PROFILE", "p"}, {"AWS_REGION", ""}},
              {{"/h/.aws/credentials", "[p]\naws_secret_access_key " + secret}}},
             {{{"HOME", "/h"}, {"AWS_ACCESS_KEY_ID", ""}, {"AWS_SECRET_ACCESS_KEY", ""}},
              {{"/h/.aws/credentials", "[default]\naws_secret_access_key = " + secret}}},
         }) {
        Variables variables = Usual();
        for (auto const& [name, value] : change) variables[name] = value;
        MapEnvironment const environment(variables, files);
        DynamoDbClientOptions options;
        options.aws.environment = &environment;
        options.aws.clock = &clock_;
        options.aws.logger = Logger(sink_);
        options.transport = transport_;
        auto const got = MakeDynamoDbClient(options).value()->GetItem(Get());
        ASSERT_FALSE(got);
        EXPECT_FALSE(ShowsPartOf(secret, got.error().Describe())) << got.error().Describe();
    }
    EXPECT_EQ(transport_->SentCount(), 0U);
    for (std::string const& line : sink_->Lines()) EXPECT_FALSE(ShowsPartOf(secret, line)) << line;
}

}  // namespace
}  // namespace lddynamo::dynamodb
