/// @file
/// Connection: one non-blocking TCP connection, with TLS or without.
/// Layer: http.
#pragma once

#include "http/proxy.hpp"
#include "http/resolver.hpp"
#include "http/tls_context.hpp"

#include <lddynamo/result.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::http {

/// Each operation is tried at once; when it would block, it says what to wait for.
/// @par Thread safety  None; one thread at a time.
class Connection {
  public:
    enum class Io { kDone, kWantRead, kWantWrite, kEnd, kFailed };

    /// @param tls  may be nullptr when the route needs none.
    Connection(boost::asio::io_context& context, Route route, TlsContext* tls)
        : descriptor_(context), route_(std::move(route)), tls_(tls) {}

    /// Begins to connect; drops what was there before.
    [[nodiscard]] Io Connect(SocketAddress const& address);
    /// After the wait that Connect asked for.
    [[nodiscard]] Io FinishConnect();
    /// kDone at once unless there is a proxy that speaks TLS itself.
    [[nodiscard]] Io HandshakeWithProxy();
    /// kDone at once for plain HTTP. With a proxy: once its tunnel is open.
    [[nodiscard]] Io Handshake();
    /// @param sent  how many bytes were taken, with kDone.
    [[nodiscard]] Io Write(std::string_view bytes, std::size_t& sent);
    /// @param received  how many bytes came, with kDone. kEnd: the peer sent all it will.
    [[nodiscard]] Io Read(char* buffer, std::size_t size, std::size_t& received);
    /// Whether a connection that idles may carry another request: neither closed nor talking.
    [[nodiscard]] bool IsQuiet();
    /// Why the last operation gave kFailed.
    [[nodiscard]] Error const& Failure() const noexcept { return failure_; }

    /// Calls `handler(error_code)` when the socket is ready, or with an error when waiting was
    /// ended.
    template <class Handler>
    void Wait(Io what, Handler&& handler) {
        descriptor_.async_wait(what == Io::kWantWrite
                                   ? boost::asio::posix::descriptor_base::wait_write
                                   : boost::asio::posix::descriptor_base::wait_read,
                               std::forward<Handler>(handler));
    }
    void CancelWaits() {
        boost::system::error_code ignored;
        descriptor_.cancel(ignored);
    }

    /// Whether requests that go this way may go over this connection.
    [[nodiscard]] bool Serves(Route const& route) const noexcept {
        Url const& url = route.url;
        return route.proxy == route_.proxy && url.https == route_.url.https &&
               ((route.proxy && !url.https) ||  // a proxy takes requests for every host
                (url.port == route_.url.port && url.host == route_.url.host));
    }

    std::chrono::steady_clock::time_point idle_since{};  ///< Kept by who keeps the connection.

  private:
    Io FailWith(ErrorCode code, std::string_view doing, std::string_view why);
    Io FailWithErrno(std::string_view doing, int error);
    Io Shake(SSL* ssl);
    Io FailHandshake(SSL* ssl, int ssl_error, int error);
    Io FailTls(int ssl_error, int error, std::string_view doing);

    // The descriptor goes last, so that OpenSSL never sees a socket that is not ours any more.
    boost::asio::posix::stream_descriptor descriptor_;
    Route route_;
    TlsContext* tls_;
    OpenSslPtr<SSL> proxy_ssl_;   ///< With the proxy. What is inside it goes first.
    OpenSslPtr<SSL> tunnel_ssl_;  ///< With the server.
    SSL* ssl_ = nullptr;          ///< Of both, the one that bytes go through; nullptr: neither.
    bool at_server_ = false;      ///< What happens concerns the server, no longer the proxy alone.
    std::string address_;         ///< Of the connection, for messages.
    Error failure_;
};

}  // namespace lddynamo::http
