/// @file
/// Event: what waits to be told to LaunchDarkly, one by one.
/// Layer: events.
#pragma once

#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace lddynamo::events {

/// Milliseconds since 1970, as all events tell times.
using UnixMilliseconds = std::int64_t;

[[nodiscard]] inline UnixMilliseconds ToUnixMilliseconds(
    std::chrono::system_clock::time_point time) noexcept {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// A context that was not seen before.
struct IndexEvent {
    Context context;
};

struct IdentifyEvent {
    Context context;
};

/// A single evaluation: kind "feature" or "debug".
struct EvaluationEvent {
    Context context;
    bool debug = false;
    std::string key{};
    std::int64_t version = 0;
    std::optional<int> variation{};
    Value value{};
    std::optional<Value> default_value{};          ///< None for a prerequisite.
    std::optional<std::string> prerequisite_of{};  ///< The key of the flag that needs it.
    std::optional<EvaluationReason> reason{};
    std::int64_t sampling_ratio = 1;
};

struct CustomEvent {
    Context context;
    std::string key{};
    Value data{};  ///< Null: none.
    std::optional<double> metric{};
};

/// The fields of MigrationOperation, kept.
struct MigrationEvent {
    Context context;
    std::string operation{};
    std::string key{};
    std::string default_stage{};
    EvaluationDetail<std::string> detail{};
    std::optional<std::int64_t> flag_version{};
    std::int64_t sampling_ratio = 1;
    bool invoked_old = false;
    bool invoked_new = false;
    std::optional<bool> consistent{};
    std::int64_t consistency_check_ratio = 1;
    std::optional<double> latency_old_ms{};
    std::optional<double> latency_new_ms{};
    bool error_old = false;
    bool error_new = false;
};

struct Event {
    UnixMilliseconds created = 0;
    std::variant<IndexEvent, IdentifyEvent, EvaluationEvent, CustomEvent, MigrationEvent> content;
};

}  // namespace lddynamo::events
