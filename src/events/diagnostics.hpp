/// @file
/// Diagnostics: what LaunchDarkly is told about this client itself.
/// Layer: events.
#pragma once

#include "events/event.hpp"
#include "events/event_sink.hpp"

#include <lddynamo/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::events {

/// The events diagnostic-init and diagnostic, as the Go SDK writes them (go-sdk-events,
/// diagnostic_events.go).
/// @par Thread safety  None.
class Diagnostics {
  public:
    struct About {
        Value sdk{};
        Value configuration{};
        Value platform{};
        std::string_view sdk_key_suffix{};
    };
    struct Statistics {
        std::uint64_t dropped_events = 0;
        std::uint64_t deduplicated_users = 0;
        std::uint64_t events_in_last_batch = 0;
        std::vector<StreamInit> stream_inits{};
    };

    /// @param id  tells this client from others with the same SDK key.
    Diagnostics(std::string_view id, About const& about, UnixMilliseconds now);

    [[nodiscard]] std::string InitEvent() const;
    /// Of the time since the last one, or since the start.
    [[nodiscard]] std::string StatisticsEvent(UnixMilliseconds now, Statistics const& statistics);

  private:
    Value id_;
    Value sdk_;
    Value configuration_;
    Value platform_;
    UnixMilliseconds started_;
    UnixMilliseconds since_;
};

}  // namespace lddynamo::events
