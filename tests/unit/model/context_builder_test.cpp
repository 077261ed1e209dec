#include <lddynamo/context.hpp>

#include <gtest/gtest.h>

namespace lddynamo {
namespace {

Value Get(Context const& context, char const* reference) {
    return context.GetValue(AttributeRef::Parse(reference));
}

TEST(ContextBuilderTest, CollectsAttributes) {
    auto const context =
        Context::Builder("org", "acme")
            .Name("Acme")
            .Anonymous(true)
            .Set("plan", "gold")
            .Set("address", Value::Object({{"street", Value::Object({{"no", 7}})}}))
            .Private("plan")
            .Private(AttributeRef::Literal("/x"))
            .Build();
    ASSERT_TRUE(context);
    EXPECT_EQ(context->Kind(), "org");
    EXPECT_EQ(context->Key(), "acme");
    ASSERT_NE(context->Name(), nullptr);
    EXPECT_EQ(*context->Name(), "Acme");
    EXPECT_TRUE(context->Anonymous());
    EXPECT_FALSE(context->Multiple());
    EXPECT_EQ(context->KindCount(), 1U);
    EXPECT_EQ(context->At(0), *context);
    EXPECT_EQ(context->FullyQualifiedKey(), "org:acme");
    ASSERT_EQ(context->Attributes().size(), 2U);
    EXPECT_EQ(context->Attributes()[0].name, "plan");
    ASSERT_EQ(context->PrivateAttributes().size(), 2U);
    EXPECT_EQ(context->PrivateAttributes()[1].Text(), "/~1x");
    EXPECT_EQ(context->ToJson(),
              "{\"kind\":\"org\",\"key\":\"acme\",\"name\":\"Acme\",\"plan\":\"gold\","
              "\"address\":{\"street\":{\"no\":7}},\"anonymous\":true,"
              "\"_meta\":{\"privateAttributes\":[\"plan\",\"/~1x\"]}}");
}

TEST(ContextBuilderTest, ValidatesKindAndKey) {
    for (char const* const kind :
         {"user", "org", "a-b.c_D9", "KIND", "Multi", ".", "-", "_", "0"}) {
        EXPECT_TRUE(Context::Builder(kind, "k").Build()) << kind;
    }
    for (char const* const kind :
         {"", "kind", "multi", "a b", "a/b", "a:b", "\xC3\xA9", "a\n", "%"}) {
        auto const context = Context::Builder(kind, "k").Build();
        ASSERT_FALSE(context) << kind;
        EXPECT_EQ(context.error().code, ErrorCode::kInvalidArgument);
    }
    EXPECT_EQ(Context::Builder("user", "").Build().error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Context::User("").error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Context::User("bob")->FullyQualifiedKey(), "bob");
}

TEST(ContextBuilderTest, EveryByteIsAKindCharacterOrNot) {
    for (int c = 0; c < 256; ++c) {
        bool const good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        std::string const kind = {'x', static_cast<char>(c)};
        EXPECT_EQ(Context::Builder(kind, "k").Build().has_value(), good) << c;
    }
}

TEST(ContextBuilderTest, SetReachesBuiltInAttributesOfTheRightType) {
    auto builder = Context::Builder("user", "bob");
    builder.Set("kind", "org").Set("key", "k2").Set("name", "N").Set("anonymous", true);
    for (Value const& wrong : {Value(1), Value(), Value::Array({})}) {
        builder.Set("kind", wrong).Set("key", wrong).Set("anonymous", wrong);
    }
    builder.Set("name", 1).Set("anonymous", "yes");
    builder.Set("_meta", Value::Object({{"privateAttributes", Value::Array({"a"})}})).Set("", "x");
    auto const context = builder.Build();
    ASSERT_TRUE(context);
    EXPECT_EQ(context->ToJson(),
              "{\"kind\":\"org\",\"key\":\"k2\",\"name\":\"N\",\"anonymous\":true}");
    EXPECT_EQ(builder.Set("name", nullptr).Build()->Name(), nullptr);
}

TEST(ContextBuilderTest, NullRemovesAndTheLastValueWins) {
    auto const context = Context::Builder("user", "bob")
                             .Set("a", 1)
                             .Set("b", 2)
                             .Set("a", 3)
                             .Set("c", 4)
                             .Set("b", nullptr)
                             .Set("never", nullptr)
                             .Build();
    EXPECT_EQ(context->ToJson(), "{\"kind\":\"user\",\"key\":\"bob\",\"a\":3,\"c\":4}");
}

TEST(ContextBuilderTest, LeavesBuiltContextsAlone) {
    auto builder = Context::Builder("user", "bob");
    auto const first = builder.Set("a", 1).Build();
    auto const second = builder.Set("a", 2).Name("Bob").Private("a").Build();
    EXPECT_EQ(first->ToJson(), "{\"kind\":\"user\",\"key\":\"bob\",\"a\":1}");
    EXPECT_EQ(Get(*second, "a"), Value(2));
    ContextBuilder moved = std::move(builder);
    EXPECT_EQ(*moved.Build(), *second);
}

TEST(ContextBuilderTest, QualifiesKeys) {
    struct Case {
        char const* kind;
        char const* key;
        char const* qualified;
    };
    for (Case const c :
         {Case{"user", "bob", "bob"}, Case{"user", "a:b%c", "a:b%c"},
          Case{"org", "acme", "org:acme"}, Case{"org", "a:b%c", "org:a%3Ab%25c"},
          Case{"org", "%3A", "org:%253A"}, Case{"org", "a b/\xC3\xA9", "org:a b/\xC3\xA9"}}) {
        EXPECT_EQ(Context::Builder(c.kind, c.key).Build()->FullyQualifiedKey(), c.qualified);
    }
}

TEST(MultiContextBuilderTest, OrdersKindsByName) {
    auto const context = Context::MultiBuilder()
                             .Add(*Context::User("b:ob"))
                             .Add(*Context::Builder("org", "ac%me").Set("size", 5).Build())
                             .Add(*Context::Builder("Z", "z").Build())
                             .Build();
    ASSERT_TRUE(context);
    EXPECT_TRUE(context->Multiple());
    EXPECT_EQ(context->Kind(), "multi");
    EXPECT_EQ(context->Key(), "");
    EXPECT_EQ(context->Name(), nullptr);
    EXPECT_FALSE(context->Anonymous());
    EXPECT_TRUE(context->Attributes().empty());
    EXPECT_TRUE(context->PrivateAttributes().empty());
    ASSERT_EQ(context->KindCount(), 3U);
    EXPECT_EQ(context->At(0).Kind(), "Z");
    EXPECT_EQ(context->At(1).Kind(), "org");
    EXPECT_EQ(context->At(2).Kind(), "user");
    EXPECT_EQ(context->FullyQualifiedKey(), "Z:z:org:ac%25me:user:b%3Aob");
    EXPECT_EQ(context->ToJson(),
              "{\"kind\":\"multi\",\"Z\":{\"key\":\"z\"},\"org\":{\"key\":\"ac%me\",\"size\":5},"
              "\"user\":{\"key\":\"b:ob\"}}");
    EXPECT_EQ(context->OfKind("org")->Key(), "ac%me");
    EXPECT_EQ(context->OfKind("")->Key(), "b:ob");
    EXPECT_EQ(context->OfKind("multi"), nullptr);
    EXPECT_EQ(context->OfKind("device"), nullptr);
}

TEST(MultiContextBuilderTest, FlattensAndRefusesDuplicates) {
    auto const bob = *Context::User("bob");
    auto const acme = *Context::Builder("org", "acme").Build();
    auto const both = *Context::MultiBuilder().Add(bob).Add(acme).Build();
    auto const three =
        Context::MultiBuilder().Add(*Context::Builder("a", "a").Build()).Add(both).Build();
    ASSERT_TRUE(three);
    EXPECT_EQ(three->KindCount(), 3U);
    EXPECT_EQ(*Context::MultiBuilder().Add(bob).Build(), bob);
    EXPECT_EQ(Context::MultiBuilder().Build().error().code, ErrorCode::kInvalidArgument);
    auto const twice = Context::MultiBuilder().Add(both).Add(bob).Build();
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(twice.error().message.find("user"), std::string::npos);
}

}  // namespace
}  // namespace lddynamo
