#include "aws/dynamodb_endpoint.hpp"
#include "aws/endpoint.hpp"
#include "aws/region.hpp"
#include "aws/service_endpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lddynamo::aws {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Map = std::map<std::string, std::string, std::less<>>;

Map ConfigFile(std::string text) {
    return {{"/h/.aws/config", std::move(text)}};
}

TEST(RegionTest, LooksInOrder) {
    struct Case {
        std::string in_code;
        Map variables;
        std::string config;
        std::string region;
    };
    std::string const file = "[default]\nregion = from-default\n[profile dev]\nregion = from-dev";
    for (auto const& c : std::vector<Case>{
             {"in-code", {{"AWS_REGION", "a"}}, file, "in-code"},
             {"", {{"AWS_REGION", "a"}, {"AWS_DEFAULT_REGION", "b"}}, file, "a"},
             {"", {{"AWS_REGION", ""}, {"AWS_DEFAULT_REGION", "b"}}, file, "b"},
             {"", {{"AWS_REGION", " eu-west-1\n"}}, file, "eu-west-1"},
             {"", {}, file, "from-default"},
             {"", {{"AWS_PROFILE", "dev"}}, file, "from-dev"},
         }) {
        Map variables = c.variables;
        variables["HOME"] = "/h";
        MapEnvironment const environment(variables, ConfigFile(c.config));
        ProfileFiles files("", environment);
        auto const region = ResolveRegion(c.in_code, environment, files);
        ASSERT_TRUE(region) << region.error().message;
        EXPECT_EQ(*region, c.region);
        EXPECT_EQ(files.IsLoaded(), c.region.starts_with("from-"));
    }
}

