#include "http/http_server.hpp"

#include "http/http_message.hpp"
#include "http/message_parser.hpp"

#include <netinet/in.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>
#include <set>
#include <string_view>
#include <utility>

namespace lddynamo::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};  // when out of file descriptors
constexpr std::chrono::seconds kFarewell{2};  // for what is under way at the end of a connection

std::string_view Reason(int status) noexcept {
    switch (status) {
        case 100:
            return "Continue";
        case 200:
            return "OK";
        case 204:
            return "No Content";
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 413:
            return "Content Too Large";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 503:
            return "Service Unavailable";
        default:
            return "";
    }
}

HttpResponse PlainAnswer(int status) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain"}};
    response.body = std::string(Reason(status)) + "\n";
    return response;
}

// "Sun, 06 Nov 1994 08:49:37 GMT", in English whatever the locale.
std::string HttpDate(std::time_t time) {
    constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    auto const two = [](int number) {
        return std::string{static_cast<char>('0' + number / 10),
                           static_cast<char>('0' + number % 10)};
    };
    std::string text(kDays.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3));
    text.append(", ").append(two(utc.tm_mday)).append(" ");
    text.append(kMonths.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3)).append(" ");
    text.append(std::to_string(utc.tm_year + 1900)).append(" ").append(two(utc.tm_hour));
    text.append(":").append(two(utc.tm_min)).append(":").append(two(utc.tm_sec));
    return text.append(" GMT");
}

bool CanBeSent(HttpResponse const& response) noexcept {
    return response.status >= 200 && response.status <= 999 &&
           std::all_of(response.headers.begin(), response.headers.end(), [](auto const& header) {
               return IsValidHeader(header.first, header.second);
           });
}

std::string Serialize(HttpResponse const& response, bool to_head, bool keep_alive) {
    bool const bodiless = response.status == 204 || response.status == 304;
    std::string text = "HTTP/1.1 ";
    text.reserve(256 + response.body.size());
    text.append(std::to_string(response.status)).append(" ").append(Reason(response.status));
    text.append("\r\n");
    for (auto const& [name, value] : response.headers) {
        // What frames the message is the server's.
        if (EqualsNoCase(name, "Content-Length") || EqualsNoCase(name, "Connection") ||
            EqualsNoCase(name, "Transfer-Encoding")) {
            continue;
        }
        text.append(name).append(": ").append(value).append("\r\n");
    }
    if (response.Header("Date") == nullptr) {
        text.append("Date: ").append(HttpDate(std::time(nullptr))).append("\r\n");
    }
    if (!bodiless) {
        text.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    text.append("Connection: ").append(keep_alive ? "keep-alive" : "close").append("\r\n\r\n");
    if (!bodiless && !to_head) text.append(response.body);
    return text;
}

class Session;

/// What the connections share.
struct Listener {
    Listener(HttpServer::Handler a_handler, HttpServerOptions an_options)
        : handler(std::move(a_handler)),
          options(an_options),
          acceptor(context),
          pause(context),
          signals(context) {}

    void Accept();
    void End(Session* session);
    void StopNow();

    HttpServer::Handler const handler;
    HttpServerOptions const options;
    std::uint16_t port = 0;
    std::atomic<bool> stopped{false};
    bool accepting = false;
    std::set<Session*> sessions{};  ///< Each keeps itself alive by what it waits for.
    asio::io_context context{1};    ///< Ends before what sessions use.
    tcp::acceptor acceptor;
    asio::steady_timer pause;  ///< Before accepting again, after an error.
    asio::signal_set signals;
};

/// One connection: requests one after another.
class Session final : public std::enable_shared_from_this<Session> {
  public:
    Session(tcp::socket socket, Listener& server)
        : socket_(std::move(socket)), timer_(socket_.get_executor()), server_(server) {}
    ~Session() { server_.End(this); }

    void Start() {
        error_code ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        NextRequest();
    }

    /// After the answer under way, if there is one.
    void Stop() {
        keep_alive_ = false;
        if (writing_) {
            SetTimeout(kFarewell);
        } else {
            Close();
        }
    }

  private:
    void NextRequest() {
        parser_ = MakeRequestParser(server_.options.max_body_bytes);
        continued_ = false;
        // For the whole request, so that one that drips in ends too.
        SetTimeout(server_.options.idle_timeout);
        if (rest_.empty()) return Read();
        OnBytes(std::exchange(rest_, {}));
    }

    void Read() {
        socket_.async_read_some(
            asio::buffer(buffer_),
            [self = shared_from_this()](error_code const& error, std::size_t count) {
                if (error) return self->Close();
                self->OnBytes({self->buffer_.data(), count});
            });
    }

    void OnBytes(std::string_view bytes) {
        switch (parser_->Feed(bytes)) {
            case MessageParser::State::kNeedMore:
                return WantsContinue() ? SendContinue() : Read();
            case MessageParser::State::kDone:
                keep_alive_ = parser_->KeepsAlive() && !server_.stopped;
                rest_ = parser_->TakeRest();
                return Handle();
            case MessageParser::State::kMalformed:
                return Refuse(400);
            case MessageParser::State::kHeadersTooLarge:
                return Refuse(431);
            case MessageParser::State::kBodyTooLarge:
                return Refuse(413);
        }
    }

    [[nodiscard]] bool WantsContinue() const {
        if (continued_ || !parser_->IsHeaderDone()) return false;
        auto const* const expect = FindHeader(parser_->GetMessage().headers, "Expect");
        return expect != nullptr && EqualsNoCase(*expect, "100-continue");
    }

    void SendContinue() {
        continued_ = true;
        output_ = "HTTP/1.1 100 Continue\r\n\r\n";
        Write([](Session& self) { self.Read(); });
    }

    void Handle() {
        auto& message = parser_->GetMessage();
        ServerRequest request;
        request.method = std::move(message.method);
        request.target = std::move(message.target);
        request.headers = std::move(message.headers);
        request.body = std::move(message.body);
        HttpResponse response;
        try {
            response = server_.handler(request);
            if (!CanBeSent(response)) response = PlainAnswer(500);
        } catch (...) {
            response = PlainAnswer(500);
        }
        output_ = Serialize(response, request.method == "HEAD", keep_alive_);
        Write([](Session& self) {
            if (self.keep_alive_) return self.NextRequest();
            self.Close();
        });
    }

    // The connection cannot go on: nobody knows where the next request would begin.
    void Refuse(int status) {
        keep_alive_ = false;
        output_ = Serialize(PlainAnswer(status), false, false);
        Write([](Session& self) {
            error_code ignored;
            self.socket_.shutdown(tcp::socket::shutdown_send, ignored);
            self.SetTimeout(kFarewell);
            self.ReadAndDrop();
        });
    }

    // To close with unread bytes would reset the connection, and the answer could get lost.
    void ReadAndDrop() {
        socket_.async_read_some(asio::buffer(buffer_),
                                [self = shared_from_this()](error_code const& error, std::size_t) {
                                    if (error) return self->Close();
                                    self->ReadAndDrop();
                                });
    }

    template <class Then>
    void Write(Then then) {
        writing_ = true;
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this(), then](error_code const& error, std::size_t) {
                              self->writing_ = false;
                              if (error) return self->Close();
                              then(*self);
                          });
    }

    void SetTimeout(std::chrono::milliseconds timeout) {
        timer_.expires_after(timeout);
        timer_.async_wait([weak = weak_from_this()](error_code const& error) {
            if (error) return;
            auto const self = weak.lock();
            if (self && self->timer_.expiry() <= std::chrono::steady_clock::now()) self->Close();
        });
    }

    void Close() {
        error_code ignored;
        timer_.cancel();
        socket_.shutdown(tcp::socket::shutdown_both, ignored);
        socket_.close(ignored);
    }

    tcp::socket socket_;
    asio::steady_timer timer_;
    Listener& server_;
    std::unique_ptr<MessageParser> parser_;
    std::array<char, 16384> buffer_;
    std::string rest_;    ///< Bytes of the next request.
    std::string output_;  ///< What is being written.
    bool continued_ = false;
    bool keep_alive_ = true;
    bool writing_ = false;
};

