#include "aws/service_endpoint.hpp"

#include "aws/dynamodb_endpoint.hpp"
#include "aws/partitions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::aws {
namespace {

using ::testing::HasSubstr;
using Map = std::map<std::string, std::string, std::less<>>;

constexpr auto kDisabled = AccountIdEndpointMode::kDisabled;
constexpr auto kPreferred = AccountIdEndpointMode::kPreferred;
constexpr auto kRequired = AccountIdEndpointMode::kRequired;

TEST(PartitionTest, ByTheFormOfTheRegion) {
    for (auto const& [region, name] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"us-east-1", "aws"},
             {"mx-central-1", "aws"},
             {"mars-north-9", "aws"},
             {"aws-global", "aws"},
             {"", "aws"},
             {"cn-north-1", "aws-cn"},
             {"cn-north-1a", "aws"},
             {"cn--1", "aws"},
             {"aws-cn-global", "aws-cn"},
             {"us-gov-east-1", "aws-us-gov"},
             {"us-gov-east", "aws"},
             {"us-gov", "aws"},
             {"us-iso-west-1", "aws-iso"},
             {"us-isob-east-1", "aws-iso-b"},
             {"eu-isoe-west-1", "aws-iso-e"},
             {"us-isof-south-1", "aws-iso-f"},
             {"eusc-de-east-1", "aws-eusc"},
             {"eusc-fr-east-1", "aws"},
         }) {
        EXPECT_EQ(FindPartition(region).name, name) << region;
    }
}

TEST(ServiceEndpointTest, EachServiceItsName) {
    struct Case {
        Service service;
        std::string_view region;
        bool fips;
        bool dual_stack;
        std::string_view host;
        std::string_view signing_region;
    };
    for (auto const& c : std::vector<Case>{
             {Service::kSts, "eu-west-1", false, false, "sts.eu-west-1.amazonaws.com", ""},
             {Service::kSts, "eu-west-1", true, true, "sts-fips.eu-west-1.api.aws", ""},
             {Service::kSts, "us-gov-west-1", true, false, "sts.us-gov-west-1.amazonaws.com", ""},
             {Service::kSts, "aws-global", false, false, "sts.amazonaws.com", "us-east-1"},
             {Service::kSso, "cn-north-1", false, false, "portal.sso.cn-north-1.amazonaws.com.cn",
              ""},
             {Service::kSso, "us-east-2", true, false, "portal.sso-fips.us-east-2.amazonaws.com",
              ""},
             {Service::kSsoOidc, "eu-west-1", false, true, "oidc.eu-west-1.api.aws", ""},
             {Service::kDynamoDb, "us-gov-east-1", true, false,
              "dynamodb.us-gov-east-1.amazonaws.com", ""},
             {Service::kDynamoDb, "us-gov-east-1", true, true,
              "dynamodb-fips.us-gov-east-1.api.aws", ""},
             {Service::kDynamoDb, "us-iso-east-1", false, true,
              "dynamodb.us-iso-east-1.api.aws.ic.gov", ""},
         }) {
        EndpointSettings settings;
        settings.use_fips = c.fips;
        settings.use_dual_stack = c.dual_stack;
        auto const endpoint = RegionalEndpoint(c.service, c.region, settings);
        ASSERT_TRUE(endpoint) << endpoint.error().message;
        EXPECT_EQ(endpoint->text, "https://" + std::string(c.host) + "/");
        EXPECT_EQ(endpoint->signing_region, c.signing_region.empty() ? c.region : c.signing_region);
    }
}

