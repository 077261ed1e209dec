#include "aws/retry.hpp"

#include "aws/clock_skew.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace lddynamo::aws {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using Map = std::map<std::string, std::string, std::less<>>;

TEST(RetrySettingsTest, LooksInOrder) {
    struct Case {
        int in_code;
        Map variables;
        std::string config;
        int attempts;
        RetryMode mode = RetryMode::kStandard;
    };
    for (auto const& c : std::vector<Case>{
             {0, {}, "", 4},
             {1, {{"AWS_MAX_ATTEMPTS", "7"}}, "", 1},
             {0, {{"AWS_MAX_ATTEMPTS", "7"}}, "[default]\nmax_attempts=8", 7},
             {0, {}, "[default]\nmax_attempts=8", 8},
             {0, {{"AWS_RETRY_MODE", "standard"}}, "", 4},
             {0, {{"AWS_RETRY_MODE", "Adaptive"}}, "", 4, RetryMode::kAdaptive},
             {0, {{"AWS_RETRY_MODE", "legacy"}}, "", 10, RetryMode::kLegacy},
             {0,
              {{"AWS_RETRY_MODE", "legacy"}, {"AWS_MAX_ATTEMPTS", "2"}},
              "",
              2,
              RetryMode::kLegacy},
             {0, {}, "[default]\nretry_mode=legacy", 10, RetryMode::kLegacy},
             {0, {{"AWS_RETRY_MODE", "standard"}}, "[default]\nretry_mode=legacy", 4},
         }) {
        Map variables = c.variables;
        variables["HOME"] = "/h";
        MapEnvironment const environment(variables, Map{{"/h/.aws/config", c.config}});
        ProfileFiles files("", environment);
        auto const settings = ResolveRetrySettings(c.in_code, environment, &files);
        ASSERT_TRUE(settings) << settings.error().message;
        EXPECT_EQ(settings->max_attempts, c.attempts);
        EXPECT_EQ(settings->mode, c.mode);
    }
}

