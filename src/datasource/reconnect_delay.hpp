/// @file
/// ReconnectDelay: how long to wait before a stream is opened again.
/// Layer: datasource. Source: the rules of LaunchDarkly's Go SDK (eventsource's retry options).
#pragma once

#include "base/random.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lddynamo::datasource {

/// base * 2^(n-1) for the n-th reconnection in a row, at most kMax, less up to half of it by
/// chance. A connection that was good for kGood begins anew, as does another base.
/// @par Thread safety  None.
class ReconnectDelay {
  public:
    using Milliseconds = std::chrono::milliseconds;
    static constexpr Milliseconds kMax{30000};
    static constexpr Milliseconds kGood{60000};
    /// After a refusal, where these are asked again at all.
    static constexpr Milliseconds kRefused{300000};

    ReconnectDelay(Milliseconds base, base::RandomFraction random)
        : base_(std::clamp(base, Milliseconds(1), kMax)), random_(std::move(random)) {}

    /// The stream asks for another base ("retry:"); 0 asks for nothing.
    void SetBase(Milliseconds base) {
        if (base <= Milliseconds(0)) return;
        base_ = std::min(base, kMax);
        count_ = 0;
    }
    /// @param good_for  how long the connection that ended had worked.
    [[nodiscard]] Milliseconds Next(Milliseconds good_for) {
        if (good_for >= kGood) count_ = 0;
        auto delay = base_;
        for (int i = 0; i < count_ && delay < kMax; ++i) delay = std::min(2 * delay, kMax);
        count_ = std::min(count_ + 1, 64);
        return Jitter(delay);
    }
    [[nodiscard]] Milliseconds NextRefused() { return Jitter(kRefused); }

  private:
    [[nodiscard]] Milliseconds Jitter(Milliseconds delay) const {
        double const less = static_cast<double>(delay.count()) / 2 * random_();
        return delay - Milliseconds(static_cast<Milliseconds::rep>(less));
    }

    Milliseconds base_;
    base::RandomFraction random_;
    int count_ = 0;
};

}  // namespace lddynamo::datasource
