/// @file
/// Decoded, ReadItem: a flag or segment as it came out of the store.
/// Layer: client.
#pragma once

#include "model/flag.hpp"
#include "model/segment.hpp"

#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace lddynamo::client {

/// Steady time in nanoseconds.
using Nanoseconds = std::int64_t;
inline constexpr Nanoseconds kNever = std::numeric_limits<Nanoseconds>::max();
/// Expiry of what one thread is reading again: the others go on with it.
inline constexpr Nanoseconds kBeingRead = kNever - 1;
/// Expiry of what is only kept for the case that the store fails.
inline constexpr Nanoseconds kExpired = std::numeric_limits<Nanoseconds>::min();

/// Keys of other lengths are in no store, and are not asked for.
[[nodiscard]] constexpr bool IsStorableKey(std::string_view key) noexcept {
    return !key.empty() && key.size() <= 1024;
}

/// Tells two texts of an item apart without keeping them.
struct Stamp {
    std::int64_t version = -1;
    std::size_t size = 0;
    std::uint64_t hash = 0;
    friend bool operator==(Stamp const&, Stamp const&) = default;
};

/// The state of a key in the store. Without `object`, the item is absent, deleted or malformed.
template <class T>
struct Decoded {
    std::shared_ptr<T const> object{};  // shared by the cache's generations and by running calls
    bool malformed =
        false;  ///< The row cannot be understood; `object` is what it was before, if anything.
    Stamp stamp{};
};

/// One key's part of a read.
struct ReadItem {
    ItemKey key{};
    bool failed = false;  ///< The store failed; the rest is empty.
    Decoded<model::FeatureFlag> flag{};
    Decoded<model::Segment> segment{};
};

/// What one call has read so far. It goes before the cache, so that no key is read twice by a call.
struct Overlay {
    template <class T>
    struct Part {
        struct Item {
            bool failed = false;
            Decoded<T> decoded{};
        };
        std::map<std::string, Item, std::less<>> items{};
        [[nodiscard]] Item const* Find(std::string_view key) const noexcept {
            auto const found = items.find(key);
            return found == items.end() ? nullptr : &found->second;
        }
    };
    Part<model::FeatureFlag> flags{};
    Part<model::Segment> segments{};

    void Add(ReadItem const& item) {
        if (item.key.kind == DataKind::kFeatures) {
            flags.items[item.key.key] = {item.failed, item.flag};
        } else {
            segments.items[item.key.key] = {item.failed, item.segment};
        }
    }
};

}  // namespace lddynamo::client
