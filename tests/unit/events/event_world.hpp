/// @file
/// Contexts, flags and evaluations for the tests of events.
#pragma once

#include "evaluation/evaluator.hpp"
#include "events/event_sink.hpp"
#include "model/flag.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::events {

inline Context MakeContext(std::string_view json) {
    return Context::FromJson(json).value();
}
inline Context User(std::string_view key) {
    return Context::User(key).value();
}

inline Value Json(std::string_view text) {
    return Value::Parse(text).value();
}

/// A flag with three variations "a", "b", "c", and the further properties given.
inline std::unique_ptr<model::FeatureFlag const> MakeFlag(std::string_view key,
                                                          std::string_view more = "") {
    auto json = R"({"key":")" + std::string(key) +
                R"(","version":100,"on":true,"variations":["a","b","c"],"fallthrough":)"
                R"({"variation":0},"rules":[{"id":"r1","variation":1}])" +
                (more.empty() ? "" : ",") + std::string(more) + "}";
    return model::DecodeFlag(json).value();
}

/// The flag came out at that variation, by its fallthrough.
inline evaluation::Outcome FallthroughTo(model::FeatureFlag const& flag, int variation) {
    evaluation::Outcome outcome;
    outcome.value = &flag.variations.at(static_cast<std::size_t>(variation));
    outcome.variation_index = variation;
    outcome.kind = EvaluationReason::Kind::kFallthrough;
    return outcome;
}

/// An evaluation, and what it points to.
class Evaluation {
  public:
    Evaluation(model::FeatureFlag const& flag, int variation, Value default_value = "default")
        : outcome_(FallthroughTo(flag, variation)), default_(std::move(default_value)) {
        evaluation_.key = flag.key;
        evaluation_.flag = &flag;
        Point();
    }
    /// Of a flag that there is not. The key must live as long as this.
    explicit Evaluation(std::string_view key, Value default_value = "default")
        : default_(std::move(default_value)) {
        outcome_.error_kind = EvaluationReason::ErrorKind::kFlagNotFound;
        evaluation_.key = key;
        Point();
    }
    Evaluation(Evaluation const&) = delete;
    Evaluation& operator=(Evaluation const&) = delete;

    FlagEvaluation& operator*() { return evaluation_; }
    FlagEvaluation* operator->() { return &evaluation_; }
    evaluation::Outcome& Outcome() { return outcome_; }

  private:
    void Point() {
        evaluation_.outcome = &outcome_;
        evaluation_.default_value = &default_;
    }
    evaluation::Outcome outcome_;
    Value default_;
    FlagEvaluation evaluation_;
};

}  // namespace lddynamo::events
