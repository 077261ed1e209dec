/// @file
/// FeatureFlag: a flag as LaunchDarkly sends it, prepared for evaluation.
/// Layer: model.
#pragma once

#include "model/clause.hpp"

#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

/// Context keys that get a variation.
struct Target {
    std::string context_kind{};  ///< "" for "user".
    KeySet values{};
    int variation = 0;
};

struct FlagRule {
    std::string id{};
    std::vector<Clause> clauses{};  ///< All must match; none always matches.
    VariationOrRollout result{};
    bool track_events = false;
};

struct Prerequisite {
    std::string key{};
    int variation = 0;
};

/// Who may see the flag besides servers.
struct ClientSideAvailability {
    bool using_mobile_key = true;
    bool using_environment_id = false;
    /// False when the older `clientSide` property gave these values.
    bool is_explicit = false;
};

struct Migration {
    std::optional<std::int64_t> check_ratio{};
};

/// A flag. A deleted one is a tombstone with `deleted` set.
/// @par Thread safety  Immutable once decoded.
struct FeatureFlag {
    std::string key{};
    std::int64_t version = 0;
    bool deleted = false;
    bool on = false;
    bool track_events = false;
    bool track_events_fallthrough = false;
    bool exclude_from_summaries = false;
    std::optional<int> off_variation{};
    std::vector<Prerequisite> prerequisites{};
    std::vector<Target> targets{};
    std::vector<Target> context_targets{};
    std::vector<FlagRule> rules{};
    VariationOrRollout fallthrough{};
    std::vector<Value> variations{};
    std::string salt{};
    ClientSideAvailability client_side_availability{};
    std::optional<std::int64_t> debug_events_until{};  ///< Milliseconds since 1970.
    std::optional<std::int64_t> sampling_ratio{};
    std::optional<Migration> migration{};

    std::vector<std::string> referenced_flags{};     ///< Keys of the prerequisites; sorted, unique.
    std::vector<std::string> referenced_segments{};  ///< Keys in segmentMatch; sorted, unique.
};

/// Reads a flag's JSON. Missing, null and unknown properties are fine.
/// @retval ErrorCode::kInvalidData  no JSON object (the message has line and column), or a property
///     of a wrong type, as in "rules[2].clauses[0].op: expected a string, found a number".
[[nodiscard]] Result<std::unique_ptr<FeatureFlag const>> DecodeFlag(std::string_view json);

}  // namespace lddynamo::model
