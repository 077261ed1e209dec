#include "http/http_message.hpp"
#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using test_support::RawPeer;
using test_support::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

std::string const kOk = "HTTP/1.1 200 OK\r\n";

HttpRequest Post(std::string url, std::string body = "{}") {
    HttpRequest request;
    request.method = "POST";
    request.url = std::move(url);
    request.body = std::move(body);
    return request;
}

TEST(HttpTransportTest, SendsTheRequestAndGivesTheAnswer) {
    std::string seen;
    {
        RawServer const server([&](RawPeer& peer, int) {
            seen = peer.ReadRequest();
            peer.Send("HTTP/1.1 418 Teapot\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
        });
        auto request = Post(server.Url("/p?q=1"), "body");
        request.headers = {{"X-H", "v"}};
        auto const answer = MakeHttpTransport()->Send(request);
        ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
        EXPECT_EQ(answer->status, 418);
        EXPECT_EQ(answer->body, "hello");
        EXPECT_EQ(*answer->Header("x-a"), "b");
    }
    EXPECT_THAT(seen, ::testing::StartsWith("POST /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:"));
    EXPECT_THAT(seen, HasSubstr("\r\nX-H: v\r\n"));
    EXPECT_THAT(seen, ::testing::EndsWith("\r\n\r\nbody"));
}

TEST(HttpTransportTest, OpensNothingBeforeTheFirstRequest) {
    RawServer const server([](RawPeer& peer, int) { peer.WaitForClose(); });
    auto const transport = MakeHttpTransport({.ca_file = "/nowhere"});
    EXPECT_EQ(server.Connections(), 0);
}

TEST(HttpTransportTest, CarriesLargeBodiesBothWays) {
    std::string const big(8U << 20U, 'x');
    RawServer const server([](RawPeer& peer, int) {
        auto const request = peer.ReadRequest();
        peer.Answer(request.substr(request.find("\r\n\r\n") + 4));
    });
    auto request = Post(server.Url(), big);
    request.timeout = 60s;
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_TRUE(answer->body == big);
}

TEST(HttpTransportTest, LocalhostReachesAServerOnEitherFamily) {
    for (bool const ipv6 : {false, true}) {
        std::unique_ptr<RawServer> server;
        try {
            server = std::make_unique<RawServer>(
                [](RawPeer& peer, int) {
                    while (!peer.ReadRequest().empty()) peer.Answer("ok");
                },
                ipv6);
        } catch (std::exception const&) {
            ASSERT_TRUE(ipv6) << "IPv4 there must be";
            return;  // this machine has no IPv6
        }
        auto const port = std::to_string(server->Port());
        auto const transport = MakeHttpTransport();
        auto const by_name = transport->Send({.url = "http://localhost:" + port + "/"});
        ASSERT_TRUE(by_name.has_value()) << by_name.error().Describe();
        auto const by_address = transport->Send({.url = server->Url()});
        ASSERT_TRUE(by_address.has_value()) << by_address.error().Describe();
    }
}

TEST(HttpTransportTest, SaysThatNobodyListens) {
    auto const port = std::to_string(test_support::FreePort());
    auto const answer = MakeHttpTransport()->Send({.url = "http://127.0.0.1:" + port + "/?s3cret"});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kConnection);
    EXPECT_TRUE(answer.error().retryable);
    EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:" + port));
    EXPECT_THAT(answer.error().message, HasSubstr("refused"));
    EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

TEST(HttpTransportTest, RefusesWhatCannotBeSent) {
    RawServer const server([](RawPeer& peer, int) { peer.WaitForClose(); });
    auto const transport = MakeHttpTransport();
    auto const code = [&](HttpRequest request) {
        if (request.url.empty()) request.url = server.Url();
        auto const answer = transport->Send(std::move(request));
        return answer ? ErrorCode::kInternal : answer.error().code;
    };
    EXPECT_EQ(code({.url = "ftp://x/"}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.url = server.Url("/\r\nX: y")}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.method = "G\nT"}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.headers = {{"A", "b\r\nC: d"}}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(code({.headers = {{"A\r", "b"}}}), ErrorCode::kInvalidArgument);
    EXPECT_EQ(server.Connections(), 0);
}

// What a server may do wrong, and what comes of it.
struct Fault {
    char const* name;
    std::function<void(RawPeer&)> behaviour;
    ErrorCode code;
    std::string message;
    std::size_t max_response_bytes = 1000;
};

class HttpFaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(HttpFaultTest, IsAClearErrorInTime) {
    auto const& fault = GetParam();
    RawServer const server([&](RawPeer& peer, int) {
        if (!peer.ReadRequest().empty()) fault.behaviour(peer);
    });
    auto request = Post(server.Url("/path?s3cret"));
    request.headers = {{"Authorization", "s3cret"}};
    request.timeout = 150ms;
    if (fault.code != ErrorCode::kTimeout) request.timeout = 20s;
    request.max_response_bytes = fault.max_response_bytes;
    auto const begin = std::chrono::steady_clock::now();
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_FALSE(answer.has_value()) << answer->status << answer->body;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 15s);
    EXPECT_EQ(answer.error().code, fault.code) << answer.error().Describe();
    EXPECT_THAT(answer.error().message, HasSubstr(fault.message));
    EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:" + std::to_string(server.Port())));
    EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
    EXPECT_EQ(server.Connections(), 1) << "only a kept connection is replaced";
}

