/// @file
/// HttpServer: a small HTTP/1.1 server for development and tests.
/// Layer: http. Listens on 127.0.0.1 only.
#pragma once

#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace lddynamo::http {

struct ServerRequest {
    std::string method{};
    std::string target{};  ///< Path and query as sent.
    HttpHeaders headers{};
    std::string body{};
    [[nodiscard]] std::string const* Header(std::string_view name) const noexcept;
};

/// An answer and how it leaves the server. All but a whole answer at once is for tests of clients.
struct ServerAnswer {
    enum class Delivery : std::uint8_t {
        kWhole,
        kCut,    ///< `body_bytes` of the body are sent, then the connection is closed.
        kReset,  ///< Nothing is sent, the connection is reset.
        kHold,   ///< Nothing is ever sent; the connection stays until the client gives up.
    };
    ServerAnswer(HttpResponse a_response) : response(std::move(a_response)) {}

    HttpResponse response{};
    Delivery delivery = Delivery::kWhole;
    std::size_t body_bytes = 0;          ///< For kCut.
    std::chrono::milliseconds delay{0};  ///< Before anything of the above.
    bool after_commit = false;           ///< Not before HttpServerOptions::commit.
};

struct HttpServerOptions {
    std::uint16_t port = 0;                   ///< 0: any free one.
    std::size_t max_body_bytes = 32U << 20U;  ///< Larger bodies are answered with 413.
    std::size_t max_connections = 1000;       ///< More wait in the kernel's queue.
    std::chrono::milliseconds idle_timeout{120000};
    bool stop_on_signals = false;  ///< SIGINT and SIGTERM stop it, from Create on.
    /// Called before answers that ask for it are sent, once for all that are ready: the place to
    /// make durable what the handler did. What it returns is sent instead of them. Must not throw.
    std::function<std::optional<HttpResponse>()> commit{};
};

/// Serves requests one after another on the thread that calls Run.
/// @par Thread safety  Stop may be called from any thread and from a signal-safe context of Asio
/// only.
class HttpServer {
  public:
    using Handler = std::function<ServerAnswer(ServerRequest const&)>;
    /// Binds and listens.
    /// @retval ErrorCode::kIo  the port is taken or cannot be had; the message names it.
    [[nodiscard]] static Result<std::unique_ptr<HttpServer>> Create(Handler handler,
                                                                    HttpServerOptions options = {});
    ~HttpServer();
    HttpServer(HttpServer const&) = delete;
    HttpServer& operator=(HttpServer const&) = delete;

    [[nodiscard]] std::uint16_t Port() const noexcept;
    /// Serves until Stop.
    void Run();
    void Stop();

  private:
    struct State;
    explicit HttpServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace lddynamo::http
