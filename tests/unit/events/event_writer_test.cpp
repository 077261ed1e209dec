#include "events/event_writer.hpp"

#include "event_world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace lddynamo::events {
namespace {

constexpr char kAnonymous[] =
    R"({"kind":"user","key":"u","anonymous":true,"name":"N","secret":1,"open":2})";
constexpr char kRedacted[] = R"({"kind":"user","key":"u","anonymous":true,
    "_meta":{"redactedAttributes":["name","secret","open"]}})";
constexpr char kIntroduced[] = R"({"kind":"user","key":"u","anonymous":true,"name":"N","open":2,
    "_meta":{"redactedAttributes":["secret"]}})";

EventWriter Writer() {
    return EventWriter(ContextFormatter(false, {"secret"}));
}

/// The only event, without its context; which must be that given.
Value WriteOne(Event event, char const* expected_context) {
    std::vector<Event> events;
    events.push_back(std::move(event));
    auto const array = Json(Writer().Write(events, {}));
    EXPECT_EQ(array.Size(), 1U);
    std::vector<Value::Member> others;
    for (auto const& member : array.AsArray().at(0).AsObject()) {
        if (member.name == "context") {
            EXPECT_EQ(member.value, Json(expected_context));
        } else {
            others.push_back(member);
        }
    }
    EXPECT_EQ(others.size() + 1, array.AsArray().at(0).Size());
    return Value::Object(std::move(others));
}

EvaluationEvent FullEvaluation() {
    EvaluationEvent event{.context = MakeContext(kAnonymous)};
    event.key = "f\"1";
    event.version = 3;
    event.variation = 0;
    event.value = Json(R"({"a":[1]})");
    event.default_value = Value();
    event.prerequisite_of = "parent";
    event.reason = EvaluationReason{.kind = EvaluationReason::Kind::kOff};
    event.sampling_ratio = 2;
    return event;
}

TEST(EventWriter, Index) {
    EXPECT_EQ(WriteOne({5, IndexEvent{MakeContext(kAnonymous)}}, kIntroduced),
              Json(R"({"kind":"index","creationDate":5})"));
}

TEST(EventWriter, Identify) {
    EXPECT_EQ(WriteOne({5, IdentifyEvent{MakeContext(kAnonymous)}}, kIntroduced),
              Json(R"({"kind":"identify","creationDate":5})"));
}

TEST(EventWriter, Feature) {
    EXPECT_EQ(WriteOne({1700000000123, FullEvaluation()}, kRedacted),
              Json(R"({"kind":"feature","creationDate":1700000000123,"key":"f\"1","version":3,
                  "variation":0,"value":{"a":[1]},"default":null,"prereqOf":"parent",
                  "reason":{"kind":"OFF"},"samplingRatio":2})"));
}

TEST(EventWriter, FeatureWithoutWhatIsNotThere) {
    EvaluationEvent event{.context = MakeContext(kAnonymous)};
    event.key = "f";
    event.version = 1;
    EXPECT_EQ(WriteOne({5, std::move(event)}, kRedacted),
              Json(R"({"kind":"feature","creationDate":5,"key":"f","version":1,"value":null})"));
}

TEST(EventWriter, Debug) {
    auto event = FullEvaluation();
    event.debug = true;
    event.sampling_ratio = 1;
    EXPECT_EQ(WriteOne({5, std::move(event)}, kIntroduced),
              Json(R"({"kind":"debug","creationDate":5,"key":"f\"1","version":3,"variation":0,
                  "value":{"a":[1]},"default":null,"reason":{"kind":"OFF"}})"));
}

TEST(EventWriter, Custom) {
    auto const context = MakeContext(kAnonymous);
    EXPECT_EQ(WriteOne({5, CustomEvent{.context = context, .key = "bought"}}, kRedacted),
              Json(R"({"kind":"custom","creationDate":5,"key":"bought"})"));
    EXPECT_EQ(
        WriteOne(
            {5, CustomEvent{.context = context, .key = "bought", .data = false, .metric = -1.5}},
            kRedacted),
        Json(R"({"kind":"custom","creationDate":5,"key":"bought","data":false,
                  "metricValue":-1.5})"));
    EXPECT_EQ(WriteOne({5, CustomEvent{.context = context, .key = "k", .metric = 0.0}}, kRedacted),
              Json(R"({"kind":"custom","creationDate":5,"key":"k","metricValue":0})"));
}

