/// @file
/// EventDelivery: posts events to LaunchDarkly.
/// Layer: events.
///
/// Headers, what is tried again and when to give up are those of the Go SDK (go-sdk-events,
/// event_sender.go).
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace lddynamo::events {

/// @par Thread safety  Immutable, as far as the transport allows it.
/// @par Blocking       Until it is posted, twice if need be with a second between; or until the
///                     transport's stop token is stopped.
class EventDelivery {
  public:
    struct Outcome {
        bool delivered = false;
        bool stop = false;  ///< LaunchDarkly will not take any later events, either.
        std::optional<std::chrono::system_clock::time_point> server_time{};
    };

    /// @param base_uri  without the paths /bulk and /diagnostic; slashes at its end are ignored.
    EventDelivery(std::string base_uri, HttpHeaders headers, bool gzip, Logger logger);

    /// @param count  how many events `json` has.
    [[nodiscard]] Outcome SendEvents(HttpTransport& transport, std::string json,
                                     std::size_t count) const;
    /// Once, and whatever comes of it: the next one makes up for it.
    void SendDiagnostic(HttpTransport& transport, std::string json) const;

  private:
    [[nodiscard]] HttpRequest MakeRequest(std::string_view path, std::string json) const;

    std::string base_uri_;
    HttpHeaders headers_;
    bool gzip_;
    Logger logger_;
};

}  // namespace lddynamo::events
