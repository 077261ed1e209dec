#include "client_fixture.hpp"

#include <cstdint>
#include <limits>

namespace lddynamo {
namespace {

class VariationTest : public ClientTest {
  protected:
    void SetUp() override {
        auto const put = [this](std::string const& key, std::string const& value) {
            store_->PutFlag(key, 1, FlagJson(key, 1, value));
        };
        put("bool", "true");
        put("int", "42");
        put("fraction", "2.9");
        put("negative", "-2.9");
        put("huge", "1e300");
        put("minus-huge", "-1e300");
        put("string", "\"text\"");
        put("empty", "\"\"");
        put("null", "null");
        put("array", "[1,2]");
        put("object", R"({"a":[true]})");
        store_->PutFlag("nothing", 1,
                        R"({"key":"nothing","version":1,"on":false,"salt":"",)"
                        R"("variations":[1]})");
        store_->PutFlag("broken", 1,
                        R"({"key":"broken","version":1,"on":true,"salt":"",)"
                        R"("variations":[true],"fallthrough":{"variation":9}})");
        client_ = Make();
    }
    std::unique_ptr<Client> client_;
};

template <class T>
void ExpectDetail(EvaluationDetail<T> const& detail, T const& value, ErrorKind error,
                  char const* what) {
    EXPECT_EQ(detail.value, value) << what;
    EXPECT_EQ(detail.reason.error_kind, error) << what;
    if (error == ErrorKind::kNone) {
        EXPECT_EQ(detail.reason.kind, ReasonKind::kFallthrough) << what;
        EXPECT_EQ(detail.variation_index, 0) << what;
    } else {
        EXPECT_EQ(detail.reason.kind, ReasonKind::kError) << what;
        EXPECT_TRUE(detail.IsDefaultValue()) << what;
    }
}

TEST_F(VariationTest, Bool) {
    EXPECT_TRUE(client_->BoolVariation("bool", bob_, false));
    ExpectDetail(client_->BoolVariationDetail("bool", bob_, false), true, ErrorKind::kNone, "bool");
    for (auto const* flag : {"int", "string", "empty", "null", "array", "object"}) {
        for (bool const fallback : {false, true}) {
            EXPECT_EQ(client_->BoolVariation(flag, bob_, fallback), fallback);
            ExpectDetail(client_->BoolVariationDetail(flag, bob_, fallback), fallback,
                         ErrorKind::kWrongType, flag);
        }
    }
    ExpectDetail(client_->BoolVariationDetail("?", bob_, true), true, ErrorKind::kFlagNotFound,
                 "?");
    ExpectDetail(client_->BoolVariationDetail("broken", bob_, false), false,
                 ErrorKind::kMalformedFlag, "broken");
}

TEST_F(VariationTest, Int) {
    constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
    constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
    struct Case {
        char const* flag;
        std::int64_t value;
        ErrorKind error;
    };
    Case const cases[] = {
        {"int", 42, ErrorKind::kNone},          {"fraction", 2, ErrorKind::kNone},
        {"negative", -2, ErrorKind::kNone},     {"huge", kMax, ErrorKind::kNone},
        {"minus-huge", kMin, ErrorKind::kNone}, {"bool", 7, ErrorKind::kWrongType},
        {"string", 7, ErrorKind::kWrongType},   {"null", 7, ErrorKind::kWrongType},
        {"?", 7, ErrorKind::kFlagNotFound},
    };
    for (Case const& c : cases) {
        EXPECT_EQ(client_->IntVariation(c.flag, bob_, 7), c.value) << c.flag;
        ExpectDetail(client_->IntVariationDetail(c.flag, bob_, 7), c.value, c.error, c.flag);
    }
}

TEST_F(VariationTest, Double) {
    struct Case {
        char const* flag;
        double value;
        ErrorKind error;
    };
    Case const cases[] = {
        {"int", 42, ErrorKind::kNone},          {"fraction", 2.9, ErrorKind::kNone},
        {"huge", 1e300, ErrorKind::kNone},      {"bool", 0.5, ErrorKind::kWrongType},
        {"string", 0.5, ErrorKind::kWrongType}, {"?", 0.5, ErrorKind::kFlagNotFound},
    };
    for (Case const& c : cases) {
        EXPECT_EQ(client_->DoubleVariation(c.flag, bob_, 0.5), c.value) << c.flag;
        ExpectDetail(client_->DoubleVariationDetail(c.flag, bob_, 0.5), c.value, c.error, c.flag);
    }
}

TEST_F(VariationTest, String) {
    struct Case {
        char const* flag;
        char const* value;
        ErrorKind error;
    };
    Case const cases[] = {
        {"string", "text", ErrorKind::kNone},  {"empty", "", ErrorKind::kNone},
        {"int", "d", ErrorKind::kWrongType},   {"null", "d", ErrorKind::kWrongType},
        {"array", "d", ErrorKind::kWrongType}, {"?", "d", ErrorKind::kFlagNotFound},
    };
    for (Case const& c : cases) {
        EXPECT_EQ(client_->StringVariation(c.flag, bob_, "d"), c.value) << c.flag;
        ExpectDetail(client_->StringVariationDetail(c.flag, bob_, "d"), std::string(c.value),
                     c.error, c.flag);
    }
}

TEST_F(VariationTest, JsonTakesAnyTypeAndNull) {
    struct Case {
        char const* flag;
        char const* json;
    };
    Case const cases[] = {{"bool", "true"}, {"int", "42"},      {"string", "\"text\""},
                          {"null", "null"}, {"array", "[1,2]"}, {"object", R"({"a":[true]})"}};
    for (Case const& c : cases) {
        EXPECT_EQ(client_->JsonVariation(c.flag, bob_, "d").ToJson(), c.json);
        ExpectDetail(client_->JsonVariationDetail(c.flag, bob_, "d"), *Value::Parse(c.json),
                     ErrorKind::kNone, c.flag);
    }
    ExpectDetail(client_->JsonVariationDetail("?", bob_, "d"), Value("d"), ErrorKind::kFlagNotFound,
                 "?");
}

TEST_F(VariationTest, OffWithoutOffVariationGivesTheDefault) {
    auto const text = client_->StringVariationDetail("nothing", bob_, "d");
    EXPECT_EQ(text.value, "d");
    EXPECT_EQ(text.reason.kind, ReasonKind::kOff);
    EXPECT_TRUE(text.IsDefaultValue());
    EXPECT_EQ(client_->IntVariation("nothing", bob_, 5), 5);
    EXPECT_EQ(client_->JsonVariation("nothing", bob_, true), Value(true));
}

TEST_F(VariationTest, RuleDetail) {
    store_->PutFlag("rule", 1, FlagJson("rule", 1, "\"a\"", RuleFor({"s"})));
    store_->PutSegment("s", 1, SegmentJson("s", 1, "bob"));
    auto const detail = client_->StringVariationDetail("rule", bob_, "d");
    EXPECT_EQ(detail.value, "off");
    EXPECT_EQ(detail.variation_index, 1);
    EXPECT_EQ(detail.reason.kind, ReasonKind::kRuleMatch);
    EXPECT_EQ(detail.reason.rule_index, 0);
    EXPECT_EQ(detail.reason.rule_id, "r");
}

TEST_F(VariationTest, ResultsOutliveTheClient) {
    auto const detail = client_->JsonVariationDetail("object", bob_, "d");
    auto const state = client_->AllFlags(bob_);
    client_.reset();
    store_.reset();
    EXPECT_EQ(detail.value.ToJson(), R"({"a":[true]})");
    EXPECT_EQ(state.ValueOf("object").ToJson(), R"({"a":[true]})");
}

}  // namespace
}  // namespace lddynamo
