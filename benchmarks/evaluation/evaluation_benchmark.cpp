// Evaluations per second, and heap allocations per evaluation.
#include "evaluation/evaluator.hpp"
#include "support/allocation_counter.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace lddynamo::evaluation {
namespace {

class OneSegment final : public DataLookup {
  public:
    explicit OneSegment(model::Segment const& segment) noexcept : segment_(segment) {}
    model::FeatureFlag const* FindFlag(std::string_view) const noexcept override { return nullptr; }
    model::Segment const* FindSegment(std::string_view key) const noexcept override {
        return key == segment_.key ? &segment_ : nullptr;
    }

  private:
    model::Segment const& segment_;
};

template <class T>
T Must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().Describe().c_str());
    std::exit(1);
}

char const* const kPlain = R"({
    "key": "plain", "version": 1, "on": true, "salt": "s", "offVariation": 1,
    "fallthrough": {"variation": 0}, "variations": [true, false]})";

// None of the rules matches, so each is looked at; the rollout decides.
char const* const kFiveRules = R"({
    "key": "five-rules", "version": 1, "on": true, "salt": "0f3e8f7f2c6d4e", "offVariation": 2,
    "targets": [{"variation": 0, "values": ["ann", "ben", "cleo"]}],
    "rules": [
        {"id": "1", "variation": 1, "clauses": [
            {"attribute": "country", "op": "in", "values": ["de", "at", "ch"]},
            {"attribute": "plan", "op": "in", "values": ["trial"]}]},
        {"id": "2", "variation": 1, "clauses": [
            {"attribute": "email", "op": "endsWith", "values": ["@example.com", "@example.org"]},
            {"attribute": "email", "op": "startsWith", "values": ["admin", "root"]}]},
        {"id": "3", "variation": 1, "clauses": [
            {"attribute": "age", "op": "greaterThan", "values": [18]},
            {"attribute": "age", "op": "lessThan", "values": [30]}]},
        {"id": "4", "variation": 1, "clauses": [
            {"attribute": "version", "op": "semVerGreaterThan", "values": ["2.0.0"]},
            {"attribute": "version", "op": "semVerLessThan", "values": ["2.4.0-rc.2"]}]},
        {"id": "5", "variation": 1, "clauses": [
            {"attribute": "groups", "op": "in", "values": ["beta", "internal"]},
            {"attribute": "plan", "op": "in", "values": ["gold"], "negate": true}]}],
    "fallthrough": {"rollout": {"variations": [
        {"variation": 0, "weight": 20000}, {"variation": 1, "weight": 30000},
        {"variation": 2, "weight": 50000}]}},
    "variations": ["a", "b", "c"]})";

char const* const kRegex = R"({
    "key": "regex", "version": 1, "on": true, "salt": "s",
    "rules": [{"id": "1", "variation": 1, "clauses": [
        {"attribute": "email", "op": "matches", "values": ["^[a-z.]+@example\\.(com|net)$"]}]}],
    "fallthrough": {"variation": 0}, "variations": [true, false]})";

char const* const kSegmentFlag = R"({
    "key": "segment", "version": 1, "on": true, "salt": "s",
    "rules": [{"id": "1", "variation": 1, "clauses": [
        {"attribute": "", "op": "segmentMatch", "values": ["many"]}]}],
    "fallthrough": {"variation": 0}, "variations": [true, false]})";

std::string ManyKeys() {
    std::string json = R"({"key":"many","version":1,"included":["x")";
    for (int i = 0; i < 10000; ++i) json += ",\"user-" + std::to_string(i) + '"';
    return json + "]}";
}

Context User() {
    auto groups = Value::Array({Value("staff"), Value("alpha")});
    return Must(Context::Builder("user", "user-9999")
                    .Set("country", "de")
                    .Set("plan", "gold")
                    .Set("email", "jane.doe@example.com")
                    .Set("age", 42)
                    .Set("version", "2.4.1")
                    .Set("groups", groups)
                    .Build());
}

void Run(benchmark::State& state, char const* json) {
    auto const flag = Must(model::DecodeFlag(json));
    auto const segment = Must(model::DecodeSegment(ManyKeys()));
    OneSegment const lookup(*segment);
    Context const context = User();
    benchmark::DoNotOptimize(Evaluate(*flag, context, lookup));
    std::uint64_t const before = test_support::AllocationCount();
    for (auto _ : state) {
        Outcome const outcome = Evaluate(*flag, context, lookup);
        benchmark::DoNotOptimize(outcome);
    }
    auto const made = static_cast<double>(test_support::AllocationCount() - before);
    state.counters["allocations"] = made / static_cast<double>(state.iterations());
    state.SetItemsProcessed(state.iterations());
}

void Decode(benchmark::State& state, std::string const& json) {
    for (auto _ : state) benchmark::DoNotOptimize(model::DecodeFlag(json));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json.size()));
}

BENCHMARK_CAPTURE(Run, Plain, kPlain);
BENCHMARK_CAPTURE(Run, FiveRulesAndRollout, kFiveRules);
BENCHMARK_CAPTURE(Run, Regex, kRegex);
BENCHMARK_CAPTURE(Run, SegmentOf10000, kSegmentFlag);
BENCHMARK_CAPTURE(Decode, FiveRulesAndRollout, std::string(kFiveRules));

}  // namespace
}  // namespace lddynamo::evaluation

BENCHMARK_MAIN();
