#include "model/segment.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lddynamo::model {
namespace {

std::unique_ptr<Segment const> Decode(std::string_view json) {
    auto segment = DecodeSegment(json);
    if (segment) return std::move(*segment);
    ADD_FAILURE() << segment.error().message << ": " << json;
    return std::make_unique<Segment const>();
}

TEST(SegmentTest, DecodesEverything) {
    auto const segment = Decode(R"({"key":"s","version":3,"deleted":false,"salt":"sa","extra":{},
        "included":["a","b","a"],"excluded":["c"],"unbounded":true,"generation":12,
        "unboundedContextKind":"org",
        "includedContexts":[{"contextKind":"org","values":["o"]}],
        "excludedContexts":[{"contextKind":"user","values":["u"]},{"values":[]}],
        "rules":[{"id":"r","weight":30000,"bucketBy":"/a/b","rolloutContextKind":"org",
                  "clauses":[{"op":"segmentMatch","values":["t","q"]},
                             {"attribute":"v","op":"semVerEqual","values":["1","x","1.2.3-rc"]},
                             {"attribute":"d","op":"before","values":[0,"2020-06-09","2020-06-09T00:00:00Z"]}]},
                 {"clauses":[{"op":"segmentMatch","values":["t"]}]}]})");
    EXPECT_EQ(segment->key, "s");
    EXPECT_EQ(segment->version, 3);
    EXPECT_EQ(segment->salt, "sa");
    EXPECT_EQ(segment->included.Size(), 2U);
    EXPECT_TRUE(segment->excluded.Contains("c"));
    EXPECT_TRUE(segment->unbounded);
    EXPECT_EQ(segment->generation, 12);
    EXPECT_EQ(segment->big_segment_ref, "s.g12");
    EXPECT_EQ(segment->unbounded_context_kind, "org");
    ASSERT_EQ(segment->included_contexts.size(), 1U);
    EXPECT_EQ(segment->included_contexts[0].context_kind, "org");
    ASSERT_EQ(segment->excluded_contexts.size(), 2U);
    EXPECT_EQ(segment->excluded_contexts[0].context_kind, "");  // "user"
    ASSERT_EQ(segment->rules.size(), 2U);
    SegmentRule const& rule = segment->rules[0];
    EXPECT_EQ(rule.id, "r");
    EXPECT_EQ(rule.weight, 30000);
    EXPECT_FALSE(rule.bucketing.by_key);
    EXPECT_EQ(rule.bucketing.attribute, AttributeRef::Parse("/a/b"));
    EXPECT_EQ(rule.bucketing.context_kind, "org");
    EXPECT_EQ(rule.bucketing.hash_prefix, "s.sa.");
    ASSERT_EQ(rule.clauses.size(), 3U);
    EXPECT_EQ(rule.clauses[1].versions.size(), 2U);
    EXPECT_EQ(rule.clauses[2].times.size(), 2U);
    EXPECT_FALSE(segment->rules[1].weight);
    EXPECT_TRUE(segment->rules[1].bucketing.by_key);
    EXPECT_EQ(segment->referenced_segments, (std::vector<std::string>{"q", "t"}));
}

TEST(SegmentTest, EverythingMayBeMissingOrNull) {
    auto const empty = Decode("{}");
    EXPECT_EQ(empty->big_segment_ref, "");
    EXPECT_FALSE(empty->generation);
    EXPECT_TRUE(empty->included.Empty());
    Decode(R"({"key":null,"version":null,"deleted":null,"salt":null,"included":null,
        "excluded":null,"includedContexts":null,"excludedContexts":null,"rules":null,
        "unbounded":null,"unboundedContextKind":null,"generation":null})");
    auto const rule = Decode(R"({"rules":[{"id":null,"weight":null,"bucketBy":null,
        "rolloutContextKind":null,"clauses":null}]})");
    EXPECT_FALSE(rule->rules[0].weight);
}

TEST(SegmentTest, TombstoneIsASegment) {
    EXPECT_TRUE(Decode(R"({"version":2,"deleted":true})")->deleted);
}

TEST(SegmentTest, HoldsManyKeys) {
    std::string json = R"({"key":"s","included":["first")";
    for (int i = 0; i < 50'000; ++i) json += ",\"user-" + std::to_string(i) + '"';
    auto const segment = Decode(json + "]}");
    EXPECT_EQ(segment->included.Size(), 50'001U);
    EXPECT_TRUE(segment->included.Contains("first"));
    EXPECT_TRUE(segment->included.Contains("user-49999"));
    EXPECT_FALSE(segment->included.Contains("user-50000"));
}

TEST(SegmentTest, ErrorsNameTheProperty) {
    std::pair<char const*, char const*> const cases[] = {
        {"null", "expected an object, found null"},
        {"7", "expected an object, found a number"},
        {R"({"included":"a"})", "included: expected an array, found a string"},
        {R"({"excluded":["a",{}]})", "excluded[1]: expected a string, found an object"},
        {R"({"includedContexts":[[]]})", "includedContexts[0]: expected an object, found an array"},
        {R"({"excludedContexts":[{"values":[1]}]})",
         "excludedContexts[0].values[0]: expected a string, found a number"},
        {R"({"rules":[{"weight":"1"}]})", "rules[0].weight: expected a number, found a string"},
        {R"({"rules":[{"bucketBy":1}]})", "rules[0].bucketBy: expected a string, found a number"},
        {R"({"rules":[{"clauses":[{"negate":"no"}]}]})",
         "rules[0].clauses[0].negate: expected a boolean, found a string"},
        {R"({"unbounded":"yes"})", "unbounded: expected a boolean, found a string"},
        {R"({"generation":"1"})", "generation: expected a number, found a string"},
        {R"({"version":true})", "version: expected a number, found a boolean"},
    };
    for (auto const& [json, message] : cases) {
        auto const segment = DecodeSegment(json);
        ASSERT_FALSE(segment) << json;
        EXPECT_EQ(segment.error().code, ErrorCode::kInvalidData) << json;
        EXPECT_EQ(segment.error().message, message) << json;
    }
    EXPECT_FALSE(DecodeSegment("{\"key\":"));
}

}  // namespace
}  // namespace lddynamo::model
