/// @file
/// Sampler: which events are kept when only one in so many is wanted.
/// Layer: events.
#pragma once

#include "base/random.hpp"

#include <cstdint>
#include <utility>

namespace lddynamo::events {

/// @par Thread safety  As the RandomFraction.
class Sampler {
  public:
    explicit Sampler(base::RandomFraction random) : random_(std::move(random)) {}

    /// True once in `ratio` times, by chance. Never for 0 or less; always for 1, without drawing.
    [[nodiscard]] bool Keeps(std::int64_t ratio) const {
        if (ratio <= 1) return ratio == 1;
        return random_() * static_cast<double>(ratio) < 1.0;
    }

  private:
    base::RandomFraction random_;
};

}  // namespace lddynamo::events
