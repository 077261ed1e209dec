#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <random>

namespace lddynamo::json {
namespace {

std::string Quoted(std::string_view text) {
    std::string out = ">";
    AppendQuoted(out, text);
    EXPECT_EQ(out.front(), '>');
    return out.substr(1);
}

TEST(AppendQuotedTest, EscapesEveryAsciiCharacterAsEcmaScript) {
    for (int c = 0; c < 128; ++c) {
        std::string expected(1, static_cast<char>(c));
        char hex[8];
        std::snprintf(hex, sizeof hex, "\\u%04x", static_cast<unsigned>(c));
        if (c < 0x20) expected = hex;
        if (c == '\b') expected = "\\b";
        if (c == '\f') expected = "\\f";
        if (c == '\n') expected = "\\n";
        if (c == '\r') expected = "\\r";
        if (c == '\t') expected = "\\t";
        if (c == '"') expected = "\\\"";
        if (c == '\\') expected = "\\\\";
        // At every place relative to the eight bytes that are looked at together.
        for (std::size_t before = 0; before < 18; ++before) {
            for (std::size_t const after : {0U, 1U, 7U, 8U}) {
                std::string const a(before, 'x');
                std::string const b(after, '~');
                EXPECT_EQ(Quoted(a + static_cast<char>(c) + b), "\"" + a + expected + b + "\"");
            }
        }
    }
}

TEST(AppendQuotedTest, KeepsWellFormedUtf8) {
    for (char const* const text :
         {"", "/", "\xC3\xA9", "\xE2\x80\xA8\xE2\x80\xA9", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF",
          "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF\xEE\x80\x80"}) {
        EXPECT_EQ(Quoted(text), "\"" + std::string(text) + "\"");
        EXPECT_EQ(Quoted("abcdefg" + std::string(text) + "hijklmnop"),
                  "\"abcdefg" + std::string(text) + "hijklmnop\"");
    }
}

TEST(AppendQuotedTest, ReplacesEachByteThatIsNotUtf8) {
    std::string const r = "\xEF\xBF\xBD";
    EXPECT_EQ(Quoted("\xFF"), "\"" + r + "\"");
    EXPECT_EQ(Quoted("a\x80z"), "\"a" + r + "z\"");
    EXPECT_EQ(Quoted("\xC3"), "\"" + r + "\"");
    EXPECT_EQ(Quoted("\xC0\xAF"), "\"" + r + r + "\"");
    EXPECT_EQ(Quoted("\xED\xA0\x80"), "\"" + r + r + r + "\"");
    EXPECT_EQ(Quoted("\xF0\x9F\x98"), "\"" + r + r + r + "\"");
    EXPECT_EQ(Quoted("\xC3\""), "\"" + r + "\\\"\"");
}

TEST(AppendQuotedTest, AnyBytesGiveJsonThatReads) {
    std::mt19937 random(7);
    for (int i = 0; i < 3000; ++i) {
        std::string text(random() % 40, '\0');
        for (char& c : text) c = static_cast<char>(random());
        auto const value = Value::Parse(Quoted(text));
        ASSERT_TRUE(value) << value.error().message;
        EXPECT_EQ(Quoted(value->AsString()), Quoted(text));
    }
}

}  // namespace
}  // namespace lddynamo::json
