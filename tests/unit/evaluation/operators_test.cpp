#include "world.hpp"

#include <limits>
#include <string>

namespace lddynamo::evaluation {
namespace {

struct Case {
    char const* op;
    char const* attribute;  // JSON of the context's value
    char const* values;     // JSON of the clause's values
    bool match;
};

class OperatorTest : public ::testing::TestWithParam<Case> {
  protected:
    static std::string Clause(Case const& c, bool negate) {
        return std::string(R"({"attribute":"a","op":")") + c.op + R"(","values":)" + c.values +
               (negate ? R"(,"negate":true})" : "}");
    }
    static std::string User(Case const& c) {
        return std::string(R"({"kind":"user","key":"u","a":)") + c.attribute + "}";
    }
};

TEST_P(OperatorTest, Matches) {
    Case const& c = GetParam();
    EXPECT_EQ(MatchOf(Clause(c, false), User(c)), c.match ? "match" : "no")
        << c.attribute << ' ' << c.op << ' ' << c.values;
}

TEST_P(OperatorTest, NegationTurnsTheAnswer) {
    Case const& c = GetParam();
    // Null is a missing attribute, which does not match in either way.
    bool const missing = std::string_view(c.attribute) == "null";
    EXPECT_EQ(MatchOf(Clause(c, true), User(c)), c.match || missing ? "no" : "match")
        << "not " << c.attribute << ' ' << c.op << ' ' << c.values;
}

INSTANTIATE_TEST_SUITE_P(
    In, OperatorTest,
    ::testing::Values(
        Case{"in", R"("x")", R"(["x"])", true}, Case{"in", R"("x")", R"(["y"])", false},
        Case{"in", R"("x")", R"(["X"])", false}, Case{"in", R"("x")", R"([])", false},
        Case{"in", R"("x")", "null", false}, Case{"in", R"("")", R"(["", "b"])", true},
        Case{"in", R"("x")", R"(["a", null, "x"])", true},
        Case{"in", R"("10")", R"(["1","2","3","4","5","6","7","8","9","10","11"])", true},
        Case{"in", R"("12")", R"(["1","2","3","4","5","6","7","8","9","10","11"])", false},
        Case{"in", "99", "[99]", true}, Case{"in", "99.0001", "[99]", false},
        Case{"in", "99.0", "[99]", true}, Case{"in", "99", R"(["99"])", false},
        Case{"in", R"("99")", "[99]", false}, Case{"in", "-0.0", "[0]", true},
        Case{"in", "3", "[5, 4, 3, 2, 1]", true}, Case{"in", "6", "[5, 4, 3, 2, 1]", false},
        Case{"in", "true", "[true]", true}, Case{"in", "true", "[false]", false},
        Case{"in", "false", "[false]", true}, Case{"in", "false", "[true, null, 0]", false},
        Case{"in", "1", "[true]", false}, Case{"in", "true", "[1]", false},
        Case{"in", "0", "[false, null]", false}, Case{"in", "null", "[null]", false},
        Case{"in", R"({"b":1})", R"([{"b":1}])", false},
        Case{"in", R"([["x"]])", R"([["x"], "x"])", false},
        Case{"in", R"(["a","x"])", R"(["x"])", true}, Case{"in", R"([])", R"(["x"])", false},
        Case{"in", R"(["a",1,true])", R"([1])", true},
        Case{"in", R"("größe 日本")", R"(["größe 日本"])", true}));

INSTANTIATE_TEST_SUITE_P(
    Strings, OperatorTest,
    ::testing::Values(
        Case{"startsWith", R"("xyz")", R"(["x"])", true},
        Case{"startsWith", R"("xyz")", R"(["xyz"])", true},
        Case{"startsWith", R"("x")", R"(["xyz"])", false},
        Case{"startsWith", R"("xyz")", R"(["y","xz","xy"])", true},
        Case{"startsWith", R"("xyz")", R"([""])", true},
        Case{"startsWith", R"("")", R"([""])", true},
        Case{"startsWith", R"("")", R"(["x"])", false}, Case{"startsWith", "1", "[1]", false},
        Case{"startsWith", R"("1")", "[1]", false}, Case{"endsWith", R"("xyz")", R"(["z"])", true},
        Case{"endsWith", R"("xyz")", R"(["a","yz"])", true},
        Case{"endsWith", R"("z")", R"(["xyz"])", false},
        Case{"endsWith", R"("xyz")", R"(["xy"])", false},
        Case{"endsWith", R"("xyz")", R"([""])", true}, Case{"endsWith", "99", "[9]", false},
        Case{"contains", R"("xyz")", R"(["y"])", true},
        Case{"contains", R"("xyz")", R"(["yx","yz"])", true},
        Case{"contains", R"("xyz")", R"(["a"])", false},
        Case{"contains", R"("y")", R"(["xyz"])", false},
        Case{"contains", R"("ü日ü")", R"(["日"])", true}, Case{"contains", "199", "[9]", false},
        Case{"contains", R"(["a","xyz"])", R"(["y"])", true},
        Case{"contains", R"({"a":"y"})", R"(["y"])", false}));

INSTANTIATE_TEST_SUITE_P(
    Regex, OperatorTest,
    ::testing::Values(Case{"matches", R"("hello world")", R"(["hello.*rld"])", true},
                      Case{"matches", R"("hello world")", R"(["l+"])", true},
                      Case{"matches", R"("hello world")", R"x(["(world|planet)"])x", true},
                      Case{"matches", R"("hello world")", R"(["aloha"])", false},
                      Case{"matches", R"("hello world")", R"(["***bad rg", "^h"])", true},
                      Case{"matches", R"("hello world")", R"(["***bad rg"])", false},
                      Case{"matches", R"("hello world")", R"(["(?i)HELLO"])", true},
                      Case{"matches", R"("hello world")", R"(["^world"])", false},
                      Case{"matches", R"("a\nb")", R"(["^b$"])", false},
                      Case{"matches", R"("a\nb")", R"(["(?m)^b$"])", true},
                      Case{"matches", R"("anything")", R"([""])", true},
                      Case{"matches", R"("x")", R"x(["(?=x)"])x", false},
                      Case{"matches", R"("日本")", R"(["^..$"])", true},
                      Case{"matches", "1", R"(["1"])", false},
                      Case{"matches", R"("1")", "[1]", false}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, OperatorTest,
    ::testing::Values(
        Case{"lessThan", "1", "[1.99999]", true}, Case{"lessThan", "1.99999", "[1]", false},
        Case{"lessThan", "1", "[1]", false}, Case{"lessThan", "5", "[3, 7, 4]", true},
        Case{"lessThan", "7", "[3, 7, 4]", false}, Case{"lessThan", "1", "[]", false},
        Case{"lessThan", "1", R"(["2"])", false}, Case{"lessThan", R"("1")", "[2]", false},
        Case{"lessThanOrEqual", "1", "[1]", true}, Case{"lessThanOrEqual", "2", "[1]", false},
        Case{"lessThanOrEqual", "4", "[4, 1]", true}, Case{"greaterThan", "2", "[1.99999]", true},
        Case{"greaterThan", "1", "[1]", false}, Case{"greaterThan", "4", "[9, 3]", true},
        Case{"greaterThan", "3", "[9, 3]", false}, Case{"greaterThanOrEqual", "1", "[1]", true},
        Case{"greaterThanOrEqual", "0.99", "[1, 2]", false},
        Case{"greaterThanOrEqual", "true", "[0]", false},
        Case{"greaterThan", "[1, \"x\", 10]", "[9]", true},
        Case{"greaterThan", "1e300", "[1e299]", true}));

INSTANTIATE_TEST_SUITE_P(
    Dates, OperatorTest,
    ::testing::Values(
        Case{"before", "0", "[1]", true}, Case{"before", "-100", "[0]", true},
        Case{"before", "1", "[1]", false}, Case{"before", "1.2", "[1.8]", false},
        Case{"before", R"("1970-01-01T00:00:00Z")", "[1000]", true},
        Case{"before", R"("1970-01-01T00:00:00.500Z")", "[1000]", true},
        Case{"before", R"("1970-01-01T00:00:00.000000001Z")",
             R"(["1970-01-01T00:00:00.000000002Z"])", true},
        Case{"before", R"("1970-01-01T00:00:00Z")", R"(["1970-01-01T00:00:00Z"])", false},
        Case{"before", R"("2020-06-09T18:53:52+02:00")", R"(["2020-06-09T17:00:00Z"])", true},
        Case{"before", R"("1970-01-01")", "[1000]", false},
        Case{"before", R"("1970-01-01T00:00:00")", "[1000]", false},
        Case{"before", R"("0")", "[1000]", false}, Case{"before", "true", "[1000]", false},
        Case{"before", "0", R"(["junk", true, null, "1970-01-02T00:00:00Z"])", true},
        Case{"before", "0", R"(["junk", true, null])", false}, Case{"after", "1", "[0]", true},
        Case{"after", "0", "[0]", false},
        Case{"after", R"("1970-01-01T00:00:02.5Z")", "[1000, 99999]", true},
        Case{"after", "0", R"(["1969-12-31T23:59:59.999Z"])", true},
        Case{"after", "253402300799000", R"(["2286-01-01T00:00:00Z"])", true}));

INSTANTIATE_TEST_SUITE_P(
    SemVer, OperatorTest,
    ::testing::Values(Case{"semVerEqual", R"("2.0.0")", R"(["2.0.0"])", true},
                      Case{"semVerEqual", R"("2.0")", R"(["2.0.0"])", true},
                      Case{"semVerEqual", R"("2")", R"(["2.0.0"])", true},
                      Case{"semVerEqual", R"("2-rc1")", R"(["2.0.0-rc1"])", true},
                      Case{"semVerEqual", R"("2+build2")", R"(["2.0.0+build1"])", true},
                      Case{"semVerEqual", R"("2.0.0")", R"(["2.0.1", "2.0.0"])", true},
                      Case{"semVerEqual", R"("2.0.0")", R"(["2.0.0-rc.1"])", false},
                      Case{"semVerEqual", R"("02.0.0")", R"(["2.0.0"])", false},
                      Case{"semVerEqual", R"("v2.0.0")", R"(["2.0.0"])", false},
                      Case{"semVerEqual", R"("2.0.0.0")", R"(["2.0.0"])", false},
                      Case{"semVerEqual", "2", R"(["2"])", false},
                      Case{"semVerEqual", R"("2")", "[2]", false},
                      Case{"semVerLessThan", R"("2.0.0")", R"(["2.0.1"])", true},
                      Case{"semVerLessThan", R"("2.0.1")", R"(["2.0.0"])", false},
                      Case{"semVerLessThan", R"("2.0.0-rc.2")", R"(["2.0.0-rc.10"])", true},
                      Case{"semVerLessThan", R"("2.0.0-rc.1")", R"(["2.0.0"])", true},
                      Case{"semVerLessThan", R"("2.0.1")", R"(["xbad%ver"])", false},
                      Case{"semVerGreaterThan", R"("2.0.1")", R"(["2.0"])", true},
                      Case{"semVerGreaterThan", R"("10.0.0")", R"(["9.99.99"])", true},
                      Case{"semVerGreaterThan", R"("2.0.0-rc.1")", R"(["2.0.0-rc.0"])", true},
                      Case{"semVerGreaterThan", R"("2.0.0")", R"(["2.0.0"])", false},
                      Case{"semVerGreaterThan", R"(["1.0.0","3.0.0"])", R"(["2.0.0"])", true}));

INSTANTIATE_TEST_SUITE_P(
    Unknown, OperatorTest,
    ::testing::Values(Case{"doesSomethingUnsupported", R"("x")", R"(["x"])", false},
                      Case{"", "1", "[1]", false}, Case{"IN", "1", "[1]", false}));

// JSON has none, but a context of the application may.
TEST(OperatorOfNan, MatchesNothing) {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    auto const user = Context::Builder("user", "u").Set("a", Value(nan)).Build().value();
    for (char const* op :
         {"in", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"}) {
        std::string const clause = std::string(R"({"attribute":"a","values":[1,2,3],"op":")") + op;
        EXPECT_EQ(MatchOf(clause + R"("})", user), "no") << op;
        EXPECT_EQ(MatchOf(clause + R"(","negate":true})", user), "match") << op;
    }
}

}  // namespace
}  // namespace lddynamo::evaluation
