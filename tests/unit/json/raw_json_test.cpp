#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::json {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SplitObjectTest, GivesTheBytesOfEveryMember) {
    std::string_view const text =
        "\n{ \"a\" : 1.50e0 , \"b\\n\\u0063\" :\t{ \"x\" : [ 1, \"]}\\\"\" ] } ,\"\":\"s,}\\\\\",\n"
        "\"t\":true,\"n\":null\n,\"e\":[],\"o\":{}, \"d\":-12}\r\n";
    auto const members = SplitObject(text);
    ASSERT_TRUE(members) << members.error().message;
    EXPECT_THAT(*members,
                ElementsAre(Pair("a", "1.50e0"), Pair("b\nc", "{ \"x\" : [ 1, \"]}\\\"\" ] }"),
                            Pair("", "\"s,}\\\\\""), Pair("t", "true"), Pair("n", "null"),
                            Pair("e", "[]"), Pair("o", "{}"), Pair("d", "-12")));
    for (auto const& [name, raw] : *members) {
        EXPECT_GE(raw.data(), text.data()) << name;
        EXPECT_LE(raw.data() + raw.size(), text.data() + text.size()) << name;
    }
}

TEST(SplitObjectTest, KeepsDuplicatesInOrder) {
    EXPECT_THAT(*SplitObject("{\"a\":1,\"a\":2,\"b\":3,\"a\":4}"),
                ElementsAre(Pair("a", "1"), Pair("a", "2"), Pair("b", "3"), Pair("a", "4")));
    EXPECT_THAT(*SplitObject("{\"o\":{\"in\":{\"ner\":1}},\"p\":[{\"q\":1}]}"),
                ElementsAre(Pair("o", "{\"in\":{\"ner\":1}}"), Pair("p", "[{\"q\":1}]")));
    EXPECT_THAT(*SplitObject(" { } "), IsEmpty());
}

TEST(SplitValidObjectTest, GivesWhatSplitObjectGives) {
    for (std::string_view const text :
         {"{}", " { } ", R"({"a":1,"a":2})", R"({ "a" : [1, {"b":"}]\\"}] , "c\n\u0063\"":"\\" })",
          R"({"":"","s":"\"","t":"\\\"","n":-1.5e+3 ,"l":true})", "{\"\\ud800\":null}",
          "\n{\t\"k\"\r:\n{\"deep\":{\"er\":[[[]]]}}\n}\n"}) {
        auto const whole = SplitObject(text);
        auto const known = SplitValidObject(text);
        ASSERT_TRUE(whole && known) << text;
        EXPECT_EQ(*whole, *known) << text;
    }
    for (char const* const text : {"[1]", "null", "\"{}\"", "1"}) {
        EXPECT_FALSE(SplitValidObject(text)) << text;
    }
}

TEST(SplitObjectTest, ReadsLoneSurrogatesWithoutChangingThem) {
    EXPECT_THAT(*SplitObject("{\"\\ud800\":\"\\udc00\"}"),
                ElementsAre(Pair("\xEF\xBF\xBD", "\"\\udc00\"")));
}

TEST(SplitObjectTest, ValidatesTheWholeDocument) {
    struct Case {
        char const* text;
        char const* message;
    };
    for (Case const c :
         {Case{"", "line 1, column 1: unexpected end"},
          Case{"\n [1]", "line 2, column 2: not an object"},
          Case{"null", "line 1, column 1: not an object"},
          Case{"\"{}\"", "line 1, column 1: not an object"},
          Case{"[{\"a\":1}]", "line 1, column 1: not an object"},
          Case{"{\"a\":{\"b\":[1,\n2,}]}}", "line 2, column 3: unexpected '}'"},
          Case{"{\"a\":1}}", "line 1, column 8: unexpected '}' after the end of the document"},
          Case{"{\"a\":\"\xFF\"}", "line 1, column 7: invalid UTF-8"},
          Case{"{\"a\":1e400}", "line 1, column 6: number out of range"},
          Case{"{\"a\":1", "line 1, column 7: unexpected end"}}) {
        auto const members = SplitObject(c.text);
        ASSERT_FALSE(members) << c.text;
        EXPECT_EQ(members.error().code, ErrorCode::kInvalidData);
        EXPECT_EQ(members.error().message, c.message) << c.text;
    }
}

TEST(MinifyTest, RemovesOnlyInsignificantSpace) {
    struct Case {
        char const* text;
        char const* minified;
    };
    for (Case const c :
         {Case{" { \"a b\" :\t1.50 ,\r\n\"c\" : [ 1 , \" \\\" x \\\\\" , \"\\u0020 \" ] } \n",
               "{\"a b\":1.50,\"c\":[1,\" \\\" x \\\\\",\"\\u0020 \"]}"},
          Case{"[]", "[]"}, Case{" 1e+5 ", "1e+5"}, Case{"\"\\\\\" ", "\"\\\\\""}, Case{"", ""},
          Case{"{\"\\/\" : \"\xC3\xA9 \xE2\x80\x83\"}", "{\"\\/\":\"\xC3\xA9 \xE2\x80\x83\"}"}}) {
        EXPECT_EQ(Minify(c.text), c.minified) << c.text;
        EXPECT_EQ(Minify(c.minified), c.minified);
    }
}

TEST(MinifyTest, SurvivesTextThatIsNotJson) {
    for (char const* const text : {"\"", "\"\\", "\\", "{\"a", "\"\\\"", "]}"}) {
        EXPECT_LE(Minify(text).size(), std::string_view(text).size()) << text;
    }
}

}  // namespace
}  // namespace lddynamo::json
