#include "model/semantic_version.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace lddynamo::model {
namespace {

// Every line is greater than the one before; the texts of a line are equal.
std::vector<std::vector<std::string>> const kAscending = {
    {"0", "0.0", "0.0.0", "0+x"},
    {"0.0.1"},
    {"0.1"},
    {"1.0.0-0"},
    {"1.0.0-1"},
    {"1.0.0-2"},
    {"1.0.0-10"},
    {"1.0.0-99999999999999999999998"},
    {"1.0.0-99999999999999999999999"},
    {"1.0.0--"},
    {"1.0.0-0a"},
    {"1.0.0-A"},
    {"1.0.0-alpha", "1-alpha", "1.0-alpha+b"},
    {"1.0.0-alpha.1"},
    {"1.0.0-alpha.1.0"},
    {"1.0.0-alpha.beta"},
    {"1.0.0-beta"},
    {"1.0.0-beta.2"},
    {"1.0.0-beta.11"},
    {"1.0.0-rc.1"},
    {"1.0.0", "1", "1.0", "1+build", "1.0.0+0.0.1", "1.0.0+a-b"},
    {"1.0.1"},
    {"1.2.0", "1.2"},
    {"1.10.0"},
    {"2-rc"},
    {"2"},
    {"10"},
    {"99999999999999999999999999.0.0"},
    {"100000000000000000000000000.0.0"},
};

TEST(SemanticVersionTest, HasTheOrderOfSemver) {
    for (std::size_t i = 0; i < kAscending.size(); ++i) {
        for (std::size_t j = 0; j < kAscending.size(); ++j) {
            for (std::string const& a : kAscending[i]) {
                for (std::string const& b : kAscending[j]) {
                    auto const left = SemanticVersion::Parse(a);
                    auto const right = SemanticVersion::Parse(b);
                    ASSERT_TRUE(left) << a;
                    ASSERT_TRUE(right) << b;
                    EXPECT_EQ(left->Compare(*right), i <=> j) << a << " and " << b;
                }
            }
        }
    }
}

TEST(SemanticVersionTest, RefusesWhatIsNone) {
    for (char const* text :
         {"",          " ",         "x",        "v1",         "1.",         "1.2.",
          ".1",        "1..2",      "1.2.3.4",  "01",         "1.02",       "1.2.03",
          "00",        "1-",        "1.0.0-",   "1.0.0+",     "1.0.0-+b",   "1.0.0-a..b",
          "1.0.0-.a",  "1.0.0-a.",  "1.0.0-01", "1.0.0-a.00", "1.0.0+a..b", "1.0.0+.",
          "1.0.0+a+b", "1.0.0-a_b", "1.0.0-ä",  "1.0.0+ä",    "1 ",         " 1",
          "1.0.0 ",    "-1",        "+1",       "1.-rc",      "1.2.-rc",    "1,2",
          "1.0.0-a b", "٣",         "1.0x",     "1x",         "1.0.0-é+1",  "0x1"}) {
        EXPECT_FALSE(SemanticVersion::Parse(text)) << text;
    }
    EXPECT_FALSE(SemanticVersion::Parse(std::string_view("1\0", 2)));
    EXPECT_TRUE(SemanticVersion::Parse("1.0.0+01"));  // build metadata may have leading zeros
}

}  // namespace
}  // namespace lddynamo::model
