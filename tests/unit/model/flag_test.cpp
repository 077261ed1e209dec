#include "model/flag.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lddynamo::model {
namespace {

std::unique_ptr<FeatureFlag const> Decode(std::string_view json) {
    auto flag = DecodeFlag(json);
    if (flag) return std::move(*flag);
    ADD_FAILURE() << flag.error().message << ": " << json;
    return std::make_unique<FeatureFlag const>();
}

constexpr char kFull[] = R"({
    "key": "größe", "version": 99, "on": true, "salt": "salt", "offVariation": 1, "deleted": false,
    "trackEvents": true, "trackEventsFallthrough": true, "debugEventsUntilDate": 1591728832000,
    "samplingRatio": 10, "excludeFromSummaries": true, "migration": {"checkRatio": 5},
    "clientSideAvailability": {"usingMobileKey": true, "usingEnvironmentId": true},
    "clientSide": false, "fromTheFuture": [{"a": 1}],
    "prerequisites": [{"key": "p2", "variation": 1}, {"key": "p1", "variation": 0},
                      {"key": "p2", "variation": 1}],
    "targets": [{"values": ["a", "b"], "variation": 1}],
    "contextTargets": [{"contextKind": "org", "values": ["o"], "variation": 0},
                       {"contextKind": "user", "values": [], "variation": 1}],
    "rules": [
        {"id": "r1", "variation": 1, "trackEvents": true, "clauses": [
            {"contextKind": "org", "attribute": "/a/b", "op": "in", "values": [2, "x", true, 1, null],
             "negate": true},
            {"attribute": "/a/b", "op": "matches", "values": ["a+", "(", 3]},
            {"attribute": "", "op": "segmentMatch", "values": ["s2", "s1", 7, "s2"]}]},
        {"id": "r2", "rollout": {"kind": "experiment", "contextKind": "org", "bucketBy": "x",
            "seed": -61, "variations": [{"variation": 0, "weight": 60000},
                                        {"variation": 1, "weight": 40000, "untracked": true}]}}],
    "fallthrough": {"rollout": {"bucketBy": "/a", "variations": [{"variation": 0, "weight": 1000}]}},
    "variations": [true, {"a": [1, null]}]})";

TEST(FlagTest, DecodesEverything) {
    auto const flag = Decode(kFull);
    EXPECT_EQ(flag->key, "größe");
    EXPECT_EQ(flag->version, 99);
    EXPECT_TRUE(flag->on);
    EXPECT_FALSE(flag->deleted);
    EXPECT_EQ(flag->salt, "salt");
    EXPECT_EQ(flag->off_variation, 1);
    EXPECT_TRUE(flag->track_events);
    EXPECT_TRUE(flag->track_events_fallthrough);
    EXPECT_TRUE(flag->exclude_from_summaries);
    EXPECT_EQ(flag->debug_events_until, 1591728832000);
    EXPECT_EQ(flag->sampling_ratio, 10);
    ASSERT_TRUE(flag->migration);
    EXPECT_EQ(flag->migration->check_ratio, 5);
    EXPECT_TRUE(flag->client_side_availability.using_environment_id);
    EXPECT_TRUE(flag->client_side_availability.using_mobile_key);
    EXPECT_TRUE(flag->client_side_availability.is_explicit);
    ASSERT_EQ(flag->variations.size(), 2U);
    EXPECT_EQ(flag->variations[1].ToJson(), R"({"a":[1,null]})");

    ASSERT_EQ(flag->prerequisites.size(), 3U);
    EXPECT_EQ(flag->prerequisites[1].key, "p1");
    EXPECT_EQ(flag->prerequisites[0].variation, 1);
    ASSERT_EQ(flag->targets.size(), 1U);
    EXPECT_TRUE(flag->targets[0].values.Contains("b"));
    EXPECT_EQ(flag->targets[0].variation, 1);
    ASSERT_EQ(flag->context_targets.size(), 2U);
    EXPECT_EQ(flag->context_targets[0].context_kind, "org");
    EXPECT_EQ(flag->context_targets[1].context_kind, "");  // "user"

    EXPECT_EQ(flag->referenced_flags, (std::vector<std::string>{"p1", "p2"}));
    EXPECT_EQ(flag->referenced_segments, (std::vector<std::string>{"s1", "s2"}));
}

