/// @file
/// Connection: one non-blocking TCP connection, with TLS or without.
/// Layer: http.
#pragma once

#include "http/resolver.hpp"
#include "http/tls_context.hpp"
#include "http/url.hpp"

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

    /// @param tls  nullptr for plain HTTP.
    Connection(boost::asio::io_context& context, Url url, TlsContext* tls)
        : descriptor_(context), url_(std::move(url)), tls_(tls) {}

    /// Begins to connect; drops what was there before.
    [[nodiscard]] Io Connect(SocketAddress const& address);
    /// After the wait that Connect asked for.
    [[nodiscard]] Io FinishConnect();
    /// kDone at once for plain HTTP.
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

    [[nodiscard]] Url const& GetUrl() const noexcept { return url_; }
    /// Whether requests for `url` may go over this connection.
    [[nodiscard]] bool Serves(Url const& url) const noexcept {
        return url.https == url_.https && url.port == url_.port && url.host == url_.host;
    }

    std::chrono::steady_clock::time_point idle_since{};  ///< Kept by who keeps the connection.

  private:
    Io FailWith(ErrorCode code, std::string_view doing, std::string_view why);
    Io FailWithErrno(std::string_view doing, int error);
    Io FailHandshake(int ssl_error, int error);
    Io FailTls(int ssl_error, int error, std::string_view doing);

    // The descriptor goes last, so that OpenSSL never sees a socket that is not ours any more.
    boost::asio::posix::stream_descriptor descriptor_;
    Url url_;
    TlsContext* tls_;
    OpenSslPtr<SSL> ssl_;
    std::string address_;  ///< Of the connection, for messages.
    Error failure_;
};

}  // namespace lddynamo::http
