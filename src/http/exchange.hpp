/// @file
/// ExchangeTask: one request and its answer, as a state machine on an event loop.
/// Layer: http.
#pragma once

#include "http/connect_race.hpp"
#include "http/connection.hpp"
#include "http/event_loop.hpp"
#include "http/message_parser.hpp"
#include "http/tunnel.hpp"
#include "http/wire_log.hpp"

#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lddynamo::http {

/// Made, started once, and kept alive by what it waits for.
class ExchangeTask final : public std::enable_shared_from_this<ExchangeTask> {
  public:
    using Clock = std::chrono::steady_clock;
    using Done = std::function<void(Result<HttpResponse>)>;
    struct Limits {
        std::chrono::milliseconds connect_timeout{};
        std::chrono::milliseconds total_timeout{};
    };

    /// @param tls     may be nullptr when the route needs none.
    /// @param number  for the wire log.
    /// @param done    called exactly once, on the loop's thread, maybe within Start.
    ExchangeTask(EventLoop& loop, HttpRequest request, Route route, TlsContext* tls, Limits limits,
                 Logger logger, std::uint64_t number, Done done);
    void Start();
    /// Ends it with kCancelled, unless it has ended.
    void Cancel();

  private:
    enum class State {
        kConnect,
        kProxyHandshake,
        kTunnel,
        kHandshake,
        kSend,
        kReceive,
        kDone,
    };
    using Io = Connection::Io;

    void StartFresh();
    void OnConnected(Result<std::unique_ptr<Connection>> connection);
    void Advance();
    Io Step();
    Io Send();
    Io Receive();
    [[nodiscard]] bool HandBodyOver();
    void WaitFor(Io what);
    void OnFailure();
    void OnPeerEnd();
    void OnAnswer(MessageParser::State state);
    [[nodiscard]] bool IsRefusedByProxy() const;
    void SetDeadline(Clock::time_point time);
    void OnDeadline();
    void Finish(Result<HttpResponse> answer);
    void FailTimeout(std::string const& what, std::chrono::milliseconds allowed);

    EventLoop& loop_;
    HttpRequest request_;
    Route route_;
    TlsContext* tls_;
    Limits limits_;
    Logger logger_;
    std::uint64_t number_;
    Done done_;

    State state_ = State::kConnect;
    boost::asio::steady_timer timer_;
    Clock::time_point connect_deadline_{};
    Clock::time_point total_deadline_{};
    std::shared_ptr<ConnectRace> race_;  ///< While connecting.
    std::unique_ptr<Connection> connection_;
    std::uint64_t connection_number_ = 0;  ///< Tells the events of an older connection.
    bool reused_ = false;
    bool resent_ = false;      ///< The whole request went to a connection that then died.
    std::string head_;         ///< Request line and headers, and a short body.
    std::size_t sent_ = 0;     ///< Of head_ and then of the body.
    bool send_broke_ = false;  ///< The peer stopped listening; its answer may say why.
    std::unique_ptr<MessageParser> parser_;
    enum class Streaming { kUndecided, kNo, kYes };  ///< Whether request_.receiver takes the body.
    Streaming streaming_ = Streaming::kNo;
    Clock::time_point idle_deadline_{};  ///< While streaming.
    std::unique_ptr<Tunnel> tunnel_;     ///< While a proxy is asked for one.
    std::unique_ptr<WireLog> wire_log_;  ///< nullptr: not wanted.
};

}  // namespace lddynamo::http
