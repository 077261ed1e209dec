/// @file
/// EventSink: takes what happens, to be told to LaunchDarkly.
/// Layer: events.
#pragma once

#include "evaluation/evaluator.hpp"
#include "model/flag.hpp"

#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lddynamo::events {

/// One evaluation of one flag. Everything is valid during the call only: implementations copy.
struct FlagEvaluation {
    std::string_view key{};
    model::FeatureFlag const* flag = nullptr;  ///< nullptr: there is none of that key.
    /// As the evaluator gave it. nullptr: there was no evaluation.
    evaluation::Outcome const* outcome = nullptr;
    /// What the caller got, when it differs from outcome->value: the default after a wrong type,
    /// which events then tell as such, without a variation. nullptr: outcome->value, or the default
    /// where that is nullptr.
    Value const* value = nullptr;
    Value const* default_value = nullptr;  ///< nullptr for a prerequisite.
    /// Of a prerequisite: the flag that needs it.
    model::FeatureFlag const* prerequisite_of = nullptr;
    bool with_reason = false;  ///< The caller asked for the reason (a Detail method).
};

/// One operation of a migration (migration_op event), as the Go SDK's MigrationOpEventData. Valid
/// during the call only.
struct MigrationOperation {
    std::string_view operation{};  ///< "read" or "write".
    std::string_view key{};        ///< Of the flag.
    std::string_view default_stage{};
    /// Stage, variation and reason. Without it, nothing is told.
    EvaluationDetail<std::string> const* detail = nullptr;
    std::optional<std::int64_t> flag_version{};  ///< Empty: there is no such flag.
    std::int64_t sampling_ratio = 1;             ///< The flag's.

    bool invoked_old = false;
    bool invoked_new = false;
    std::optional<bool> consistent{};  ///< Empty: not compared.
    std::int64_t consistency_check_ratio = 1;
    std::optional<double> latency_old_ms{};
    std::optional<double> latency_new_ms{};
    bool error_old = false;
    bool error_new = false;
};

/// How the opening of a stream went, as diagnostics tell it.
struct StreamInit {
    std::chrono::system_clock::time_point started{};
    std::chrono::milliseconds took{};
    bool failed = false;
};

/// Every method returns at once and never waits for a network; what finds no room is dropped.
/// @par Thread safety  All methods may be called from any thread at once.
class EventSink {
  public:
    EventSink() = default;
    EventSink(EventSink const&) = delete;
    EventSink& operator=(EventSink const&) = delete;
    /// Implementations call Close.
    virtual ~EventSink() = default;

    virtual void Evaluated(Context const& context, FlagEvaluation const& evaluation) noexcept = 0;
    virtual void Identified(Context const& context) noexcept = 0;
    /// @param data  null: none.
    virtual void Tracked(Context const& context, std::string_view key, Value const& data,
                         std::optional<double> metric) noexcept = 0;
    virtual void Migrated(Context const& context, MigrationOperation const& operation) noexcept = 0;
    /// For diagnostics alone.
    virtual void StreamOpened(StreamInit const& init) noexcept = 0;
    /// Asks for what there is to be sent soon.
    virtual void Flush() noexcept = 0;
    /// Sends what there is. @return whether all of it was delivered in time.
    [[nodiscard]] virtual bool FlushAndWait(std::chrono::milliseconds timeout) noexcept = 0;
    /// Sends what there is, for at most half a second, and ends. Harmless when repeated. Later
    /// calls of the other methods do nothing.
    virtual void Close() noexcept = 0;
};

}  // namespace lddynamo::events
