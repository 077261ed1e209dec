// ecs-tests.json and imds-config/imds-endpoint-tests.json: where credentials are asked for.
#include "aws/container_credentials.hpp"
#include "aws/instance_metadata.hpp"

#include "vectors/vector_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::aws {
namespace {

TEST(ContainerVectors, All) {
    Value const file = vectors::ReadVectors("ecs-tests.json");
    EXPECT_GE(file["tests"].Size(), 11U);
    for (Value const& test : file["tests"].AsArray()) {
        SCOPED_TRACE(test["docs"].AsString());
        MapEnvironment const environment(vectors::Strings(test["env"]));
        auto const url = ContainerUrl(environment);
        if (Value const* const expected = test["result"].Find("Ok")) {
            ASSERT_TRUE(url) << url.error().message;
            EXPECT_EQ(url->value_or("none"), expected->AsString());
        } else {
            EXPECT_FALSE(url && *url);  // not configured, or an error
        }
    }
}

TEST(InstanceMetadataVectors, All) {
    Value const file = vectors::ReadVectors("imds-config/imds-endpoint-tests.json");
    EXPECT_GE(file["tests"].Size(), 14U);
    for (Value const& test : file["tests"].AsArray()) {
        SCOPED_TRACE(test["docs"].AsString());
        MapEnvironment const environment(vectors::Strings(test["env"]),
                                         vectors::Strings(test["fs"]));
        ProfileFiles files("", environment);
        auto const settings =
            ResolveInstanceMetadata(environment, files, test["endpoint_override"].AsString(),
                                    test["mode_override"].AsString());
        if (Value const* const expected = test["result"].Find("Ok")) {
            ASSERT_TRUE(settings) << settings.error().message;
            EXPECT_EQ(settings->endpoint + "/latest/api/token", expected->AsString());
            continue;
        }
        ASSERT_FALSE(settings);
        std::string const expected(test["result"]["Err"].AsString());
        EXPECT_THAT(
            settings.error().message,
            ::testing::HasSubstr(expected == "invalid uri character" ? "invalid uri" : expected));
    }
}

}  // namespace
}  // namespace lddynamo::aws
