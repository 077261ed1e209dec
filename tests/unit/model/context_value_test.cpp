#include <lddynamo/context.hpp>

#include "support/allocation_counter.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <utility>

namespace lddynamo {
namespace {

Context Parse(char const* json) {
    return Context::FromJson(json).value();
}

TEST(ContextValueTest, StaysValidWhenMovedFrom) {
    static_assert(std::is_nothrow_move_constructible_v<Context>);
    static_assert(std::is_nothrow_move_assignable_v<Context>);
    Context context = Parse("{\"kind\":\"org\",\"key\":\"k\",\"a\":1}");
    Context other = std::move(context);
    // NOLINTBEGIN(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(context, other);
    EXPECT_EQ(context.FullyQualifiedKey(), "org:k");
    EXPECT_EQ(context.GetValue(AttributeRef::Parse("a")), Value(1));
    Context third = Parse("{\"key\":\"u\"}");
    third = std::move(other);
    EXPECT_EQ(other.ToJson(), third.ToJson());
    EXPECT_EQ(other.OfKind("org"), &other);
    // NOLINTEND(bugprone-use-after-move)
}

TEST(ContextValueTest, FindsWhatAReferenceNames) {
    Context const context = Parse(
        "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":{\"b\":{\"c\":1},\"n\":null,\"l\":[1]"
        "},"
        "\"/"
        "x\":2,\"s~\":3,\"many\":{\"k0\":0,\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,"
        "\"k7\":7,\"k8\":8,\"k9\":9}}");
    struct Case {
        char const* reference;
        Value value;
    };
    for (Case const& c : {Case{"kind", "org"},
                          Case{"key", "k"},
                          Case{"name", "N"},
                          Case{"anonymous", false},
                          Case{"/kind", "org"},
                          Case{"/a/b/c", 1},
                          Case{"/a/b", Value::Object({{"c", 1}})},
                          Case{"/~1x", 2},
                          Case{"s~", 3},
                          Case{"/s~0", 3},
                          Case{"/many/k9", 9},
                          Case{"/a/n", nullptr},
                          Case{"/a/n/x", nullptr},
                          Case{"/a/l/0", nullptr},
                          Case{"/a/b/c/d", nullptr},
                          Case{"/key/x", nullptr},
                          Case{"/kind/org", nullptr},
                          Case{"a/b", nullptr},
                          Case{"absent", nullptr},
                          Case{"/absent/x", nullptr},
                          Case{"_meta", nullptr},
                          Case{"", nullptr},
                          Case{"/", nullptr},
                          Case{"/a//b", nullptr}}) {
        auto const ref = AttributeRef::Parse(c.reference);
        EXPECT_EQ(context.GetValue(ref), c.value) << c.reference;
        Value const* const found = context.FindValue(ref);
        EXPECT_EQ(found != nullptr ? *found : Value(), c.value) << c.reference;
    }
    EXPECT_EQ(context.FindValue(AttributeRef::Parse("absent")), nullptr);
    EXPECT_EQ(context.FindValue(AttributeRef()), nullptr);
    EXPECT_EQ(Parse("{\"key\":\"k\"}").FindValue(AttributeRef::Parse("name")), nullptr);
    EXPECT_EQ(
        Parse("{\"key\":\"k\",\"anonymous\":true}").GetValue(AttributeRef::Parse("anonymous")),
        Value(true));
    EXPECT_EQ(context.GetValue(AttributeRef::Literal("/x")), Value(2));
}

TEST(ContextValueTest, SeveralKindsHaveNothingButAKind) {
    Context const context = Parse(
        "{\"kind\":\"multi\",\"user\":{\"key\":\"u\",\"a\":1},\"org\":{\"key\":\"o\",\"name\":"
        "\"O\"}}");
    EXPECT_EQ(context.GetValue(AttributeRef::Parse("kind")), Value("multi"));
    for (char const* const reference :
         {"key", "name", "anonymous", "a", "user", "/user/key", "/kind/x"}) {
        EXPECT_TRUE(context.GetValue(AttributeRef::Parse(reference)).IsNull()) << reference;
        EXPECT_EQ(context.FindValue(AttributeRef::Parse(reference)), nullptr) << reference;
    }
    EXPECT_EQ(context.OfKind("user")->GetValue(AttributeRef::Parse("a")), Value(1));
}

TEST(ContextValueTest, KnowsItsKind) {
    Context const org = *Context::Builder("org", "k").Build();
    EXPECT_EQ(org.OfKind("org"), &org);
    EXPECT_EQ(org.OfKind("user"), nullptr);
    EXPECT_EQ(org.OfKind(""), nullptr);
    Context const user = *Context::User("k");
    EXPECT_EQ(user.OfKind(""), &user);
}

TEST(ContextValueTest, LookUpsAllocateNothing) {
    Context const context = Parse(
        "{\"kind\":\"multi\",\"user\":{\"key\":\"a key of more than fifteen characters\","
        "\"name\":\"a name of more than fifteen characters\","
        "\"a\":{\"b\":\"a value of more than fifteen characters\"}},\"org\":{\"key\":\"o\"}}");
    std::vector<AttributeRef> references;
    for (char const* const text : {"kind", "key", "name", "anonymous", "/a/b", "a", "absent"}) {
        references.push_back(AttributeRef::Parse(text));
    }
    auto const before = test_support::AllocationCount();
    std::size_t found = 0;
    for (AttributeRef const& reference : references) {
        Context const* const user = context.OfKind("user");
        Context const copy = *user;
        found += copy.GetValue(reference).IsNull() ? 0U : 1U;
        found += user->FindValue(reference) == nullptr ? 0U : 1U;
        found += user->Key().size() > 15 ? 1U : 0U;
    }
    EXPECT_EQ(test_support::AllocationCount() - before, 0U);
    EXPECT_EQ(found, 6U + 6U + 7U);
    auto const counted = test_support::AllocationCount();  // the counter does count
    Value const allocated("a value of more than fifteen characters");
    EXPECT_GT(test_support::AllocationCount(), counted) << allocated.AsString();
}

TEST(ContextEqualityTest, IsThatOfTheContent) {
    char const* const text =
        "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],\"anonymous\":true,"
        "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"a\"]}}";
    Context const context = Parse(text);
    EXPECT_EQ(context, Parse(text));
    EXPECT_EQ(context, Context(context));
    EXPECT_EQ(context,
              Parse("{\"_meta\":{\"privateAttributes\":[\"b\",\"a\",\"a\"]},\"b\":[2],\"a\":1,"
                    "\"name\":\"N\",\"anonymous\":true,\"key\":\"k\",\"kind\":\"org\"}"));
    EXPECT_EQ(
        context,
        Parse("{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],"
              "\"anonymous\":true,\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"b\",\"b\"]}}"));
    for (char const* const other :
         {"{\"kind\":\"org\",\"key\":\"k\"}",
          "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],\"anonymous\":true,"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"c\"]}}",
          "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],\"anonymous\":true,"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"a\"]}}",
          "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[3],\"anonymous\":true,"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"a\"]}}",
          "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"a\"]}}",
          "{\"kind\":\"org\",\"key\":\"k\",\"name\":\"M\",\"a\":1,\"b\":[2],\"anonymous\":true,"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"a\"]}}",
          "{\"kind\":\"orgs\",\"key\":\"k\",\"name\":\"N\",\"a\":1,\"b\":[2],\"anonymous\":true,"
          "\"_meta\":{\"privateAttributes\":[\"a\",\"b\",\"a\"]}}"}) {
        EXPECT_FALSE(context == Parse(other)) << other;
        EXPECT_FALSE(Parse(other) == context) << other;
    }
    EXPECT_FALSE(*Context::Builder("user", "k").Name("").Build() == *Context::User("k"));
    Context const literal =
        *Context::Builder("user", "k").Private(AttributeRef::Literal("/a/b")).Build();
    EXPECT_EQ(literal, *Context::Builder("user", "k").Private("/~1a~1b").Build());
    EXPECT_FALSE(literal == *Context::Builder("user", "k").Private("/a/b").Build());
    EXPECT_FALSE(literal == *Context::User("k"));
    char const* const multi =
        "{\"kind\":\"multi\",\"user\":{\"key\":\"u\"},\"org\":{\"key\":\"o\"}}";
    EXPECT_EQ(Parse(multi),
              Parse("{\"kind\":\"multi\",\"org\":{\"key\":\"o\"},\"user\":{\"key\":\"u\"}}"));
    EXPECT_FALSE(Parse(multi) ==
                 Parse("{\"kind\":\"multi\",\"user\":{\"key\":\"u\"},\"org\":{\"key\":\"p\"}}"));
    EXPECT_FALSE(Parse(multi) == Parse("{\"kind\":\"user\",\"key\":\"u\"}"));
    EXPECT_FALSE(Parse(multi) == Parse("{\"kind\":\"multi\",\"user\":{\"key\":\"u\"},\"org\":{"
                                       "\"key\":\"o\"},\"device\":{\"key\":\"d\"}}"));
    EXPECT_EQ(*Context::MultiBuilder().Add(context).Build(), context);
}

}  // namespace
}  // namespace lddynamo
