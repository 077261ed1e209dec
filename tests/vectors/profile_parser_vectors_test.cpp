// profile-parser-tests.json: the grammar of the config and credentials files.
#include "aws/profile_parser.hpp"

#include "vectors/vector_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::aws {
namespace {

using ::testing::HasSubstr;

Result<ProfileSet> ParseBoth(Value const& input) {
    auto set = ParseProfileFile(input["configFile"].AsString(), ProfileFileKind::kConfig);
    if (!set) return set;
    auto credentials =
        ParseProfileFile(input["credentialsFile"].AsString(), ProfileFileKind::kCredentials);
    if (!credentials) return credentials;
    set->Merge(std::move(*credentials));
    return set;
}

ProfileSections Sections(Value const& object) {
    ProfileSections sections;
    for (auto const& [name, properties] : object.AsObject()) {
        sections[name] = vectors::Strings(properties);
    }
    return sections;
}

TEST(ProfileParserVectors, All) {
    Value const file = vectors::ReadVectors("profile-parser-tests.json");
    EXPECT_GE(file["tests"].Size(), 65U);
    for (Value const& test : file["tests"].AsArray()) {
        SCOPED_TRACE(test["name"].AsString());
        auto const set = ParseBoth(test["input"]);
        if (Value const* const error = test["output"].Find("errorContaining")) {
            ASSERT_FALSE(set);
            EXPECT_THAT(set.error().message, HasSubstr(std::string(error->AsString())));
            continue;
        }
        ASSERT_TRUE(set) << set.error().message;
        Value const& expected = test["output"]["config"];
        EXPECT_EQ(set->profiles, Sections(expected["profiles"]));
        EXPECT_EQ(set->sso_sessions, Sections(expected["sso_sessions"]));
    }
}

}  // namespace
}  // namespace lddynamo::aws
