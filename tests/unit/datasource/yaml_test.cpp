#include "datasource/yaml_scalar.hpp"
#include "datasource/yaml_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace lddynamo::datasource {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// As JSON, or the error.
std::string Read(std::string_view yaml, YamlLimits const& limits = {}) {
    auto const value = ParseYaml(yaml, limits);
    if (value) return value->ToJson();
    EXPECT_EQ(value.error().code, ErrorCode::kInvalidData);
    return value.error().message;
}

struct ScalarCase {
    char const* text;
    char const* json;  // nullptr: no number that JSON has
};
void PrintTo(ScalarCase const& scalar, std::ostream* out) {
    *out << scalar.text;
}
class YamlScalarTest : public ::testing::TestWithParam<ScalarCase> {};

TEST_P(YamlScalarTest, IsWhatTheCoreSchemaMakesOfIt) {
    auto const [text, json] = GetParam();
    YamlScalar const scalar = ResolveYamlScalar(text);
    if (json == nullptr) {
        EXPECT_EQ(scalar.type, YamlScalarType::kNoJsonNumber) << text;
    } else {
        EXPECT_EQ(scalar.value.ToJson(), json) << text;
    }
}

INSTANTIATE_TEST_SUITE_P(Null, YamlScalarTest,
                         ::testing::Values(ScalarCase{"", "null"}, ScalarCase{"~", "null"},
                                           ScalarCase{"null", "null"}, ScalarCase{"Null", "null"},
                                           ScalarCase{"NULL", "null"},
                                           ScalarCase{"nULL", "\"nULL\""}));
INSTANTIATE_TEST_SUITE_P(Bool, YamlScalarTest,
                         ::testing::Values(ScalarCase{"true", "true"}, ScalarCase{"True", "true"},
                                           ScalarCase{"TRUE", "true"}, ScalarCase{"false", "false"},
                                           ScalarCase{"False", "false"},
                                           ScalarCase{"FALSE", "false"},
                                           // Those of YAML 1.1 are text.
                                           ScalarCase{"yes", "\"yes\""}, ScalarCase{"no", "\"no\""},
                                           ScalarCase{"on", "\"on\""}, ScalarCase{"off", "\"off\""},
                                           ScalarCase{"y", "\"y\""},
                                           ScalarCase{"tRUE", "\"tRUE\""}));
INSTANTIATE_TEST_SUITE_P(
    Int, YamlScalarTest,
    ::testing::Values(ScalarCase{"0", "0"}, ScalarCase{"-0", "0"}, ScalarCase{"+12", "12"},
                      ScalarCase{"-19", "-19"}, ScalarCase{"010", "10"}, ScalarCase{"0o17", "15"},
                      ScalarCase{"0xFf", "255"}, ScalarCase{"0o18", "\"0o18\""},
                      ScalarCase{"0xg", "\"0xg\""}, ScalarCase{"0x", "\"0x\""},
                      ScalarCase{"-0x1", "\"-0x1\""}, ScalarCase{"1_000", "\"1_000\""},
                      ScalarCase{"12:30", "\"12:30\""}, ScalarCase{"+", "\"+\""},
                      ScalarCase{"-", "\"-\""}, ScalarCase{"--1", "\"--1\""},
                      ScalarCase{"0xFFFFFFFFFFFFFFFF", "18446744073709552000"},
                      ScalarCase{"0x10000000000000000", nullptr},
                      ScalarCase{"9007199254740993", "9007199254740992"}));
INSTANTIATE_TEST_SUITE_P(
    Float, YamlScalarTest,
    ::testing::Values(
        ScalarCase{"1.5", "1.5"}, ScalarCase{".5", "0.5"}, ScalarCase{"-.5", "-0.5"},
        ScalarCase{"+5.", "5"}, ScalarCase{"1e3", "1000"}, ScalarCase{"1.E+3", "1000"},
        ScalarCase{"12e-1", "1.2"}, ScalarCase{"00.5", "0.5"}, ScalarCase{".", "\".\""},
        ScalarCase{"1e", "\"1e\""}, ScalarCase{"1e+", "\"1e+\""}, ScalarCase{"e3", "\"e3\""},
        ScalarCase{"1.2.3", "\"1.2.3\""}, ScalarCase{"1 2", "\"1 2\""}, ScalarCase{".inf", nullptr},
        ScalarCase{"-.INF", nullptr}, ScalarCase{"+.Inf", nullptr}, ScalarCase{".nan", nullptr},
        ScalarCase{"-.nan", "\"-.nan\""}, ScalarCase{"inf", "\"inf\""},
        ScalarCase{"nan", "\"nan\""}, ScalarCase{"1e400", nullptr}, ScalarCase{"-0.5e400", nullptr},
        ScalarCase{"1e99999999999999999999", nullptr}, ScalarCase{"1e-400", "0"},
        ScalarCase{"5.e-99999999999999999999", "0"}, ScalarCase{"0.001e-330", "0"}));

