#include "aws/resolved_aws.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lddynamo::aws {
namespace {

using test_support::CapturingSink;
using test_support::FakeClock;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Map = std::map<std::string, std::string, std::less<>>;

/// Remembers which files were asked for.
class WatchedEnvironment final : public Environment {
  public:
    WatchedEnvironment(Map variables, Map files) : inner_(std::move(variables), std::move(files)) {}
    std::optional<std::string> Get(std::string_view name) const override {
        return inner_.Get(name);
    }
    Result<std::string> ReadFile(std::string const& path, std::size_t max) const override {
        read.push_back(path);
        return inner_.ReadFile(path, max);
    }
    mutable std::vector<std::string> read;

  private:
    MapEnvironment inner_;
};

Map const kEverything{{"HOME", "/h"},
                      {"AWS_REGION", "eu-west-1"},
                      {"AWS_ENDPOINT_URL", "http://localhost:8000"},
                      {"AWS_ACCESS_KEY_ID", "id"},
                      {"AWS_SECRET_ACCESS_KEY", "secret"}};

TEST(ResolvedAwsTest, ReadsNoFileWhenTheEnvironmentSaysAll) {
    WatchedEnvironment const environment(kEverything,
                                         Map{{"/h/.aws/config", "[default]\nmax_attempts = 9"}});
    FakeClock clock;
    auto const aws = ResolveAws({}, environment, clock);
    ASSERT_TRUE(aws) << aws.error().message;
    EXPECT_EQ(aws->endpoint.text, "http://localhost:8000/");
    EXPECT_EQ(aws->endpoint.signing_region, "eu-west-1");
    EXPECT_EQ((*aws->credentials->GetCredentials())->access_key_id, "id");
    EXPECT_EQ(aws->retry->Known().max_attempts, 4);
    EXPECT_FALSE(aws->retry->IsComplete());
    EXPECT_THAT(environment.read, IsEmpty());
    // The profile's number of attempts counts all the same, once one is needed.
    EXPECT_EQ(aws->retry->Complete().max_attempts, 9);
    EXPECT_TRUE(aws->retry->IsComplete());
    EXPECT_THAT(environment.read, Contains("/h/.aws/config"));
}

TEST(ResolvedAwsTest, ReadsEachFileOnce) {
    WatchedEnvironment const environment(
        Map{{"HOME", "/h"}},
        Map{{"/h/.aws/config",
             "[default]\nregion = us-east-2\nca_bundle = /ca.pem\n"
             "max_attempts = 2\nretry_mode = adaptive"},
            {"/h/.aws/credentials", "[default]\naws_access_key_id=id\naws_secret_access_key=s"}});
    FakeClock clock;
    auto const sink = std::make_shared<CapturingSink>();
    AwsConfig config;
    config.logger = Logger(sink);
    auto const aws = ResolveAws(config, environment, clock);
    ASSERT_TRUE(aws) << aws.error().message;
    EXPECT_EQ(aws->endpoint.text, "https://dynamodb.us-east-2.amazonaws.com/");
    EXPECT_EQ(aws->ca_file, "/ca.pem");
    EXPECT_EQ((*aws->credentials->GetCredentials())->access_key_id, "id");
    EXPECT_EQ(aws->retry->Complete().max_attempts, 2);
    EXPECT_EQ(environment.read.size(), 2U);
    EXPECT_EQ(aws->retry->Known().mode, RetryMode::kAdaptive);
}

TEST(ResolvedAwsTest, TheCaBundleIsForHttpsOnly) {
    Map variables = kEverything;
    variables["AWS_CA_BUNDLE"] = "/env.pem";
    FakeClock clock;
    EXPECT_EQ(ResolveAws({}, MapEnvironment(variables), clock)->ca_file, "");
    variables["AWS_ENDPOINT_URL"] = "https://h";
    MapEnvironment const environment(variables,
                                     Map{{"/h/.aws/config", "[default]\nca_bundle = /c.pem"}});
    EXPECT_EQ(ResolveAws({}, environment, clock)->ca_file, "/env.pem");
}

TEST(ResolvedAwsTest, AProfileNamedInCodeSkipsTheEnvironmentsKeys) {
    Map variables = kEverything;
    variables["AWS_PROFILE"] = "dev";
    MapEnvironment const environment(
        variables,
        Map{{"/h/.aws/credentials", "[dev]\naws_access_key_id=from-dev\naws_secret_access_key=s"}});
    FakeClock clock;
    AwsConfig config;
    EXPECT_EQ(
        (*ResolveAws(config, environment, clock)->credentials->GetCredentials())->access_key_id,
        "id");  // AWS_PROFILE alone does not
    config.profile = "dev";
    EXPECT_EQ(
        (*ResolveAws(config, environment, clock)->credentials->GetCredentials())->access_key_id,
        "from-dev");
    config.profile = "missing";
    auto const aws = ResolveAws(config, environment, clock);
    ASSERT_TRUE(aws);
    EXPECT_THAT(aws->credentials->GetCredentials().error().message,
                HasSubstr("profile \"missing\" does not exist"));
}

TEST(ResolvedAwsTest, CodeWinsOverAll) {
    MapEnvironment const environment(kEverything);
    FakeClock clock;
    AwsConfig config;
    config.region = "ap-south-1";
    config.endpoint_url = "http://127.0.0.1:1";
    config.max_attempts = 1;
    AwsCredentials credentials;
    credentials.access_key_id = "in-code";
    credentials.secret_access_key = Secret("s");
    config.credentials = MakeStaticCredentials(credentials);
    auto const aws = ResolveAws(config, environment, clock);
    ASSERT_TRUE(aws);
    EXPECT_EQ(aws->endpoint.text, "http://127.0.0.1:1/");
    EXPECT_EQ(aws->endpoint.signing_region, "ap-south-1");
    EXPECT_EQ(aws->retry->Complete().max_attempts, 1);
    EXPECT_EQ((*aws->credentials->GetCredentials())->access_key_id, "in-code");
}

TEST(ResolvedAwsTest, RegionLocalAndCustomEndpoints) {
    FakeClock clock;
    AwsConfig config;
    config.region = "local";
    MapEnvironment const nothing(Map{});
    auto aws = ResolveAws(config, nothing, clock);
    EXPECT_EQ(aws->endpoint.text, "http://localhost:8000/");
    EXPECT_EQ(aws->endpoint.signing_region, "us-east-1");
    config.endpoint_url = "http://elsewhere:1";
    aws = ResolveAws(config, nothing, clock);
    EXPECT_EQ(aws->endpoint.text, "http://elsewhere:1/");
    EXPECT_EQ(aws->endpoint.signing_region, "local");
}

TEST(ResolvedAwsTest, BadSettings) {
    struct Case {
        AwsConfig config;
        Map variables;
        Map files;
        ErrorCode code;
        std::string message;
    };
    auto const config = [](auto const& set) {
        AwsConfig c;
        set(c);
        return c;
    };
    Map const home{{"HOME", "/h"}};
    FakeClock clock;
    for (auto const& c : std::vector<Case>{
             {{}, {}, {}, ErrorCode::kInvalidArgument, "no region"},
             {config([](AwsConfig& x) { x.endpoint_url = "http://localhost:1"; }),
              {},
              {},
              ErrorCode::kInvalidArgument,
              "no region"},
             {config([](AwsConfig& x) { x.region = "a.b"; }),
              {},
              {},
              ErrorCode::kInvalidArgument,
              "\"a.b\""},
             {config([](AwsConfig& x) { x.endpoint_url = "nonsense"; }),
              {},
              {},
              ErrorCode::kInvalidArgument,
              "endpoint URL (from code)"},
             {config([](AwsConfig& x) { x.max_attempts = -1; }),
              {},
              {},
              ErrorCode::kInvalidArgument,
              "max_attempts"},
             {{},
              {{"AWS_REGION", "r"}, {"AWS_ENDPOINT_URL", "nonsense"}},
              {},
              ErrorCode::kInvalidArgument,
              "AWS_ENDPOINT_URL"},
             {{},
              {{"AWS_REGION", "r"}, {"AWS_MAX_ATTEMPTS", "x"}},
              {},
              ErrorCode::kInvalidArgument,
              "AWS_MAX_ATTEMPTS"},
             {{},
              home,
              {{"/h/.aws/config", "[default]\nregion"}},
              ErrorCode::kInvalidArgument,
              "/h/.aws/config: line 2"},
             {{},
              home,
              {{"/h/.aws/config", "[default]\nregion = r\nmax_attempts = x"}},
              ErrorCode::kInvalidArgument,
              "max_attempts of profile default"},
             {{},
              home,
              {{"/h/.aws/config", "[default]\nregion = r\nendpoint_url = x"}},
              ErrorCode::kInvalidArgument,
              "from profile default"},
             {{},
              {{"AWS_CONFIG_FILE", "/big"}},
              {{"/big", std::string(5U << 20U, '#')}},
              ErrorCode::kTooLarge,
              "/big"},
         }) {
        MapEnvironment const environment(c.variables, c.files);
        auto const aws = ResolveAws(c.config, environment, clock);
        ASSERT_FALSE(aws) << c.message;
        EXPECT_EQ(aws.error().code, c.code) << aws.error().message;
        EXPECT_THAT(aws.error().message, HasSubstr(c.message));
    }
}

TEST(ResolvedAwsTest, BrokenFilesDoNotHideTheFirstFailure) {
    MapEnvironment const environment(kEverything, Map{{"/h/.aws/config", "broken"}});
    FakeClock clock;
    auto const sink = std::make_shared<CapturingSink>();
    AwsConfig config;
    config.logger = Logger(sink);
    auto const aws = ResolveAws(config, environment, clock);
    ASSERT_TRUE(aws);
    EXPECT_EQ(aws->retry->Complete().max_attempts, 4);
    EXPECT_THAT(sink->Lines(), Contains(HasSubstr("/h/.aws/config: line 1")));
}

TEST(ResolvedAwsTest, WarnsOfTwoRegions) {
    Map variables = kEverything;
    variables["AWS_DEFAULT_REGION"] = "us-east-1";
    FakeClock clock;
    auto const sink = std::make_shared<CapturingSink>();
    AwsConfig config;
    config.logger = Logger(sink);
    ASSERT_TRUE(ResolveAws(config, MapEnvironment(variables), clock));
    EXPECT_THAT(sink->Lines(), Contains(HasSubstr("AWS_DEFAULT_REGION is us-east-1")));
}

/// The region that the instance metadata service is asked for.
class InstanceRegionTest : public ::testing::Test {
  protected:
    static constexpr std::string_view kAddress = "http://169.254.169.254";