void Repeat(RawPeer& peer, std::string_view begin, std::string_view again) {
    peer.Send(begin);
    while (peer.Send(again)) {
    }
}

INSTANTIATE_TEST_SUITE_P(
    All, HttpFaultTest,
    ::testing::Values(
        Fault{"Closes", [](RawPeer&) {}, ErrorCode::kConnection, "closed before it answered"},
        Fault{"Resets", [](RawPeer& peer) { peer.Reset(); }, ErrorCode::kConnection,
              "closed before it answered"},
        Fault{"ClosesInHeaders", [](RawPeer& peer) { peer.Send(kOk + "Content-"); },
              ErrorCode::kConnection, "closed before the answer was whole"},
        Fault{"ClosesInBody", [](RawPeer& peer) { peer.Send(kOk + "Content-Length: 3\r\n\r\nhi"); },
              ErrorCode::kConnection, "closed before the answer was whole"},
        Fault{"ClosesInChunks",
              [](RawPeer& peer) { peer.Send(kOk + "Transfer-Encoding: chunked\r\n\r\n9\r\nhi"); },
              ErrorCode::kConnection, "closed before the answer was whole"},
        Fault{"NeverAnswers", [](RawPeer& peer) { peer.WaitForClose(); }, ErrorCode::kTimeout,
              "150 ms"},
        Fault{"StopsInBody",
              [](RawPeer& peer) {
                  peer.Send(kOk + "Content-Length: 3\r\n\r\nhi");
                  peer.WaitForClose();
              },
              ErrorCode::kTimeout, "150 ms"},
        Fault{"Drips",
              [](RawPeer& peer) {
                  peer.Send(kOk + "Content-Length: 1000\r\n\r\n");
                  while (peer.Send("x")) std::this_thread::sleep_for(5ms);
              },
              ErrorCode::kTimeout, "150 ms"},
        Fault{"IsNotHttp",
              [](RawPeer& peer) { peer.Send("SSH-2.0-OpenSSH\r\n"), peer.WaitForClose(); },
              ErrorCode::kConnection, "not HTTP"},
        Fault{"IsBareHtml", [](RawPeer& peer) { peer.Send("<html>\r\n\r\n"); },
              ErrorCode::kConnection, "not HTTP"},
        Fault{"DeclaresTooMuch",
              [](RawPeer& peer) {
                  peer.Send(kOk + "Content-Length: 1001\r\n\r\n"), peer.WaitForClose();
              },
              ErrorCode::kTooLarge, "1000 bytes"},
        Fault{"DeclaresAbsurdly",
              [](RawPeer& peer) {
                  peer.Send(kOk + "Content-Length: 9999999999999999\r\n\r\n"), peer.WaitForClose();
              },
              ErrorCode::kTooLarge, "67108864 bytes", 64U << 20U},
        Fault{"ChunksForEver",
              [](RawPeer& peer) {
                  Repeat(peer, kOk + "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n");
              },
              ErrorCode::kTooLarge, "1000 bytes"},
        Fault{"TalksForEver", [](RawPeer& peer) { Repeat(peer, kOk + "\r\n", "hello "); },
              ErrorCode::kTooLarge, "1000 bytes"},
        Fault{"FloodsHeaders",
              [](RawPeer& peer) { Repeat(peer, kOk, "X-Flood: again and again\r\n"); },
              ErrorCode::kTooLarge, "headers"}),
    [](auto const& test) { return test.param.name; });

