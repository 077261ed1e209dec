/// @file
/// Segment: a group of contexts as LaunchDarkly sends it, prepared for evaluation.
/// Layer: model.
#pragma once

#include "model/clause.hpp"

#include <lddynamo/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

/// Context keys of one kind.
struct SegmentTarget {
    std::string context_kind{};  ///< "" for "user".
    KeySet values{};
};

struct SegmentRule {
    std::string id{};
    std::vector<Clause> clauses{};         ///< All must match; none always matches.
    std::optional<std::int64_t> weight{};  ///< In 1/1000 of a percent; empty means all.
    Bucketing bucketing{};                 ///< `rolloutContextKind` and `bucketBy`.
};

/// A segment. A deleted one is a tombstone with `deleted` set.
/// @par Thread safety  Immutable once decoded.
struct Segment {
    std::string key{};
    std::int64_t version = 0;
    bool deleted = false;
    KeySet included{};  ///< Keys of users.
    KeySet excluded{};  ///< Keys of users.
    std::vector<SegmentTarget> included_contexts{};
    std::vector<SegmentTarget> excluded_contexts{};
    std::vector<SegmentRule> rules{};
    std::string salt{};
    bool unbounded = false;  ///< A Big Segment: its members are in a BigSegmentStore.
    std::string unbounded_context_kind{};
    std::optional<std::int64_t> generation{};

    std::string big_segment_ref{};  ///< "key.gN" when there is a generation, else "".
    std::vector<std::string> referenced_segments{};  ///< Keys in segmentMatch; sorted, unique.
};

/// Reads a segment's JSON; rules and errors as for DecodeFlag().
[[nodiscard]] Result<std::unique_ptr<Segment const>> DecodeSegment(std::string_view json);

}  // namespace lddynamo::model
