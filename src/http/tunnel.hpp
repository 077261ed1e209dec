/// @file
/// Tunnel: asks a proxy for a way through to a server (CONNECT, RFC 9110 section 9.3.6).
/// Layer: http.
#pragma once

#include "http/connection.hpp"
#include "http/message_parser.hpp"
#include "http/proxy.hpp"

#include <lddynamo/result.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace lddynamo::http {

/// What a proxy's refusal means. Names the proxy, never its user or password.
[[nodiscard]] Error ProxyRefusal(Route const& route, int status);

/// @par Thread safety  None; one thread at a time.
class Tunnel {
  public:
    explicit Tunnel(Route const& route);
    /// Goes on until the socket would block. kDone: the way is open. kFailed: Failure() says why.
    [[nodiscard]] Connection::Io Step(Connection& connection, char* scratch,
                                      std::size_t scratch_size);
    [[nodiscard]] Error const& Failure() const noexcept { return failure_; }

  private:
    using Io = Connection::Io;
    [[nodiscard]] Io OnAnswer(MessageParser::State state);
    Io FailWith(Error error);

    Route const& route_;
    std::string head_;
    std::size_t sent_ = 0;
    std::unique_ptr<MessageParser> parser_;
    Error failure_;
};

}  // namespace lddynamo::http