    std::string Region() {
        MapEnvironment const environment(variables_, files_);
        AwsConfig config;
        config.region_from_instance_metadata = asks_;
        auto const aws = ResolveAws(config, environment, clock_, transport_);
        return aws ? aws->endpoint.signing_region : "error: " + aws.error().message;
    }
    void Add(int status, std::string body) {
        transport_->Add(test_support::JsonAnswer(status, std::move(body)));
    }

    FakeClock clock_;
    std::shared_ptr<test_support::FakeTransport> transport_ =
        std::make_shared<test_support::FakeTransport>(clock_);
    Map variables_{{"HOME", "/h"}};
    Map files_;
    bool asks_ = true;
};

TEST_F(InstanceRegionTest, IsAskedLast) {
    Add(200, "token");
    Add(200, "eu-west-3\n");
    EXPECT_EQ(Region(), "eu-west-3");
    auto const sent = transport_->SentRequests();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].request.url, std::string(kAddress) + "/latest/api/token");
    EXPECT_EQ(sent[1].request.url, std::string(kAddress) + "/latest/meta-data/placement/region");
    EXPECT_EQ(sent[1].request.headers.front().second, "token");
    EXPECT_TRUE(sent[0].request.bypass_proxy && sent[1].request.bypass_proxy);
    files_["/h/.aws/config"] = "[default]\nregion = from-file";
    EXPECT_EQ(Region(), "from-file");
    variables_["AWS_DEFAULT_REGION"] = "from-environment";
    EXPECT_EQ(Region(), "from-environment");
    EXPECT_EQ(transport_->SentCount(), 2U);
}

