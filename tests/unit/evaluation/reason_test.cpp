#include <lddynamo/evaluation_detail.hpp>

#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using Kind = EvaluationReason::Kind;
using ErrorKind = EvaluationReason::ErrorKind;
using BigSegments = EvaluationReason::BigSegmentsStatus;

TEST(EvaluationReasonTest, WritesTheJsonOfEverySdk) {
    EvaluationReason reason;
    reason.kind = Kind::kOff;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"OFF"})");
    reason.kind = Kind::kFallthrough;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"FALLTHROUGH"})");
    reason.in_experiment = true;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"FALLTHROUGH","inExperiment":true})");
    reason.kind = Kind::kRuleMatch;
    reason.rule_index = 1;
    reason.rule_id = "x";
    reason.big_segments_status = BigSegments::kStale;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"RULE_MATCH","ruleIndex":1,"ruleId":"x",)"
                               R"("inExperiment":true,"bigSegmentsStatus":"STALE"})");
    reason = {};
    reason.kind = Kind::kTargetMatch;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"TARGET_MATCH"})");
    reason.kind = Kind::kPrerequisiteFailed;
    reason.prerequisite_key = "p\"q";
    EXPECT_EQ(reason.ToJson(), R"({"kind":"PREREQUISITE_FAILED","prerequisiteKey":"p\"q"})");
    reason = {};
    reason.error_kind = ErrorKind::kWrongType;
    EXPECT_EQ(reason.ToJson(), R"({"kind":"ERROR","errorKind":"WRONG_TYPE"})");
}

TEST(EvaluationReasonTest, NamesOfErrorsAndStates) {
    EXPECT_EQ(ToString(ErrorKind::kNone), "");
    EXPECT_EQ(ToString(ErrorKind::kClientNotReady), "CLIENT_NOT_READY");
    EXPECT_EQ(ToString(ErrorKind::kFlagNotFound), "FLAG_NOT_FOUND");
    EXPECT_EQ(ToString(ErrorKind::kMalformedFlag), "MALFORMED_FLAG");
    EXPECT_EQ(ToString(ErrorKind::kUserNotSpecified), "USER_NOT_SPECIFIED");
    EXPECT_EQ(ToString(ErrorKind::kWrongType), "WRONG_TYPE");
    EXPECT_EQ(ToString(ErrorKind::kException), "EXCEPTION");
    EXPECT_EQ(ToString(BigSegments::kNone), "");
    EXPECT_EQ(ToString(BigSegments::kHealthy), "HEALTHY");
    EXPECT_EQ(ToString(BigSegments::kStale), "STALE");
    EXPECT_EQ(ToString(BigSegments::kNotConfigured), "NOT_CONFIGURED");
    EXPECT_EQ(ToString(BigSegments::kStoreError), "STORE_ERROR");
    EXPECT_EQ(ToString(Kind::kTargetMatch), "TARGET_MATCH");
}

TEST(EvaluationDetailTest, WithoutIndexTheValueIsTheDefault) {
    EvaluationDetail<int> detail;
    EXPECT_TRUE(detail.IsDefaultValue());
    detail.variation_index = 0;
    EXPECT_FALSE(detail.IsDefaultValue());
}

}  // namespace
}  // namespace lddynamo
