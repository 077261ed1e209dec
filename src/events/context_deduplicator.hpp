/// @file
/// ContextDeduplicator: which contexts LaunchDarkly has been told about.
/// Layer: events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lddynamo::events {

/// Remembers so many keys, and forgets the least recently noticed one for a new one.
/// @par Thread safety  None.
class ContextDeduplicator {
  public:
    /// @param capacity   0: nothing is remembered.
    /// @param fresh_for  in steps of whatever `now` of Notice counts.
    explicit ContextDeduplicator(
        std::size_t capacity, std::uint64_t fresh_for = std::numeric_limits<std::uint64_t>::max())
        : capacity_(capacity), fresh_for_(fresh_for) {}

    /// Remembers the key. @return whether it was known, and that for less than `fresh_for`: what
    /// was known for longer counts as new. Allocates nothing if it was known.
    [[nodiscard]] bool Notice(std::string_view key, std::uint64_t now = 0);
    void Clear() noexcept;

  private:
    struct Entry {
        std::string key;
        std::uint64_t since;
    };
    std::size_t capacity_;
    std::uint64_t fresh_for_;
    std::list<Entry> order_;  // the last noticed one first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> places_;
};

}  // namespace lddynamo::events