void Listener::Accept() {
    if (stopped || accepting || sessions.size() >= options.max_connections) return;
    accepting = true;
    acceptor.async_accept([this](error_code const& error, tcp::socket socket) {
        accepting = false;
        if (stopped) return;
        if (error) {
            pause.expires_after(kAcceptPause);
            pause.async_wait([this](error_code const& cancelled) {
                if (!cancelled) Accept();
            });
            return;
        }
        auto const session = std::make_shared<Session>(std::move(socket), *this);
        sessions.insert(session.get());
        session->Start();
        Accept();
    });
}

void Listener::End(Session* session) {
    sessions.erase(session);
    if (!stopped) Accept();
}

void Listener::StopNow() {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    signals.cancel(ignored);
    for (auto* const session : sessions) session->Stop();
}

}  // namespace

struct HttpServer::State final : Listener {
    using Listener::Listener;
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {
}

HttpServer::~HttpServer() {
    state_->stopped = true;
}

Result<std::unique_ptr<HttpServer>> HttpServer::Create(Handler handler, HttpServerOptions options) {
    auto state = std::make_unique<State>(std::move(handler), options);
    auto& acceptor = state->acceptor;
    tcp::endpoint const endpoint(asio::ip::address_v4::loopback(), options.port);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) state->port = acceptor.local_endpoint(error).port();
    if (error) {
        return Fail(ErrorCode::kIo, "cannot listen on 127.0.0.1:" + std::to_string(options.port) +
                                        ": " + error.message());
    }
    std::unique_ptr<HttpServer> server(new HttpServer(std::move(state)));
    if (options.stop_on_signals) {
        auto& signals = server->state_->signals;
        error_code ignored;
        signals.add(SIGINT, ignored);
        signals.add(SIGTERM, ignored);
        signals.async_wait([stopping = server.get()](error_code const& failed, int) {
            if (!failed) stopping->Stop();
        });
    }
    return server;
}

std::uint16_t HttpServer::Port() const noexcept {
    return state_->port;
}

void HttpServer::Run() {
    state_->Accept();
    state_->context.run();  // also ends what a Stop before it asked for
}

void HttpServer::Stop() {
    if (state_->stopped.exchange(true)) return;
    asio::post(state_->context, [state = state_.get()] { state->StopNow(); });
}

}  // namespace lddynamo::http
