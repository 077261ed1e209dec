#include "aws/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace lddynamo::aws {
namespace {

constexpr double kScale = 0.4;
constexpr double kBeta = 0.7;
constexpr double kSmoothing = 0.8;
constexpr double kBucketsPerSecond = 2;
constexpr double kMinRate = 0.5;
constexpr double kMaxOverMeasured = 2;

}  // namespace

double CubicRate::OnSuccess(RateSeconds now) const noexcept {
    double const since = now - last_failure_ - zero_point_;
    return kScale * since * since * since + max_rate_;
}

double CubicRate::OnThrottled(double rate, RateSeconds now) noexcept {
    max_rate_ = rate;
    zero_point_ = std::cbrt(max_rate_ * (1 - kBeta) / kScale);
    last_failure_ = now;
    return rate * kBeta;
}

RateMeter::RateMeter(RateSeconds start) noexcept : last_bucket_(std::floor(start)) {
}

double RateMeter::Record(RateSeconds now) noexcept {
    double const bucket = std::floor(now * kBucketsPerSecond) / kBucketsPerSecond;
    count_ += 1;
    if (bucket > last_bucket_) {
        double const current = count_ / (bucket - last_bucket_);
        rate_ = current * kSmoothing + rate_ * (1 - kSmoothing);
        count_ = 0;
        last_bucket_ = bucket;
    }
    return rate_;
}

TokenBucket::TokenBucket(double rate, RateSeconds start) noexcept : last_refill_(start) {
    SetRate(rate, start);
}

void TokenBucket::SetRate(double rate, RateSeconds now) noexcept {
    Refill(now);  // what was earned until now, at the old rate
    fill_rate_ = std::max(rate, kMinRate);
    capacity_ = std::max(rate, 1.0);
    available_ = std::min(available_, capacity_);
}

double TokenBucket::Take(RateSeconds now) noexcept {
    Refill(now);
    if (available_ >= 1) {
        available_ -= 1;
        return 0;
    }
    return (1 - available_) / fill_rate_;
}

void TokenBucket::Refill(RateSeconds now) noexcept {
    available_ = std::min(capacity_, available_ + std::max(0.0, now - last_refill_) * fill_rate_);
    last_refill_ = std::max(last_refill_, now);
}

ClientRateLimiter::ClientRateLimiter(RateSeconds start) noexcept
    : cubic_(start), meter_(start), bucket_(1, start) {
}

double ClientRateLimiter::Acquire(RateSeconds now) {
    std::scoped_lock const lock(mutex_);
    return is_enabled_ ? bucket_.Take(now) : 0;
}

void ClientRateLimiter::OnAnswer(bool is_throttled, RateSeconds now) {
    std::scoped_lock const lock(mutex_);
    double const measured = meter_.Record(now);
    double rate = 0;
    if (is_throttled) {
        rate = cubic_.OnThrottled(is_enabled_ ? std::min(measured, bucket_.Rate()) : measured, now);
        is_enabled_ = true;
    } else {
        rate = cubic_.OnSuccess(now);
    }
    bucket_.SetRate(std::min(rate, kMaxOverMeasured * measured), now);
}

double ClientRateLimiter::Rate() const {
    std::scoped_lock const lock(mutex_);
    return bucket_.Rate();
}

}  // namespace lddynamo::aws