TEST(YamlScalarTest, LongNumbersWithoutAnExponent) {
    EXPECT_EQ(ResolveYamlScalar(std::string(400, '9')).type, YamlScalarType::kNoJsonNumber);
    EXPECT_EQ(ResolveYamlScalar("0." + std::string(400, '0') + "1").value, Value(0));
}

TEST(YamlTest, CollectionsInBothStyles) {
    EXPECT_EQ(Read("a: 1\nb:\n  - x\n  - {c: [true, ~]}\n  -\n"),
              R"({"a":1,"b":["x",{"c":[true,null]},null]})");
    EXPECT_EQ(Read("- 1\n- - 2\n  - 3\n- {}\n- []\n"), "[1,[2,3],{},[]]");
    EXPECT_EQ(Read("just text"), "\"just text\"");
    EXPECT_EQ(Read(""), "null");
    EXPECT_EQ(Read("# nothing\n"), "null");
    EXPECT_EQ(Read("---\n...\n"), "null");
}

TEST(YamlTest, QuotedAndBlockScalarsAreText) {
    EXPECT_EQ(Read(R"(['1', "true", '', "a\tb\u00e9", !!str 7, ! 8])"),
              "[\"1\",\"true\",\"\",\"a\\tb\xC3\xA9\",\"7\",\"8\"]");
    EXPECT_EQ(Read("a: |\n  1\n  2\nb: >-\n  3\n  4\n"), R"({"a":"1\n2\n","b":"3 4"})");
}

TEST(YamlTest, TagsOfTheCoreSchemaMustFit) {
    EXPECT_EQ(Read("[!!int '5', !!float 5, !!bool 'true', !!null '', !!seq [1], !!map {a: 1}]"),
              R"([5,5,true,null,[1],{"a":1}])");
    EXPECT_EQ(Read("a: !!int x"), "line 1, column 4: a value that does not fit its tag");
    EXPECT_EQ(Read("a: !!bool 1"), "line 1, column 4: a value that does not fit its tag");
    EXPECT_EQ(Read("a: !mine 1"), "line 1, column 4: a tag that means nothing here");
    EXPECT_EQ(Read("a: !!set {b}"), "line 1, column 4: a tag that means nothing here");
    EXPECT_EQ(Read("a: !!binary aGk="), "line 1, column 4: a value that does not fit its tag");
    EXPECT_EQ(Read("a:\n  - .inf"), "line 2, column 5: a number that JSON has not");
}

TEST(YamlTest, KeysAreText) {
    EXPECT_EQ(Read("1: a\ntrue: b\n~: c\n'': d\n0x1: e"),
              R"({"1":"a","true":"b","~":"c","":"d","0x1":"e"})");
    EXPECT_EQ(Read("? [a]\n: 1"), "line 1, column 3: a key must be a scalar");
    EXPECT_EQ(Read("? {a: 1}\n: 1"), "line 1, column 3: a key must be a scalar");
    EXPECT_EQ(Read("a: &x k\n*x : 1"), R"({"a":"k","k":1})");
    EXPECT_EQ(Read("a: &x 5\n*x : 1"), "line 2, column 1: a key must be text");
    EXPECT_EQ(Read("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n"),
              "line 5, column 3: the key 'c' stands here twice");
    EXPECT_EQ(Read("1: a\n'1': b"), "line 2, column 1: the key '1' stands here twice");
}

TEST(YamlTest, Aliases) {
    EXPECT_EQ(Read("a: &x [1, {b: 2}]\nc: *x\nd: [*x]"),
              R"({"a":[1,{"b":2}],"c":[1,{"b":2}],"d":[[1,{"b":2}]]})");
    EXPECT_EQ(Read("a: &x 1\nb: *x\nc: &x 2\nd: *x"), R"({"a":1,"b":1,"c":2,"d":2})");
    EXPECT_THAT(Read("a: *x"), HasSubstr("line 1, column 4: "));
    // A node inside itself.
    EXPECT_THAT(Read("a: &x [1, *x]"), HasSubstr("line 1, column 11: "));
}

