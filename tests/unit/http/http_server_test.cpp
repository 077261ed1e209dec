#include "http/http_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <future>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lddynamo::http {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

HttpResponse Echo(ServerRequest const& request) {
    if (request.target == "/throw") throw std::runtime_error("s3cret");
    if (request.target == "/throw-int") throw 1;
    HttpResponse response;
    response.status = request.target == "/204" ? 204 : 200;
    if (request.target == "/bad") response.headers = {{"X", "a\r\nb"}};
    if (request.target == "/header") {
        auto const* const value = request.Header("x-q");
        response.body = value == nullptr ? "none" : *value;
    } else {
        response.body = request.method + " " + request.target + " " + request.body;
    }
    return response;
}

/// A server in a thread of its own.
class Running {
  public:
    explicit Running(HttpServerOptions options = {})
        : server_(std::move(*HttpServer::Create(Echo, options))) {
        thread_ = std::thread([this] { server_->Run(); });
    }
    ~Running() { Stop(); }
    void Stop() {
        server_->Stop();
        if (thread_.joinable()) thread_.join();
    }
    [[nodiscard]] std::uint16_t Port() const { return server_->Port(); }
    [[nodiscard]] std::string Url(std::string const& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(Port()) + path;
    }

  private:
    std::unique_ptr<HttpServer> server_;
    std::thread thread_;
};

