#include "http/http_server.hpp"

#include "http/answer_text.hpp"
#include "http/http_message.hpp"
#include "http/message_parser.hpp"

#include <netinet/in.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <atomic>
#include <csignal>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{100};  // when out of file descriptors
constexpr std::chrono::seconds kFarewell{2};  // for what is under way at the end of a connection
constexpr std::size_t kKeptOutput = 16384;    // by a connection that waits for its next request

class Session;

/// What the connections share.
struct Listener {
    Listener(HttpServer::Handler a_handler, HttpServerOptions an_options)
        : handler(std::move(a_handler)),
          options(std::move(an_options)),
          acceptor(context),
          pause(context),
          signals(context) {}

    void Accept();
    void End(Session* session);
    /// Has the session deliver its answer when the commit is done.
    void AwaitCommit(std::shared_ptr<Session> session);
    void Commit();
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
    std::vector<std::shared_ptr<Session>> waiting{};  ///< For the commit. End before the context.
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
        if (answering_) {
            SetTimeout(kFarewell);
        } else {
            Close();
        }
    }

    /// What the commit said is sent instead of the answer.
    void Replace(HttpResponse const& response) { answer_ = response; }

    void Deliver() {
        if (answer_.delay <= std::chrono::milliseconds::zero()) return DeliverNow();
        answering_ = false;  // nobody waits for it at the end
        timer_.expires_after(answer_.delay);
        timer_.async_wait([self = shared_from_this()](error_code const& error) {
            if (error) return;
            self->SetTimeout(self->server_.options.idle_timeout);
            self->DeliverNow();
        });
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
        to_head_ = request.method == "HEAD";
        try {
            answer_ = server_.handler(request);
            if (!CanBeSent(answer_.response)) answer_ = PlainAnswer(500);
        } catch (...) {
            answer_ = PlainAnswer(500);
        }
        answering_ = true;
        if (answer_.after_commit && server_.options.commit) {
            return server_.AwaitCommit(shared_from_this());
        }
        Deliver();
    }

    void DeliverNow() {
        using Delivery = ServerAnswer::Delivery;
        if (answer_.delivery == Delivery::kReset) return Reset();
        if (answer_.delivery == Delivery::kHold) {
            answering_ = false;
            SetTimeout(server_.options.idle_timeout);
            return ReadAndDrop();
        }
        bool const cut = answer_.delivery == Delivery::kCut;
        output_ = AnswerHead(answer_.response, keep_alive_);
        if (HasBody(answer_.response.status) && !to_head_) {
            std::size_t const size = cut ? answer_.body_bytes : std::string::npos;
            output_.append(answer_.response.body, 0, size);
        }
        answer_ = HttpResponse();  // its memory
        if (cut) keep_alive_ = false;
        Write([](Session& self) {
            if (self.keep_alive_) return self.NextRequest();
            self.Close();
        });
    }

    // The connection cannot go on: nobody knows where the next request would begin.
    void Refuse(int status) {
        keep_alive_ = false;
        auto const answer = PlainAnswer(status);
        output_ = AnswerHead(answer, false) + answer.body;
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
        answering_ = true;
        asio::async_write(socket_, asio::buffer(output_),
                          [self = shared_from_this(), then](error_code const& error, std::size_t) {
                              self->answering_ = false;
                              if (self->output_.capacity() > kKeptOutput) self->output_ = {};
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

    void Reset() {
        error_code ignored;
        timer_.cancel();
        socket_.set_option(asio::socket_base::linger(true, 0), ignored);
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
    bool answering_ = false;  ///< There is an answer to wait for at the end.
    bool to_head_ = false;
    ServerAnswer answer_{HttpResponse()};
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

void Listener::AwaitCommit(std::shared_ptr<Session> session) {
    waiting.push_back(std::move(session));
    // Behind the requests that have arrived: one commit is for all of them.
    if (waiting.size() == 1) asio::post(context, [this] { Commit(); });
}

void Listener::Commit() {
    std::optional<HttpResponse> const refusal = options.commit();
    for (auto const& session : std::exchange(waiting, {})) {
        if (refusal) session->Replace(*refusal);
        session->Deliver();
    }
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
    auto state = std::make_unique<State>(std::move(handler), std::move(options));
    auto& acceptor = state->acceptor;
    auto const& asked = state->options;
    tcp::endpoint const endpoint(asio::ip::address_v4::loopback(), asked.port);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) state->port = acceptor.local_endpoint(error).port();
    if (error) {
        return Fail(ErrorCode::kIo, "cannot listen on 127.0.0.1:" + std::to_string(asked.port) +
                                        ": " + error.message());
    }
    std::unique_ptr<HttpServer> server(new HttpServer(std::move(state)));
    if (server->state_->options.stop_on_signals) {
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
