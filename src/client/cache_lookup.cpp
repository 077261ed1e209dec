#include "client/cache_lookup.hpp"

#include <set>
#include <type_traits>
#include <utility>

namespace lddynamo::client {
namespace {

template <class T>
Overlay::Part<T> const& PartOf(Overlay const& overlay) noexcept {
    if constexpr (std::is_same_v<T, model::FeatureFlag>) {
        return overlay.flags;
    } else {
        return overlay.segments;
    }
}

template <class T>
constexpr DataKind kKindOf =
    std::is_same_v<T, model::FeatureFlag> ? DataKind::kFeatures : DataKind::kSegments;

class Walk {
  public:
    Walk(Cache const& cache, Root const& root, Overlay const& overlay, Nanoseconds now,
         Nanoseconds horizon, StoreHealth const& health)
        : cache_(cache),
          root_(root),
          overlay_(overlay),
          now_(now),
          horizon_(horizon),
          may_read_known_(health.MayReadKnown(now)),
          may_read_unknown_(health.MayReadUnknown(now)) {}

    Needs Run(std::string_view flag) {
        AddFlag(flag);
        while (!flags_.empty() || !segments_.empty()) {
            if (!flags_.empty()) {
                model::FeatureFlag const* const next = flags_.back();
                flags_.pop_back();
                for (auto const& key : next->referenced_flags) AddFlag(key);
                for (auto const& key : next->referenced_segments) AddSegment(key);
            } else {
                model::Segment const* const next = segments_.back();
                segments_.pop_back();
                for (auto const& key : next->referenced_segments) AddSegment(key);
            }
        }
        return std::move(needs_);
    }

  private:
    void AddFlag(std::string_view key) { Add<model::FeatureFlag>(key, flags_); }
    void AddSegment(std::string_view key) { Add<model::Segment>(key, segments_); }

    template <class T>
    void Add(std::string_view key, std::vector<T const*>& queue) {
        if (!IsStorableKey(key) || !seen_.emplace(kKindOf<T>, key).second) return;
        auto const* const read = PartOf<T>(overlay_).Find(key);
        Entry<T> const* const entry = root_.Of<T>().Find(key, cache_.Hash(key));
        if (read != nullptr && !read->failed) {
            if (read->decoded.object) queue.push_back(read->decoded.object.get());
            return;
        }
        if (entry != nullptr && entry->decoded.object) queue.push_back(entry->decoded.object.get());
        if (read != nullptr) return;  // failed in this call: not again
        if (entry == nullptr) {
            bool const absent = root_.complete && root_.absent_is_known &&
                                root_.complete_until.load(std::memory_order_relaxed) > now_;
            if (!absent && may_read_unknown_)
                needs_.missing.push_back({kKindOf<T>, std::string(key)});
        } else if (entry->expires.load(std::memory_order_relaxed) <= horizon_ && may_read_known_) {
            needs_.expired.push_back({kKindOf<T>, std::string(key)});
        }
    }

    Cache const& cache_;
    Root const& root_;
    Overlay const& overlay_;
    Nanoseconds const now_;
    Nanoseconds const horizon_;
    bool const may_read_known_;
    bool const may_read_unknown_;
    std::set<std::pair<DataKind, std::string_view>> seen_;
    std::vector<model::FeatureFlag const*> flags_;
    std::vector<model::Segment const*> segments_;
    Needs needs_;
};

}  // namespace

template <class T>
Decoded<T> const* CacheLookup::Find(std::string_view key) const noexcept {
    bool failed = false;
    if (overlay_ != nullptr) {
        if (auto const* const read = PartOf<T>(*overlay_).Find(key)) {
            if (!read->failed) return &read->decoded;
            failed = true;
        }
    }
    Entry<T> const* const entry = root_.Of<T>().Find(key, cache_.Hash(key));
    if (entry != nullptr) {
        if (!freshness_.frozen && !freshness_.accept_expired && !failed &&
            entry->expires.load(std::memory_order_relaxed) <= freshness_.now &&
            (freshness_.health == nullptr || freshness_.health->MayReadKnown(freshness_.now))) {
            needs_read_ = true;
        }
        return &entry->decoded;
    }
    if (freshness_.frozen || !IsStorableKey(key)) return nullptr;
    if (root_.complete && root_.absent_is_known &&
        (failed || root_.complete_until.load(std::memory_order_relaxed) > freshness_.now)) {
        return nullptr;
    }
    if (!failed && !freshness_.accept_expired &&
        (freshness_.health == nullptr || freshness_.health->MayReadUnknown(freshness_.now))) {
        needs_read_ = true;
    } else if (!root_.complete) {  // else: last known to be absent
        unknown_ = true;
    }
    return nullptr;
}

CacheLookup::Found CacheLookup::Flag(std::string_view key) const noexcept {
    Decoded<model::FeatureFlag> const* const found = Find<model::FeatureFlag>(key);
    if (found == nullptr) return {};
    return {found->object.get(), found->malformed && !found->object};
}

model::FeatureFlag const* CacheLookup::FindFlag(std::string_view key) const noexcept {
    Decoded<model::FeatureFlag> const* const found = Find<model::FeatureFlag>(key);
    return found == nullptr ? nullptr : found->object.get();
}

model::Segment const* CacheLookup::FindSegment(std::string_view key) const noexcept {
    Decoded<model::Segment> const* const found = Find<model::Segment>(key);
    return found == nullptr ? nullptr : found->object.get();
}

Needs FindNeeds(Cache const& cache, Root const& root, Overlay const& overlay, std::string_view flag,
                Nanoseconds now, Nanoseconds horizon, StoreHealth const& health) {
    return Walk(cache, root, overlay, now, horizon, health).Run(flag);
}

}  // namespace lddynamo::client