TEST(YamlTest, MergeKeys) {
    constexpr char kBase[] = "one: &one {a: 1, b: 2}\ntwo: &two {b: 3, c: 4}\n";
    auto const merged = [&](std::string const& more) {
        auto const value = ParseYaml(kBase + more);
        return value ? (*value)["x"].ToJson() : value.error().message;
    };
    EXPECT_EQ(merged("x:\n  <<: *one\n"), R"({"a":1,"b":2})");
    // The mapping's own win, before and behind.
    EXPECT_EQ(merged("x:\n  b: 0\n  <<: *one\n  a: 9\n"), R"({"b":0,"a":9})");
    EXPECT_EQ(merged("x:\n  <<: [*two, *one, {d: 5}]\n"), R"({"b":3,"c":4,"a":1,"d":5})");
    EXPECT_EQ(merged("x:\n  <<: *one\n  <<: *two\n"), R"({"a":1,"b":2,"c":4})");
    EXPECT_EQ(merged("x:\n  <<: {<<: *one, a: 7}\n"), R"({"a":7,"b":2})");
    EXPECT_EQ(merged("x: {'<<': 1}\n"), R"({"<<":1})");
    EXPECT_EQ(merged("x: [<<]\n"), R"(["<<"])");
    EXPECT_EQ(merged("x:\n  <<: 1\n"), "line 4, column 7: only mappings can be merged");
    EXPECT_EQ(merged("x:\n  <<: [*one, 1]\n"), "line 4, column 7: only mappings can be merged");
}

TEST(YamlTest, ErrorsSayWhere) {
    EXPECT_THAT(Read("a: [1, 2\nb: 3"), StartsWith("line 2, column "));
    EXPECT_THAT(Read("a: 1\n\tb: 2"), StartsWith("line 2, column "));
    EXPECT_THAT(Read("a: 'x"), StartsWith("line 1, column "));
    EXPECT_THAT(Read("a: 1\nb: \xFF"), StartsWith("line 2, column 4: "));
    EXPECT_THAT(Read("a: \x01"), StartsWith("line 1, column 4: "));
    EXPECT_EQ(Read("a: 1\n---\nb: 2"), "line 2, column 1: a second document");
    // Columns count characters.
    EXPECT_EQ(Read("\xC3\xA9\xC3\xA9: .nan"), "line 1, column 5: a number that JSON has not");
}

TEST(YamlTest, DepthIsLimited) {
    YamlLimits limits;
    limits.max_depth = 3;
    EXPECT_EQ(Read("[[[1]]]", limits), "[[[1]]]");
    EXPECT_EQ(Read("[[[[1]]]]", limits), "line 1, column 4: nested deeper than 3 levels");
    // Aliases nest too.
    EXPECT_EQ(Read("[&a [1], [*a]]", limits), "[[1],[[1]]]");
    EXPECT_THAT(Read("[&a [1], [[*a]]]", limits), HasSubstr("nested deeper than 3 levels"));
    std::string chain = "- &a0 [x]\n";
    for (int i = 1; i < 300; ++i) {
        chain += "- &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    }
    EXPECT_THAT(Read(chain), HasSubstr("nested deeper than 200 levels"));
    EXPECT_THAT(Read(std::string(100'000, '[')), StartsWith("line 1, column 201: "));
}

// Each line stands for ten times what the line before stands for.
TEST(YamlTest, AliasesDoNotMultiplyWithoutEnd) {
    std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 30; ++i) {
        std::string const inner = "*a" + std::to_string(i - 1);
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + inner;
        for (int j = 1; j < 10; ++j) text += "," + inner;
        text += "]\n";
    }
    EXPECT_THAT(Read(text), AllOf(StartsWith("line "), HasSubstr("more data than")));
}

TEST(YamlTest, RepeatedTextIsLimitedToo) {
    YamlLimits limits;
    limits.max_bytes = 100;
    EXPECT_EQ(Read("[&a abcdefghij, *a, *a]", limits),
              R"(["abcdefghij","abcdefghij","abcdefghij"])");
    std::string text = "[&a abcdefghij";
    for (int i = 0; i < 10; ++i) text += ", *a";
    EXPECT_THAT(Read(text + "]", limits), HasSubstr("more data than"));
    limits = {};
    limits.max_nodes = 10;
    EXPECT_THAT(Read("[1,2,3,4,5,6,7,8,9]", limits), StartsWith("["));
    EXPECT_THAT(Read("[1,2,3,4,5,6,7,8,9,10]", limits), HasSubstr("more data than"));
    EXPECT_THAT(Read("[&a {b: 1, c: 2}, {<<: *a}]", limits), HasSubstr("more data than"));
}

}  // namespace
}  // namespace lddynamo::datasource