TEST(ServiceEndpointTest, EachServiceItsVariableAndSection) {
    std::string const file =
        "[default]\nservices = s\n[services s]\nsts =\n  endpoint_url = http://f-sts\n"
        "sso =\n  endpoint_url = http://f-sso\nsso_oidc =\n  endpoint_url = http://f-oidc\n";
    for (auto const& [service, variable, from_file] :
         std::vector<std::tuple<Service, std::string, std::string>>{
             {Service::kSts, "AWS_ENDPOINT_URL_STS", "http://f-sts/"},
             {Service::kSso, "AWS_ENDPOINT_URL_SSO", "http://f-sso/"},
             {Service::kSsoOidc, "AWS_ENDPOINT_URL_SSO_OIDC", "http://f-oidc/"}}) {
        Map variables{{"HOME", "/h"}};
        Map const config{{"/h/.aws/config", file}};
        {
            MapEnvironment const environment(variables, config);
            ProfileFiles files("", environment);
            EXPECT_EQ(ResolveServiceEndpoint(service, "r", {}, environment, files)->text,
                      from_file);
        }
        variables[variable] = "http://v";
        variables["AWS_ENDPOINT_URL_DYNAMODB"] = "http://other";
        MapEnvironment const environment(variables, config);
        ProfileFiles files("", environment);
        auto const endpoint = ResolveServiceEndpoint(service, "r", {}, environment, files);
        ASSERT_TRUE(endpoint);
        EXPECT_EQ(endpoint->text, "http://v/");
        EXPECT_EQ(endpoint->signing_region, "r");
    }
}

TEST(ServiceEndpointTest, FlagsInOrder) {
    struct Case {
        std::optional<bool> in_code;
        std::string variable;
        std::string property;
        bool used;
    };
    for (auto const& [variable_name, property_name] :
         std::vector<std::pair<std::string, std::string>>{
             {"AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"},
             {"AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"}}) {
        bool const is_fips = property_name == "use_fips_endpoint";
        for (auto const& c : std::vector<Case>{{{}, "", "", false},
                                               {{}, "", "true", true},
                                               {{}, "False", "true", false},
                                               {{}, "TRUE", "", true},
                                               {false, "true", "true", false},
                                               {true, "false", "false", true}}) {
            Map variables{{"HOME", "/h"}, {variable_name, c.variable}};
            MapEnvironment const environment(
                variables,
                Map{{"/h/.aws/config", "[default]\n" + property_name + " = " + c.property}});
            ProfileFiles files("", environment);
            EndpointChoice choice;
            (is_fips ? choice.use_fips : choice.use_dual_stack) = c.in_code;
            auto const settings =
                FindEndpointSettings(Service::kDynamoDb, choice, environment, files);
            ASSERT_TRUE(settings) << settings.error().message;
            EXPECT_EQ(is_fips ? settings->use_fips : settings->use_dual_stack, c.used);
            EXPECT_FALSE(is_fips ? settings->use_dual_stack : settings->use_fips);
        }
        // Half a "yes" must not send requests to an endpoint that is not meant.
        MapEnvironment const environment(Map{{variable_name, "yes"}});
        ProfileFiles files("", environment);
        auto const settings = FindEndpointSettings(Service::kDynamoDb, {}, environment, files);
        ASSERT_FALSE(settings);
        EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(settings.error().message, HasSubstr(variable_name));
    }
}

TEST(ServiceEndpointTest, AUrlOfTheEnvironmentKeepsTheProfileUnread) {
    Map variables{{"HOME", "/h"}, {"AWS_ENDPOINT_URL", "http://e"}};
    Map const config{{"/h/.aws/config", "[default]\nuse_fips_endpoint = true"}};
    MapEnvironment const environment(variables, config);
    ProfileFiles files("", environment);
    auto const settings = FindEndpointSettings(Service::kDynamoDb, {}, environment, files);
    ASSERT_TRUE(settings);
    EXPECT_FALSE(settings->use_fips);
    EXPECT_FALSE(files.IsLoaded());
    // A profile that is named is meant.
    ProfileFiles named("default", environment);
    EXPECT_TRUE(FindEndpointSettings(Service::kDynamoDb, {}, environment, named)->use_fips);
}

TEST(ServiceEndpointTest, AUrlExcludesFipsAndDualStack) {
    for (Service const service : {Service::kDynamoDb, Service::kSts}) {
        EndpointSettings settings;
        settings.custom = ParseEndpoint("https://example.com", "code").value();
        settings.use_dual_stack = true;
        auto endpoint = RegionalEndpoint(service, "us-east-1", settings);
        ASSERT_FALSE(endpoint);
        EXPECT_EQ(endpoint.error().message,
                  "Invalid Configuration: Dualstack and custom endpoint are not supported");
        settings.use_fips = true;
        endpoint = RegionalEndpoint(service, "us-east-1", settings);
        ASSERT_FALSE(endpoint);
        EXPECT_EQ(endpoint.error().message,
                  "Invalid Configuration: FIPS and custom endpoint are not supported");
    }
}

