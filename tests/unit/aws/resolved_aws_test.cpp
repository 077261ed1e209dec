#include "aws/resolved_aws.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"

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

}  // namespace
}  // namespace lddynamo::aws
