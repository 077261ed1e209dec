/// @file
/// Clause, Rollout: what rules of flags and of segments are made of, prepared for evaluation.
/// Layer: model.
#pragma once

#include "model/key_set.hpp"
#include "model/regex.hpp"
#include "model/semantic_version.hpp"
#include "model/timestamp.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

enum class Operator : std::uint8_t {
    kUnknown,  ///< From a newer LaunchDarkly: never matches.
    kIn,
    kStartsWith,
    kEndsWith,
    kContains,
    kMatches,
    kLessThan,
    kLessThanOrEqual,
    kGreaterThan,
    kGreaterThanOrEqual,
    kBefore,
    kAfter,
    kSemVerEqual,
    kSemVerLessThan,
    kSemVerGreaterThan,
    kSegmentMatch,
};
/// "in", "startsWith", ...; kUnknown for anything else.
[[nodiscard]] Operator OperatorFromString(std::string_view name) noexcept;

/// A condition on one attribute. Of the values, only those that the operator can match are kept.
struct Clause {
    /// A clause's version; the views in `version` are into `text`.
    struct Version {
        Value text;
        SemanticVersion version;
    };

    std::string context_kind{};      ///< "" for "user".
    AttributeRef attribute{};        ///< Not valid when missing or malformed.
    bool attribute_is_kind = false;  ///< The clause is about the context's kinds.
    Operator op = Operator::kUnknown;
    bool negate = false;

    KeySet texts{};  ///< kIn, kStartsWith, kEndsWith, kContains; segment keys for kSegmentMatch.
    std::vector<double> numbers{};    ///< kIn (sorted); kLessThan and its like.
    bool has_true = false;            ///< kIn
    bool has_false = false;           ///< kIn
    std::vector<Timestamp> times{};   ///< kBefore, kAfter
    std::vector<Version> versions{};  ///< kSemVer...
    std::vector<Regex> patterns{};    ///< kMatches
};

struct WeightedVariation {
    int variation = 0;
    std::int64_t weight = 0;  ///< In 1/1000 of a percent.
    bool untracked = false;
    float upper_bound = 0;  ///< Sum of the weights up to and with this one, as a fraction of one.
};

/// How a hash of the context is made: for rollouts, experiments, and segment rules with a weight.
struct Bucketing {
    std::string context_kind{};  ///< "" for "user".
    bool by_key = true;          ///< By the context's key, not by an attribute.
    AttributeRef attribute{};    ///< Unless by_key; not valid when malformed.
    std::string hash_prefix{};   ///< "key.salt." or "seed."
};

/// A percentage rollout or an experiment.
struct Rollout {
    bool experiment = false;
    std::vector<WeightedVariation> variations{};
    std::optional<std::int64_t> seed{};
    Bucketing bucketing{};
};

/// A fixed variation, or else a rollout.
struct VariationOrRollout {
    std::optional<int> variation{};
    Rollout rollout{};
};

}  // namespace lddynamo::model
