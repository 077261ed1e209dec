#include "aws/sha1.hpp"

#include "unit/aws/credentials_fixture.hpp"

#include <lddynamo/value.hpp>

namespace lddynamo::aws {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class SsoTest : public CredentialsTest {
  protected:
    SsoTest() {
        Config(
            "[default]\nsso_session=my\nsso_account_id=123456789012\nsso_role_name=Read Only\n"
            "[sso-session my]\nsso_region=eu-north-1\nsso_start_url=https://x/start");
        Token("in-cache", "2023-11-14T23:13:20Z");
    }
    void Token(std::string const& token, std::string const& ends) {
        environment.files[path_] =
            R"({"accessToken":")" + token + R"(","expiresAt":")" + ends +
            R"(","refreshToken":"refresh","clientId":"id","clientSecret":"hidden","extra":7})";
    }
    static HttpResponse Role(std::string const& id) {
        return Text(200, R"({"roleCredentials":{"accessKeyId":")" + id +
                             R"(","secretAccessKey":"hidden","sessionToken":"tok",)"
                             R"("expiration":1700003600000}})");
    }

    std::string path_ = "/h/.aws/sso/cache/" + Sha1Hex("my") + ".json";
};

TEST(Sha1Test, KnownDigest) {
    EXPECT_EQ(Sha1Hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");  // FIPS 180
}

TEST_F(SsoTest, AsksThePortalWithTheCachedToken) {
    transport->Add(Role("SSO"));
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "SSO");
    EXPECT_EQ((*got)->account_id, "123456789012");
    EXPECT_EQ((*got)->expiration, clock.Now() + std::chrono::hours(1));
    EXPECT_EQ((*got)->source, "profile default: SSO role Read Only in account 123456789012");
    EXPECT_EQ(Sent(0).url,
              "https://portal.sso.eu-north-1.amazonaws.com/federation/credentials?role_name="
              "Read%20Only&account_id=123456789012");
    EXPECT_EQ(Header(Sent(0), "x-amz-sso_bearer_token"), "in-cache");
}

TEST_F(SsoTest, RefreshesATokenNearItsEndAndWritesItBack) {
    for (std::string const ends : {"2023-11-14T22:28:19Z", "2023-11-14T22:00:00Z"}) {
        Token("old", ends);
        transport->Add(
            Text(200, R"({"accessToken":"new","expiresIn":3600,"refreshToken":"next"})"));
        transport->Add(Role("SSO"));
        EXPECT_EQ(Id(), "SSO");
        auto const sent = transport->SentCount();
        EXPECT_EQ(Sent(sent - 2).url, "https://oidc.eu-north-1.amazonaws.com/token");
        auto const body = Value::Parse(Sent(sent - 2).body);
        EXPECT_EQ((*body)["grantType"].AsString(), "refresh_token");
        EXPECT_EQ((*body)["refreshToken"].AsString(), "refresh");
        EXPECT_EQ((*body)["clientSecret"].AsString(), "hidden");
        EXPECT_EQ(Header(Sent(sent - 1), "x-amz-sso_bearer_token"), "new");
        auto const kept = Value::Parse(environment.files[path_]);
        EXPECT_EQ((*kept)["accessToken"].AsString(), "new");
        EXPECT_EQ((*kept)["expiresAt"].AsString(), "2023-11-14T23:13:20Z");
        EXPECT_EQ((*kept)["refreshToken"].AsString(), "next");
        EXPECT_EQ((*kept)["extra"].AsInt64(), 7);
    }
}

TEST_F(SsoTest, AFailedRefreshMattersOnlyWhenTheTokenIsOver) {
    Token("old", "2023-11-14T22:20:00Z");
    transport->Add(Text(400, R"({"error":"invalid_grant"})"));
    transport->Add(Role("SSO"));
    EXPECT_EQ(Id(), "SSO");
    EXPECT_THAT(sink->Lines(), Contains(HasSubstr("HTTP 400 invalid_grant")));
    Token("old", "2023-11-14T22:13:20Z");
    transport->Add(Text(400, R"({"error":"invalid_grant"})"));
    EXPECT_THAT(Id(), AllOf(HasSubstr("has expired and cannot be refreshed"),
                            HasSubstr("aws sso login --sso-session my"), Not(HasSubstr("hidden"))));
    can_write = false;
    transport->Add(Text(200, R"({"accessToken":"new","expiresIn":3600})"));
    transport->Add(Role("SSO"));
    EXPECT_EQ(Id(), "SSO");
    EXPECT_THAT(sink->Lines(), Contains(HasSubstr("read-only")));
}

TEST_F(SsoTest, SomebodyMustLogIn) {
    auto const refused = [&](std::string const& text) {
        auto const provider = MakeDefaultCredentials(Context(), false);
        auto const got = provider->GetCredentials();
        ASSERT_FALSE(got) << text;
        EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
        EXPECT_THAT(got.error().message, AllOf(HasSubstr(text), HasSubstr("aws sso login")));
    };
    transport->Add(Text(401, R"({"message":"Session token not found or invalid"})"));
    refused("Session token not found");
    environment.files[path_] = "{}";
    refused("no accessToken");
    environment.files[path_] = "not JSON";
    refused("no accessToken");
    environment.files.erase(path_);
    refused("there is no token");
}

TEST_F(SsoTest, TheOlderFormHasNoRefresh) {
    Config(
        "[default]\nsso_start_url=https://x/start\nsso_region=eu-north-1\n"
        "sso_account_id=1\nsso_role_name=r");
    path_ = "/h/.aws/sso/cache/" + Sha1Hex("https://x/start") + ".json";
    Token("legacy", "2023-11-14T22:20:00UTC");
    transport->Add(Role("SSO"));
    EXPECT_EQ(Id(), "SSO");
    EXPECT_EQ(Header(Sent(0), "x-amz-sso_bearer_token"), "legacy");
    Token("legacy", "2023-11-14T22:00:00UTC");
    EXPECT_THAT(Id(), HasSubstr("the token has expired; run `aws sso login` with this profile"));
}

TEST_F(SsoTest, Errors) {
    transport->Add(Text(403, R"({"message":"No access"})"));
    EXPECT_THAT(Id(), HasSubstr("SSO: HTTP 403, No access"));
    transport->Add(Text(200, R"({"roleCredentials":{"accessKeyId":"x"}})"));
    EXPECT_THAT(Id(), HasSubstr("lacks sessionToken"));
    for (auto const& [text, error] : std::vector<std::array<std::string, 2>>{
             {"sso_session=my\nsso_role_name=r", "sso_account_id is missing"},
             {"sso_session=my\nsso_account_id=1", "sso_role_name is missing"},
             {"sso_session=other\nsso_account_id=1\nsso_role_name=r", "was not found"},
             {"sso_session=my\nsso_account_id=1\nsso_role_name=r\nsso_region=elsewhere",
              "sso_region belongs into"},
             {"sso_session=my", "sso_account_id and sso_role_name are missing"},
             {"sso_start_url=u\nsso_account_id=1\nsso_role_name=r", "sso_region is missing"},
             {"sso_start_url=u\nsso_region=a.b\nsso_account_id=1\nsso_role_name=r", "\"a.b\""},
         }) {
        Config("[default]\n" + text +
               "\n[sso-session my]\nsso_region=eu-north-1\n"
               "sso_start_url=https://x/start");
        EXPECT_THAT(Id(), HasSubstr(error));
    }
    EXPECT_EQ(transport->SentCount(), 2U);
}

}  // namespace
}  // namespace lddynamo::aws
