/// @file
/// CacheLookup: the evaluator's view of the cache, which notes what was not good enough.
/// Layer: client.
#pragma once

#include "client/cache.hpp"
#include "client/store_health.hpp"
#include "evaluation/evaluator.hpp"

#include <string_view>
#include <vector>

namespace lddynamo::client {

/// How a look-up judges the age of what it finds.
struct Freshness {
    Nanoseconds now = 0;
    /// Everything counts as fresh and what is not there as absent: a complete generation.
    bool frozen = false;
    /// What is too old is used all the same: nothing more can be read in this call.
    bool accept_expired = false;
    StoreHealth const* health = nullptr;  ///< nullptr: the store may be read.
};

/// Used under one Epochs::Guard by one thread.
class CacheLookup final : public evaluation::DataLookup {
  public:
    /// @param overlay  what this call has read itself, looked at first; may be nullptr.
    CacheLookup(Cache const& cache, Root const& root, Overlay const* overlay,
                Freshness freshness) noexcept
        : cache_(cache), root_(root), overlay_(overlay), freshness_(freshness) {}

    struct Found {
        model::FeatureFlag const* flag = nullptr;
        bool malformed = false;
    };
    [[nodiscard]] Found Flag(std::string_view key) const noexcept;
    [[nodiscard]] model::FeatureFlag const* FindFlag(std::string_view key) const noexcept override;
    [[nodiscard]] model::Segment const* FindSegment(std::string_view key) const noexcept override;

    /// Something was asked for that must be read first: what came out is worth nothing.
    [[nodiscard]] bool NeedsRead() const noexcept { return needs_read_; }
    /// Something was asked for that nobody knows and that cannot be read now.
    [[nodiscard]] bool Unknown() const noexcept { return unknown_; }

  private:
    template <class T>
    [[nodiscard]] Decoded<T> const* Find(std::string_view key) const noexcept;

    Cache const& cache_;
    Root const& root_;
    Overlay const* overlay_;
    Freshness freshness_;
    mutable bool needs_read_ = false;
    mutable bool unknown_ = false;
};

/// What a call has to read before it can evaluate a flag.
struct Needs {
    std::vector<ItemKey> missing{};  ///< Not known at all.
    std::vector<ItemKey> expired{};  ///< Known, and to be read again.
    [[nodiscard]] bool Empty() const noexcept { return missing.empty() && expired.empty(); }
};

/// Walks from a flag over everything that it refers to, as far as that is known.
/// Call it under the guard of `root`.
/// @param horizon  what expires until then is read again on this occasion, to save a read of its
/// own.
[[nodiscard]] Needs FindNeeds(Cache const& cache, Root const& root, Overlay const& overlay,
                              std::string_view flag, Nanoseconds now, Nanoseconds horizon,
                              StoreHealth const& health);

}  // namespace lddynamo::client
