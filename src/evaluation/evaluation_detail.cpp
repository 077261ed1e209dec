#include <lddynamo/evaluation_detail.hpp>

#include <utility>
#include <vector>

namespace lddynamo {

std::string_view ToString(EvaluationReason::Kind kind) noexcept {
    using Kind = EvaluationReason::Kind;
    switch (kind) {
        case Kind::kOff:
            return "OFF";
        case Kind::kFallthrough:
            return "FALLTHROUGH";
        case Kind::kTargetMatch:
            return "TARGET_MATCH";
        case Kind::kRuleMatch:
            return "RULE_MATCH";
        case Kind::kPrerequisiteFailed:
            return "PREREQUISITE_FAILED";
        case Kind::kError:
            return "ERROR";
    }
    return "ERROR";
}

std::string_view ToString(EvaluationReason::ErrorKind kind) noexcept {
    using ErrorKind = EvaluationReason::ErrorKind;
    switch (kind) {
        case ErrorKind::kNone:
            return "";
        case ErrorKind::kClientNotReady:
            return "CLIENT_NOT_READY";
        case ErrorKind::kFlagNotFound:
            return "FLAG_NOT_FOUND";
        case ErrorKind::kMalformedFlag:
            return "MALFORMED_FLAG";
        case ErrorKind::kUserNotSpecified:
            return "USER_NOT_SPECIFIED";
        case ErrorKind::kWrongType:
            return "WRONG_TYPE";
        case ErrorKind::kException:
            return "EXCEPTION";
    }
    return "EXCEPTION";
}

std::string_view ToString(EvaluationReason::BigSegmentsStatus status) noexcept {
    using BigSegments = EvaluationReason::BigSegmentsStatus;
    switch (status) {
        case BigSegments::kNone:
            return "";
        case BigSegments::kHealthy:
            return "HEALTHY";
        case BigSegments::kStale:
            return "STALE";
        case BigSegments::kNotConfigured:
            return "NOT_CONFIGURED";
        case BigSegments::kStoreError:
            return "STORE_ERROR";
    }
    return "STORE_ERROR";
}

Value EvaluationReason::ToValue() const {
    std::vector<Value::Member> members;
    members.push_back({"kind", Value(ToString(kind))});
    if (kind == Kind::kRuleMatch) {
        members.push_back({"ruleIndex", Value(rule_index)});
        if (!rule_id.empty()) members.push_back({"ruleId", Value(rule_id)});
    }
    if (in_experiment) members.push_back({"inExperiment", Value(true)});
    if (kind == Kind::kPrerequisiteFailed) {
        members.push_back({"prerequisiteKey", Value(prerequisite_key)});
    }
    if (kind == Kind::kError) members.push_back({"errorKind", Value(ToString(error_kind))});
    if (big_segments_status != BigSegmentsStatus::kNone) {
        members.push_back({"bigSegmentsStatus", Value(ToString(big_segments_status))});
    }
    return Value::Object(std::move(members));
}

}  // namespace lddynamo