TEST(FlagTest, PreparesRules) {
    auto const flag = Decode(kFull);
    ASSERT_EQ(flag->rules.size(), 2U);
    FlagRule const& first = flag->rules[0];
    EXPECT_EQ(first.id, "r1");
    EXPECT_TRUE(first.track_events);
    EXPECT_EQ(first.result.variation, 1);
    ASSERT_EQ(first.clauses.size(), 3U);
    EXPECT_EQ(first.clauses[0].op, Operator::kIn);
    EXPECT_EQ(first.clauses[0].attribute, AttributeRef::Parse("/a/b"));
    EXPECT_TRUE(first.clauses[0].negate);
    EXPECT_EQ(first.clauses[0].numbers, (std::vector<double>{1, 2}));
    EXPECT_TRUE(first.clauses[0].texts.Contains("x"));
    EXPECT_TRUE(first.clauses[0].has_true);
    EXPECT_FALSE(first.clauses[0].has_false);
    EXPECT_EQ(first.clauses[1].attribute, AttributeRef::Literal("/a/b"));  // no kind: a plain name
    EXPECT_EQ(first.clauses[1].patterns.size(), 1U);                       // the bad one is dropped
    EXPECT_EQ(first.clauses[2].texts.Size(), 2U);

    Rollout const& experiment = flag->rules[1].result.rollout;
    EXPECT_FALSE(flag->rules[1].result.variation);
    EXPECT_TRUE(experiment.experiment);
    EXPECT_EQ(experiment.seed, -61);
    EXPECT_TRUE(experiment.bucketing.by_key);  // experiments ignore bucketBy
    EXPECT_EQ(experiment.bucketing.context_kind, "org");
    EXPECT_EQ(experiment.bucketing.hash_prefix, "-61.");
    ASSERT_EQ(experiment.variations.size(), 2U);
    EXPECT_FLOAT_EQ(experiment.variations[1].upper_bound, 1);
    EXPECT_TRUE(experiment.variations[1].untracked);

    Bucketing const& bucketing = flag->fallthrough.rollout.bucketing;
    EXPECT_FALSE(bucketing.by_key);
    EXPECT_EQ(bucketing.attribute, AttributeRef::Literal("/a"));
    EXPECT_EQ(bucketing.hash_prefix, "größe.salt.");
}

TEST(FlagTest, EverythingMayBeMissing) {
    auto const flag = Decode("{}");
    EXPECT_EQ(flag->key, "");
    EXPECT_EQ(flag->version, 0);
    EXPECT_FALSE(flag->on);
    EXPECT_FALSE(flag->off_variation);
    EXPECT_FALSE(flag->fallthrough.variation);
    EXPECT_FALSE(flag->debug_events_until);
    EXPECT_FALSE(flag->sampling_ratio);
    EXPECT_FALSE(flag->migration);
    EXPECT_TRUE(flag->client_side_availability.using_mobile_key);
    EXPECT_FALSE(flag->client_side_availability.using_environment_id);
    EXPECT_FALSE(flag->client_side_availability.is_explicit);
}

TEST(FlagTest, NullIsTheSameAsMissing) {
    auto const flag = Decode(R"({"key":null,"version":null,"on":null,"salt":null,
        "offVariation":null,"fallthrough":null,"targets":null,"contextTargets":null,"rules":null,
        "prerequisites":null,"variations":null,"clientSideAvailability":null,"clientSide":null,
        "trackEvents":null,"trackEventsFallthrough":null,"debugEventsUntilDate":null,
        "samplingRatio":null,"excludeFromSummaries":null,"migration":null,"deleted":null})");
    EXPECT_EQ(flag->key, "");
    EXPECT_FALSE(flag->sampling_ratio);
    Decode(R"({"targets":[{"contextKind":null,"values":null,"variation":null}],
        "rules":[{"id":null,"variation":null,"rollout":null,"clauses":null,"trackEvents":null},
                 {"rollout":{"kind":null,"contextKind":null,"variations":null,"bucketBy":null,
                             "seed":null}},
                 {"clauses":[{"contextKind":null,"attribute":null,"op":null,"values":null,
                              "negate":null}]}],
        "prerequisites":[{"key":null,"variation":null}],"migration":{"checkRatio":null},
        "clientSideAvailability":{"usingMobileKey":null,"usingEnvironmentId":null}})");
}

TEST(FlagTest, ReadsBothFormsOfClientSideAvailability) {
    auto const of = [](char const* json) {
        auto const availability = Decode(json)->client_side_availability;
        return std::string(availability.using_mobile_key ? "mobile " : "") +
               (availability.using_environment_id ? "environment " : "") +
               (availability.is_explicit ? "explicit" : "");
    };
    EXPECT_EQ(of(R"({"clientSide":true})"), "mobile environment ");
    EXPECT_EQ(of(R"({"clientSide":false})"), "mobile ");
    EXPECT_EQ(of(R"({"clientSideAvailability":{}})"), "explicit");
    EXPECT_EQ(of(R"({"clientSideAvailability":{"usingEnvironmentId":true},"clientSide":false})"),
              "environment explicit");
    EXPECT_EQ(of(R"({"clientSideAvailability":null,"clientSide":true})"), "mobile environment ");
}

