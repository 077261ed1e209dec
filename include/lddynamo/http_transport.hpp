/// @file
/// HttpTransport: sends HTTP requests; replaceable.
/// Layer: http.
///
/// At this layer any complete HTTP answer is a success, whatever its status; only a failed exchange
/// is an Error.
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse;

/// Takes an answer's body as it comes: for answers that do not end by themselves.
/// @par Thread safety  Called on the thread that runs the exchange.
class HttpBodyReceiver {
  public:
    HttpBodyReceiver() = default;
    HttpBodyReceiver(HttpBodyReceiver const&) = delete;
    HttpBodyReceiver& operator=(HttpBodyReceiver const&) = delete;
    virtual ~HttpBodyReceiver() = default;
    /// Status and headers are there. @return whether OnBody is to be given the body. If not, the
    /// answer ends like any other, whole and within its limits.
    [[nodiscard]] virtual bool OnHead(HttpResponse const& head) = 0;
    /// @param bytes  valid during the call; never empty.
    /// @return whether to go on; if not, the exchange ends with kCancelled. A server that sends
    /// without pause is stopped by this alone, so look at what would stop it here.
    [[nodiscard]] virtual bool OnBody(std::string_view bytes) = 0;
};

struct HttpRequest {
    std::string method = "GET";
    std::string
        url{};  ///< Absolute: http or https, host (name, IPv4 or [IPv6]), port, path, query.
    HttpHeaders headers{};  ///< Sent as given; Host and Content-Length are added when missing.
    std::string body{};
    /// For the whole exchange, connecting included; zero takes the transport's attempt_timeout.
    std::chrono::milliseconds timeout{0};
    /// When it must have ended in any case, even if it still waits for a connection to be free; on
    /// the clock that HttpRequestSource::GetNext is given. The epoch: nothing said.
    std::chrono::steady_clock::time_point deadline{};
    /// Larger answers fail with kTooLarge and the connection is dropped.
    std::size_t max_response_bytes = 64U << 20U;
    /// Always straight to the host, whatever proxy is configured: instance metadata and container
    /// credentials are served to this machine alone.
    bool bypass_proxy = false;
    /// The body and its answer carry credentials: never logged, at any level.
    bool secret_body = false;
    /// Takes the body of the answer; nullptr: HttpResponse::body does. From the head on, neither
    /// `timeout`, `deadline` nor `max_response_bytes` apply, but `idle_timeout`.
    std::shared_ptr<HttpBodyReceiver> receiver{};  // shared with whoever waits for what it takes
    /// The longest pause between two pieces of a received body: longer is kTimeout. At least 1 ms,
    /// at most a year.
    std::chrono::milliseconds idle_timeout{300000};
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers{};
    std::string body{};
    /// The request was sent twice: the kept connection that it went to first died before any byte
    /// of an answer. The server may have acted on it twice.
    bool resent = false;
    /// The value of the first header of that name, compared without case; nullptr when missing.
    [[nodiscard]] std::string const* Header(std::string_view name) const noexcept;
};

/// Hands out requests and takes answers: the protocol logic of one call (retries, waits, follow-up
/// requests) without any I/O of its own. All methods run on the thread that called Run.
class HttpRequestSource {
  public:
    struct Exchange {
        std::uint64_t tag = 0;  ///< Returned with the answer.
        HttpRequest request{};
    };
    /// Ask again at this time, or after the next answer, whichever comes first.
    struct WaitUntil {
        std::chrono::steady_clock::time_point time{};
    };
    struct WaitForAnswer {};  ///< Nothing to send before an exchange under way ends.
    struct Finished {};       ///< Nothing more to send; Run returns when all answers are in.
    using Next = std::variant<Exchange, WaitUntil, WaitForAnswer, Finished>;

    HttpRequestSource() = default;
    HttpRequestSource(HttpRequestSource const&) = delete;
    HttpRequestSource& operator=(HttpRequestSource const&) = delete;
    virtual ~HttpRequestSource() = default;
    /// The next thing to do. Asked again after each Exchange until it gives another answer.
    [[nodiscard]] virtual Next GetNext(std::chrono::steady_clock::time_point now) = 0;
    /// One exchange ended. @param tag  that of the Exchange.
    virtual void OnAnswer(std::uint64_t tag, Result<HttpResponse> answer) = 0;
};

