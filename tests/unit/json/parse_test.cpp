#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace lddynamo {
namespace {

TEST(ParseTest, ReadsEveryType) {
    auto const value = Value::Parse(
        " { \"null\" : null , \"yes\":true,\"no\":false,\"int\":-12,\"real\":2.5e-3,"
        "\"text\":\"x\",\"empty\":\"\",\"list\":[1,[],{}],\"object\":{\"a\":{\"b\":1}}}\r\n\t ");
    ASSERT_TRUE(value) << value.error().message;
    ASSERT_TRUE(value->IsObject());
    EXPECT_EQ(value->Size(), 9U);
    EXPECT_NE(value->Find("null"), nullptr);
    EXPECT_TRUE((*value)["null"].IsNull());
    EXPECT_EQ((*value)["yes"], Value(true));
    EXPECT_EQ((*value)["no"], Value(false));
    EXPECT_EQ((*value)["int"], Value(-12));
    EXPECT_EQ((*value)["real"], Value(0.0025));
    EXPECT_EQ((*value)["text"], Value("x"));
    EXPECT_EQ((*value)["empty"], Value(""));
    EXPECT_EQ((*value)["list"], Value::Array({1, Value::Array({}), Value::Object({})}));
    EXPECT_EQ((*value)["object"]["a"]["b"], Value(1));
    EXPECT_EQ(value->ToJson(),
              "{\"null\":null,\"yes\":true,\"no\":false,\"int\":-12,\"real\":0.0025,\"text\":\"x\","
              "\"empty\":\"\",\"list\":[1,[],{}],\"object\":{\"a\":{\"b\":1}}}");
}

TEST(ParseTest, ReadsScalarDocuments) {
    EXPECT_EQ(*Value::Parse("null"), Value());
    EXPECT_EQ(*Value::Parse(" true\n"), Value(true));
    EXPECT_EQ(*Value::Parse("12"), Value(12));
    EXPECT_EQ(*Value::Parse("\"s\""), Value("s"));
    EXPECT_EQ(*Value::Parse("[]"), Value::Array({}));
}

TEST(ParseTest, ReadsNumbersExactly) {
    struct Case {
        char const* text;
        double number;
    };
    for (Case const c : {Case{"0", 0.0}, Case{"1E5", 1e5}, Case{"1e+5", 1e5}, Case{"0.1", 0.1},
                         Case{"123456789012345678901234567890", 123456789012345678901234567890.0},
                         Case{"9007199254740993", 9007199254740992.0},
                         Case{"9223372036854775807", 9223372036854775808.0},
                         Case{"-9223372036854775808", -9223372036854775808.0},
                         Case{"18446744073709551615", 18446744073709551616.0},
                         Case{"-9223372036854775809", -9223372036854775808.0},
                         // A conversion through long double or in steps of ten gets these wrong.
                         Case{"8.41e+123", 8.41e+123}, Case{"9214843084008499", 9214843084008499.0},
                         Case{"30078505129381147446200", 30078505129381147446200.0},
                         Case{"0.500000000000000166533453693773481063544750213623046875",
                              0.500000000000000166533453693773481063544750213623046875},
                         Case{"2.2250738585072011e-308", 2.2250738585072011e-308},
                         Case{"1.7976931348623158e308", std::numeric_limits<double>::max()},
                         Case{"4.9e-324", 5e-324}, Case{"1e-999", 0.0}, Case{"2.4e-324", 0.0}}) {
        auto const value = Value::Parse(c.text);
        ASSERT_TRUE(value) << c.text << ": " << value.error().message;
        EXPECT_EQ(value->AsDouble(), c.number) << c.text;
    }
    EXPECT_TRUE(std::signbit(Value::Parse("-0")->AsDouble()));
    EXPECT_TRUE(std::signbit(Value::Parse("-0.0")->AsDouble()));
    EXPECT_TRUE(std::signbit(Value::Parse("-1e-999")->AsDouble()));
}

TEST(ParseTest, UnescapesStringsAndNames) {
    struct Case {
        char const* inside;
        std::string text;
    };
    for (Case const& c :
         {Case{"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
          Case{"\\u0041\\u00e9\\u20AC", "A\xC3\xA9\xE2\x82\xAC"},
          Case{"\\ud83d\\ude00", "\xF0\x9F\x98\x80"}, Case{"a\\u0000b", std::string("a\0b", 3)},
          Case{"\xC3\xA9\xF0\x9F\x98\x80\x7F", "\xC3\xA9\xF0\x9F\x98\x80\x7F"},
          Case{"\\\\ud800", "\\ud800"}, Case{"\\uFFFF", "\xEF\xBF\xBF"}}) {
        EXPECT_EQ(Value::Parse("\"" + std::string(c.inside) + "\"")->AsString(), c.text);
        auto const object = Value::Parse("{\"" + std::string(c.inside) + "\":1,\"z\\n\":2}");
        ASSERT_TRUE(object);
        EXPECT_EQ((*object)[c.text], Value(1));
        EXPECT_EQ((*object)["z\n"], Value(2));
    }
}

TEST(ParseTest, JoinsThePiecesOfLongStrings) {
    std::string inside;
    std::string text;
    for (int i = 0; i < 20000; ++i) {
        inside += i % 7 == 0 ? "\\n" : "\\u00e9 x";
        text += i % 7 == 0 ? "\n" : "\xC3\xA9 x";
    }
    auto const value = Value::Parse("[\"" + inside + "\",\"plain\"]");
    ASSERT_TRUE(value);
    EXPECT_EQ(value->AsArray()[0].AsString(), text);
    EXPECT_EQ(value->AsArray()[1].AsString(), "plain");
}

TEST(ParseTest, ReplacesLoneSurrogates) {
    std::string const r = "\xEF\xBF\xBD";
    struct Case {
        char const* inside;
        std::string text;
    };
    for (Case const& c : {Case{"\\ud800", r}, Case{"\\uDFFF", r}, Case{"\\ud800x", r + "x"},
                          Case{"\\ud800\\n", r + "\n"}, Case{"\\ud800\\ud800", r + r},
                          Case{"\\ud800\\ud83d\\ude00", r + "\xF0\x9F\x98\x80"},
                          Case{"\\ud83d\\ude00\\ude00", "\xF0\x9F\x98\x80" + r},
                          Case{"\\ud800\\u0041", r + "A"}, Case{"\\\\\\udc00", "\\" + r}}) {
        auto const value = Value::Parse("[\"" + std::string(c.inside) + "\"]");
        ASSERT_TRUE(value) << c.inside << ": " << value.error().message;
        EXPECT_EQ(value->AsArray()[0].AsString(), c.text) << c.inside;
    }
    auto const broken = Value::Parse("[\"\\ud800\", x]");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().message, "line 1, column 12: unexpected 'x'");
    EXPECT_FALSE(Value::Parse("\"\\ud800\\u00"));
    EXPECT_FALSE(Value::Parse("\"\\ud8"));
}

TEST(ParseTest, TheLastOfEqualNamesWins) {
    auto const small = Value::Parse("{\"a\":1,\"b\":2,\"a\":3,\"\\u0061\":4}");
    ASSERT_TRUE(small);
    EXPECT_EQ(small->ToJson(), "{\"a\":4,\"b\":2}");
    std::string text = "{";
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 50; ++i) {
            text += "\"n" + std::to_string(i) + "\":" + std::to_string(round * 100 + i) + ",";
        }
    }
    auto const large = Value::Parse(text + "\"last\":0}");
    ASSERT_TRUE(large);
    EXPECT_EQ(large->Size(), 51U);
    EXPECT_EQ((*large)["n0"], Value(200));
    EXPECT_EQ((*large)["n49"], Value(249));
    EXPECT_EQ((*large)["last"], Value(0));
    EXPECT_EQ(large->AsObject()[3].name, "n3");
}

TEST(ParseTest, TextOfManyMembersIsOrdered) {
    std::string text = "{";
    for (int i = 999; i >= 0; --i)
        text += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
    text.back() = '}';
    auto const value = Value::Parse(text);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->ToJson(), text);
    for (int i = 0; i < 1000; ++i) EXPECT_EQ((*value)["k" + std::to_string(i)], Value(i));
    for (char const* const absent : {"", "k", "k1000", "k-1", "z", "a"}) {
        EXPECT_EQ(value->Find(absent), nullptr) << absent;
    }
}

}  // namespace
}  // namespace lddynamo