TEST(FlagTest, TombstoneIsAFlag) {
    auto const flag = Decode(R"({"key":"$deleted","version":7,"deleted":true})");
    EXPECT_TRUE(flag->deleted);
    EXPECT_EQ(flag->version, 7);
}

TEST(FlagTest, NumbersAreCutAndBounded) {
    auto const flag = Decode(R"({"version":2.9,"offVariation":1e300,"debugEventsUntilDate":0,
        "fallthrough":{"variation":-1e300},"samplingRatio":-1.5})");
    EXPECT_EQ(flag->version, 2);
    EXPECT_EQ(flag->off_variation, 2147483647);
    EXPECT_EQ(flag->fallthrough.variation, -2147483647 - 1);
    EXPECT_FALSE(flag->debug_events_until);
    EXPECT_EQ(flag->sampling_ratio, -1);
    EXPECT_EQ(Decode(R"({"version":9007199254740992})")->version, 9007199254740992);
}

TEST(FlagTest, ErrorsNameTheProperty) {
    std::pair<char const*, char const*> const cases[] = {
        {"null", "expected an object, found null"},
        {"[]", "expected an object, found an array"},
        {"\"x\"", "expected an object, found a string"},
        {R"({"key":1})", "key: expected a string, found a number"},
        {R"({"version":"no"})", "version: expected a number, found a string"},
        {R"({"on":"true"})", "on: expected a boolean, found a string"},
        {R"({"on":1})", "on: expected a boolean, found a number"},
        {R"({"deleted":0})", "deleted: expected a boolean, found a number"},
        {R"({"salt":{}})", "salt: expected a string, found an object"},
        {R"({"offVariation":"1"})", "offVariation: expected a number, found a string"},
        {R"({"rules":{}})", "rules: expected an array, found an object"},
        {R"({"rules":[null]})", "rules[0]: expected an object, found null"},
        {R"({"rules":[{},{},{"clauses":[{"op":3}]}]})",
         "rules[2].clauses[0].op: expected a string, found a number"},
        {R"({"rules":[{"clauses":[{"values":"x"}]}]})",
         "rules[0].clauses[0].values: expected an array, found a string"},
        {R"({"rules":[{"clauses":[{"contextKind":5}]}]})",
         "rules[0].clauses[0].contextKind: expected a string, found a number"},
        {R"({"rules":[{"rollout":{"variations":[{"weight":"1"}]}}]})",
         "rules[0].rollout.variations[0].weight: expected a number, found a string"},
        {R"({"rules":[{"rollout":[]}]})", "rules[0].rollout: expected an object, found an array"},
        {R"({"rules":[{"rollout":{"seed":"1"}}]})",
         "rules[0].rollout.seed: expected a number, found a string"},
        {R"({"fallthrough":7})", "fallthrough: expected an object, found a number"},
        {R"({"targets":[{"values":["a",1]}]})",
         "targets[0].values[1]: expected a string, found a number"},
        {R"({"targets":[{"values":[null]}]})",
         "targets[0].values[0]: expected a string, found null"},
        {R"({"contextTargets":[{"contextKind":true}]})",
         "contextTargets[0].contextKind: expected a string, found a boolean"},
        {R"({"prerequisites":[{"key":"a"},{"key":7}]})",
         "prerequisites[1].key: expected a string, found a number"},
        {R"({"variations":{"a":1}})", "variations: expected an array, found an object"},
        {R"({"clientSideAvailability":true})",
         "clientSideAvailability: expected an object, found a boolean"},
        {R"({"debugEventsUntilDate":"2020"})",
         "debugEventsUntilDate: expected a number, found a string"},
        {R"({"migration":{"checkRatio":"1"}})",
         "migration.checkRatio: expected a number, found a string"},
        // The first one of several is told.
        {R"({"version":"1","on":7})", "version: expected a number, found a string"},
    };
    for (auto const& [json, message] : cases) {
        auto const flag = DecodeFlag(json);
        ASSERT_FALSE(flag) << json;
        EXPECT_EQ(flag.error().code, ErrorCode::kInvalidData) << json;
        EXPECT_EQ(flag.error().message, message) << json;
    }
}

TEST(FlagTest, BrokenJsonIsAnErrorWithItsPlace) {
    for (char const* json : {"", "{", R"({"key":})", "{\"key\":\"a\"} x", "{'key':1}", "\xff"}) {
        auto const flag = DecodeFlag(json);
        ASSERT_FALSE(flag) << json;
        EXPECT_EQ(flag.error().code, ErrorCode::kInvalidData) << json;
        EXPECT_EQ(flag.error().message.rfind("line 1, column", 0), 0U) << flag.error().message;
    }
}

}  // namespace
}  // namespace lddynamo::model