TEST(DynamoDbEndpointTest, AUrlIsNotHowOneGetsDualStack) {
    EndpointSettings settings;
    settings.custom = ParseEndpoint("https://dynamodb.eu-west-1.api.aws", "code").value();
    auto const endpoint = DynamoDbEndpoint("eu-west-1", settings, {});
    ASSERT_FALSE(endpoint);
    EXPECT_THAT(endpoint.error().message,
                HasSubstr("Endpoint override is not supported for dual-stack endpoints"));
    EXPECT_TRUE(DynamoDbEndpoint("eu-west-2", settings, {}));
}

TEST(DynamoDbEndpointTest, LocalHasNeitherFipsNorDualStackNorAccounts) {
    EndpointSettings settings;
    EXPECT_EQ(DynamoDbEndpoint("local", settings, {kRequired, "111111111111", {}})->text,
              "http://localhost:8000/");
    settings.use_dual_stack = true;
    EXPECT_THAT(DynamoDbEndpoint("local", settings, {}).error().message,
                HasSubstr("Dualstack and local"));
    settings.use_fips = true;
    EXPECT_THAT(DynamoDbEndpoint("local", settings, {}).error().message,
                HasSubstr("FIPS and local"));
}

TEST(DynamoDbEndpointTest, AccountBased) {
    std::string const arn = "arn:aws:dynamodb:us-east-1:222222222222:table/flags";
    std::string const plain = "https://dynamodb.us-east-1.amazonaws.com/";
    std::string const of_credentials = "https://111111111111.ddb.us-east-1.amazonaws.com/";
    std::string const of_arn = "https://222222222222.ddb.us-east-1.amazonaws.com/";
    struct Case {
        AccountIdEndpointMode mode;
        std::optional<std::string_view> account;
        std::string arn;
        std::string url;  // empty: an error
    };
    for (auto const& c : std::vector<Case>{
             {kDisabled, "111111111111", arn, plain},
             {kPreferred, std::nullopt, "", plain},
             {kPreferred, "111111111111", "", of_credentials},
             {kPreferred, "111111111111", "flags", of_credentials},
             {kPreferred, "111111111111", arn, of_arn},
             {kPreferred, std::nullopt, arn, of_arn},
             {kPreferred, "111111111111", "arn:aws:s3:us-east-1:222222222222:table/flags",
              of_credentials},
             {kPreferred, "111111111111", "arn:aws:dynamodb:us-west-2:222222222222:table/flags",
              of_credentials},
             {kPreferred, "111111111111", "arn:aws:dynamodb:us-east-1:evil.com/:table/flags",
              of_credentials},
             {kPreferred, "111111111111", "arn:aws:dynamodb:us-east-1:222222222222",
              of_credentials},
             {kPreferred, "evil.com/", "", ""},
             {kRequired, "111111111111", "", of_credentials},
             {kRequired, std::nullopt, "", ""},
         }) {
        auto const endpoint = DynamoDbEndpoint("us-east-1", {}, {c.mode, c.account, c.arn});
        ASSERT_EQ(endpoint.has_value(), !c.url.empty()) << c.arn;
        if (endpoint) {
            EXPECT_EQ(endpoint->text, c.url) << c.arn;
        }
    }
    // Only the partition "aws" has them, and not with FIPS.
    EndpointSettings settings;
    settings.use_fips = true;
    EXPECT_EQ(DynamoDbEndpoint("us-east-1", settings, {kPreferred, "1", {}})->text,
              "https://dynamodb-fips.us-east-1.amazonaws.com/");
    EXPECT_FALSE(DynamoDbEndpoint("us-east-1", settings, {kRequired, "1", {}}));
    EXPECT_EQ(DynamoDbEndpoint("cn-north-1", {}, {kPreferred, "1", {}})->text,
              "https://dynamodb.cn-north-1.amazonaws.com.cn/");
    EXPECT_FALSE(DynamoDbEndpoint("cn-north-1", {}, {kRequired, "1", {}}));
    settings.use_fips = false;
    settings.use_dual_stack = true;
    EXPECT_EQ(DynamoDbEndpoint("us-east-1", settings, {kPreferred, "1", {}})->text,
              "https://1.ddb.us-east-1.api.aws/");
}

}  // namespace
}  // namespace lddynamo::aws
