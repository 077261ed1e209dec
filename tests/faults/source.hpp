/// @file
/// Source: the data that a history's writers write, always moving forward.
#pragma once

#include "faults/history.hpp"

#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace lddynamo::faults {

/// How large a history's data is.
struct Shape {
    std::size_t flags = 8;
    std::size_t segments = 4;
    std::size_t padding = 0;  ///< Bytes added to every item.
    unsigned oversize = 0;    ///< Percent of changes that make an item too large for a row.
    bool noise = false;       ///< Whether such items cannot be compressed into one row either.
};

/// Flags and segments as LaunchDarkly might hold them: they change, go and come back, with versions
/// that only grow. The first flag and the first segment never go.
class Source {
  public:
    Source(Random& random, Shape shape);
    /// A few changes, then everything.
    [[nodiscard]] StoreData Next();
    /// An earlier state, as a slow writer has it.
    [[nodiscard]] StoreData Earlier() const;
    /// An environment that was reset: everything, at low versions.
    [[nodiscard]] StoreData Reset();
    struct Change {
        ItemKey key;
        SerializedItem item;
    };
    [[nodiscard]] Change ChangeOne();
    /// One key that may or may not be there.
    [[nodiscard]] ItemKey AnyKey() const;

  private:
    [[nodiscard]] SerializedItem Make(ItemKey const& key, std::int64_t version, bool oversize);
    [[nodiscard]] std::size_t IndexOf(ItemKey const& key) const;

    Random& random_;
    Shape shape_;
    StoreData now_;
    std::map<ItemKey, std::int64_t> versions_;
    std::vector<StoreData> earlier_;
};

}  // namespace lddynamo::faults
