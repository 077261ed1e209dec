#include "aws/profile_parser.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::aws {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kConfig = ProfileFileKind::kConfig;
constexpr auto kCredentials = ProfileFileKind::kCredentials;

TEST(ProfileParserTest, ReadsProfiles) {
    struct Case {
        std::string_view name;
        std::string_view text;
        ProfileSections profiles;
        ProfileFileKind kind = kConfig;
    };
    std::vector<Case> const cases{
        {"empty", "", {}},
        {"blank lines and comments only", "\n \t\n# c\n; d\n  # indented\n", {}},
        {"no properties", "[profile a]", {{"a", {}}}},
        {"one property", "[profile a]\nk = v", {{"a", {{"k", "v"}}}}},
        {"CRLF", "[profile a]\r\nk = v\r\n", {{"a", {{"k", "v"}}}}},
        {"byte order mark", "\xEF\xBB\xBF[profile a]\nk = v", {{"a", {{"k", "v"}}}}},
        {"names are lower-cased, values not",
         "[profile A]\nKey = Value",
         {{"A", {{"key", "Value"}}}}},
        {"tabs and spaces", "[ profile\t a \t]  \nk\t=\t v \t", {{"a", {{"k", "v"}}}}},
        {"empty value", "[profile a]\nk =", {{"a", {{"k", ""}}}}},
        {"equals sign in a value", "[profile a]\nk = a=b==", {{"a", {{"k", "a=b=="}}}}},
        {"comment after a blank", "[profile a] ; c\nk = v # c", {{"a", {{"k", "v"}}}}},
        {"no comment without a blank", "[profile a]\nk = v#1;2", {{"a", {{"k", "v#1;2"}}}}},
        {"comment glued to a section", "[profile a]# c", {{"a", {}}}},
        {"continuation", "[profile a]\nk = v\n  w\n\n\tx # y", {{"a", {{"k", "v\nw\nx # y"}}}}},
        {"comment line between", "[profile a]\nk = v\n  # c\n  w", {{"a", {{"k", "v\nw"}}}}},
        {"sub-properties", "[profile a]\ns =\n  x = 1\n  y =\n", {{"a", {{"s", "\nx = 1\ny ="}}}}},
        {"comment among sub-properties",
         "[profile a]\ns =\n  # c\n  x = 1",
         {{"a", {{"s", "\nx = 1"}}}}},
        {"same profile twice",
         "[profile a]\nk=1\nl=1\n[profile a]\nk=2",
         {{"a", {{"k", "2"}, {"l", "1"}}}}},
        {"default without prefix", "[default]\nk=1", {{"default", {{"k", "1"}}}}},
        {"default with prefix hides it",
         "[profile default]\nk=1\n[default]\nl=2",
         {{"default", {{"k", "1"}}}}},
        {"and also when it comes later",
         "[default]\nl=2\n[profile default]\nk=1",
         {{"default", {{"k", "1"}}}}},
        {"a config profile wants its prefix", "[a]\nk=1", {}},
        {"invalid section names are ignored",
         "[profile a b]\nk=1\n[profilec]\n[]\n[profile]\n[profile x!]",
         {}},
        {"invalid property names are ignored",
         "[profile a]\ni n = 1\n  more\nok=1",
         {{"a", {{"ok", "1"}}}}},
        {"credentials have no prefix",
         "[a]\nk=1\n[profile b]\nk=2",
         {{"a", {{"k", "1"}}}},
         kCredentials},
        {"sso-session is no profile", "[sso-session a]\nk=1", {}},
        {"services is no profile", "[services a]\nk=1", {}},
        {"no sessions in credentials", "[sso-session a]\n[services a]\n", {}, kCredentials},
        {"unicode in values", "[profile a]\nk = \xC3\xA9", {{"a", {{"k", "\xC3\xA9"}}}}},
    };
    for (Case const& c : cases) {
        auto const set = ParseProfileFile(c.text, c.kind);
        ASSERT_TRUE(set) << c.name << ": " << set.error().message;
        EXPECT_EQ(set->profiles, c.profiles) << c.name;
    }
}

TEST(ProfileParserTest, ReportsBrokenGrammarByLineWithoutItsText) {
    struct Case {
        std::string_view text, message;
    };
    std::vector<Case> const cases{
        {"secret = value", "line 1: Expected a profile definition"},
        {" secret", "line 1: Expected a profile definition"},
        {"\n[profile secret", "line 2: Profile definition must end with ']'"},
        {"[profile a]\nsecret", "line 2: Expected an '=' sign defining a property"},
        {"[profile a]\n= secret", "line 2: Property did not have a name"},
        {"[profile a]\n secret", "line 2: Expected a property definition, found continuation"},
        {"[profile a]\nk=v\n[profile a]\n secret", "line 4: Expected a property definition"},
        {"[profile a]\nk =\n secret", "line 3: Expected an '=' sign defining a sub-property"},
        {"[profile a]\nk =\n = secret", "line 3: Sub-property did not have a name"},
        {"[ignored]\nsecret", "line 2: Expected an '=' sign"},
    };
    for (Case const& c : cases) {
        auto const set = ParseProfileFile(c.text, kConfig);
        ASSERT_FALSE(set) << c.text;
        EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(set.error().message, HasSubstr(std::string(c.message)));
        EXPECT_THAT(set.error().message, Not(HasSubstr("secret")));
    }
}

TEST(ProfileParserTest, MergesWithTheCredentialsFileWinning) {
    auto set =
        ParseProfileFile("[profile a]\nk=1\nl=1\n[services s]\ndynamodb =\n  x = 1", kConfig);
    ASSERT_TRUE(set);
    set->Merge(ParseProfileFile("[a]\nk=2\n[b]\nk=3", kCredentials).value());
    EXPECT_EQ(set->profiles,
              (ProfileSections{{"a", {{"k", "2"}, {"l", "1"}}}, {"b", {{"k", "3"}}}}));
    EXPECT_EQ(set->services, (ProfileSections{{"s", {{"dynamodb", "\nx = 1"}}}}));
    EXPECT_EQ(*set->Find("a", "l"), "1");
    EXPECT_EQ(set->Find("a", "m"), nullptr);
    EXPECT_EQ(set->Find("c", "k"), nullptr);
}

TEST(ProfileParserTest, FindsSubProperties) {
    std::string_view const value = "\nendpoint_url = http://a # c\nOther=1\nempty =\nother = 2";
    EXPECT_EQ(FindSubProperty(value, "endpoint_url"), "http://a");
    EXPECT_EQ(FindSubProperty(value, "other"), "2");
    EXPECT_EQ(FindSubProperty(value, "empty"), std::nullopt);
    EXPECT_EQ(FindSubProperty(value, "endpoint"), std::nullopt);
    EXPECT_EQ(FindSubProperty("", "endpoint"), std::nullopt);
}

TEST(ProfileParserTest, SurvivesAnyBytes) {
    std::string_view const alphabet = "[]= \t\n\r#;aP\xEF\xBB\xBF%";
    std::uint32_t state = 1;
    for (int i = 0; i < 20000; ++i) {
        std::string text = i % 2 == 0 ? "[profile a]\n" : "";
        for (int k = 0; k < 24; ++k) {
            state = state * 1664525U + 1013904223U;
            text += alphabet[(state >> 16U) % alphabet.size()];
        }
        auto const set = ParseProfileFile(text, i % 3 == 0 ? kCredentials : kConfig);
        if (!set) {
            EXPECT_THAT(set.error().message, HasSubstr("line "));
        }
    }
}

}  // namespace
}  // namespace lddynamo::aws
