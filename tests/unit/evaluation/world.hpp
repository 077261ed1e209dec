/// @file
/// Flags, segments and contexts from JSON, for the evaluator's tests.
#pragma once

#include "evaluation/evaluator.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::evaluation {

inline Context MakeContext(std::string_view json) {
    auto context = Context::FromJson(json);
    if (!context) {
        ADD_FAILURE() << json << ": " << context.error().message;
        return *Context::User("broken");
    }
    return *context;
}

inline std::unique_ptr<model::FeatureFlag const> MakeFlag(std::string_view json) {
    auto flag = model::DecodeFlag(json);
    if (!flag) {
        ADD_FAILURE() << json << ": " << flag.error().message;
        return std::make_unique<model::FeatureFlag const>();
    }
    return std::move(*flag);
}

/// A store of flags and segments.
class World final : public DataLookup {
  public:
    model::FeatureFlag const& Add(std::string_view flag_json) {
        auto flag = MakeFlag(flag_json);
        auto& slot = flags_[flag->key];
        slot = std::move(flag);
        return *slot;
    }
    void AddSegment(std::string_view json) {
        auto segment = model::DecodeSegment(json);
        ASSERT_TRUE(segment.has_value()) << json << ": " << segment.error().message;
        std::string const key = (*segment)->key;
        segments_[key] = std::move(*segment);
    }
    model::FeatureFlag const* FindFlag(std::string_view key) const noexcept override {
        auto const found = flags_.find(key);
        return found == flags_.end() ? nullptr : found->second.get();
    }
    model::Segment const* FindSegment(std::string_view key) const noexcept override {
        auto const found = segments_.find(key);
        return found == segments_.end() ? nullptr : found->second.get();
    }

  private:
    std::map<std::string, std::unique_ptr<model::FeatureFlag const>, std::less<>> flags_;
    std::map<std::string, std::unique_ptr<model::Segment const>, std::less<>> segments_;
};

/// "value / index / reason", as in `"a" / 0 / {"kind":"FALLTHROUGH"}`; value "-" is the default.
inline std::string Show(Outcome const& outcome) {
    return (outcome.value == nullptr ? "-" : outcome.value->ToJson()) + " / " +
           std::to_string(outcome.variation_index) + " / " + outcome.Reason().ToJson();
}

inline std::string Show(std::string_view flag, std::string_view context, World const& world = {}) {
    auto const decoded = MakeFlag(flag);
    return Show(Evaluate(*decoded, MakeContext(context), world));
}

inline constexpr char kMalformed[] = R"(- / -1 / {"kind":"ERROR","errorKind":"MALFORMED_FLAG"})";

/// Whether a flag with that one clause gives its rule's variation.
/// @return "match", "no" or "malformed".
inline std::string MatchOf(std::string const& clause, Context const& context,
                           World const& world = {}) {
    auto const flag =
        MakeFlag(R"({"key":"f","on":true,"variations":[true,false],)"
                 R"("fallthrough":{"variation":1},"rules":[{"variation":0,"clauses":[)" +
                 clause + "]}]}");
    Outcome const outcome = Evaluate(*flag, context, world);
    switch (outcome.kind) {
        case EvaluationReason::Kind::kRuleMatch:
            return "match";
        case EvaluationReason::Kind::kFallthrough:
            return "no";
        default:
            return outcome.error_kind == EvaluationReason::ErrorKind::kMalformedFlag ? "malformed"
                                                                                     : "?";
    }
}

inline std::string MatchOf(std::string const& clause, std::string_view context,
                           World const& world = {}) {
    return MatchOf(clause, MakeContext(context), world);
}

}  // namespace lddynamo::evaluation
