#include "aws/retry.hpp"

#include "aws/text.hpp"
#include "base/backoff.hpp"
#include "http/http_message.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lddynamo::aws {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTransientBase{25};  // DynamoDB's; other services have 50
constexpr milliseconds kThrottlingBase{1000};
constexpr milliseconds kDelayCap{20000};
constexpr milliseconds kRetryAfterSlack{5000};
constexpr int kLegacyMaxAttempts = 10;
constexpr int kAttemptsLimit = 1000;

constexpr std::array<std::string_view, 14> kThrottlingCodes{
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
};
constexpr std::array<std::string_view, 3> kTransientCodes{
    "RequestTimeout",
    "RequestTimeoutException",
    "ReplicatedWriteConflictException",
};

std::optional<int> ParseInt(std::string_view text) noexcept {
    text = Trim(text);
    int value = 0;
    auto const* const end = text.data() + text.size();
    auto const [parsed, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || parsed != end) return std::nullopt;
    return value;
}

struct Found {
    std::string value{};
    std::string where{};
};

/// The variable, else the profile's property; nullopt when neither says anything.
Result<std::optional<Found>> Lookup(std::string_view variable, std::string_view property,
                                    Environment const& environment, ProfileFiles* files) {
    if (auto value = environment.GetNonEmpty(variable)) {
        return Found{std::move(*value), std::string(variable)};
    }
    if (files == nullptr) return std::nullopt;
    auto const set = files->Load();
    if (!set) return Fail(std::move(set.error()));
    std::string const profile = files->ProfileName();
    auto const* const value = (*set)->Find(profile, property);
    if (value == nullptr) return std::nullopt;
    return Found{*value, std::string(property) + " of profile " + Printable(profile, 100)};
}

}  // namespace

Result<RetrySettings> ResolveRetrySettings(int in_code, Environment const& environment,
                                           ProfileFiles* files) {
    RetrySettings settings;
    auto const mode = Lookup("AWS_RETRY_MODE", "retry_mode", environment, files);
    if (!mode) return Fail(mode.error());
    if (*mode) {
        std::string const name = ToLower(Trim((*mode)->value));
        if (name == "legacy") {
            settings.mode = RetryMode::kLegacy;
            settings.max_attempts = kLegacyMaxAttempts;
        } else if (name == "adaptive") {
            settings.mode = RetryMode::kAdaptive;
        } else if (name != "standard") {
            return Fail(ErrorCode::kInvalidArgument,
                        "the retry mode \"" + Printable((*mode)->value, 40) + "\" (from " +
                            (*mode)->where + ") is none of standard, adaptive, legacy");
        }
    }
    if (in_code != 0) {
        if (in_code < 1 || in_code > kAttemptsLimit) {
            return Fail(ErrorCode::kInvalidArgument, "max_attempts must be from 1 to 1000");
        }
        settings.max_attempts = in_code;
        return settings;
    }
    auto const attempts = Lookup("AWS_MAX_ATTEMPTS", "max_attempts", environment, files);
    if (!attempts) return Fail(attempts.error());
    if (*attempts) {
        auto const number = ParseInt((*attempts)->value);
        if (!number || *number < 1 || *number > kAttemptsLimit) {
            return Fail(ErrorCode::kInvalidArgument,
                        "\"" + Printable((*attempts)->value, 40) + "\" (from " +
                            (*attempts)->where + ") is not a number of attempts from 1 to 1000");
        }
        settings.max_attempts = *number;
    }
    return settings;
}

bool HasRetrySettings(int in_code, Environment const& environment) {
    return (in_code != 0 || environment.GetNonEmpty("AWS_MAX_ATTEMPTS")) &&
           environment.GetNonEmpty("AWS_RETRY_MODE");
}

bool IsThrottlingCode(std::string_view service_code) noexcept {
    return std::find(kThrottlingCodes.begin(), kThrottlingCodes.end(), service_code) !=
           kThrottlingCodes.end();
}

RetryClass ClassifyAnswer(int http_status, std::string_view service_code, RetryMode mode) noexcept {
    if (IsThrottlingCode(service_code)) return RetryClass::kThrottling;
    if (std::find(kTransientCodes.begin(), kTransientCodes.end(), service_code) !=
        kTransientCodes.end()) {
        return RetryClass::kTransient;
    }
    switch (http_status) {
        case 500:
        case 502:
        case 503:
        case 504:
            return RetryClass::kTransient;
        case 429:  // of a proxy: DynamoDB's own throttling names its code
            return service_code.empty() || mode == RetryMode::kLegacy ? RetryClass::kThrottling
                                                                      : RetryClass::kNever;
        case 509:
            return mode == RetryMode::kLegacy ? RetryClass::kThrottling : RetryClass::kNever;
        default:
            return RetryClass::kNever;
    }
}

RetryClass ClassifyFailure(ErrorCode code) noexcept {
    return code == ErrorCode::kConnection || code == ErrorCode::kTimeout ? RetryClass::kTransient
                                                                         : RetryClass::kNever;
}

std::optional<milliseconds> RetryAfter(HttpHeaders const& headers) {
    std::string const* const header = http::FindHeader(headers, "x-amz-retry-after");
    if (header == nullptr) return std::nullopt;
    auto const value = ParseInt(*header);
    if (!value || *value < 0) return std::nullopt;
    return milliseconds(*value);
}

milliseconds RetryDelay(RetryMode mode, RetryClass kind, int attempt, double fraction,
                        std::optional<milliseconds> retry_after) {
    bool const is_slow = kind == RetryClass::kThrottling && mode != RetryMode::kLegacy;
    milliseconds const delay =
        base::FullJitter(is_slow ? kThrottlingBase : kTransientBase, kDelayCap, attempt, fraction);
    if (!retry_after) return delay;
    return std::max(delay, std::min(*retry_after, delay + kRetryAfterSlack));
}

bool RetryQuota::Take(int cost) {
    std::scoped_lock const lock(mutex_);
    if (available_ < cost) return false;
    available_ -= cost;
    return true;
}

void RetryQuota::GiveBack(int cost) {
    std::scoped_lock const lock(mutex_);
    available_ = std::min(kCapacity, available_ + cost);
}

int RetryQuota::Available() const {
    std::scoped_lock const lock(mutex_);
    return available_;
}

}  // namespace lddynamo::aws
