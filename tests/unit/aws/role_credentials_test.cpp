// Web identity, roles and the chain as a whole.
#include "unit/aws/credentials_fixture.hpp"

namespace lddynamo::aws {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(CredentialsTest, EnvironmentKeysTouchNothingElse) {
    environment.variables.insert({{"AWS_ACCESS_KEY_ID", "id"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
    EXPECT_EQ(Id(), "id");
    EXPECT_EQ(environment.reads, 0);
    EXPECT_EQ(transports_made, 0);
}

TEST_F(CredentialsTest, NothingWorks) {
    transport->SetHandler([](HttpRequest const&) { return Fail(ErrorCode::kConnection, "no"); });
    auto const got = Ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
    EXPECT_EQ(got.error().message,
              "no AWS credentials; tried: environment: AWS_ACCESS_KEY_ID is not set; web identity: "
              "AWS_WEB_IDENTITY_TOKEN_FILE is not set; profile default: no such profile (looked in "
              "/h/.aws/config and /h/.aws/credentials); container: neither "
              "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is "
              "set; instance metadata: no answer from http://169.254.169.254 within 1 s");
}

TEST_F(CredentialsTest, AProfileInCodeSkipsTheEnvironmentsWays) {
    environment.variables.insert({{"AWS_ACCESS_KEY_ID", "env"},
                                  {"AWS_SECRET_ACCESS_KEY", "s"},
                                  {"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}});
    Config("[default]\naws_access_key_id=file\naws_secret_access_key=s");
    EXPECT_EQ((*Ask(true))->access_key_id, "file");
    EXPECT_EQ(Id(), "env");
}

TEST_F(CredentialsTest, WebIdentityOfTheEnvironment) {
    environment.variables.insert({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"},
                                  {"AWS_ROLE_ARN", "arn:aws:iam::1:role/r"},
                                  {"AWS_ROLE_SESSION_NAME", "me"}});
    environment.files["/token"] = "first+\n";
    transport->Add(StsAnswer("AssumeRoleWithWebIdentity", "WEB"));
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "WEB");
    EXPECT_EQ((*got)->secret_access_key.Reveal(), "secret");
    EXPECT_EQ((*got)->session_token.Reveal(), "to&ken");
    EXPECT_EQ((*got)->account_id, "123456789012");
    EXPECT_EQ((*got)->source, "role arn:aws:iam::1:role/r by web identity");
    EXPECT_EQ((*got)->expiration, clock.Now() + std::chrono::hours(1));
    EXPECT_EQ(Sent(0).url, "https://sts.eu-west-1.amazonaws.com/");
    EXPECT_EQ(Sent(0).body,
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1"
              "%3Arole%2Fr&RoleSessionName=me&WebIdentityToken=first%2B");
    EXPECT_EQ(Header(Sent(0), "Authorization"), "");
    EXPECT_FALSE(Sent(0).bypass_proxy);
    // The file is read again each time: it is rotated.
    environment.files["/token"] = "second";
    transport->Add(StsError(400, "IDPCommunicationError"));
    transport->Add(StsAnswer("AssumeRoleWithWebIdentity", "WEB2"));
    EXPECT_EQ(Id(), "WEB2");
    EXPECT_THAT(Sent(2).body, HasSubstr("WebIdentityToken=second"));
}

TEST_F(CredentialsTest, WebIdentityThatFailsEndsTheChain) {
    environment.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
    Config("[default]\naws_access_key_id=file\naws_secret_access_key=s");
    EXPECT_THAT(Id(), HasSubstr("AWS_ROLE_ARN is not"));
    environment.variables["AWS_ROLE_ARN"] = "arn";
    EXPECT_THAT(Id(), HasSubstr("/token: No such file"));
    environment.files["/token"] = " \n";
    EXPECT_THAT(Id(), HasSubstr("is empty"));
    environment.files["/token"] = "hidden";
    transport->Add(Text(403,
                        "<ErrorResponse><Error><Code>AccessDenied</Code><Message>hidden is "
                        "bad</Message></Error></ErrorResponse>"));
    EXPECT_THAT(Id(), AllOf(HasSubstr("HTTP 403, AccessDenied"), Not(HasSubstr("hidden"))));
    for (int i = 0; i < 3; ++i) transport->Add(Text(503, "busy"));
    EXPECT_THAT(Id(), HasSubstr("HTTP 503"));
    for (std::string const& body : {std::string("<a>"), std::string("{}"),
                                    std::string("<AssumeRoleWithWebIdentityResponse/>")}) {
        transport->Add(Text(200, body));
        EXPECT_THAT(Id(), StartsWith("error: STS AssumeRoleWithWebIdentity of role arn"));
    }
    EXPECT_EQ(transport->ScriptLeft(), 0U);
}

TEST_F(CredentialsTest, RolesWhoseKeysCannotBeSentAreRefused) {
    environment.variables.insert(
        {{"AWS_WEB_IDENTITY_TOKEN_FILE", "/token"}, {"AWS_ROLE_ARN", "arn"}});
    environment.files["/token"] = "t";
    for (std::string const id : {"A\r\nX-Evil: y", "A B", "A\x01"}) {
        transport->Add(StsAnswer("AssumeRoleWithWebIdentity", id));
        EXPECT_THAT(Id(), AllOf(HasSubstr("error: credentials from STS AssumeRoleWithWebIdentity"),
                                HasSubstr("the access key id contains"), Not(HasSubstr("Evil"))));
    }
}

TEST_F(CredentialsTest, ARoleFromStaticKeys) {
    Config(
        "[default]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=base\nexternal_id=e x\n"
        "role_session_name=me\nduration_seconds=1800\n"
        "[profile base]\naws_access_key_id=BASE\naws_secret_access_key=hidden");
    transport->Add(StsAnswer("AssumeRole", "ROLE"));
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "ROLE");
    EXPECT_EQ((*got)->source, "profile default: role arn:aws:iam::1:role/a from profile base");
    EXPECT_EQ(Sent(0).body,
              "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa&"
              "RoleSessionName=me&DurationSeconds=1800&ExternalId=e%20x");
    EXPECT_THAT(Header(Sent(0), "Authorization"),
                HasSubstr("Credential=BASE/20231114/eu-west-1/sts/aws4_request"));
}

TEST_F(CredentialsTest, AChainOfRoles) {
    Config(
        "[default]\nrole_arn=A\nsource_profile=b\n[profile b]\nrole_arn=B\n"
        "credential_source=Environment");
    environment.variables.insert({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}});
    transport->Add(StsAnswer("AssumeRole", "OFB"));
    transport->Add(StsAnswer("AssumeRole", "OFA"));
    auto const got = Ask(true);
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->source, "profile default: role A from role B from environment");
    EXPECT_THAT(Sent(0).body, HasSubstr("RoleArn=B&"));
    EXPECT_THAT(Header(Sent(0), "Authorization"), HasSubstr("Credential=ENV/"));
    EXPECT_THAT(Header(Sent(1), "Authorization"), HasSubstr("Credential=OFB/"));
    EXPECT_EQ(Header(Sent(1), "X-Amz-Security-Token"), "to&ken");
    EXPECT_EQ((*got)->access_key_id, "OFA");
}

TEST_F(CredentialsTest, ARefusedRoleIsToldAndEndsTheChain) {
    Config(
        "[default]\nrole_arn=A\nsource_profile=base\n"
        "[profile base]\naws_access_key_id=BASE\naws_secret_access_key=hidden");
    transport->Add(StsError(403, "AccessDenied"));
    auto const got = Ask();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
    EXPECT_EQ(got.error().service_code, "AccessDenied");
    EXPECT_EQ(got.error().request_id, "req-1");
    EXPECT_EQ(got.error().message,
              "profile default: STS AssumeRole of role A: HTTP 403, AccessDenied: sorry");
    EXPECT_EQ(transport->SentCount(), 1U);
}

TEST_F(CredentialsTest, ProfilesThatCannotWork) {
    struct Case {
        std::string text;
        std::string error;
    };
    std::string const base = "[profile b]\naws_access_key_id=B\naws_secret_access_key=s\n";
    for (auto const& [text, error] : std::vector<Case>{
             {"[default]\nrole_arn=A", "role_arn needs source_profile"},
             {"[default]\nrole_arn=A\nsource_profile=b\ncredential_source=Environment\n" + base,
              "both source_profile and credential_source"},
             {"[default]\nrole_arn=A\ncredential_source=Sky", "\"Sky\" is none of"},
             {"[default]\nrole_arn=A\ncredential_source=Environment",
              "credential_source environment has no credentials: AWS_ACCESS_KEY_ID is not set"},
             {"[default]\nrole_arn=A\nsource_profile=nobody", "nobody does not exist"},
             {"[default]\nrole_arn=A\nsource_profile=default", "loop"},
             {"[default]\nrole_arn=A\nsource_profile=c\n[profile c]\nrole_arn=C\n"
              "source_profile=default",
              "loop"},
             {"[default]\nrole_arn=A\nsource_profile=b\nmfa_serial=m\n" + base, "mfa_serial"},
             {"[default]\nrole_arn=A\nsource_profile=b\nduration_seconds=1h\n" + base,
              "duration_seconds"},
             {"[default]\nrole_arn=A\nsource_profile=c\n[profile c]\nregion=r",
              "did not contain credential information"},
             {"[default]\nlogin_session=x", "login_session"},
         }) {
        Config(text);
        EXPECT_THAT(Id(), AllOf(StartsWith("error: "), HasSubstr(error))) << text;
    }
    EXPECT_EQ(transport->SentCount(), 0U);
}

TEST_F(CredentialsTest, StsEndpointsMayBeSet) {
    Config(
        "[default]\nrole_arn=A\nsource_profile=b\n"
        "[profile b]\naws_access_key_id=B\naws_secret_access_key=s");
    for (auto const& [name, value, url] : std::vector<std::array<std::string, 3>>{
             {"AWS_ENDPOINT_URL_STS", "http://127.0.0.1:5", "http://127.0.0.1:5/"},
             {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true",
              "https://sts.eu-west-1.amazonaws.com/"},
             {"AWS_USE_FIPS_ENDPOINT", "true", "https://sts-fips.eu-west-1.amazonaws.com/"},
             {"AWS_REGION", "cn-north-1", "https://sts-fips.cn-north-1.amazonaws.com.cn/"},
         }) {
        environment.variables[name] = value;
        transport->Add(StsAnswer("AssumeRole", "R"));
        EXPECT_EQ(Id(), "R");
        EXPECT_EQ(Sent(transport->SentCount() - 1).url, url);
    }
}

TEST_F(CredentialsTest, AProcess) {
    Config("[default]\ncredential_process = /bin/x \"a b\" 'c'\naws_account_id=7");
    process = base::ProcessOutput{0,
                                  R"({"Version":1,"AccessKeyId":"P","SecretAccessKey":"s",)"
                                  R"("SessionToken":"t","Expiration":"2023-11-14T23:13:20Z"})",
                                  ""};
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "P");
    EXPECT_EQ((*got)->session_token.Reveal(), "t");
    EXPECT_EQ((*got)->account_id, "7");
    EXPECT_EQ((*got)->source, "profile default: credential_process");
    EXPECT_THAT(commands, ElementsAre(ElementsAre("/bin/x", "a b", "c")));

    struct Case {
        Result<base::ProcessOutput> process;
        std::string error;
    };
    auto const out = [](std::string text) { return base::ProcessOutput{0, std::move(text), ""}; };
    for (auto const& c : std::vector<Case>{
             {base::ProcessOutput{3, "hidden", "log in\nfirst"}, "ended with 3: log in first"},
             {base::ProcessOutput{3, R"({"SecretAccessKey":"hidden-key"})",
                                  "+ echo {\"SecretAccessKey\":\"hidden-key\"} failed"},
              "ended with 3: + echo *** failed"},
             {Fail(ErrorCode::kTimeout, "too slow"), "too slow"},
             {out("hidden"), "no JSON object"},
             {out(R"({"AccessKeyId":"hidden"})"), "\"Version\": 1"},
             {out(R"({"Version":2,"AccessKeyId":"hidden"})"), "\"Version\": 1"},
             {out(R"({"Version":1,"AccessKeyId":"x"})"), "secret access key is missing"},
             {out(R"({"Version":1,"AccessKeyId":"x","SecretAccessKey":"hidden","Expiration":"?"})"),
              "Expiration"},
             {out(R"({"Version":1,"AccessKeyId":"x","SecretAccessKey":"hidden",)"
                  R"("Expiration":"2020-01-01T00:00:00Z"})"),
              "have expired"},
         }) {
        process = c.process;
        EXPECT_THAT(Id(), AllOf(HasSubstr("credential_process of profile default"),
                                HasSubstr(c.error), Not(HasSubstr("hidden"))));
    }
}

}  // namespace
}  // namespace lddynamo::aws
