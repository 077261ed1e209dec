#include "events/context_formatter.hpp"

#include "event_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace lddynamo::events {
namespace {

using Anonymous = ContextFormatter::Anonymous;

constexpr char kOrg[] = R"({"kind":"org","key":"acme","name":"Acme","plan":"gold",
    "address":{"city":"Oslo","geo":{"lat":60,"lon":11}},"/a/b":1,
    "_meta":{"privateAttributes":["plan","/address/geo/lat"]}})";

Value Format(ContextFormatter const& formatter, Context const& context,
             Anonymous anonymous = Anonymous::kAsOthers) {
    std::string out;
    formatter.Append(out, context, anonymous);
    return Json(out);
}

TEST(ContextFormatter, WritesAllOfAContext) {
    ContextFormatter const formatter(false, {});
    EXPECT_EQ(Format(formatter, User("bob")), Json(R"({"kind":"user","key":"bob"})"));
    constexpr char kFull[] = R"({"kind":"org","key":"a\"b","name":"N","anonymous":true,
        "list":[1,null,{"x":true}],"object":{"y":{}},"number":1.5,"no":false})";
    EXPECT_EQ(Format(formatter, MakeContext(kFull)), Json(kFull));
}

TEST(ContextFormatter, WritesEveryKind) {
    constexpr char kMulti[] = R"({"kind":"multi","org":{"key":"o","name":"O"},
        "user":{"key":"u","anonymous":true,"a":1}})";
    EXPECT_EQ(Format(ContextFormatter(false, {}), MakeContext(kMulti)), Json(kMulti));
}

TEST(ContextFormatter, LeavesOutWhatTheContextCallsPrivate) {
    EXPECT_EQ(Format(ContextFormatter(false, {}), MakeContext(kOrg)),
              Json(R"({"kind":"org","key":"acme","name":"Acme",
                  "address":{"city":"Oslo","geo":{"lon":11}},"/a/b":1,
                  "_meta":{"redactedAttributes":["plan","/address/geo/lat"]}})"));
}

TEST(ContextFormatter, LeavesOutWhatIsPrivateEverywhere) {
    ContextFormatter const formatter(
        false, {"name", "/address/city", "/~1a~1b", "plan", "/address/nothing", "//", ""});
    EXPECT_EQ(Format(formatter, MakeContext(kOrg)),
              Json(
                  R"({"kind":"org","key":"acme","address":{"geo":{"lon":11}},
            "_meta":{"redactedAttributes":["name","plan","/address/city","/address/geo/lat",
            "/~1a~1b"]}})"));
}

TEST(ContextFormatter, LeavesOutAWholeObject) {
    ContextFormatter const formatter(false, {"/address/geo/lat", "address"});
    EXPECT_EQ(Format(formatter, MakeContext(R"({"kind":"a","key":"k","b":1,
                  "address":{"geo":{"lat":1}}})")),
              Json(R"({"kind":"a","key":"k","b":1,"_meta":{"redactedAttributes":["address"]}})"));
}

TEST(ContextFormatter, LeavesAnObjectEmptyRatherThanOut) {
    ContextFormatter const formatter(false, {"/o/x", "/o/y"});
    EXPECT_EQ(Format(formatter, MakeContext(R"({"kind":"a","key":"k","o":{"x":1,"y":2}})")),
              Json(R"({"kind":"a","key":"k","o":{},"_meta":{"redactedAttributes":
                  ["/o/x","/o/y"]}})"));
}

TEST(ContextFormatter, LooksIntoObjectsOnly) {
    ContextFormatter const formatter(false, {"/list/0", "/text/x"});
    constexpr char kContext[] = R"({"kind":"a","key":"k","list":[1],"text":"x"})";
    EXPECT_EQ(Format(formatter, MakeContext(kContext)), Json(kContext));
}

