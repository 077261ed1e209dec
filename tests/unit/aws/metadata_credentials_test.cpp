// Container and instance metadata.
#include "unit/aws/credentials_fixture.hpp"

namespace lddynamo::aws {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Document(std::string const& id, std::string_view ends) {
    return R"({"Code":"Success","AccessKeyId":")" + id +
           R"(","SecretAccessKey":"hidden","Token":"tok","Expiration":")" + std::string(ends) +
           R"(","AccountId":"42"})";
}

class ContainerTest : public CredentialsTest {};

TEST_F(ContainerTest, RelativeUri) {
    environment.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/x?a=1";
    transport->Add(Text(200, Document("ECS", kLater)));
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "ECS");
    EXPECT_EQ((*got)->session_token.Reveal(), "tok");
    EXPECT_EQ((*got)->account_id, "42");
    EXPECT_EQ((*got)->source, "container");
    EXPECT_EQ(Sent(0).url, "http://169.254.170.2/v2/x?a=1");
    EXPECT_TRUE(Sent(0).bypass_proxy);
    EXPECT_EQ(Sent(0).timeout.count(), 2000);
    EXPECT_EQ(Header(Sent(0), "Authorization"), "");
}

TEST_F(ContainerTest, TokenFileIsReadEachTimeAndWins) {
    environment.variables.insert(
        {{"AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1"},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "plain"},
         {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/token"}});
    environment.files["/token"] = "one";
    transport->SetHandler([&](HttpRequest const&) { return Text(200, Document("EKS", kLater)); });
    EXPECT_EQ(Id(), "EKS");
    environment.files["/token"] = "two";
    EXPECT_EQ(Id(), "EKS");
    environment.variables.erase("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    EXPECT_EQ(Id(), "EKS");
    EXPECT_EQ(Header(Sent(0), "Authorization"), "one");
    EXPECT_EQ(Header(Sent(1), "Authorization"), "two");
    EXPECT_EQ(Header(Sent(2), "Authorization"), "plain");
}

TEST_F(ContainerTest, TriesThreeTimesASecondApart) {
    environment.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    transport->AddFailure(ErrorCode::kConnection, "refused");
    transport->Add(Text(500, "{}"));
    transport->Add(Text(200, Document("ECS", kLater)));
    EXPECT_EQ(Id(), "ECS");
    EXPECT_EQ(transport->SentRequests().at(2).at, std::chrono::seconds(2));
    for (int i = 0; i < 3; ++i) transport->Add(Text(500, R"({"code":"C","message":"m"})"));
    EXPECT_THAT(Id(), HasSubstr("HTTP 500, C: m"));
    transport->Add(Text(404, ""));
    EXPECT_THAT(Id(), HasSubstr("HTTP 404"));
    transport->Add(Text(200, "hidden"));
    EXPECT_THAT(Id(), AllOf(HasSubstr("not a JSON object"), Not(HasSubstr("hidden"))));
    EXPECT_EQ(transport->ScriptLeft(), 0U);
}

TEST_F(ContainerTest, HostsAndTokensThatAreRefused) {
    struct Case {
        Map variables;
        std::string error;  // empty: allowed
    };
    auto const full = [](std::string url) {
        return Map{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", std::move(url)}};
    };
    Map const good = full("http://localhost:1/x");
    auto const with = [&](std::string name, std::string value) {
        Map variables = good;
        variables[std::move(name)] = std::move(value);
        return variables;
    };
    transport->SetHandler([&](HttpRequest const&) { return Text(200, Document("C", kLater)); });
    environment.files["/lines"] = "hidden\n";
    environment.files["/empty"] = "";
    Map const usual = environment.variables;
    for (auto const& [variables, error] : std::vector<Case>{
             {good, ""},
             {full("http://127.9.9.9/x"), ""},
             {full("http://[::1]:8/x"), ""},
             {full("http://[fd00:ec2::23]/x"), ""},
             {full("https://anywhere.example/x"), ""},
             {full("http://anywhere.example/x"), "not to anywhere.example"},
             {full("http://169.254.169.254/x"), "not to 169.254.169.254"},
             {full("http://[fd00:ec2::24]/x"), "not to fd00:ec2::24"},
             {full("http://127.evil.example/x"), "not to 127.evil.example"},
             {full("/x"), "AWS_CONTAINER_CREDENTIALS_FULL_URI: the URL is not absolute"},
             {{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", ".evil.example/"}}, "begins with '/'"},
             {{{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "@evil.example/"}}, "begins with '/'"},
             {with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hidden\r\nX: y"), "line break"},
             {with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/lines"), "line break"},
             {with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/none"), "No such file"},
             {with("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/empty"), "empty"},
         }) {
        environment.variables = usual;
        environment.variables.insert(variables.begin(), variables.end());
        if (error.empty()) {
            EXPECT_EQ(Id(), "C");
        } else {
            EXPECT_THAT(Id(), AllOf(HasSubstr("error: container credentials: "), HasSubstr(error),
                                    Not(HasSubstr("hidden"))));
        }
    }
}

class InstanceTest : public CredentialsTest {
  protected:
    /// Two answers that follow a token.
    void AddRole(std::string const& id, std::string_view ends) {
        transport->Add(Text(200, "my-role\n"));
        transport->Add(Text(200, Document(id, ends)));
    }
};

TEST_F(InstanceTest, VersionTwo) {
    transport->Add(Text(200, "TOKEN"));
    AddRole("EC2", kLater);
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "EC2");
    EXPECT_EQ((*got)->source, "instance metadata");
    EXPECT_EQ((*got)->expiration, clock.Now() + std::chrono::hours(1));
    EXPECT_EQ(Sent(0).method, "PUT");
    EXPECT_EQ(Sent(0).url, "http://169.254.169.254/latest/api/token");
    EXPECT_EQ(Header(Sent(0), "x-aws-ec2-metadata-token-ttl-seconds"), "21600");
    EXPECT_EQ(Sent(1).url, "http://169.254.169.254/latest/meta-data/iam/security-credentials/");
    EXPECT_EQ(Header(Sent(1), "x-aws-ec2-metadata-token"), "TOKEN");
    EXPECT_EQ(Sent(2).url,
              "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role");
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_TRUE(Sent(i).bypass_proxy);
        EXPECT_EQ(Sent(i).timeout.count(), 1000);
    }
}

TEST_F(InstanceTest, VersionOneWhereTokensAreNotGiven) {
    for (int const status : {403, 404, 405}) {
        transport->Add(Text(status, ""));
        AddRole("V1", kLater);
        EXPECT_EQ(Id(), "V1");
        EXPECT_EQ(Header(Sent(transport->SentCount() - 1), "x-aws-ec2-metadata-token"), "");
    }
    transport->AddFailure(ErrorCode::kTimeout, "late");
    AddRole("V1", kLater);
    EXPECT_EQ(Id(), "V1");
    transport->Add(Text(400, ""));
    EXPECT_THAT(Id(), HasSubstr("error: instance metadata: asked for a session token: HTTP 400"));
    environment.variables["AWS_EC2_METADATA_V1_DISABLED"] = "true";
    transport->Add(Text(403, ""));
    EXPECT_THAT(Id(), HasSubstr("AWS_EC2_METADATA_V1_DISABLED"));
    transport->AddFailure(ErrorCode::kTimeout, "late");
    EXPECT_THAT(Id(), HasSubstr("no answer from http://169.254.169.254 within 1 s"));
    EXPECT_EQ(transport->ScriptLeft(), 0U);
}

TEST_F(InstanceTest, Settings) {
    environment.variables["AWS_EC2_METADATA_DISABLED"] = "TRUE";
    EXPECT_THAT(Id(), HasSubstr("instance metadata: AWS_EC2_METADATA_DISABLED is true"));
    EXPECT_EQ(transports_made, 0);
    environment.variables.erase("AWS_EC2_METADATA_DISABLED");
    Config(
        "[default]\nec2_metadata_service_endpoint_mode=IPv6\nmetadata_service_timeout=2.5\n"
        "metadata_service_num_attempts=2\nec2_instance_profile_name=named");
    transport->AddFailure(ErrorCode::kConnection, "reset");
    transport->Add(Text(200, "TOKEN"));
    transport->Add(Text(200, Document("EC2", kLater)));
    EXPECT_EQ(Id(), "EC2");
    EXPECT_EQ(Sent(1).url, "http://[fd00:ec2::254]/latest/api/token");
    EXPECT_EQ(Sent(1).timeout.count(), 2500);
    EXPECT_THAT(Sent(2).url, HasSubstr("/security-credentials/named"));
    for (auto const& [name, value, error] : std::vector<std::array<std::string, 3>>{
             {"AWS_METADATA_SERVICE_NUM_ATTEMPTS", "many", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"},
             {"AWS_METADATA_SERVICE_TIMEOUT", "-1", "AWS_METADATA_SERVICE_TIMEOUT"},
             {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv5", "`IPv5` is not a valid"},
             {"AWS_EC2_METADATA_SERVICE_ENDPOINT", "not a uri", "invalid uri"}}) {
        environment.variables[name] = value;
        EXPECT_THAT(Id(), HasSubstr(error));
    }
}

TEST_F(InstanceTest, AnswersThatAreNoCredentials) {
    auto const token = [&] { transport->Add(Text(200, "TOKEN")); };
    token();
    transport->Add(Text(404, ""));
    EXPECT_THAT(Id(), HasSubstr("instance metadata: the instance has no role"));
    token();
    transport->Add(Text(401, ""));
    EXPECT_THAT(Id(), HasSubstr("asked for the role: HTTP 401"));
    token();
    transport->Add(Text(200, "role"));
    transport->Add(Text(200, R"({"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot"})"));
    EXPECT_THAT(Id(), HasSubstr("AssumeRoleUnauthorizedAccess: EC2 cannot"));
    transport->Add(Text(200, "hidden-session-token"));
    transport->Add(Text(200, "role"));
    transport->Add(Text(200, R"({"Code":"Failed","Message":"what is hidden-session-token?"})"));
    EXPECT_EQ(Id(), "error: instance metadata: Failed");
    transport->Add(Text(200, "bad\r\ntoken"));
    EXPECT_THAT(Id(), HasSubstr("the session token is empty or malformed"));
    EXPECT_EQ(transport->ScriptLeft(), 0U);
}

TEST_F(InstanceTest, KeysInThePlaceOfARoleAreNotRepeated) {
    // Something that gives its one document whatever it is asked for.
    transport->Add(Text(200, "TOKEN"));
    transport->SetHandler([](HttpRequest const&) { return Text(200, Document("EC2", kLater)); });
    EXPECT_EQ(Id(), "error: instance metadata: asked for the role: the answer is not its name");
    EXPECT_EQ(transport->SentCount(), 2U) << "nor are they sent as a part of a URL";
    for (std::string const role : {"a/b", "a?b", "a b", "../a"}) {
        transport->Add(Text(200, "TOKEN"));
        transport->Add(Text(200, role));
        EXPECT_THAT(Id(), HasSubstr("the answer is not its name")) << role;
    }
    transport->Add(Text(200, "TOKEN"));
    transport->Add(Text(200, "of+this=kind,is.allowed@aws_-"));
    EXPECT_EQ(Id(), "EC2");
}

TEST_F(InstanceTest, ExpiredCredentialsAreUsedForLonger) {
    transport->Add(Text(200, "TOKEN"));
    AddRole("OLD", "2023-11-14T22:00:00Z");  // 13 minutes ago
    auto const got = Ask();
    ASSERT_TRUE(got && *got) << got.error().message;
    EXPECT_EQ((*got)->access_key_id, "OLD");
    EXPECT_EQ((*got)->expiration, clock.Now() + std::chrono::minutes(16));
    EXPECT_THAT(sink->Lines(), Contains(HasSubstr("used for another 16 minutes")));
}

}  // namespace
}  // namespace lddynamo::aws