TEST_F(InstanceRegionTest, IsNotAskedUnlessWanted) {
    asks_ = false;
    EXPECT_THAT(Region(), ::testing::AllOf(HasSubstr("error: no region: "),
                                           ::testing::Not(HasSubstr("metadata"))));
    asks_ = true;
    variables_["AWS_EC2_METADATA_DISABLED"] = "true";
    EXPECT_THAT(Region(), ::testing::AllOf(HasSubstr("AWS_REGION"), HasSubstr("/h/.aws/config"),
                                           HasSubstr("AWS_EC2_METADATA_DISABLED is true")));
    EXPECT_EQ(transport_->SentCount(), 0U);
}

TEST_F(InstanceRegionTest, SilenceTakesTwoTimeoutsAndIsTold) {
    variables_["AWS_METADATA_SERVICE_TIMEOUT"] = "0.5";
    transport_->SetHandler([](HttpRequest const&) { return HttpResponse{}; },
                           std::chrono::seconds(60));
    EXPECT_THAT(Region(), HasSubstr("no answer from http://169.254.169.254 within 500 ms"));
    EXPECT_EQ(transport_->SentCount(), 2U);  // version 1 may answer where version 2 does not
    EXPECT_EQ(clock_.Elapsed(), std::chrono::seconds(1));
    variables_["AWS_EC2_METADATA_V1_DISABLED"] = "true";
    EXPECT_THAT(Region(), HasSubstr("no answer from"));
    EXPECT_EQ(transport_->SentCount(), 3U);
}