TEST(EventWriter, Migration) {
    MigrationEvent event{.context = MakeContext(kAnonymous)};
    event.operation = "read";
    event.key = "m";
    event.default_stage = "off";
    event.detail.value = "live";
    event.detail.variation_index = 3;
    event.detail.reason.kind = EvaluationReason::Kind::kFallthrough;
    event.flag_version = 0;
    event.sampling_ratio = 10;
    event.invoked_old = true;
    event.invoked_new = true;
    event.consistent = false;
    event.consistency_check_ratio = 7;
    event.latency_old_ms = 12;
    event.latency_new_ms = 0.5;
    event.error_new = true;
    EXPECT_EQ(WriteOne({5, std::move(event)}, kRedacted),
              Json(R"({"kind":"migration_op","creationDate":5,"operation":"read",
                  "samplingRatio":10,"evaluation":{"key":"m","value":"live","default":"off",
                  "variation":3,"version":0,"reason":{"kind":"FALLTHROUGH"}},"measurements":[
                  {"key":"invoked","values":{"old":true,"new":true}},
                  {"key":"consistent","value":false,"samplingRatio":7},
                  {"key":"latency_ms","values":{"old":12,"new":0.5}},
                  {"key":"error","values":{"new":true}}]})"));
}

TEST(EventWriter, MigrationOfAFlagThatIsNotThere) {
    MigrationEvent event{.context = MakeContext(kAnonymous)};
    event.operation = "write";
    event.key = "m";
    event.default_stage = "off";
    event.detail.value = "off";
    event.detail.reason.error_kind = EvaluationReason::ErrorKind::kFlagNotFound;
    event.invoked_old = true;
    event.consistent = true;
    EXPECT_EQ(WriteOne({5, std::move(event)}, kRedacted),
              Json(R"({"kind":"migration_op","creationDate":5,"operation":"write",
                  "evaluation":{"key":"m","value":"off","default":"off",
                  "reason":{"kind":"ERROR","errorKind":"FLAG_NOT_FOUND"}},"measurements":[
                  {"key":"invoked","values":{"old":true}},
                  {"key":"consistent","value":true,"samplingRatio":1}]})"));
}

TEST(EventWriter, Summary) {
    Summary summary;
    summary.start = 5;
    summary.end = 9;
    auto& flag = summary.flags["f"];
    flag.default_value = "d";
    flag.counters = {{0, 100, "a", 2}, {std::nullopt, 100, "d", 1}};
    flag.context_kinds = {"user", "org"};
    summary.flags["gone"].counters = {{std::nullopt, std::nullopt, Value(), 4}};
    EXPECT_EQ(Json(Writer().Write({}, summary)),
              Json(R"([{"kind":"summary","startDate":5,"endDate":9,"features":{
                  "f":{"default":"d","counters":[
                    {"variation":0,"version":100,"value":"a","count":2},
                    {"version":100,"value":"d","count":1}],"contextKinds":["user","org"]},
                  "gone":{"counters":[{"unknown":true,"value":null,"count":4}],
                    "contextKinds":[]}}}])"));
}

TEST(EventWriter, ManyInOrderAndTheSummaryLast) {
    std::vector<Event> events;
    events.push_back({1, IndexEvent{User("a")}});
    events.push_back({2, IdentifyEvent{User("b")}});
    Summary summary;
    summary.flags["f"];
    auto const array = Json(Writer().Write(events, summary));
    ASSERT_EQ(array.Size(), 3U);
    EXPECT_EQ(array.AsArray()[0]["kind"], Value("index"));
    EXPECT_EQ(array.AsArray()[1]["kind"], Value("identify"));
    EXPECT_EQ(array.AsArray()[2]["kind"], Value("summary"));
    EXPECT_EQ(Writer().Write({}, {}), "[]");
}

}  // namespace
}  // namespace lddynamo::events
