#include "http/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace lddynamo::http {
namespace {

bool WouldBlock(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Connection::Io Connection::FailWith(ErrorCode code, std::string_view doing, std::string_view why) {
    failure_ = Error();
    failure_.code = code;
    bool const is_hop = !route_.proxy || !at_server_;
    failure_.message.append(doing).append(" ");
    failure_.message.append(is_hop ? route_.DescribeHop() : route_.Describe());
    if (is_hop && address_ != route_.Hop().Authority()) {
        failure_.message.append(" (").append(address_).append(")");
    }
    failure_.message.append(": ").append(why);
    failure_.retryable = true;
    return Io::kFailed;
}

Connection::Io Connection::FailWithErrno(std::string_view doing, int error) {
    return FailWith(error == ETIMEDOUT ? ErrorCode::kTimeout : ErrorCode::kConnection, doing,
                    std::strerror(error));
}

Connection::Io Connection::Connect(SocketAddress const& address) {
    boost::system::error_code error;
    ssl_ = nullptr;
    at_server_ = false;
    tunnel_ssl_.reset();
    proxy_ssl_.reset();
    descriptor_.close(error);
    address_ = ToString(address);
    int const fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                            IPPROTO_TCP);
    if (fd < 0) return FailWithErrno("cannot connect to", errno);
    descriptor_.assign(fd, error);
    if (error) {
        ::close(fd);
        return FailWithErrno("cannot connect to", error.value());
    }
    int const on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(fd, reinterpret_cast<sockaddr const*>(&address.storage), address.length) == 0) {
        return Io::kDone;
    }
    if (errno == EINPROGRESS || errno == EINTR) return Io::kWantWrite;
    return FailWithErrno("cannot connect to", errno);
}

