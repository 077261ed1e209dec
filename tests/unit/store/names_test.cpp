#include "store/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using ::testing::HasSubstr;

Item RowKeyOf(char const* ns, char const* key) {
    return {{"namespace", AttributeValue::S(ns)}, {"key", AttributeValue::S(key)}};
}

TEST(TableNamesTest, PrefixesWithAColon) {
    TableNames const plain("");
    EXPECT_EQ(plain.RowKey(DataKind::kFeatures, "k"), RowKeyOf("features", "k"));
    EXPECT_EQ(plain.RowKey(DataKind::kSegments, "k"), RowKeyOf("segments", "k"));
    EXPECT_EQ(plain.Marker(), RowKeyOf("$inited", "$inited"));
    TableNames const prefixed("eu-prod");
    EXPECT_EQ(prefixed.RowKey(DataKind::kFeatures, "k"), RowKeyOf("eu-prod:features", "k"));
    EXPECT_EQ(prefixed.RowKey(DataKind::kSegments, "k"), RowKeyOf("eu-prod:segments", "k"));
    EXPECT_EQ(prefixed.Marker(), RowKeyOf("eu-prod:$inited", "eu-prod:$inited"));
}

TEST(CheckPrefixTest, RefusesWhatOtherSdksWouldMisread) {
    for (char const* good : {"", "p", "eu-prod", "a b", "a/b", "präfix", "features", "'\""}) {
        EXPECT_TRUE(CheckPrefix(good).has_value()) << good;
    }
    for (std::string const& bad :
         {std::string("$"), std::string("a$b"), std::string(":"), std::string("a:b"),
          std::string("a:"), std::string("\xff"), std::string("a\xc3"), std::string(1017, 'x')}) {
        auto const status = CheckPrefix(bad);
        ASSERT_FALSE(status.has_value()) << bad;
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        EXPECT_LT(status.error().message.size(), 400U);
    }
    EXPECT_TRUE(CheckPrefix(std::string(1016, 'x')).has_value());
}

TEST(CheckKeyTest, AllowsUpToAKilobyteOfUtf8) {
    for (std::string const& good :
         {std::string("k"), std::string(1024, 'x'), std::string("with space"),
          std::string("a/b$c:d\""), std::string("\xf0\x9f\x9a\xa9"), std::string("\0", 1),
          std::string("new\nline")}) {
        EXPECT_TRUE(CheckKey(DataKind::kFeatures, good).has_value()) << good;
        EXPECT_TRUE(IsStorableKey(good));
    }
    struct Case {
        std::string key;
        char const* message;
    };
    std::vector<Case> const cases = {
        {"", "empty"},
        {std::string(1025, 'x'), "1025 bytes"},
        {"\xff", "not UTF-8"},
        {"a\xc3", "not UTF-8"},
        {"\xed\xa0\x80", "not UTF-8"},  // a lone surrogate
        {std::string(2'000'000, 'x'), "2000000 bytes"},
    };
    for (auto const& [key, message] : cases) {
        auto const status = CheckKey(DataKind::kSegments, key);
        ASSERT_FALSE(status.has_value());
        EXPECT_EQ(status.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(status.error().message, HasSubstr(message));
        EXPECT_THAT(status.error().message, HasSubstr("segment"));
        EXPECT_LT(status.error().message.size(), 400U);
        EXPECT_FALSE(IsStorableKey(key));
    }
}

TEST(DescribeTest, StaysOnOneLine) {
    EXPECT_EQ(Describe(DataKind::kFeatures, "a"), "flag \"a\"");
    EXPECT_EQ(Describe(DataKind::kSegments, "a\"\nb").find('\n'), std::string::npos);
}

TEST(DataKindTest, HasTheNamesOfTheTable) {
    EXPECT_EQ(ToString(DataKind::kFeatures), "features");
    EXPECT_EQ(ToString(DataKind::kSegments), "segments");
}

}  // namespace
}  // namespace lddynamo::store
