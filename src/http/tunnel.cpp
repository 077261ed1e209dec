#include "http/tunnel.hpp"

#include "http/http_message.hpp"

#include <string_view>
#include <utility>

namespace lddynamo::http {
namespace {

Error MakeError(ErrorCode code, std::string message, bool retryable) {
    Error error;
    error.code = code;
    error.message = std::move(message);
    error.retryable = retryable;
    return error;
}

}  // namespace

Error ProxyRefusal(Route const& route, int status) {
    std::string message = route.DescribeHop();
    if (status == 407) {
        message += route.proxy->authorization.Empty() ? " wants a user and a password, and "
                                                      : " does not accept user and password of ";
        message += route.proxy->setting;
        if (route.proxy->authorization.Empty()) message += " has none";
    } else {
        message += " refuses to connect to " + route.url.Authority();
    }
    bool const passing = status == 408 || status == 429 || status >= 500;
    bool const refused = status / 100 == 4 && !passing;
    auto error = MakeError(refused ? ErrorCode::kAccessDenied : ErrorCode::kConnection,
                           std::move(message), passing);
    error.http_status = status;
    return error;
}

Tunnel::Tunnel(Route const& route)
    : route_(route),
      head_(SerializeConnect(route)),
      // As with HEAD, a length that the answer names is not that of a body.
      parser_(MakeResponseParser(true, 0)) {
}

Tunnel::Io Tunnel::Step(Connection& connection, char* scratch, std::size_t scratch_size) {
    while (sent_ < head_.size()) {
        std::size_t count = 0;
        auto const io = connection.Write(std::string_view(head_).substr(sent_), count);
        sent_ += count;
        if (io == Io::kFailed) return FailWith(connection.Failure());
        if (io != Io::kDone) return io;
    }
    for (;;) {
        std::size_t count = 0;
        auto const io = connection.Read(scratch, scratch_size, count);
        if (io == Io::kEnd || io == Io::kFailed) {
            return FailWith(MakeError(ErrorCode::kConnection,
                                      route_.DescribeHop() +
                                          " closed before it opened a tunnel to " +
                                          route_.url.Authority(),
                                      true));
        }
        if (io != Io::kDone) return io;
        auto const state = parser_->Feed({scratch, count});
        if (state != MessageParser::State::kNeedMore) return OnAnswer(state);
    }
}

Tunnel::Io Tunnel::OnAnswer(MessageParser::State state) {
    auto const proxy = route_.DescribeHop();
    if (state == MessageParser::State::kHeadersTooLarge) {
        return FailWith(MakeError(ErrorCode::kTooLarge,
                                  "the answer of " + proxy + " has " + kTooManyHeaders, false));
    }
    if (state != MessageParser::State::kDone) {
        return FailWith(
            MakeError(ErrorCode::kConnection, "the answer of " + proxy + " is not HTTP", true));
    }
    int const status = parser_->GetMessage().status;
    if (status / 100 != 2) return FailWith(ProxyRefusal(route_, status));
    // Servers of TLS do not talk first; who does it here is no tunnel.
    if (!parser_->TakeRest().empty()) {
        return FailWith(MakeError(
            ErrorCode::kConnection,
            proxy + " sent something else than a tunnel to " + route_.url.Authority(), true));
    }
    return Io::kDone;
}

Tunnel::Io Tunnel::FailWith(Error error) {
    failure_ = std::move(error);
    return Io::kFailed;
}

}  // namespace lddynamo::http
