#include "dynamodb/attribute_json.hpp"

#include "dynamodb/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb {
namespace {

using ::testing::HasSubstr;
using Value_ = AttributeValue;

std::string Written(AttributeValue const& value) {
    std::string out;
    AppendAttribute(out, value);
    return out;
}

Result<AttributeValue> Read(std::string_view text) {
    auto const json = Value::Parse(text);
    if (!json) return Fail(json.error());
    return AttributeFromJson(*json);
}

TEST(AttributeJsonTest, EveryTypeThereAndBack) {
    struct Case {
        AttributeValue value;
        std::string_view json;
        std::string_view type;
    };
    for (auto const& [value, json, type] : std::vector<Case>{
             {Value_(), R"({"NULL":true})", "NULL"},
             {Value_::S(""), R"({"S":""})", "S"},
             {Value_::S("a\"b\\\n\xC3\xA9"), "{\"S\":\"a\\\"b\\\\\\n\xC3\xA9\"}", "S"},
             {Value_::N("1.50"), R"({"N":"1.50"})", "N"},
             {Value_::N(std::int64_t{-7}), R"({"N":"-7"})", "N"},
             {Value_::B(""), R"({"B":""})", "B"},
             {Value_::B(std::string("\x00\xff\x10", 3)), R"({"B":"AP8Q"})", "B"},
             {Value_::Bool(true), R"({"BOOL":true})", "BOOL"},
             {Value_::Bool(false), R"({"BOOL":false})", "BOOL"},
             {Value_::SS({"a", "b"}), R"({"SS":["a","b"]})", "SS"},
             {Value_(Value_::NumberSet{{"1", "2"}}), R"({"NS":["1","2"]})", "NS"},
             {Value_(Value_::BinarySet{{"a", "bc"}}), R"({"BS":["YQ==","YmM="]})", "BS"},
             {Value_::L({}), R"({"L":[]})", "L"},
             {Value_::L({Value_::S("x"), Value_::L({Value_()})}),
              R"({"L":[{"S":"x"},{"L":[{"NULL":true}]}]})", "L"},
             {Value_::M({}), R"({"M":{}})", "M"},
             {Value_::M({{"b", Value_::N("2")}, {"a\"", Value_::S("1")}}),
              R"({"M":{"a\"":{"S":"1"},"b":{"N":"2"}}})", "M"},
         }) {
        EXPECT_EQ(Written(value), json);
        EXPECT_EQ(value.TypeName(), type);
        auto const read = Read(json);
        ASSERT_TRUE(read) << json;
        EXPECT_EQ(*read, value) << json;
    }
}

TEST(AttributeJsonTest, RefusesWhatIsNoAttribute) {
    for (std::string_view const bad : {R"("S")",
                                       "null",
                                       "[]",
                                       "{}",
                                       R"({"S":"a","N":"1"})",
                                       R"({"X":"a"})",
                                       R"({"s":"a"})",
                                       R"({"S":1})",
                                       R"({"S":null})",
                                       R"({"N":1})",
                                       R"({"BOOL":"true"})",
                                       R"({"BOOL":1})",
                                       R"({"NULL":false})",
                                       R"({"NULL":null})",
                                       R"({"B":"a"})",
                                       R"({"B":1})",
                                       R"({"B":"!!!!"})",
                                       R"({"SS":"a"})",
                                       R"({"SS":[1]})",
                                       R"({"NS":[1]})",
                                       R"({"BS":["a"]})",
                                       R"({"BS":{}})",
                                       R"({"L":{}})",
                                       R"({"L":["a"]})",
                                       R"({"M":[]})",
                                       R"({"M":{"a":"b"}})"}) {
        auto const read = Read(bad);
        ASSERT_FALSE(read) << bad;
        EXPECT_EQ(read.error().code, ErrorCode::kInvalidData) << bad;
    }
}

TEST(AttributeJsonTest, ErrorsNameTheAttribute) {
    auto const item = ItemFromJson(*Value::Parse(R"({"ok":{"S":""},"version":{"N":5}})"));
    ASSERT_FALSE(item);
    EXPECT_THAT(item.error().message, HasSubstr("\"version\""));
    EXPECT_FALSE(ItemFromJson(*Value::Parse("[]")));
    // However deep and long, the message stays short.
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += R"({"M":{"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnn":)";
    deep += "1";
    for (int i = 0; i < 100; ++i) deep += "}}";
    auto const read = Read(deep);
    ASSERT_FALSE(read);
    EXPECT_LE(read.error().message.size(), 400U);
}

TEST(Base64Test, Rfc4648Vectors) {
    struct Case {
        std::string_view bytes, text;
    };
    for (auto const& [bytes, text] : std::vector<Case>{{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {"\xfb\xef\xff", "++//"}}) {
        std::string out = "x";
        AppendBase64(out, bytes);
        EXPECT_EQ(out, "x" + std::string(text));
        EXPECT_EQ(DecodeBase64(text), bytes);
    }
    for (std::string_view const bad : {"A", "AA", "AAA", "AA=A", "=AAA", "A===", "====", "AA==AAAA",
                                       "AA A", "AAA\n", "AAA-", "AAA_"}) {
        EXPECT_EQ(DecodeBase64(bad), std::nullopt) << bad;
    }
}

TEST(Base64Test, EveryByte) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        std::string text;
        AppendBase64(text, bytes);
        EXPECT_EQ(DecodeBase64(text), bytes);
    }
}

}  // namespace
}  // namespace lddynamo::dynamodb
