/// @file
/// EventSink: takes what happens, to be told to LaunchDarkly.
/// Layer: events.
#pragma once

#include "evaluation/evaluator.hpp"
#include "model/flag.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace lddynamo::events {

/// One evaluation of one flag. Everything is valid during the call only: implementations copy.
struct FlagEvaluation {
    std::string_view key{};
    model::FeatureFlag const* flag = nullptr;  ///< nullptr: there is none of that key.
    evaluation::Outcome const* outcome = nullptr;
    /// What the caller got, when it differs from outcome->value: the default after a wrong type.
    /// nullptr: outcome->value, or the default where that is nullptr.
    Value const* value = nullptr;
    Value const* default_value = nullptr;  ///< nullptr for a prerequisite.
    /// Of a prerequisite: the flag that needs it.
    model::FeatureFlag const* prerequisite_of = nullptr;
    bool with_reason = false;  ///< The caller asked for the reason (a Detail method).
};

/// Every method returns at once and never waits for a network; what finds no room is dropped.
/// @par Thread safety  All methods may be called from any thread at once.
class EventSink {
  public:
    EventSink() = default;
    EventSink(EventSink const&) = delete;
    EventSink& operator=(EventSink const&) = delete;
    virtual ~EventSink() = default;

    virtual void Evaluated(Context const& context, FlagEvaluation const& evaluation) noexcept = 0;
    virtual void Identified(Context const& context) noexcept = 0;
    /// @param data  null: none.
    virtual void Tracked(Context const& context, std::string_view key, Value const& data,
                         std::optional<double> metric) noexcept = 0;
    /// Asks for what there is to be sent soon.
    virtual void Flush() noexcept = 0;
    /// Sends what there is. @return whether all of it was delivered in time.
    [[nodiscard]] virtual bool FlushAndWait(std::chrono::milliseconds timeout) noexcept = 0;
};

}  // namespace lddynamo::events
