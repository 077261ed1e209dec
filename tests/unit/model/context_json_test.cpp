#include <lddynamo/context.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using ::testing::HasSubstr;

struct Good {
    char const* text;
    char const* json;
    char const* qualified_key;
};

void Check(Good const& c) {
    auto const context = Context::FromJson(c.text);
    ASSERT_TRUE(context) << c.text << ": " << context.error().message;
    EXPECT_EQ(context->ToJson(), c.json) << c.text;
    EXPECT_EQ(context->FullyQualifiedKey(), c.qualified_key) << c.text;
    if (context->Multiple() || !context->Key().empty()) {
        auto const again = Context::FromJson(context->ToJson());
        ASSERT_TRUE(again) << c.text;
        EXPECT_EQ(*again, *context) << c.text;
    }
}

TEST(ContextJsonTest, ReadsOneKind) {
    for (Good const& c :
         {Good{"{\"kind\":\"user\",\"key\":\"k\"}", "{\"kind\":\"user\",\"key\":\"k\"}", "k"},
          Good{"{\"key\":\"a:b\",\"kind\":\"org\",\"anonymous\":true,\"name\":\"N\",\"x\":[null]}",
               "{\"kind\":\"org\",\"key\":\"a:b\",\"name\":\"N\",\"x\":[null],\"anonymous\":true}",
               "org:a%3Ab"},
          Good{
              "{\"kind\":\"user\",\"key\":\"k\",\"a\":null,\"name\":null,\"b\":{\"c\":null},\"\":1,"
              "\"anonymous\":false}",
              "{\"kind\":\"user\",\"key\":\"k\",\"b\":{\"c\":null}}", "k"},
          Good{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":[\"/a/"
               "b\",\"\",\"/\"],"
               "\"other\":1,\"redactedAttributes\":2}}",
               "{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":[\"/a/"
               "b\",\"\",\"/\"]}}",
               "k"},
          Good{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":null}",
               "{\"kind\":\"user\",\"key\":\"k\"}", "k"},
          Good{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":null}}",
               "{\"kind\":\"user\",\"key\":\"k\"}", "k"},
          // No older user: these are attributes as any other.
          Good{"{\"kind\":\"user\",\"key\":\"k\",\"custom\":{\"a\":1},\"email\":5,"
               "\"privateAttributeNames\":[\"a\"],\"secondary\":1}",
               "{\"kind\":\"user\",\"key\":\"k\",\"custom\":{\"a\":1},\"email\":5,"
               "\"privateAttributeNames\":[\"a\"],\"secondary\":1}",
               "k"},
          Good{"{\"kind\":\"user\",\"key\":\"k\",\"a\":1,\"a\":2,\"b\":1,\"b\":null}",
               "{\"kind\":\"user\",\"key\":\"k\",\"a\":2}", "k"}}) {
        Check(c);
    }
}

TEST(ContextJsonTest, ReadsSeveralKinds) {
    for (
        Good const& c :
        {Good{
             "{\"kind\":\"multi\",\"user\":{\"key\":\"u\"},\"org\":{\"key\":\"o\",\"name\":\"O\"}}",
             "{\"kind\":\"multi\",\"org\":{\"key\":\"o\",\"name\":\"O\"},\"user\":{\"key\":\"u\"}}",
             "org:o:user:u"},
         Good{"{\"org\":{\"key\":\"o\",\"a\":null},\"kind\":\"multi\"}",
              "{\"kind\":\"org\",\"key\":\"o\"}", "org:o"},
         Good{"{\"kind\":\"multi\",\"user\":{\"kind\":\"org\",\"key\":\"k\"}}",
              "{\"kind\":\"org\",\"key\":\"k\"}", "org:k"},
         Good{"{\"kind\":\"multi\",\"\":{\"key\":\"k\"}}", "{\"kind\":\"user\",\"key\":\"k\"}",
              "k"}}) {
        Check(c);
    }
}

TEST(ContextJsonTest, ReadsUsersOfOlderSdks) {
    for (
        Good const& c :
        {Good{"{\"key\":\"k\"}", "{\"kind\":\"user\",\"key\":\"k\"}", "k"},
         Good{"{\"key\":\"\"}", "{\"kind\":\"user\",\"key\":\"\"}", ""},
         Good{
             "{\"key\":\"k\",\"name\":\"N\",\"anonymous\":null,\"email\":\"e\",\"firstName\":\"f\","
             "\"lastName\":\"l\",\"avatar\":\"a\",\"ip\":\"i\",\"country\":\"c\",\"secondary\":"
             "\"s\","
             "\"custom\":{\"plan\":\"gold\",\"n\":null},\"unknown\":{\"x\":1}}",
             "{\"kind\":\"user\",\"key\":\"k\",\"name\":\"N\",\"email\":\"e\",\"firstName\":\"f\","
             "\"lastName\":\"l\",\"avatar\":\"a\",\"ip\":\"i\",\"country\":\"c\",\"plan\":"
             "\"gold\"}",
             "k"},
         Good{"{\"key\":\"k\",\"anonymous\":true,\"custom\":null,\"email\":null,"
              "\"privateAttributeNames\":null}",
              "{\"kind\":\"user\",\"key\":\"k\",\"anonymous\":true}", "k"},
         Good{
             "{\"key\":\"k\",\"privateAttributeNames\":[\"a\",\"/a/b\",\"a~b\"]}",
             "{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":[\"a\",\"/~1a~1b\","
             "\"a~b\"]}}",
             "k"},
         Good{"{\"key\":\"k\",\"custom\":{\"kind\":1,\"key\":1,\"name\":1,\"anonymous\":1,\"_"
              "meta\":1,"
              "\"\":1,\"ok\":1}}",
              "{\"kind\":\"user\",\"key\":\"k\",\"ok\":1}", "k"},
         Good{"{\"key\":\"k\",\"email\":\"top\",\"custom\":{\"email\":\"inner\"}}",
              "{\"kind\":\"user\",\"key\":\"k\",\"email\":\"inner\"}", "k"},
         Good{"{\"key\":\"k\",\"custom\":{\"email\":\"inner\"},\"email\":\"top\"}",
              "{\"kind\":\"user\",\"key\":\"k\",\"email\":\"top\"}", "k"},
         Good{"{\"key\":\"k\",\"email\":\"top\",\"custom\":{\"email\":null}}",
              "{\"kind\":\"user\",\"key\":\"k\"}", "k"}}) {
        Check(c);
    }
}

TEST(ContextJsonTest, NamesThePropertyThatIsWrong) {
    struct Bad {
        char const* text;
        char const* message;
    };
    for (Bad const c :
         {Bad{"", "line 1, column 1: unexpected end"},
          Bad{"{\"key\":}", "line 1, column 8"},
          Bad{"[]", "must be an object"},
          Bad{"null", "must be an object"},
          Bad{"\"k\"", "must be an object"},
          Bad{"{}", "\"key\" is missing"},
          Bad{"{\"kind\":\"user\"}", "\"key\" is missing"},
          Bad{"{\"kind\":\"user\",\"key\":\"\"}", "key must not be empty"},
          Bad{"{\"kind\":\"user\",\"key\":null}", "\"key\" must be a string"},
          Bad{"{\"kind\":\"user\",\"key\":1}", "\"key\" must be a string"},
          Bad{"{\"key\":1}", "\"key\" must be a string"},
          Bad{"{\"key\":null}", "\"key\" must be a string"},
          Bad{"{\"kind\":null,\"key\":\"k\"}", "\"kind\" must be a string"},
          Bad{"{\"kind\":1,\"key\":\"k\"}", "\"kind\" must be a string"},
          Bad{"{\"kind\":\"\",\"key\":\"k\"}", "\"kind\" must not be empty"},
          Bad{"{\"kind\":\"kind\",\"key\":\"k\"}", "kind cannot be \"kind\""},
          Bad{"{\"kind\":\"a b\",\"key\":\"k\"}", "kind may have"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"name\":1}", "\"name\" must be"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"anonymous\":null}", "\"anonymous\" must be"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"anonymous\":\"true\"}", "\"anonymous\" must be"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":[]}", "\"_meta\" must be"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":\"a\"}}",
              "\"_meta.privateAttributes\" must be"},
          Bad{"{\"kind\":\"user\",\"key\":\"k\",\"_meta\":{\"privateAttributes\":[1]}}",
              "\"_meta.privateAttributes\" must have"},
          Bad{"{\"kind\":\"multi\"}", "at least one kind"},
          Bad{"{\"kind\":\"multi\",\"user\":{}}",
              "in kind \"user\": context property \"key\" is missing"},
          Bad{"{\"kind\":\"multi\",\"user\":null}", "in kind \"user\""},
          Bad{"{\"kind\":\"multi\",\"user\":\"u\"}", "in kind \"user\""},
          Bad{"{\"kind\":\"multi\",\"user\":{\"key\":\"\"}}", "in kind \"user\""},
          Bad{"{\"kind\":\"multi\",\"multi\":{\"key\":\"k\"}}", "in kind \"multi\""},
          Bad{"{\"kind\":\"multi\",\"a b\":{\"key\":\"k\"}}", "in kind \"a b\""},
          Bad{"{\"kind\":\"multi\",\"user\":{\"kind\":\"org\",\"key\":\"k\"},\"org\":{\"key\":"
              "\"j\"}}",
              "\"org\" twice"},
          Bad{"{\"key\":\"k\",\"anonymous\":1}", "\"anonymous\" must be"},
          Bad{"{\"key\":\"k\",\"custom\":[]}", "\"custom\" must be"},
          Bad{"{\"key\":\"k\",\"email\":1}", "\"email\" must be"},
          Bad{"{\"key\":\"k\",\"secondary\":1}", "\"secondary\" must be"},
          Bad{"{\"key\":\"k\",\"privateAttributeNames\":\"a\"}",
              "\"privateAttributeNames\" must be"},
          Bad{"{\"key\":\"k\",\"privateAttributeNames\":[null]}",
              "\"privateAttributeNames\" must have"}}) {
        auto const context = Context::FromJson(c.text);
        ASSERT_FALSE(context) << c.text;
        EXPECT_EQ(context.error().code, ErrorCode::kInvalidData) << c.text;
        EXPECT_THAT(context.error().message, HasSubstr(c.message)) << c.text;
    }
}

TEST(ContextJsonTest, ReadsManyAttributesQuickly) {
    std::string text = "{\"kind\":\"user\",\"key\":\"k\"";
    for (int i = 0; i < 50000; ++i) text += ",\"a" + std::to_string(i) + "\":" + std::to_string(i);
    auto const context = Context::FromJson(text + "}");
    ASSERT_TRUE(context);
    EXPECT_EQ(context->Attributes().size(), 50000U);
    EXPECT_EQ(context->GetValue(AttributeRef::Parse("a49999")), Value(49999));
}

}  // namespace
}  // namespace lddynamo
