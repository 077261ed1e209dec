/// @file
/// The evaluator: a flag, a context and a look-up give a value and its reason.
/// Layer: evaluation. Pure: no I/O, no clock, no logger, no heap allocation.
///
/// The algorithm is that of LaunchDarkly's Go SDK v7 (go-server-sdk-evaluation).
#pragma once

#include "model/flag.hpp"
#include "model/segment.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/value.hpp>

#include <optional>
#include <string_view>

namespace lddynamo::evaluation {

/// Where the evaluator finds other flags and segments. A deleted item counts as absent.
class DataLookup {
  public:
    DataLookup() = default;
    DataLookup(DataLookup const&) = delete;
    DataLookup& operator=(DataLookup const&) = delete;
    virtual ~DataLookup() = default;
    /// nullptr when there is none.
    [[nodiscard]] virtual model::FeatureFlag const* FindFlag(
        std::string_view key) const noexcept = 0;
    [[nodiscard]] virtual model::Segment const* FindSegment(
        std::string_view key) const noexcept = 0;
};

/// What Big Segments know of a context.
class BigSegmentLookup {
  public:
    struct Membership {
        std::optional<bool> included{};  ///< Empty: the segment's rules decide.
        EvaluationReason::BigSegmentsStatus status = EvaluationReason::BigSegmentsStatus::kHealthy;
    };
    BigSegmentLookup() = default;
    BigSegmentLookup(BigSegmentLookup const&) = delete;
    BigSegmentLookup& operator=(BigSegmentLookup const&) = delete;
    virtual ~BigSegmentLookup() = default;
    /// @param segment_ref  "key.gN", N being the segment's generation.
    [[nodiscard]] virtual Membership Find(std::string_view context_key,
                                          std::string_view segment_ref) noexcept = 0;
};

/// The result; everything it points to belongs to the flag and lives as long as it.
struct Outcome {
    Value const* value = nullptr;  ///< nullptr: use the default.
    int variation_index = -1;      ///< -1: none.
    EvaluationReason::Kind kind = EvaluationReason::Kind::kError;
    EvaluationReason::ErrorKind error_kind = EvaluationReason::ErrorKind::kNone;
    int rule_index = -1;
    std::string_view rule_id{};
    std::string_view prerequisite_key{};
    bool in_experiment = false;
    EvaluationReason::BigSegmentsStatus big_segments_status =
        EvaluationReason::BigSegmentsStatus::kNone;

    [[nodiscard]] EvaluationReason Reason() const;  ///< Allocates for long ids.
};

/// Told of every prerequisite that was evaluated, in order, the inner ones first.
class PrerequisiteObserver {
  public:
    PrerequisiteObserver() = default;
    PrerequisiteObserver(PrerequisiteObserver const&) = delete;
    PrerequisiteObserver& operator=(PrerequisiteObserver const&) = delete;
    virtual ~PrerequisiteObserver() = default;
    virtual void OnPrerequisite(model::FeatureFlag const& flag,
                                model::FeatureFlag const& prerequisite, Outcome const& outcome) = 0;
};

/// Bounds of one evaluation, which no flag of a person's making reaches: how deep prerequisites and
/// segments may be nested, and how many of them may be evaluated together. What goes beyond is
/// MALFORMED_FLAG, so that no table's content can exhaust a stack (512 KiB are enough) or a
/// processor.
inline constexpr int kMaxDepth = 500;
inline constexpr int kMaxSteps = 100'000;

/// Evaluates `flag` for `context`.
/// @param observer      may be nullptr.
/// @param big_segments  nullptr: unbounded segments do not match, with status kNotConfigured.
/// @par Thread safety   Any number of threads at once, as far as the look-ups allow it.
[[nodiscard]] Outcome Evaluate(model::FeatureFlag const& flag, Context const& context,
                               DataLookup const& lookup, PrerequisiteObserver* observer = nullptr,
                               BigSegmentLookup* big_segments = nullptr);

/// The outcome came of an experiment, or of a rule or fallthrough with event tracking: events about
/// it need its reason.
[[nodiscard]] bool IsExperiment(model::FeatureFlag const& flag, Outcome const& outcome) noexcept;

}  // namespace lddynamo::evaluation