Connection::Io Connection::FinishConnect() {
    int error = 0;
    socklen_t length = sizeof error;
    if (::getsockopt(descriptor_.native_handle(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
        error = errno;
    }
    return error == 0 ? Io::kDone : FailWithErrno("cannot connect to", error);
}

Connection::Io Connection::Handshake() {
    at_server_ = true;
    if (!route_.url.https) return Io::kDone;
    if (!tunnel_ssl_) {
        tunnel_ssl_ = proxy_ssl_ ? tls_->MakeClientWithin(proxy_ssl_.get(), route_.url)
                                 : tls_->MakeClient(descriptor_.native_handle(), route_.url);
    }
    return Shake(tunnel_ssl_.get());
}

Connection::Io Connection::HandshakeWithProxy() {
    if (!route_.Hop().https || !route_.proxy) return Io::kDone;
    if (!proxy_ssl_) {
        proxy_ssl_ = tls_->MakeClient(descriptor_.native_handle(), route_.Hop());
    }
    return Shake(proxy_ssl_.get());
}

Connection::Io Connection::Shake(SSL* ssl) {
    if (ssl == nullptr) {
        return FailWith(ErrorCode::kTls, "cannot set up TLS for", TakeOpenSslError());
    }
    ERR_clear_error();
    int const result = SSL_do_handshake(ssl);
    int const error = errno;
    if (result == 1) {
        ssl_ = ssl;
        return Io::kDone;
    }
    switch (int const ssl_error = SSL_get_error(ssl, result)) {
        case SSL_ERROR_WANT_READ:
            return Io::kWantRead;
        case SSL_ERROR_WANT_WRITE:
            return Io::kWantWrite;
        default:
            return FailHandshake(ssl, ssl_error, error);
    }
}

Connection::Io Connection::FailHandshake(SSL* ssl, int ssl_error, int error) {
    constexpr std::string_view kDoing = "TLS handshake failed with";
    long const verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK) {
        ERR_clear_error();
        std::string why = X509_verify_cert_error_string(verified);
        if (verified != X509_V_ERR_HOSTNAME_MISMATCH &&
            verified != X509_V_ERR_IP_ADDRESS_MISMATCH && verified != X509_V_ERR_CERT_HAS_EXPIRED) {
            why += " (trusted roots: " + tls_->DescribeTrust() + ")";
        }
        FailWith(ErrorCode::kTls, "the certificate is not accepted of", why);
        failure_.retryable = false;
        return Io::kFailed;
    }
    unsigned long const code = ERR_peek_last_error();
    bool const at_end = ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    if (ssl_error == SSL_ERROR_SYSCALL || at_end) {
        ERR_clear_error();
        return FailWith(ErrorCode::kTls, kDoing,
                        at_end || error == 0 || WouldBlock(error)
                            ? "the connection was closed (is it an https port?)"
                            : std::strerror(error));
    }
    bool const plain = ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER ||
                       ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST;
    std::string why = TakeOpenSslError();
    if (plain) why += " (does it speak plain HTTP?)";
    FailWith(ErrorCode::kTls, kDoing, why);
    failure_.retryable = false;
    return Io::kFailed;
}

Connection::Io Connection::FailTls(int ssl_error, int error, std::string_view doing) {
    switch (ssl_error) {
        case SSL_ERROR_WANT_READ:
            return Io::kWantRead;
        case SSL_ERROR_WANT_WRITE:
            return Io::kWantWrite;
        case SSL_ERROR_ZERO_RETURN:
            return Io::kEnd;
        case SSL_ERROR_SYSCALL:
            ERR_clear_error();
            return FailWithErrno(doing, error != 0 && !WouldBlock(error) ? error : ECONNRESET);
        default:
            break;
    }
    // An end without TLS's own goodbye may be an attacker's cut: a failure, unlike kEnd.
    bool const at_end = ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
    std::string const why = TakeOpenSslError();
    return FailWith(at_end ? ErrorCode::kConnection : ErrorCode::kTls, doing,
                    at_end ? "closed before the answer was whole" : why);
}

Connection::Io Connection::Write(std::string_view bytes, std::size_t& sent) {
    sent = 0;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        int const size = static_cast<int>(std::min<std::size_t>(bytes.size(), INT_MAX));
        int const result = SSL_write(ssl_, bytes.data(), size);
        int const error = errno;
        if (result <= 0) {
            auto const io = FailTls(SSL_get_error(ssl_, result), error, "cannot send to");
            return io == Io::kEnd ? FailWithErrno("cannot send to", EPIPE) : io;
        }
        sent = static_cast<std::size_t>(result);
        return Io::kDone;
    }
    ssize_t result = -1;
    do {
        result = ::send(descriptor_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    } while (result < 0 && errno == EINTR);
    if (result < 0) {
        return WouldBlock(errno) ? Io::kWantWrite : FailWithErrno("cannot send to", errno);
    }
    sent = static_cast<std::size_t>(result);
    return Io::kDone;
}

Connection::Io Connection::Read(char* buffer, std::size_t size, std::size_t& received) {
    received = 0;
    if (ssl_ != nullptr) {
        ERR_clear_error();
        int const result =
            SSL_read(ssl_, buffer, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
        int const error = errno;
        if (result <= 0) {
            return FailTls(SSL_get_error(ssl_, result), error, "cannot receive from");
        }
        received = static_cast<std::size_t>(result);
        return Io::kDone;
    }
    ssize_t result = -1;
    do {
        result = ::recv(descriptor_.native_handle(), buffer, size, 0);
    } while (result < 0 && errno == EINTR);
    if (result < 0) {
        return WouldBlock(errno) ? Io::kWantRead : FailWithErrno("cannot receive from", errno);
    }
    if (result == 0) return Io::kEnd;
    received = static_cast<std::size_t>(result);
    return Io::kDone;
}

bool Connection::IsQuiet() {
    char byte = 0;
    if (ssl_ != nullptr) {
        // Takes in session tickets, which may come at any time.
        ERR_clear_error();
        int const result = SSL_peek(ssl_, &byte, 1);
        bool const quiet = result <= 0 && SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ;
        ERR_clear_error();
        return quiet;
    }
    return ::recv(descriptor_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
           WouldBlock(errno);
}

}  // namespace lddynamo::http
