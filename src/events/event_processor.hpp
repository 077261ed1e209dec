/// @file
/// MakeEventProcessor: the EventSink that delivers to LaunchDarkly.
/// Layer: events.
///
/// One thread delivers, started here. It makes its transport itself, sends what there is every
/// EventOptions::flush_interval or when asked, and does nothing in between. While it waits for
/// LaunchDarkly, events are kept as far as there is room; what could not be delivered in two
/// attempts is dropped. When LaunchDarkly refuses the SDK key, or its service for good, it sends
/// and keeps no more.
///
/// A process that is paused and goes on (AWS Lambda) sends then what was due meanwhile. In the
/// child of a fork there is no such thread: what happens there is not told, FlushAndWait returns
/// false, and Close returns at once.
#pragma once

#include "base/random.hpp"
#include "events/event_sink.hpp"
#include "http/transport_factory.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/event_options.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace lddynamo::events {

struct EventProcessorOptions {
    EventOptions events{};
    std::string base_uri{};  ///< Without the path /bulk; a slash at its end is ignored.
    HttpHeaders headers{};   ///< Of every request: Authorization, User-Agent, tags, ...
    http::TransportFactory make_transport{};
    /// Of the events' times, and of what is due when. It must outlive the sink. nullptr: the
    /// machine's.
    Clock* clock = nullptr;
    Logger logger{};
    /// Decides what is sampled; called on any thread.
    base::RandomFraction random = &base::RandomUnit;
    /// Close lets deliveries go on for so long, ...
    std::chrono::milliseconds deliver_patience{500};
    /// ... and then waits so long for the ends of the threads.
    std::chrono::milliseconds cancel_patience{400};
    /// Of the diagnostic events: "sdk", "configuration" and "platform" members, and the last six
    /// characters of the SDK key as "sdkKeySuffix".
    Value diagnostic_sdk{};
    Value diagnostic_configuration{};
    Value diagnostic_platform{};
    std::string sdk_key_suffix{};
};

/// Starts a thread, and with diagnostics a second one; the sink's Close or destructor ends them
/// within the two patiences. Only a system's resolver that hangs keeps one longer: it is left alone
/// then, and touches nothing but what is its own when it goes on.
[[nodiscard]] std::unique_ptr<EventSink> MakeEventProcessor(EventProcessorOptions options);

}  // namespace lddynamo::events