TEST(HttpTransportTest, HtmlIsAnAnswerLikeAnyOther) {
    for (int const status : {200, 500}) {
        RawServer const server([status](RawPeer& peer, int) {
            static_cast<void>(peer.ReadRequest());
            peer.Send("HTTP/1.1 " + std::to_string(status) + " X\r\n\r\n<html>no</html>");
        });
        auto const answer = MakeHttpTransport()->Send(Post(server.Url()));
        ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
        EXPECT_EQ(answer->status, status);
        EXPECT_EQ(answer->body, "<html>no</html>");
    }
}

TEST(HttpTransportTest, GivesTheRefusalOfAServerThatDoesNotReadTheBody) {
    RawServer const server([](RawPeer& peer, int) {
        char byte = 0;
        static_cast<void>(::read(peer.Fd(), &byte, 1));
        peer.Send("HTTP/1.1 413 No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");
        ::shutdown(peer.Fd(), SHUT_RD);
        peer.WaitForClose();
    });
    auto request = Post(server.Url(), std::string(64U << 20U, 'x'));
    request.timeout = 20s;
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    // The kernel may drop the answer together with the connection: then it is a connection error.
    if (answer) {
        EXPECT_EQ(answer->status, 413);
    } else {
        EXPECT_EQ(answer.error().code, ErrorCode::kConnection) << answer.error().Describe();
    }
}

/// A listener of 127.0.0.1 whose queue is full: connects hang, as to a host that drops packets.
class HangingListener {
  public:
    explicit HangingListener(std::uint16_t port = 0)
        : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        listens_ = ::bind(listener_, generic, length) == 0 && ::listen(listener_, 0) == 0 &&
                   ::getsockname(listener_, generic, &length) == 0;
        port_ = ntohs(address.sin_port);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            static_cast<void>(::connect(filler, generic, length));
        }
    }
    ~HangingListener() {
        for (int const filler : fillers_) ::close(filler);
        ::close(listener_);
    }
    HangingListener(HangingListener const&) = delete;
    HangingListener& operator=(HangingListener const&) = delete;
    [[nodiscard]] bool Listens() const noexcept { return listens_; }
    [[nodiscard]] std::uint16_t Port() const noexcept { return port_; }

  private:
    int listener_;
    int fillers_[4] = {};
    bool listens_ = false;
    std::uint16_t port_ = 0;
};

TEST(HttpTransportTest, TimesOutWhenNobodyAccepts) {
    HangingListener const listener;
    ASSERT_TRUE(listener.Listens());
    auto const transport = MakeHttpTransport({.connect_timeout = 60ms});
    auto const begin = std::chrono::steady_clock::now();
    auto const answer =
        transport->Send({.url = "http://127.0.0.1:" + std::to_string(listener.Port()) + "/"});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout) << answer.error().Describe();
    EXPECT_THAT(answer.error().message, HasSubstr("connect"));
    EXPECT_THAT(answer.error().message, HasSubstr("60 ms"));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 60ms);
}

TEST(HttpTransportTest, AnAddressThatHangsLeavesTimeForTheNext) {
    std::unique_ptr<RawServer> server;
    std::unique_ptr<HangingListener> listener;
    // The server's port may be taken on 127.0.0.1; then another is tried.
    for (int tries = 0; tries < 20 && (!listener || !listener->Listens()); ++tries) {
        try {
            server = std::make_unique<RawServer>(
                [](RawPeer& peer, int) {
                    static_cast<void>(peer.ReadRequest());
                    peer.Answer("ok");
                },
                true);
        } catch (std::exception const&) {
            GTEST_SKIP() << "this machine has no IPv6";
        }
        listener = std::make_unique<HangingListener>(server->Port());
    }
    ASSERT_TRUE(listener->Listens());
    auto const transport = MakeHttpTransport({.connect_timeout = 400ms});
    auto const answer =
        transport->Send({.url = "http://localhost:" + std::to_string(server->Port()) + "/"});
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(answer->body, "ok");
}

#ifndef __SANITIZE_ADDRESS__  // UBSan itself needs file descriptors to check a caught exception
TEST(HttpTransportTest, AnswersEvenWithoutFileDescriptors) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    int const next = ::dup(0);
    ::close(next);
    rlimit few = before;
    few.rlim_cur = static_cast<rlim_t>(next);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    auto const transport = MakeHttpTransport();
    auto const answer = transport->Send({.url = "http://127.0.0.1:1/"});
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kConnection);
    EXPECT_THAT(answer.error().message, HasSubstr("cannot open"));
}
#endif

}  // namespace
}  // namespace lddynamo
