#include "world.hpp"

namespace lddynamo::evaluation {
namespace {

constexpr char kUser[] =
    R"({"kind":"user","key":"u1","name":"Bob","a":"x","/a":"slash","address":{"city":"Oslo",)"
    R"("geo":{"lat":60}},"b/c~d":"odd","tags":["p","q"]})";
constexpr char kMulti[] =
    R"({"kind":"multi","user":{"key":"u1","a":"x"},"org":{"key":"o1","a":"y","name":"Acme"}})";

struct Case {
    char const* clause;
    char const* context;
    char const* expected;
};

class ClauseTest : public ::testing::TestWithParam<Case> {};

TEST_P(ClauseTest, Matches) {
    Case const& c = GetParam();
    EXPECT_EQ(MatchOf(c.clause, c.context), c.expected) << c.clause << "\n" << c.context;
}

INSTANTIATE_TEST_SUITE_P(
    BuiltIn, ClauseTest,
    ::testing::Values(
        Case{R"({"attribute":"key","op":"in","values":["u1"]})", kUser, "match"},
        Case{R"({"attribute":"name","op":"startsWith","values":["B"]})", kUser, "match"},
        Case{R"({"attribute":"anonymous","op":"in","values":[false]})", kUser, "match"},
        Case{R"({"attribute":"anonymous","op":"in","values":[true]})",
             R"({"kind":"user","key":"u","anonymous":true})", "match"},
        Case{R"({"attribute":"name","op":"in","values":["x"],"negate":true})",
             R"({"kind":"user","key":"u"})", "no"}));

INSTANTIATE_TEST_SUITE_P(
    References, ClauseTest,
    ::testing::Values(
        // Without a context kind the attribute is a plain name, with one it is a reference.
        Case{R"({"attribute":"/a","op":"in","values":["slash"]})", kUser, "match"},
        Case{R"({"attribute":"/a","op":"in","values":["x"]})", kUser, "no"},
        Case{R"({"contextKind":"","attribute":"/a","op":"in","values":["slash"]})", kUser, "match"},
        Case{R"({"contextKind":"user","attribute":"/a","op":"in","values":["x"]})", kUser, "match"},
        Case{R"({"contextKind":"user","attribute":"a","op":"in","values":["x"]})", kUser, "match"},
        Case{R"({"contextKind":"user","attribute":"/address/city","op":"in","values":["Oslo"]})",
             kUser, "match"},
        Case{R"({"contextKind":"user","attribute":"/address/geo/lat","op":"in","values":[60]})",
             kUser, "match"},
        Case{
            R"({"contextKind":"user","attribute":"/address/no","op":"in","values":[1],"negate":true})",
            kUser, "no"},
        Case{R"({"contextKind":"user","attribute":"/b~1c~0d","op":"in","values":["odd"]})", kUser,
             "match"},
        Case{R"({"contextKind":"user","attribute":"/tags/0","op":"in","values":["p"]})", kUser,
             "no"},
        Case{R"({"attribute":"address","op":"in","values":["Oslo"],"negate":true})", kUser,
             "match"}));

INSTANTIATE_TEST_SUITE_P(
    Malformed, ClauseTest,
    ::testing::Values(Case{R"({"op":"in","values":["x"]})", kUser, "malformed"},
                      Case{R"({"attribute":"","op":"in","values":["x"]})", kUser, "malformed"},
                      Case{R"({"attribute":null,"op":"in","values":["x"]})", kUser, "malformed"},
                      Case{R"({"contextKind":"user","attribute":"/","op":"in","values":["x"]})",
                           kUser, "malformed"},
                      Case{R"({"contextKind":"user","attribute":"//a","op":"in","values":["x"]})",
                           kUser, "malformed"},
                      Case{R"({"contextKind":"user","attribute":"/a~b","op":"in","values":["x"]})",
                           kUser, "malformed"},
                      Case{R"({"contextKind":"user","attribute":"/a~","op":"in","values":["x"]})",
                           kUser, "malformed"},
                      // Even when the context has no such kind; and whatever the operator is.
                      Case{R"({"contextKind":"org","attribute":"/","op":"unknown","values":[]})",
                           kUser, "malformed"},
                      Case{R"({"op":"segmentMatch","values":["none"]})", kUser, "no"}));

INSTANTIATE_TEST_SUITE_P(
    Kinds, ClauseTest,
    ::testing::Values(
        Case{R"({"attribute":"a","op":"in","values":["x"]})", kMulti, "match"},
        Case{R"({"attribute":"a","op":"in","values":["y"]})", kMulti, "no"},
        Case{R"({"contextKind":"org","attribute":"a","op":"in","values":["y"]})", kMulti, "match"},
        Case{R"({"contextKind":"org","attribute":"name","op":"in","values":["Acme"]})", kMulti,
             "match"},
        Case{R"({"contextKind":"device","attribute":"a","op":"in","values":["y"],"negate":true})",
             kMulti, "no"},
        Case{R"({"attribute":"a","op":"in","values":["y"]})", R"({"kind":"org","key":"o","a":"y"})",
             "no"},
        Case{R"({"contextKind":"user","attribute":"a","op":"in","values":["x"]})", kMulti,
             "match"}));

INSTANTIATE_TEST_SUITE_P(
    KindAttribute, ClauseTest,
    ::testing::Values(
        Case{R"({"attribute":"kind","op":"in","values":["user"]})", kUser, "match"},
        Case{R"({"attribute":"kind","op":"in","values":["org"]})", kUser, "no"},
        Case{R"({"attribute":"kind","op":"in","values":["org"]})", kMulti, "match"},
        Case{R"({"attribute":"kind","op":"in","values":["multi"]})", kMulti, "no"},
        Case{R"({"attribute":"kind","op":"startsWith","values":["or"]})", kMulti, "match"},
        Case{R"({"attribute":"kind","op":"matches","values":["^us.r$"]})", kMulti, "match"},
        Case{R"({"attribute":"kind","op":"in","values":["org"],"negate":true})", kMulti, "no"},
        Case{R"({"attribute":"kind","op":"in","values":["device"],"negate":true})", kMulti,
             "match"},
        // The clause's own kind has no say.
        Case{R"({"contextKind":"device","attribute":"kind","op":"in","values":["org"]})", kMulti,
             "match"},
        Case{R"({"contextKind":"org","attribute":"/kind","op":"in","values":["org"]})", kMulti,
             "match"}));

TEST(ClauseTest, AllClausesOfARuleMustMatch) {
    std::string const yes = R"({"attribute":"key","op":"in","values":["u1"]})";
    std::string const no = R"({"attribute":"key","op":"in","values":["u2"]})";
    EXPECT_EQ(MatchOf(yes + "," + yes, kUser), "match");
    EXPECT_EQ(MatchOf(yes + "," + no, kUser), "no");
    EXPECT_EQ(MatchOf(no + "," + yes, kUser), "no");
    EXPECT_EQ(MatchOf("", kUser), "match");  // a rule without clauses always matches
}

TEST(ClauseTest, MalformedClauseBehindOneThatDoesNotMatchIsNotLookedAt) {
    EXPECT_EQ(MatchOf(R"({"attribute":"key","op":"in","values":["no"]},{"op":"in"})", kUser), "no");
    EXPECT_EQ(MatchOf(R"({"attribute":"key","op":"in","values":["u1"]},{"op":"in"})", kUser),
              "malformed");
}

}  // namespace
}  // namespace lddynamo::evaluation
