#include <lddynamo/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace lddynamo {
namespace {

TEST(ValueTest, IsSmall) {
    EXPECT_EQ(sizeof(Value), 16U);
}

TEST(ValueTest, KnowsItsType) {
    EXPECT_TRUE(Value().IsNull());
    EXPECT_TRUE(Value(nullptr).IsNull());
    EXPECT_TRUE(Value(true).IsBool());
    EXPECT_TRUE(Value(1).IsNumber());
    EXPECT_TRUE(Value(std::uint64_t{1}).IsNumber());
    EXPECT_TRUE(Value(1.5).IsNumber());
    EXPECT_TRUE(Value("x").IsString());
    EXPECT_TRUE(Value(std::string("x")).IsString());
    EXPECT_TRUE(Value(std::string_view()).IsString());
    EXPECT_TRUE(Value::Array({}).IsArray());
    EXPECT_TRUE(Value::Object({}).IsObject());
}

TEST(ValueTest, GivesZeroValuesForOtherTypes) {
    for (Value const& value : {Value(), Value(true), Value(3), Value("text"), Value::Array({1}),
                               Value::Object({{"a", 1}})}) {
        EXPECT_EQ(value.AsBool(), value.IsBool());
        EXPECT_EQ(value.AsDouble(), value.IsNumber() ? 3.0 : 0.0);
        EXPECT_EQ(value.AsInt64(), value.IsNumber() ? 3 : 0);
        EXPECT_EQ(value.AsString(), value.IsString() ? "text" : "");
        EXPECT_EQ(value.AsArray().size(), value.IsArray() ? 1U : 0U);
        EXPECT_EQ(value.AsObject().size(), value.IsObject() ? 1U : 0U);
        EXPECT_EQ(value.Size(), value.IsArray() || value.IsObject() ? 1U : 0U);
        EXPECT_EQ(value.Find("a") != nullptr, value.IsObject());
        EXPECT_EQ(value["a"].IsNull(), !value.IsObject());
        EXPECT_TRUE(value["b"].IsNull());
    }
}

TEST(ValueTest, TellsAndClampsIntegers) {
    struct Case {
        double number;
        bool is_int;
        std::int64_t integer;
    };
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    double const infinity = std::numeric_limits<double>::infinity();
    for (Case const c :
         {Case{0, true, 0}, Case{-0.0, true, 0}, Case{1.5, false, 1}, Case{-1.9, false, -1},
          Case{9007199254740992.0, true, 9007199254740992},
          Case{-9007199254740992.0, true, -9007199254740992},
          Case{9007199254740994.0, false, 9007199254740994},
          Case{9223372036854775808.0, false, kMax}, Case{-9223372036854775808.0, false, kMin},
          Case{1e300, false, kMax}, Case{-1e300, false, kMin}, Case{infinity, false, kMax},
          Case{-infinity, false, kMin}, Case{std::nan(""), false, 0}}) {
        EXPECT_EQ(Value(c.number).IsInt(), c.is_int) << c.number;
        EXPECT_EQ(Value(c.number).AsInt64(), c.integer) << c.number;
    }
    EXPECT_FALSE(Value("1").IsInt());
}

TEST(ValueTest, CopiesShareAndMovesLeaveNull) {
    Value text("a text that is shared");
    char const* const characters = text.AsString().data();
    Value const copy = text;
    EXPECT_EQ(copy.AsString().data(), characters);
    Value moved = std::move(text);
    EXPECT_EQ(moved.AsString().data(), characters);
    EXPECT_TRUE(text.IsNull());  // NOLINT(bugprone-use-after-move)
    text = moved;
    moved = Value(1);
    EXPECT_EQ(text.AsString().data(), characters);
    Value& self = text;
    text = self;
    EXPECT_EQ(text.AsString(), "a text that is shared");
    text = std::move(self);
    EXPECT_EQ(text.AsString(), "a text that is shared");
}

TEST(ValueTest, MayBeReplacedByAPartOfItself) {
    Value value = Value::Object({{"a", Value::Array({Value("inner"), 2})}});
    value = value["a"];
    EXPECT_EQ(value.ToJson(), "[\"inner\",2]");
    value = value.AsArray()[0];
    EXPECT_EQ(value, Value("inner"));
}

TEST(ValueTest, ComparesDeeplyWithoutMemberOrder) {
    auto const parse = [](char const* text) { return *Value::Parse(text); };
    EXPECT_EQ(parse("{\"a\":1,\"b\":[1,{\"c\":null}]}"), parse("{\"b\":[1,{\"c\":null}],\"a\":1}"));
    EXPECT_EQ(parse("0"), parse("-0"));
    struct Case {
        char const* a;
        char const* b;
    };
    for (Case const c :
         {Case{"1", "2"}, Case{"1", "true"}, Case{"0", "false"}, Case{"0", "null"},
          Case{"\"\"", "null"}, Case{"\"1\"", "1"}, Case{"\"a\"", "\"A\""}, Case{"[]", "{}"},
          Case{"[]", "[null]"}, Case{"[1,2]", "[2,1]"}, Case{"{}", "{\"a\":null}"},
          Case{"{\"a\":1}", "{\"b\":1}"}, Case{"{\"a\":1}", "{\"a\":2}"},
          Case{"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}"}}) {
        EXPECT_FALSE(parse(c.a) == parse(c.b)) << c.a << " " << c.b;
        EXPECT_FALSE(parse(c.b) == parse(c.a)) << c.b << " " << c.a;
    }
    EXPECT_FALSE(Value(std::nan("")) == Value(std::nan("")));
}

TEST(ValueTest, FindsMembersOfObjectsOfAnySize) {
    for (int size = 0; size <= 40; ++size) {
        std::vector<Value::Member> members;
        for (int i = 0; i < size; ++i) {
            members.push_back({"name" + std::to_string((i * 7) % 41), Value(i)});
        }
        Value const object = Value::Object(members);
        ASSERT_EQ(object.Size(), members.size());
        for (auto const& member : members) EXPECT_EQ(object[member.name], member.value);
        EXPECT_EQ(object.Find("name"), nullptr);
        EXPECT_EQ(object.Find("name99"), nullptr);
        EXPECT_EQ(object.AsObject(), members);
    }
}

TEST(ValueTest, LaterMembersTakeThePlaceOfTheFirst) {
    for (int others : {0, 6, 7, 8, 20}) {
        std::vector<Value::Member> members{{"x", 1}, {"x", 2}};
        for (int i = 0; i < others; ++i) members.push_back({"o" + std::to_string(i), Value(i)});
        members.push_back({"x", "last"});
        Value const object = Value::Object(members);
        ASSERT_EQ(object.Size(), static_cast<std::size_t>(others) + 1);
        EXPECT_EQ(object.AsObject()[0].name, "x");
        EXPECT_EQ(object["x"], Value("last"));
        for (int i = 0; i < others; ++i) EXPECT_EQ(object["o" + std::to_string(i)], Value(i));
    }
}

TEST(ValueTest, DestroysDeepValuesWithoutRecursion) {
    Value deep;
    for (int i = 0; i < 200000; ++i) {
        Value inner = std::move(deep);
        deep = i % 2 == 0 ? Value::Array({inner}) : Value::Object({{"a", inner}});
    }
    Value const part = deep["a"];
    deep = Value();
    EXPECT_TRUE(part.IsArray());
}

TEST(ValueTest, AppendsItsText) {
    std::string out = "x=";
    Value::Object({{"a\"b", Value::Array({nullptr, true, "\n"})}}).AppendJson(out);
    EXPECT_EQ(out, "x={\"a\\\"b\":[null,true,\"\\n\"]}");
}

}  // namespace
}  // namespace lddynamo
