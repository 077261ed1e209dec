// file-location-tests.json: which files and which profile are used.
#include "aws/profile_files.hpp"

#include "vectors/vector_file.hpp"

#include <gtest/gtest.h>

namespace lddynamo::aws {
namespace {

TEST(FileLocationVectors, All) {
    Value const file = vectors::ReadVectors("file-location-tests.json");
    std::size_t run = 0;
    for (Value const& test : file["tests"].AsArray()) {
        SCOPED_TRACE(test["name"].AsString());
        if (test["platform"].AsString() == "windows") continue;  // lddynamo runs on Linux
        ++run;
        MapEnvironment const environment(vectors::Strings(test["environment"]));
        auto const locations = LocateProfileFiles(environment);
        EXPECT_EQ(locations.config, test["configLocation"].AsString());
        EXPECT_EQ(locations.credentials, test["credentialsLocation"].AsString());
        if (Value const* const profile = test.Find("profile")) {
            EXPECT_EQ(ProfileFiles("", environment).ProfileName(), profile->AsString());
        }
    }
    EXPECT_GE(run, 4U);
}

}  // namespace
}  // namespace lddynamo::aws
