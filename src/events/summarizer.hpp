/// @file
/// Summarizer: counts evaluations, instead of telling each.
/// Layer: events.
#pragma once

#include "events/event.hpp"
#include "events/event_sink.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lddynamo::events {

/// What a summary event tells.
struct Summary {
    struct Counter {
        std::optional<int> variation{};
        std::optional<std::int64_t> version{};  ///< Empty: there is no such flag.
        Value value{};
        std::uint64_t count = 0;
    };
    struct Flag {
        std::optional<Value> default_value{};  ///< Of the first evaluation that had one.
        std::vector<Counter> counters{};
        std::vector<std::string> context_kinds{};  ///< Each once.
    };
    struct KeyHash {
        using is_transparent = void;
        [[nodiscard]] std::size_t operator()(std::string_view key) const noexcept {
            return std::hash<std::string_view>()(key);
        }
    };
    std::unordered_map<std::string, Flag, KeyHash, std::equal_to<>> flags{};
    UnixMilliseconds start = 0;  ///< Of the first evaluation.
    UnixMilliseconds end = 0;    ///< Of the last one.

    [[nodiscard]] bool Empty() const noexcept { return flags.empty(); }
    void Add(Summary&& other);
};

/// What an evaluation gave its caller, as events tell it.
struct EvaluationResult {
    Value const* value = nullptr;  ///< nullptr: null. No copy, as threads would share its count.
    std::optional<int> variation{};
    std::optional<std::int64_t> version{};
    bool wrong_type = false;  ///< The default was given for a value of another type.

    [[nodiscard]] Value CopyValue() const noexcept { return value != nullptr ? *value : Value(); }
};
[[nodiscard]] EvaluationResult ResultOf(FlagEvaluation const& evaluation) noexcept;

/// A flag has few variations and kinds of contexts, so those are searched one by one. Counting what
/// was counted before allocates nothing.
/// @par Thread safety  None.
class Summarizer {
  public:
    /// Flags, counters and kinds together, of flags that do not exist: an application can ask for
    /// keys without end. Only new ones are refused.
    static constexpr std::size_t kMaxUnknownEntries = 20000;
    /// Of flags that exist: the data bound these, but for versions that come and go while nothing
    /// is delivered.
    static constexpr std::size_t kMaxEntries = 400000;

    /// @return false when there was no room to count it.
    [[nodiscard]] bool Count(Context const& context, FlagEvaluation const& evaluation,
                             EvaluationResult const& result, UnixMilliseconds now);
    [[nodiscard]] Summary Take() noexcept {
        entries_ = 0;
        unknown_entries_ = 0;
        return std::exchange(summary_, {});
    }

  private:
    Summary summary_;
    std::size_t entries_ = 0;
    std::size_t unknown_entries_ = 0;
};

}  // namespace lddynamo::events
