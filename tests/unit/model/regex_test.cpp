#include "model/regex.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lddynamo::model {
namespace {

bool Matches(char const* pattern, std::string_view text) {
    auto const regex = Regex::Compile(pattern);
    EXPECT_TRUE(regex) << pattern;
    return regex && regex->Matches(text);
}

TEST(RegexTest, MatchesAnywhere) {
    EXPECT_TRUE(Matches("b", "abc"));
    EXPECT_FALSE(Matches("^b", "abc"));
    EXPECT_TRUE(Matches("", ""));
    EXPECT_TRUE(Matches("c$", "abc"));
    EXPECT_FALSE(Matches("b$", "ab\nc"));
    EXPECT_FALSE(Matches("c$", "abc\n"));
    EXPECT_FALSE(Matches("a.c", "a\nc"));
    EXPECT_TRUE(Matches("(?s)a.c", "a\nc"));
    EXPECT_TRUE(Matches("(?m)^c$", "ab\nc"));
    EXPECT_TRUE(Matches("(?i)GRÖSSE", "größe grösse"));
}

TEST(RegexTest, TakesThePerlClassesOfGo) {
    EXPECT_TRUE(Matches(R"(^\d{2}\s\w+$)", "12 ab_c"));
    EXPECT_TRUE(Matches(R"(\bworld\b)", "hello world!"));
    EXPECT_TRUE(Matches(R"(^\p{Greek}+$)", "αβγ"));
    EXPECT_TRUE(Matches(R"(^[[:alpha:]]+$)", "abc"));
    EXPECT_TRUE(Matches(R"(^\Qa.b\E$)", "a.b"));
    EXPECT_FALSE(Matches(R"(^\Qa.b\E$)", "axb"));
    EXPECT_TRUE(Matches("^..$", "日本"));
    EXPECT_TRUE(Matches(R"(\x{1F600})", "😀"));
    EXPECT_TRUE(Matches("(?U)a+$", "aaa"));
}

TEST(RegexTest, TakesBothFormsOfNamedGroups) {
    EXPECT_TRUE(Matches("^(?P<first>a)(?<second>b)$", "ab"));
    // Names say nothing: two may be the same.
    EXPECT_TRUE(Matches("^(?P<n>a)(?P<n>b)$", "ab"));
    EXPECT_TRUE(Matches("^(?<n>a)|(?P<n_1>b){2}(?<0>)$", "bb"));
    // Not a group: in a class, behind a backslash, quoted.
    EXPECT_TRUE(Matches("^[(?<n>]+$", "n<?("));
    EXPECT_TRUE(Matches(R"(^\(?<n>$)", "(<n>"));
    EXPECT_TRUE(Matches(R"(^\Q(?<n>\E$)", "(?<n>"));
    EXPECT_TRUE(Matches(R"(^\Q(?<n>)", "(?<n>"));
    EXPECT_TRUE(Matches("^[](?<n>]+$", "](?"));
    EXPECT_TRUE(Matches("^[^](?<n>]+$", "abc"));
    EXPECT_TRUE(Matches("^[[:alpha:](?<]+$", "a(?<"));
    EXPECT_TRUE(Matches(R"(^[\](?<]+$)", "](?<"));
}

TEST(RegexTest, RefusesWhatGoRefuses) {
    for (char const* pattern : {"(",          ")",           "[",        "a**",
                                "*",          "+a",          "\\",       "(?=a)",
                                "(?!a)",      "(?<=a)b",     "(?<!a)b",  R"((a)\1)",
                                R"(\C)",      R"(a\Cb)",     R"(\Z)",    "a{1001}",
                                "(?<n",       "(?<>a)",      "(?P<n",    "(?P<>a)",
                                "(?P<a-b>a)", "(?P<ñ>a)",    "(?<日>a)", "(?P<n>?:a)",
                                "(?P<n>*)",   "(?P=n)",      "(?P<n>a",  "[[:none:]]",
                                R"(\pX)",     "(?z)",        "[z-a]",    "((a{100}){100}){100}",
                                "\xff",       "\xed\xa0\x80"}) {
        EXPECT_FALSE(Regex::Compile(pattern)) << pattern;
    }
    EXPECT_TRUE(Regex::Compile(R"(\QC\E)"));
    EXPECT_TRUE(Matches(R"(^\Q\C\E$)", R"(\C)"));
    EXPECT_TRUE(Matches(R"(^\\C$)", R"(\C)"));
}

// The expected answers are those of Go's regexp.
TEST(RegexTest, ReadsEachByteThatIsNoUtf8AsOneReplacementCharacter) {
    EXPECT_TRUE(Matches("^.*$", "a\377b"));
    EXPECT_TRUE(Matches(R"(^\S+$)", "a\377b"));
    EXPECT_TRUE(Matches("a.b", "a\377b"));
    EXPECT_TRUE(Matches("x$", "\377x"));
    EXPECT_TRUE(Matches(R"(^\x{FFFD}$)", "\377"));
    // The begin of a character, a surrogate, and what is above U+10FFFF: a byte each.
    EXPECT_TRUE(Matches("^a..b$", "a\342\202b"));
    EXPECT_FALSE(Matches("^a.b$", "a\342\202b"));
    EXPECT_TRUE(Matches("^...$", "\xed\xa0\x80"));
    EXPECT_FALSE(Matches("^.$", "\xed\xa0\x80"));
    EXPECT_TRUE(Matches("^....$", "\xf4\x90\x80\x80"));
    EXPECT_TRUE(Matches("^é.é$", "é\xc3é"));
}

TEST(RegexTest, TakesTimeInProportionToTheText) {
    auto const regex = Regex::Compile("(a*)*(a*)*(a|aa)*b$");
    ASSERT_TRUE(regex);
    std::string const text(200'000, 'a');  // a backtracking matcher would not end
    EXPECT_FALSE(regex->Matches(text));
}

TEST(RegexTest, DeepAndLargePatternsAreHarmless) {
    std::string const deep = std::string(50'000, '(') + 'a' + std::string(50'000, ')');
    auto const regex = Regex::Compile(deep);
    EXPECT_TRUE(!regex || regex->Matches("a"));
    EXPECT_FALSE(Regex::Compile(std::string(50'000, '(')));
    EXPECT_FALSE(Regex::Compile(R"((\pL{1000}){1000})"));
}

}  // namespace
}  // namespace lddynamo::model
