/// @file
/// MakeEventProcessor: the EventSink that delivers to LaunchDarkly.
/// Layer: events.
#pragma once

#include "events/event_sink.hpp"
#include "http/transport_factory.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/event_options.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/value.hpp>

#include <memory>
#include <string>

namespace lddynamo::events {

struct EventProcessorOptions {
    EventOptions events{};
    std::string base_uri{};  ///< Without the path /bulk; a slash at its end is ignored.
    HttpHeaders headers{};   ///< Of every request: Authorization, User-Agent, tags, ...
    http::TransportFactory make_transport{};
    Clock* clock = nullptr;  ///< nullptr: the machine's.
    Logger logger{};
    /// Of the diagnostic events: "sdk", "configuration" and "platform" members, and the last six
    /// characters of the SDK key as "sdkKeySuffix".
    Value diagnostic_sdk{};
    Value diagnostic_configuration{};
    Value diagnostic_platform{};
    std::string sdk_key_suffix{};
};

/// Starts a thread, which the sink's Close or destructor ends.
[[nodiscard]] std::unique_ptr<EventSink> MakeEventProcessor(EventProcessorOptions options);

}  // namespace lddynamo::events