/// A bare client. Reads until the server closes, or until `until` was read.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
        timeval const limit{20, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    ~RawClient() { ::close(fd_); }
    RawClient(RawClient const&) = delete;
    RawClient& operator=(RawClient const&) = delete;
    [[nodiscard]] bool Connected() const { return connected_; }
    RawClient& Send(std::string_view bytes) {
        while (!bytes.empty()) {
            auto const count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (count <= 0) break;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return *this;
    }
    RawClient& FinishSending() {
        ::shutdown(fd_, SHUT_WR);
        return *this;
    }
    std::string Read(std::string_view until = {}) {
        std::string text;
        char bytes[4096];
        while (until.empty() || text.find(until) == std::string::npos) {
            auto const count = ::recv(fd_, bytes, sizeof bytes, 0);
            if (count < 0) return text + " (no end)";
            if (count == 0) return text;
            text.append(bytes, static_cast<std::size_t>(count));
        }
        return text;
    }

  private:
    int fd_;
    bool connected_ = false;
};

TEST(HttpServerTest, AnswersOverAKeptConnection) {
    Running const server;
    auto const transport = MakeHttpTransport();
    for (int i = 0; i < 3; ++i) {
        auto const answer =
            transport->Send({.method = "POST", .url = server.Url("/a?b"), .body = "hi"});
        ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
        EXPECT_EQ(answer->body, "POST /a?b hi");
        EXPECT_EQ(*answer->Header("Connection"), "keep-alive");
        EXPECT_THAT(*answer->Header("Date"), ::testing::EndsWith(" GMT"));
    }
    auto const header = transport->Send({.url = server.Url("/header"), .headers = {{"X-Q", "v"}}});
    EXPECT_EQ(header->body, "v");
}

TEST(HttpServerTest, AnswersHeadAnd204WithoutABody) {
    Running const server;
    auto const transport = MakeHttpTransport();
    auto const head = transport->Send({.method = "HEAD", .url = server.Url()});
    EXPECT_EQ(*head->Header("Content-Length"), "7");
    EXPECT_EQ(head->body, "");
    auto const none = transport->Send({.url = server.Url("/204")});
    EXPECT_EQ(none->status, 204);
    EXPECT_EQ(none->Header("Content-Length"), nullptr);
}

TEST(HttpServerTest, AFailingHandlerIsA500) {
    Running const server;
    auto const transport = MakeHttpTransport();
    for (char const* const path : {"/throw", "/throw-int", "/bad"}) {
        auto const answer = transport->Send({.url = server.Url(path)});
        ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
        EXPECT_EQ(answer->status, 500);
        EXPECT_EQ(answer->body, "Internal Server Error\n");
    }
    EXPECT_EQ(transport->Send({.url = server.Url()})->status, 200);
}

TEST(HttpServerTest, TakesPipelinedRequests) {
    Running const server;
    RawClient client(server.Port());
    client.Send(
        "POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiPOST /2 HTTP/1.1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n2\r\nyo\r\n0\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\nGET /4");
    auto const text = client.Read();
    EXPECT_THAT(text, HasSubstr("POST /1 hi"));
    EXPECT_THAT(text, HasSubstr("POST /2 yo"));
    EXPECT_THAT(text, ::testing::EndsWith("GET /3 "));
}

TEST(HttpServerTest, AsksToContinue) {
    Running const server;
    RawClient client(server.Port());
    client.Send("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.Read("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.Send("hi");
    EXPECT_THAT(client.Read("POST / hi"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST(HttpServerTest, RefusesBadRequestsAndCloses) {
    Running const server({.max_body_bytes = 100});
    struct Bad {
        std::string request;
        char const* status;
    };
    for (auto const& bad :
         {Bad{"nonsense\r\n\r\n", "400"}, Bad{"GET /\r\n\r\n", "400"},
          Bad{"GET / HTTP/2.0\r\n\r\n", "400"},
          Bad{"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400"},
          Bad{"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'), "413"},
          Bad{"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", "413"},
          Bad{"GET / HTTP/1.1\r\nX: " + std::string(70000, 'x') + "\r\n\r\n", "431"}}) {
        RawClient client(server.Port());
        auto const text = client.Send(bad.request).FinishSending().Read();
        EXPECT_THAT(text, StartsWith(std::string("HTTP/1.1 ") + bad.status));
        EXPECT_THAT(text, HasSubstr("Connection: close\r\n"));
        EXPECT_THAT(text, ::testing::Not(HasSubstr("(no end)")));
    }
    EXPECT_EQ(MakeHttpTransport()->Send({.url = server.Url()})->status, 200);
}

TEST(HttpServerTest, TellsASenderOfTooMuchEvenWhileItSends) {
    Running const server({.max_body_bytes = 1000});
    HttpRequest request;
    request.method = "POST";
    request.url = server.Url();
    request.body.assign(32U << 20U, 'x');
    request.timeout = 20s;
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(answer->status, 413);
}

TEST(HttpServerTest, ClosesConnectionsThatDoNotGetAnywhere) {
    Running const server({.idle_timeout = 50ms});
    RawClient idle(server.Port());
    EXPECT_EQ(idle.Read(), "");
    RawClient slow(server.Port());
    EXPECT_EQ(slow.Send("GET / HT").Read(), "");
}

TEST(HttpServerTest, ServesMoreClientsThanItHasConnections) {
    Running const server({.max_connections = 2});
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<RawClient>(server.Port()));
        ASSERT_TRUE(clients.back()->Connected());
        clients.back()->Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
    }
    for (auto const& client : clients) EXPECT_THAT(client->Read(), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServerTest, HasAnswersLostInEveryWay) {
    using Delivery = ServerAnswer::Delivery;
    auto const server = std::move(*HttpServer::Create(
        [](ServerRequest const& request) {
            HttpResponse response;
            response.status = 200;
            response.body = "0123456789";
            ServerAnswer answer(response);
            if (request.target == "/cut") answer.delivery = Delivery::kCut;
            if (request.target == "/reset") answer.delivery = Delivery::kReset;
            if (request.target == "/hold") answer.delivery = Delivery::kHold;
            if (request.target == "/late") answer.delay = 1ms;
            answer.body_bytes = 4;
            return answer;
        },
        {.idle_timeout = 300ms}));
    std::thread thread([&] { server->Run(); });
    RawClient cut(server->Port());
    std::string const text = cut.Send("GET /cut HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n").Read();
    EXPECT_THAT(text, HasSubstr("Content-Length: 10\r\n"));
    EXPECT_THAT(text, EndsWith("\r\n\r\n0123"));
    RawClient reset(server->Port());
    EXPECT_EQ(reset.Send("GET /reset HTTP/1.1\r\n\r\n").Read(), " (no end)");
    EXPECT_EQ(errno, ECONNRESET);
    RawClient hold(server->Port());  // until the idle timeout
    EXPECT_EQ(hold.Send("GET /hold HTTP/1.1\r\n\r\nmore").Read(), "");
    RawClient late(server->Port());
    EXPECT_THAT(late.Send("GET /late HTTP/1.1\r\n\r\n").Read("789"), EndsWith("0123456789"));
    RawClient gone(server->Port());  // ends the connection while it is held
    EXPECT_EQ(gone.Send("GET /hold HTTP/1.1\r\n\r\n").FinishSending().Read(), "");
    server->Stop();
    thread.join();
}

TEST(HttpServerTest, StopsWithAnswersHeldAndDelayed) {
    auto const server = std::move(*HttpServer::Create([](ServerRequest const& request) {
        ServerAnswer answer(Echo(request));
        if (request.target == "/hold") answer.delivery = ServerAnswer::Delivery::kHold;
        if (request.target == "/late") answer.delay = 1h;
        return answer;
    }));
    std::thread thread([&] { server->Run(); });
    RawClient hold(server->Port());
    hold.Send("GET /hold HTTP/1.1\r\n\r\n");
    RawClient late(server->Port());
    late.Send("GET /late HTTP/1.1\r\n\r\n");
    // Answered after both were taken.
    EXPECT_THAT(RawClient(server->Port()).Send("GET / HTTP/1.1\r\n\r\n").Read("GET / "),
                StartsWith("HTTP/1.1 200"));
    server->Stop();
    thread.join();
    EXPECT_EQ(hold.Read(), "");
    EXPECT_EQ(late.Read(), "");
}

TEST(HttpServerTest, CommitsBeforeItAnswersAndOnceForMany) {
    int commits = 0;
    std::vector<std::string> pending;
    std::promise<void> busy;
    std::promise<void> go_on;
    HttpServerOptions options;
    options.commit = [&]() -> std::optional<HttpResponse> {
        ++commits;
        auto const done = std::exchange(pending, {});
        if (std::find(done.begin(), done.end(), "/refused") == done.end()) return std::nullopt;
        HttpResponse response;
        response.status = 503;
        return response;
    };
    auto const server = std::move(*HttpServer::Create(
        [&](ServerRequest const& request) {
            if (request.target == "/busy") {
                busy.set_value();
                go_on.get_future().wait();
            }
            ServerAnswer answer(Echo(request));
            answer.after_commit = request.method == "PUT";
            if (answer.after_commit) pending.push_back(request.target);
            return answer;
        },
        std::move(options)));
    std::thread thread([&] { server->Run(); });
    RawClient first(server->Port());
    RawClient second(server->Port());
    RawClient third(server->Port());
    for (RawClient* client : {&first, &second}) {
        client->Send("GET / HTTP/1.1\r\n\r\n");
        EXPECT_THAT(client->Read("GET / "), StartsWith("HTTP/1.1 200"));
    }
    third.Send("GET /busy HTTP/1.1\r\n\r\n");
    busy.get_future().wait();
    // Both have arrived when the server looks again.
    first.Send("PUT /1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    second.Send("PUT /2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    go_on.set_value();
    EXPECT_THAT(first.Read("PUT /1 "), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(second.Read("PUT /2 "), StartsWith("HTTP/1.1 200"));
    first.Send("PUT /refused HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    EXPECT_THAT(first.Read("\r\n\r\n"), StartsWith("HTTP/1.1 503"));
    server->Stop();
    thread.join();
    EXPECT_EQ(commits, 2);
}

TEST(HttpServerTest, StopsAtOnceWithIdleConnectionsOpen) {
    Running server;
    RawClient idle(server.Port());
    idle.Send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_THAT(idle.Read("GET / "), StartsWith("HTTP/1.1 200"));
    auto const begin = std::chrono::steady_clock::now();
    server.Stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
    EXPECT_EQ(idle.Read(), "");
    EXPECT_FALSE(MakeHttpTransport()->Send({.url = server.Url()}).has_value());
}

TEST(HttpServerTest, StopsWithAnAnswerThatNobodyReads) {
    auto server = std::move(*HttpServer::Create([](ServerRequest const&) {
        HttpResponse response;
        response.status = 200;
        response.body.assign(64U << 20U, 'x');
        return response;
    }));
    std::thread thread([&] { server->Run(); });
    RawClient client(server->Port());
    client.Send("GET / HTTP/1.1\r\n\r\n");
    EXPECT_THAT(client.Read("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
    server->Stop();
    thread.join();  // the test's own time limit is the check
}

TEST(HttpServerTest, MayBeStoppedBeforeItRuns) {
    auto const server = std::move(*HttpServer::Create(Echo));
    server->Stop();
    server->Run();
    auto const never_run = HttpServer::Create(Echo);
    EXPECT_TRUE(never_run.has_value());
}

TEST(HttpServerTest, EndsAtASignal) {
    for (int const signal : {SIGINT, SIGTERM}) {
        auto const running = std::move(*HttpServer::Create(Echo, {.stop_on_signals = true}));
        std::thread thread([&] { running->Run(); });
        auto const url = "http://127.0.0.1:" + std::to_string(running->Port()) + "/";
        ASSERT_TRUE(MakeHttpTransport()->Send({.url = url}).has_value());  // it runs by now
        ::kill(::getpid(), signal);
        thread.join();
    }
}

TEST(HttpServerTest, EndsAtASignalThatCameBeforeRun) {
    for (int const signal : {SIGINT, SIGTERM}) {
        auto const server = std::move(*HttpServer::Create(Echo, {.stop_on_signals = true}));
        ::kill(::getpid(), signal);
        server->Run();
    }
}

TEST(HttpServerTest, SaysThatThePortIsTaken) {
    Running const server;
    auto const second = HttpServer::Create(Echo, {.port = server.Port()});
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::kIo);
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(server.Port())));
}

}  // namespace
}  // namespace lddynamo::http
