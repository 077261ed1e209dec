/// @file
/// ContextDeduplicator: which contexts LaunchDarkly has been told about.
/// Layer: events.
#pragma once

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lddynamo::events {

/// Remembers so many keys, and forgets the least recently noticed one for a new one.
/// @par Thread safety  None.
class ContextDeduplicator {
  public:
    /// @param capacity  0: nothing is remembered.
    explicit ContextDeduplicator(std::size_t capacity) : capacity_(capacity) {}

    /// Remembers the key. @return whether it was known. Allocates nothing if so.
    [[nodiscard]] bool Notice(std::string_view key);
    void Clear() noexcept;

  private:
    std::size_t capacity_;
    std::list<std::string> order_;  // the last noticed one first
    std::unordered_map<std::string_view, std::list<std::string>::iterator> places_;
};

}  // namespace lddynamo::events
