#include "callback_hook.hpp"

#include <stdexcept>
#include <utility>
#include <vector>

namespace lddynamo::contract {
namespace {

Value ToValue(Context const& context) {
    return Value::Parse(context.ToJson()).value_or(Value());
}

Value EnvironmentId(std::string_view id) {
    return id.empty() ? Value() : Value(id);
}

Value ToValue(EvaluationSeriesContext const& series) {
    return Value::Object({{"flagKey", series.flag_key},
                          {"context", ToValue(series.context)},
                          {"defaultValue", series.default_value},
                          {"method", series.method},
                          {"environmentId", EnvironmentId(series.environment_id)}});
}

Value ToValue(HookData const& data) {
    std::vector<Value::Member> members;
    members.reserve(data.size());
    for (auto const& [name, value] : data) members.push_back({name, value});
    return Value::Object(std::move(members));
}

Value ToValue(EvaluationDetail<Value> const& detail) {
    return Value::Object(
        {{"value", detail.value},
         {"variationIndex", detail.variation_index ? Value(*detail.variation_index) : Value()},
         {"reason", detail.reason.ToValue()}});
}

Value ToValue(TrackSeriesContext const& series) {
    return Value::Object(
        {{"key", series.key},
         {"context", ToValue(series.context)},
         {"data", series.data},
         {"metricValue", series.metric_value ? Value(*series.metric_value) : Value()},
         {"environmentId", EnvironmentId(series.environment_id)}});
}

}  // namespace

CallbackHook::CallbackHook(std::string name, Callback callback,
                           std::map<std::string, Stage, std::less<>> stages)
    : name_(std::move(name)), callback_(std::move(callback)), stages_(std::move(stages)) {
}

HookData CallbackHook::Run(std::string_view stage, std::vector<Value::Member> payload,
                           HookData data) const {
    auto const found = stages_.find(stage);
    if (found != stages_.end() && !found->second.error.empty()) {
        throw std::runtime_error(found->second.error);
    }
    payload.push_back({"stage", stage});
    auto const told = callback_.PostJson(Value::Object(std::move(payload)));
    if (!told) throw std::runtime_error(told.error().Describe());
    if (found != stages_.end()) {
        for (auto const& [name, value] : found->second.data) data.insert_or_assign(name, value);
    }
    return data;
}

HookData CallbackHook::BeforeEvaluation(EvaluationSeriesContext const& series, HookData data) {
    std::vector<Value::Member> payload = {{"evaluationSeriesContext", ToValue(series)},
                                          {"evaluationSeriesData", ToValue(data)}};
    return Run("beforeEvaluation", std::move(payload), std::move(data));
}

HookData CallbackHook::AfterEvaluation(EvaluationSeriesContext const& series, HookData data,
                                       EvaluationDetail<Value> const& detail) {
    std::vector<Value::Member> payload = {{"evaluationSeriesContext", ToValue(series)},
                                          {"evaluationSeriesData", ToValue(data)},
                                          {"evaluationDetail", ToValue(detail)}};
    return Run("afterEvaluation", std::move(payload), std::move(data));
}

void CallbackHook::AfterTrack(TrackSeriesContext const& series) {
    (void)Run("afterTrack", {{"trackSeriesContext", ToValue(series)}}, {});
}

}  // namespace lddynamo::contract