/// Sends requests.
/// @par Thread safety  All methods may be called from any thread at once.
/// @par Blocking       Both methods block until everything asked of them ended; each exchange is
/// bounded by
///                     its timeout. No thread is started: I/O runs on the caller's thread.
class HttpTransport {
  public:
    HttpTransport() = default;
    HttpTransport(HttpTransport const&) = delete;
    HttpTransport& operator=(HttpTransport const&) = delete;
    virtual ~HttpTransport() = default;

    /// Runs exchanges, several at once, until `source` is finished and every answer is delivered.
    virtual void Run(HttpRequestSource& source) = 0;
    /// Runs one exchange.
    /// @retval ErrorCode::kInvalidArgument  the URL, the method or a header cannot be sent (CR, LF,
    /// NUL).
    /// @retval ErrorCode::kConnection       no address, refused, reset, closed before the answer
    /// was whole,
    ///                                      or an answer that is not HTTP.
    /// @retval ErrorCode::kAccessDenied     a proxy refuses: credentials that it wants or does not
    ///                                      accept (HTTP 407), or a host that it does not allow.
    /// @retval ErrorCode::kCancelled        the transport's stop token was stopped.
    /// @retval ErrorCode::kTimeout          connect_timeout or the exchange's timeout passed.
    /// @retval ErrorCode::kTls              handshake or verification failed; the message has the
    /// reason.
    /// @retval ErrorCode::kTooLarge         the answer is longer than max_response_bytes, or has
    /// over
    ///                                      256 headers, or over 64 KB of them.
    [[nodiscard]] Result<HttpResponse> Send(HttpRequest request);
};

/// How connections are made.
struct HttpTransportOptions {
    /// TCP, the tunnel of a proxy and the TLS handshake together. When a host has several
    /// addresses, the next is tried beside the first after 250 ms (or earlier, when time is short).
    std::chrono::milliseconds connect_timeout{1000};
    std::chrono::milliseconds attempt_timeout{3000};  ///< For an exchange that names none.
    std::chrono::milliseconds idle_timeout{
        30000};  ///< Unused connections older than this are closed.
    /// Connections at once that one call (Run) may have to one host; 1 or more.
    std::size_t max_connections = 8;
    /// File of trusted PEM roots; empty: SSL_CERT_DIR, SSL_CERT_FILE, then the system's hashed
    /// directory /etc/ssl/certs, then its bundle.
    std::string ca_file{};
    /// false: any certificate is accepted. For tests only: whoever sits in between reads all.
    bool verify_peer = true;
    /// "http://user:password@host:port", or https:// for TLS to the proxy itself; user and password
    /// percent-encoded, and never logged. For all requests but those with bypass_proxy. Empty: no
    /// proxy, whatever the environment says. Unset: https_proxy, HTTPS_PROXY for https and
    /// http_proxy, HTTP_PROXY for http, which do not concern localhost, 127.0.0.0/8 and ::1. A
    /// malformed one fails requests with kInvalidArgument.
    std::optional<std::string> proxy{};
    /// Hosts that are reached without it, as docs/configuration.md says. Unset: no_proxy, NO_PROXY.
    std::optional<std::string> no_proxy{};
    /// Where variables are looked up, once, when first needed; nullptr: the process's.
    Environment const* environment = nullptr;
    /// At trace level: requests and answers, without their secrets.
    Logger logger{};
    /// When stopped, on any thread, calls under way end at once with kCancelled, and later ones too
    /// (except that the system's resolver cannot be interrupted). No thread is started for it.
    std::stop_token stop{};
};

/// The real transport: HTTP/1.1 with keep-alive, and TLS 1.2 or newer with verification of chain
/// and host name for https. Opens nothing before the first request; TLS is set up at the first
/// https request. A kept connection that turns out to be closed before any byte of an answer is
/// replaced once, unseen. Name resolution uses the system's resolver on the caller's thread, and so
/// takes as long as that does.
[[nodiscard]] std::unique_ptr<HttpTransport> MakeHttpTransport(HttpTransportOptions options = {});

}  // namespace lddynamo
