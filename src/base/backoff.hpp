/// @file
/// Exponential back-off with full jitter.
/// Layer: base. Source: aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter
#pragma once

#include <algorithm>
#include <chrono>

namespace lddynamo::base {

/// fraction * min(base * 2^(attempt-1), cap).
/// @param attempt   1 for the pause after the first try.
/// @param fraction  uniform over [0, 1).
[[nodiscard]] inline std::chrono::milliseconds FullJitter(std::chrono::milliseconds base,
                                                          std::chrono::milliseconds cap,
                                                          int attempt, double fraction) {
    double delay = static_cast<double>(base.count());
    auto const limit = static_cast<double>(cap.count());
    for (int i = 1; i < attempt && delay < limit; ++i) delay *= 2;
    return std::chrono::milliseconds(
        static_cast<std::chrono::milliseconds::rep>(fraction * std::min(delay, limit)));
}

}  // namespace lddynamo::base