TEST(RetrySettingsTest, RefusesNonsense) {
    for (auto const& [name, value] :
         std::vector<std::pair<std::string, std::string>>{{"AWS_MAX_ATTEMPTS", "0"},
                                                          {"AWS_MAX_ATTEMPTS", "-1"},
                                                          {"AWS_MAX_ATTEMPTS", "many"},
                                                          {"AWS_MAX_ATTEMPTS", "3x"},
                                                          {"AWS_MAX_ATTEMPTS", "99999999999"},
                                                          {"AWS_RETRY_MODE", "eager"}}) {
        MapEnvironment const environment(Map{{name, value}});
        auto const settings = ResolveRetrySettings(0, environment, nullptr);
        ASSERT_FALSE(settings) << value;
        EXPECT_EQ(settings.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(settings.error().message, HasSubstr(name));
    }
}

TEST(RetryClassTest, ClassifiesAnswers) {
    struct Case {
        int status;
        std::string_view code;
        RetryClass standard;
        RetryClass legacy;
    };
    constexpr auto kNever = RetryClass::kNever;
    constexpr auto kTransient = RetryClass::kTransient;
    constexpr auto kThrottling = RetryClass::kThrottling;
    for (auto const& [status, code, standard, legacy] : std::vector<Case>{
             {400, "ProvisionedThroughputExceededException", kThrottling, kThrottling},
             {400, "ThrottlingException", kThrottling, kThrottling},
             {400, "RequestLimitExceeded", kThrottling, kThrottling},
             {400, "LimitExceededException", kThrottling, kThrottling},
             {400, "TransactionInProgressException", kThrottling, kThrottling},
             {503, "SlowDown", kThrottling, kThrottling},
             {400, "RequestTimeout", kTransient, kTransient},
             {409, "ReplicatedWriteConflictException", kTransient, kTransient},
             {500, "", kTransient, kTransient},
             {500, "InternalServerError", kTransient, kTransient},
             {502, "", kTransient, kTransient},
             {503, "ServiceUnavailable", kTransient, kTransient},
             {504, "", kTransient, kTransient},
             {501, "", kNever, kNever},
             {505, "", kNever, kNever},
             {429, "", kThrottling, kThrottling},
             {429, "ValidationException", kNever, kThrottling},
             {509, "", kNever, kThrottling},
             {400, "ConditionalCheckFailedException", kNever, kNever},
             {400, "ValidationException", kNever, kNever},
             {400, "AccessDeniedException", kNever, kNever},
             {400, "ResourceNotFoundException", kNever, kNever},
             {400, "UnrecognizedClientException", kNever, kNever},
             {400, "TransactionCanceledException", kNever, kNever},
             {404, "", kNever, kNever},
         }) {
        EXPECT_EQ(ClassifyAnswer(status, code, RetryMode::kStandard), standard) << status << code;
        EXPECT_EQ(ClassifyAnswer(status, code, RetryMode::kLegacy), legacy) << status << code;
    }
    EXPECT_EQ(ClassifyFailure(ErrorCode::kConnection), kTransient);
    EXPECT_EQ(ClassifyFailure(ErrorCode::kTimeout), kTransient);
    EXPECT_EQ(ClassifyFailure(ErrorCode::kTls), kNever);
    EXPECT_EQ(ClassifyFailure(ErrorCode::kTooLarge), kNever);
    EXPECT_EQ(ClassifyFailure(ErrorCode::kInvalidArgument), kNever);
}

TEST(RetryDelayTest, GrowsToItsCap) {
    auto const delay = [](RetryClass kind, int attempt, RetryMode mode = RetryMode::kStandard) {
        return RetryDelay(mode, kind, attempt, 1.0, std::nullopt).count();
    };
    EXPECT_EQ(delay(RetryClass::kTransient, 1), 25);
    EXPECT_EQ(delay(RetryClass::kTransient, 2), 50);
    EXPECT_EQ(delay(RetryClass::kTransient, 3), 100);
    EXPECT_EQ(delay(RetryClass::kTransient, 100), 20000);
    EXPECT_EQ(delay(RetryClass::kThrottling, 1), 1000);
    EXPECT_EQ(delay(RetryClass::kThrottling, 2), 2000);
    EXPECT_EQ(delay(RetryClass::kThrottling, 3), 4000);
    EXPECT_EQ(delay(RetryClass::kThrottling, 6), 20000);
    EXPECT_EQ(delay(RetryClass::kThrottling, 1, RetryMode::kLegacy), 25);
    EXPECT_EQ(RetryDelay(RetryMode::kStandard, RetryClass::kThrottling, 2, 0.25, {}).count(), 500);
    EXPECT_EQ(RetryDelay(RetryMode::kStandard, RetryClass::kThrottling, 2, 0.0, {}).count(), 0);
}

TEST(RetryDelayTest, HeedsTheServiceWithinBounds) {
    auto const delay = [](int after) {
        return RetryDelay(RetryMode::kStandard, RetryClass::kTransient, 3, 1.0, milliseconds(after))
            .count();
    };
    EXPECT_EQ(delay(0), 100);
    EXPECT_EQ(delay(50), 100);
    EXPECT_EQ(delay(1500), 1500);
    EXPECT_EQ(delay(5100), 5100);
    EXPECT_EQ(delay(5101), 5100);
    EXPECT_EQ(delay(1000000), 5100);
    EXPECT_EQ(RetryAfter({{"X-Amz-Retry-After", " 1500 "}}), milliseconds(1500));
    for (char const* const bad : {"", "-1", "1.5", "soon", "99999999999999"}) {
        EXPECT_EQ(RetryAfter({{"x-amz-retry-after", bad}}), std::nullopt) << bad;
    }
    EXPECT_EQ(RetryAfter({}), std::nullopt);
}

TEST(RetryQuotaTest, RunsOutAndComesBack) {
    RetryQuota quota;
    int taken = 0;
    while (quota.Take(RetryQuota::Cost(RetryClass::kTransient))) ++taken;
    EXPECT_EQ(taken, 500 / 14);
    EXPECT_TRUE(quota.Take(RetryQuota::Cost(RetryClass::kThrottling)));
    EXPECT_EQ(quota.Available(), 500 - 35 * 14 - 5);
    quota.GiveBack(14);
    EXPECT_TRUE(quota.Take(14));
    quota.GiveBack(10000);
    EXPECT_EQ(quota.Available(), 500);
}

TEST(ClockSkewTest, MeasuresAgainstTheMiddle) {
    auto const sent = std::chrono::system_clock::time_point(std::chrono::seconds(784111777));
    HttpHeaders const date{{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}};  // 784111777
    using std::chrono::minutes;
    using std::chrono::seconds;
    EXPECT_EQ(MeasureSkew(date, sent, sent), seconds(0));
    EXPECT_EQ(MeasureSkew(date, sent - seconds(602), sent - seconds(598)), seconds(600));
    EXPECT_EQ(MeasureSkew(date, sent + seconds(598), sent + seconds(602)), seconds(-600));
    EXPECT_EQ(MeasureSkew({}, sent, sent), std::nullopt);
    EXPECT_EQ(MeasureSkew({{"Date", "now"}}, sent, sent), std::nullopt);
    EXPECT_EQ(MeasureSkew({date[0], {"age", "3"}}, sent, sent), std::nullopt);
    EXPECT_TRUE(MeasureSkew(date, sent, sent + minutes(15)));
    EXPECT_EQ(MeasureSkew(date, sent, sent + minutes(15) + seconds(1)), std::nullopt);
    EXPECT_EQ(MeasureSkew(date, sent, sent - seconds(1)), std::nullopt);
}

TEST(ClockSkewTest, NeedsTheCodeAndTheDistance) {
    using std::chrono::minutes;
    using std::chrono::seconds;
    for (std::string_view const code :
         {"RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch",
          "AuthFailure", "AccessDeniedException"}) {
        EXPECT_TRUE(IsSkewError(code, {}, minutes(4) + seconds(1))) << code;
        EXPECT_TRUE(IsSkewError(code, {}, -minutes(4) - seconds(1))) << code;
        EXPECT_FALSE(IsSkewError(code, {}, minutes(4))) << code;
        // Signed with the right time already: something else is wrong.
        EXPECT_FALSE(IsSkewError(code, minutes(60), minutes(60))) << code;
        // The machine's clock has been set right meanwhile.
        EXPECT_TRUE(IsSkewError(code, minutes(60), seconds(0))) << code;
    }
    for (std::string_view const code :
         {"", "RequestExpired", "RequestInTheFuture", "ValidationException"}) {
        EXPECT_FALSE(IsSkewError(code, {}, minutes(60))) << code;
    }
}

}  // namespace
}  // namespace lddynamo::aws
