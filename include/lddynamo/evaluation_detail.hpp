/// @file
/// EvaluationReason and EvaluationDetail: a flag's value and why it has it.
/// Layer: evaluation.
///
/// The names and the JSON are those of every LaunchDarkly SDK
/// (docs.launchdarkly.com/sdk/concepts/evaluation-reasons).
#pragma once

#include <lddynamo/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

/// Why an evaluation gave what it gave. Evaluation itself never fails: what went wrong is kError.
struct EvaluationReason {
    enum class Kind : std::uint8_t {
        kOff,                 ///< "OFF": the flag is off.
        kFallthrough,         ///< "FALLTHROUGH": on, and neither target nor rule matched.
        kTargetMatch,         ///< "TARGET_MATCH": the context's key is targeted.
        kRuleMatch,           ///< "RULE_MATCH": see rule_index and rule_id.
        kPrerequisiteFailed,  ///< "PREREQUISITE_FAILED": see prerequisite_key.
        kError,               ///< "ERROR": see error_kind; the value is the caller's default.
    };
    enum class ErrorKind : std::uint8_t {
        kNone,              ///< No error.
        kClientNotReady,    ///< "CLIENT_NOT_READY": no data yet.
        kFlagNotFound,      ///< "FLAG_NOT_FOUND"
        kMalformedFlag,     ///< "MALFORMED_FLAG": the flag's or a segment's data contradict
                            ///< themselves.
        kUserNotSpecified,  ///< "USER_NOT_SPECIFIED": the context is not valid.
        kWrongType,         ///< "WRONG_TYPE": the value is not of the type that was asked for.
        kException,         ///< "EXCEPTION": the store failed; the log says how.
    };
    /// State of the Big Segments store, when it was asked.
    enum class BigSegmentsStatus : std::uint8_t {
        kNone,           ///< Not asked.
        kHealthy,        ///< "HEALTHY"
        kStale,          ///< "STALE"
        kNotConfigured,  ///< "NOT_CONFIGURED"
        kStoreError,     ///< "STORE_ERROR"
    };

    Kind kind = Kind::kError;
    ErrorKind error_kind = ErrorKind::kNone;
    int rule_index = -1;             ///< 0-based for kRuleMatch, else -1.
    std::string rule_id{};           ///< For kRuleMatch; may be empty.
    std::string prerequisite_key{};  ///< For kPrerequisiteFailed.
    bool in_experiment = false;
    BigSegmentsStatus big_segments_status = BigSegmentsStatus::kNone;

    /// `{"kind":"RULE_MATCH","ruleIndex":1,"ruleId":"..."}`, as the Go SDK writes it.
    [[nodiscard]] Value ToValue() const;
    [[nodiscard]] std::string ToJson() const { return ToValue().ToJson(); }
    friend bool operator==(EvaluationReason const&, EvaluationReason const&) = default;
};

/// The upper-case names above. Never fail.
[[nodiscard]] std::string_view ToString(EvaluationReason::Kind kind) noexcept;
[[nodiscard]] std::string_view ToString(EvaluationReason::ErrorKind kind) noexcept;
[[nodiscard]] std::string_view ToString(EvaluationReason::BigSegmentsStatus status) noexcept;

/// A value with its origin.
template <class T>
struct EvaluationDetail {
    T value{};
    std::optional<int> variation_index{};  ///< 0-based; empty when `value` is the default.
    EvaluationReason reason{};

    /// The variation is none of the flag's: `value` is the caller's default.
    [[nodiscard]] bool IsDefaultValue() const noexcept { return !variation_index.has_value(); }
    friend bool operator==(EvaluationDetail const&, EvaluationDetail const&) = default;
};

}  // namespace lddynamo