TEST(ContextFormatter, CanLeaveOutEverything) {
    EXPECT_EQ(Format(ContextFormatter(true, {}), MakeContext(kOrg)),
              Json(R"({"kind":"org","key":"acme",
                  "_meta":{"redactedAttributes":["name","plan","address","/~1a~1b"]}})"));
}

TEST(ContextFormatter, KindKeyAndAnonymousAreNeverPrivate) {
    constexpr char kContext[] = R"({"kind":"a","key":"k","anonymous":true})";
    for (bool const all : {false, true}) {
        ContextFormatter const formatter(all, {"kind", "key", "anonymous", "_meta"});
        EXPECT_EQ(Format(formatter, MakeContext(kContext)), Json(kContext));
    }
}

TEST(ContextFormatter, ALiteralNameIsItsReference) {
    auto const context = Context::Builder("user", "k")
                             .Set("/a/b", 1)
                             .Set("c", 2)
                             .Private(AttributeRef::Literal("/a/b"))
                             .Build()
                             .value();
    EXPECT_EQ(Format(ContextFormatter(false, {}), context), Json(R"({"kind":"user","key":"k","c":2,
                  "_meta":{"redactedAttributes":["/~1a~1b"]}})"));
}

TEST(ContextFormatter, APrivateAttributeOfAKindIsNotThatOfAnother) {
    EXPECT_EQ(Format(ContextFormatter(false, {}), MakeContext(R"({"kind":"multi",
                         "org":{"key":"o","a":1,"b":2,"_meta":{"privateAttributes":["a"]}},
                         "user":{"key":"u","a":3,"b":4,"_meta":{"privateAttributes":["b"]}}})")),
              Json(R"({"kind":"multi",
                  "org":{"key":"o","b":2,"_meta":{"redactedAttributes":["a"]}},
                  "user":{"key":"u","a":3,"_meta":{"redactedAttributes":["b"]}}})"));
}

TEST(ContextFormatter, RedactsAnonymousKindsWhereAsked) {
    auto const context = MakeContext(R"({"kind":"multi","org":{"key":"o","name":"O"},
        "user":{"key":"u","anonymous":true,"name":"U","a":1}})");
    ContextFormatter const formatter(false, {});
    EXPECT_EQ(Format(formatter, context, Anonymous::kRedacted),
              Json(R"({"kind":"multi","org":{"key":"o","name":"O"},"user":{"key":"u",
                  "anonymous":true,"_meta":{"redactedAttributes":["name","a"]}}})"));
    EXPECT_EQ(Format(formatter, MakeContext(R"({"kind":"user","key":"u","anonymous":true,"a":1})"),
                     Anonymous::kRedacted),
              Json(R"({"kind":"user","key":"u","anonymous":true,
                  "_meta":{"redactedAttributes":["a"]}})"));
}

TEST(ContextFormatter, WithoutAnonymousKinds) {
    auto const named = MakeContext(R"({"kind":"org","key":"o"})");
    auto const anonymous = MakeContext(R"({"kind":"user","key":"u","anonymous":true})");
    EXPECT_EQ(WithoutAnonymous(named), named);
    EXPECT_EQ(WithoutAnonymous(anonymous), std::nullopt);
    EXPECT_EQ(WithoutAnonymous(Context::MultiBuilder().Add(named).Add(anonymous).Build().value()),
              named);
    EXPECT_EQ(WithoutAnonymous(MakeContext(R"({"kind":"multi","a":{"key":"a","anonymous":true},
                  "b":{"key":"b","anonymous":true}})")),
              std::nullopt);
    EXPECT_EQ(WithoutAnonymous(MakeContext(R"({"kind":"multi","a":{"key":"a"},"b":{"key":"b"},
                  "c":{"key":"c","anonymous":true}})")),
              MakeContext(R"({"kind":"multi","a":{"key":"a"},"b":{"key":"b"}})"));
}

}  // namespace
}  // namespace lddynamo::events