TEST(RegionTest, SaysWhereItLooked) {
    MapEnvironment const environment(Map{{"HOME", "/h"}, {"AWS_PROFILE", "dev"}});
    ProfileFiles files("", environment);
    auto const region = ResolveRegion("", environment, files);
    ASSERT_FALSE(region);
    EXPECT_EQ(region.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(
        region.error().message,
        AllOf(::testing::StartsWith("no region: "), HasSubstr("AWS_REGION"),
              HasSubstr("AWS_DEFAULT_REGION"), HasSubstr("\"dev\""), HasSubstr("/h/.aws/config")));
}

TEST(RegionTest, NothingCanBeInjectedIntoTheHost) {
    for (std::string_view const bad :
         {"a.b", "evil.com/", "a/b", "a b", "-a", "a-", "a#", "a@b", "a:80", "a\nb", "\xC3\xA9",
          "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg"}) {
        EXPECT_FALSE(CheckRegion(bad, "code")) << bad;
        MapEnvironment const environment(Map{{"AWS_REGION", std::string(bad)}});
        ProfileFiles files("", environment);
        auto const region = ResolveRegion("", environment, files);
        ASSERT_FALSE(region) << bad;
        EXPECT_EQ(region.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(region.error().message, HasSubstr("AWS_REGION"));
    }
    EXPECT_TRUE(CheckRegion("us-gov-west-1", "code"));
}

TEST(EndpointTest, AwsOwn) {
    struct Case {
        std::string_view region, url, signing_region;
    };
    for (auto const& [region, url, signing_region] : std::vector<Case>{
             {"us-east-1", "https://dynamodb.us-east-1.amazonaws.com/", "us-east-1"},
             {"mars-north-9", "https://dynamodb.mars-north-9.amazonaws.com/", "mars-north-9"},
             {"us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com/", "us-gov-west-1"},
             {"cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn/", "cn-north-1"},
             {"eusc-de-east-1", "https://dynamodb.eusc-de-east-1.amazonaws.eu/", "eusc-de-east-1"},
             {"us-iso-east-1", "https://dynamodb.us-iso-east-1.c2s.ic.gov/", "us-iso-east-1"},
             {"us-isob-east-1", "https://dynamodb.us-isob-east-1.sc2s.sgov.gov/", "us-isob-east-1"},
             {"eu-isoe-west-1", "https://dynamodb.eu-isoe-west-1.cloud.adc-e.uk/",
              "eu-isoe-west-1"},
             {"us-isof-south-1", "https://dynamodb.us-isof-south-1.csp.hci.ic.gov/",
              "us-isof-south-1"},
             {"local", "http://localhost:8000/", "us-east-1"},
         }) {
        auto const resolved = DynamoDbEndpoint(region, {}, {});
        ASSERT_TRUE(resolved);
        Endpoint const& endpoint = *resolved;
        EXPECT_EQ(endpoint.text, url);
        EXPECT_EQ(endpoint.signing_region, signing_region);
        auto const parsed = ParseEndpoint(endpoint.text, "test");
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->url.host_header, endpoint.url.host_header);
        EXPECT_EQ(parsed->url.port, endpoint.url.port);
        EXPECT_EQ(parsed->url.https, endpoint.url.https);
        EXPECT_EQ(parsed->url.target, endpoint.url.target);
    }
}

TEST(EndpointTest, LooksInOrder) {
    std::string const services =
        "[default]\nservices = s\nendpoint_url = http://profile\n"
        "[services s]\ns3 =\n  endpoint_url = http://s3\ndynamodb =\n  endpoint_url = "
        "http://service";
    struct Case {
        std::string in_code;
        Map variables;
        std::string config;
        std::string url;  // empty: AWS's own
        bool reads_files = false;
    };
    for (auto const& c : std::vector<Case>{
             {"http://code", {{"AWS_ENDPOINT_URL", "http://e"}}, services, "http://code/"},
             {"",
              {{"AWS_ENDPOINT_URL_DYNAMODB", "http://d"}, {"AWS_ENDPOINT_URL", "http://e"}},
              services,
              "http://d/"},
             {"",
              {{"AWS_ENDPOINT_URL_DYNAMODB", ""}, {"AWS_ENDPOINT_URL", "http://e"}},
              services,
              "http://e/"},
             {"", {}, services, "http://service/", true},
             {"", {}, "[default]\nendpoint_url = http://profile", "http://profile/", true},
             {"",
              {},
              "[default]\nservices = missing\nendpoint_url = http://profile",
              "http://profile/",
              true},
             {"", {}, "[default]\nservices = s\n[services s]\ns3 =\n  endpoint_url = x", "", true},
             {"", {}, "[default]\nservices = s\n[services s]\ndynamodb = flat", "", true},
             {"", {{"AWS_PROFILE", "other"}}, services, "", true},
             {"", {}, "", "", true},
             {"",
              {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}, {"AWS_ENDPOINT_URL", "http://e"}},
              services,
              "",
              true},
             {"", {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"}}, services, "", true},
             {"",
              {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false"}, {"AWS_ENDPOINT_URL", "http://e"}},
              services,
              "http://e/"},
             {"http://code",
              {{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}},
              services,
              "http://code/"},
             {"",
              {},
              "[default]\nignore_configured_endpoint_urls = true\nendpoint_url = http://profile",
              "",
              true},
         }) {
        Map variables = c.variables;
        variables["HOME"] = "/h";
        MapEnvironment const environment(variables, ConfigFile(c.config));
        ProfileFiles files("", environment);
        auto const settings =
            FindEndpointSettings(Service::kDynamoDb, {c.in_code}, environment, files);
        ASSERT_TRUE(settings) << settings.error().message;
        EXPECT_EQ(settings->custom ? settings->custom->text : "", c.url) << c.config;
        EXPECT_EQ(files.IsLoaded(), c.reads_files) << c.config;
    }
}

TEST(EndpointTest, ReadsUrls) {
    struct Case {
        std::string_view url, text, host_header;
    };
    for (auto const& [url, text, host_header] : std::vector<Case>{
             {"http://localhost:8000", "http://localhost:8000/", "localhost:8000"},
             {"http://localhost:80/", "http://localhost/", "localhost"},
             {"HTTPS://h:443", "https://h/", "h"},
             {"http://[::1]:4566", "http://[::1]:4566/", "[::1]:4566"},
             {"https://proxy/dynamo", "https://proxy/dynamo/", "proxy"},
         }) {
        auto const endpoint = ParseEndpoint(url, "code");
        ASSERT_TRUE(endpoint) << url;
        EXPECT_EQ(endpoint->text, text);
        EXPECT_EQ(endpoint->url.host_header, host_header);
    }
    for (std::string_view const bad :
         {"", "localhost:8000", "ftp://h", "http://", "http://user:hidden@h", "http://h?hidden",
          "http://h#hidden", "http://h:0", "http://h:99999", "http://h i",
          "http://h\r\nX: hidden"}) {
        auto const endpoint = ParseEndpoint(bad, "AWS_ENDPOINT_URL");
        ASSERT_FALSE(endpoint) << bad;
        EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(endpoint.error().message,
                    AllOf(HasSubstr("AWS_ENDPOINT_URL"), Not(HasSubstr("hidden"))));
    }
}

}  // namespace
}  // namespace lddynamo::aws