TEST_F(InstanceRegionTest, AnswersThatAreOfNoUse) {
    struct Case {
        int status;
        std::string body;
        std::string error;
    };
    for (auto const& c : std::vector<Case>{
             {404, "", "asked for the region: HTTP 404"},
             {200, " \n", "the answer is not a name"},
             {200, "evil.com/", "asked for the region: the answer is not a name such as eu-west-1"},
             {200, "eu-west-1\r\nX: y", "asked for the region: the answer is not a name"},
         }) {
        Add(200, "token");
        Add(c.status, c.body);
        EXPECT_THAT(Region(), HasSubstr(c.error));
    }
    Add(400, "");
    EXPECT_THAT(Region(), HasSubstr("asked for a session token: HTTP 400"));
    Add(200, "bad token");
    EXPECT_THAT(Region(), HasSubstr("malformed"));
    variables_["AWS_METADATA_SERVICE_TIMEOUT"] = "soon";
    EXPECT_THAT(Region(), HasSubstr("AWS_METADATA_SERVICE_TIMEOUT is not a number"));
    EXPECT_EQ(transport_->ScriptLeft(), 0U);
}

TEST_F(InstanceRegionTest, StsIsAskedThereToo) {
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/token";
    variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
    files_["/token"] = "t";
    MapEnvironment const environment(variables_, files_);
    AwsConfig config;
    config.region_from_instance_metadata = true;
    Add(200, "token");
    Add(200, "eu-west-3");
    auto const aws = ResolveAws(config, environment, clock_, transport_);
    ASSERT_TRUE(aws) << aws.error().message;
    Add(403, "");
    EXPECT_FALSE(aws->credentials->GetCredentials());
    EXPECT_EQ(transport_->SentRequests().at(2).request.url, "https://sts.eu-west-3.amazonaws.com/");
    // Without a client around them, the credentials ask themselves.
    config.environment = &environment;
    config.clock = &clock_;
    auto const alone = lddynamo::MakeDefaultCredentials(config, transport_);
    Add(200, "token");
    Add(200, "eu-west-3");
    Add(403, "");
    EXPECT_FALSE(alone->GetCredentials());
    EXPECT_EQ(transport_->SentRequests().at(5).request.url, "https://sts.eu-west-3.amazonaws.com/");
}

}  // namespace
}  // namespace lddynamo::aws
