#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <string>

namespace lddynamo {
namespace {

struct Case {
    std::string text;
    std::string message;
};

void Check(Case const& c) {
    auto const value = Value::Parse(c.text);
    ASSERT_FALSE(value) << c.text;
    EXPECT_EQ(value.error().code, ErrorCode::kInvalidData) << c.text;
    EXPECT_EQ(value.error().message, c.message) << c.text;
}

TEST(ParseErrorTest, SaysWhereATruncatedDocumentEnds) {
    for (Case const& c : {Case{"", "line 1, column 1: unexpected end"},
                          Case{"  \n ", "line 2, column 2: unexpected end"},
                          Case{"{", "line 1, column 2: unexpected end"},
                          Case{"[1,\n2", "line 2, column 2: unexpected end"},
                          Case{"[1,2,", "line 1, column 6: unexpected end"},
                          Case{"{\"a\"", "line 1, column 5: unexpected end"},
                          Case{"{\"a\":", "line 1, column 6: unexpected end"},
                          Case{"{\"a\":1", "line 1, column 7: unexpected end"},
                          Case{"\"abc", "line 1, column 5: unexpected end"},
                          Case{"\"ab\\", "line 1, column 5: unexpected end"},
                          Case{"\"ab\\u12", "line 1, column 8: unexpected end"},
                          Case{"tru", "line 1, column 4: unexpected end"},
                          Case{"nul", "line 1, column 4: unexpected end"},
                          Case{"-", "line 1, column 2: unexpected end"},
                          Case{"1.", "line 1, column 3: unexpected end"},
                          Case{"1e+", "line 1, column 4: unexpected end"}}) {
        Check(c);
    }
}

TEST(ParseErrorTest, EveryPrefixOfADocumentIsAnError) {
    std::string const text =
        "{\"a\":[1,-2.5e3,true,false,null,\"x\\u00e9\\n\xC3\xA9\"],\"b\":{\"c\":{}}}";
    ASSERT_TRUE(Value::Parse(text));
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const value = Value::Parse(text.substr(0, i));
        ASSERT_FALSE(value) << text.substr(0, i);
        EXPECT_NE(value.error().message.find("unexpected end"), std::string::npos)
            << value.error().message;
    }
}

TEST(ParseErrorTest, SaysWhatIsUnexpectedAndWhere) {
    for (Case const& c :
         {Case{"[1,]", "line 1, column 4: unexpected ']'"},
          Case{"{\"a\":1,}", "line 1, column 8: unexpected '}'"},
          Case{"{,}", "line 1, column 2: unexpected ','"},
          Case{"]", "line 1, column 1: unexpected ']'"},
          Case{"{\"a\" 1}", "line 1, column 6: unexpected '1'"},
          Case{"{a:1}", "line 1, column 2: unexpected 'a'"},
          Case{"[1 2]", "line 1, column 4: unexpected '2'"},
          Case{"[\n1\n, }", "line 3, column 3: unexpected '}'"},
          Case{"{\"a\":\r\n  [1,\r\n  2,,3]}", "line 3, column 5: unexpected ','"},
          Case{"[\n\"x\"\n\"y\"]", "line 3, column 1: unexpected '\"'"},
          Case{"-x", "line 1, column 2: unexpected 'x'"},
          Case{"[NaN]", "line 1, column 2: unexpected 'N'"},
          Case{"'a'", "line 1, column 1: unexpected '''"},
          Case{"[.5]", "line 1, column 2: unexpected '.'"},
          Case{"[+1]", "line 1, column 2: unexpected '+'"},
          Case{"/*c*/1", "line 1, column 1: unexpected '/'"},
          Case{"\"\\x\"", "line 1, column 3: unexpected 'x'"},
          Case{"\"\\u12G4\"", "line 1, column 6: unexpected 'G'"},
          Case{"\"a\nb\"", "line 1, column 3: unexpected line break"},
          Case{"\"a\x01\"", "line 1, column 3: unexpected control character 0x01"},
          Case{std::string("\"a\0b\"", 5), "line 1, column 3: unexpected control character 0x00"},
          Case{"01", "line 1, column 2: unexpected '1' after the end of the document"},
          Case{"{} x", "line 1, column 4: unexpected 'x' after the end of the document"},
          Case{"{}\n\n{}", "line 3, column 1: unexpected '{' after the end of the document"}}) {
        Check(c);
    }
}

TEST(ParseErrorTest, CountsColumnsInCharacters) {
    for (Case const& c : {Case{"{\"k\xC3\xA9y\": x}", "line 1, column 9: unexpected 'x'"},
                          Case{"\"\xF0\x9F\x98\x80\" x",
                               "line 1, column 5: unexpected 'x' after the end of the document"},
                          Case{"[\xE2\x80\x9C]", "line 1, column 2: unexpected '\xE2\x80\x9C'"},
                          Case{"\xEF\xBB\xBF{}", "line 1, column 1: unexpected byte order mark"}}) {
        Check(c);
    }
}

TEST(ParseErrorTest, RefusesInvalidUtf8) {
    std::string const cause = ": invalid UTF-8";
    for (char const* const bytes :
         {"\xFF", "\x80", "\xC3(", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
          "\xF8\x88\x80\x80\x80", "\xE2\x82"}) {
        Check({"\"abc" + std::string(bytes) + "\"", "line 1, column 5" + cause});
        Check({"{\"abc" + std::string(bytes) + "\":1}", "line 1, column 6" + cause});
        Check({"\"" + std::string(100, 'a') + bytes + "\"", "line 1, column 102" + cause});
    }
}

TEST(ParseErrorTest, RefusesNumbersBeyondADouble) {
    for (Case const& c :
         {Case{"1e999", "line 1, column 1: number out of range"},
          Case{"[ 1.5,\n -2e400 ]", "line 2, column 2: number out of range"},
          Case{"{\"a\":1e99999999999}", "line 1, column 6: number out of range"},
          Case{"[1.7976931348623159e308]", "line 1, column 2: number out of range"},
          Case{"[1" + std::string(400, '0') + "]", "line 1, column 2: number out of range"}}) {
        Check(c);
    }
}

TEST(ParseErrorTest, LimitsTheDepth) {
    auto const nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_TRUE(Value::Parse(nested(512)));
    Check({nested(513), "line 1, column 513: nested deeper than 512 levels"});
    Check({std::string(1000000, '['), "line 1, column 513: nested deeper than 512 levels"});
    std::string objects;
    for (int i = 0; i < 513; ++i) objects += "{\"a\":";
    Check({objects, "line 1, column 2561: nested deeper than 512 levels"});
    std::string siblings = "[";
    for (int i = 0; i < 1000; ++i) siblings += "[],";
    EXPECT_TRUE(Value::Parse(siblings + "[]]"));
}

}  // namespace
}  // namespace lddynamo
