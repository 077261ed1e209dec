/// @file
/// DiagnosticSender: posts diagnostic events, so that a slow answer holds up no other event.
/// Layer: events.
#pragma once

#include "events/event_delivery.hpp"
#include "http/transport_factory.hpp"

#include <lddynamo/logger.hpp>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

namespace lddynamo::events {

/// @par Thread safety  Run is for one thread; all others may be called from any thread at once.
class DiagnosticSender {
  public:
    DiagnosticSender(EventDelivery delivery, http::TransportFactory make_transport, Logger logger)
        : delivery_(std::move(delivery)),
          make_transport_(std::move(make_transport)),
          logger_(std::move(logger)) {}

    /// Posts until RequestEnd or Cancel.
    void Run() noexcept;

    /// Takes a text to post. One too many is dropped: the next one makes up for it.
    void Post(std::string json);
    /// Run posts what there is, and returns.
    void RequestEnd();
    /// Ends an exchange under way.
    void Cancel() noexcept { stop_.request_stop(); }
    /// @return whether Run has ended.
    [[nodiscard]] bool AwaitEnd(std::chrono::steady_clock::time_point until);

  private:
    void PostAll();

    EventDelivery const delivery_;
    http::TransportFactory const make_transport_;
    Logger const logger_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> waiting_;  // guarded by mutex_, as all below
    bool ending_ = false;
    bool ended_ = false;
};

}  // namespace lddynamo::events
