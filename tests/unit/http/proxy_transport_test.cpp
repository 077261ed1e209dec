// Requests through proxies that do what they like.
#include "http/asio_transport.hpp"
#include "support/capturing_sink.hpp"
#include "support/raw_server.hpp"
#include "test_certificates.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using test_support::RawPeer;
using test_support::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUser[] = "us%C3%A4r";
constexpr char kPassword[] = "p%40ssw0rd-s3cret";
constexpr char kBasic[] = "dXPDpHI6cEBzc3cwcmQtczNjcmV0";  // of "usär:p@ssw0rd-s3cret"

std::string ProxyUrl(RawServer const& proxy, std::string const& scheme = "http://") {
    return scheme + kUser + ":" + kPassword + "@127.0.0.1:" + std::to_string(proxy.Port());
}

int ConnectTo(std::uint16_t port) {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

/// Carries bytes both ways until either side ends.
void Carry(int a, int b) {
    pollfd both[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    char bytes[16384];
    for (;;) {
        if (::poll(both, 2, 20000) <= 0) return;
        for (int i = 0; i < 2; ++i) {
            if (both[i].revents == 0) continue;
            ssize_t const count = ::recv(both[i].fd, bytes, sizeof bytes, 0);
            if (count <= 0) return;
            if (::send(both[1 - i].fd, bytes, static_cast<std::size_t>(count), MSG_NOSIGNAL) !=
                count) {
                return;
            }
        }
    }
}

/// Opens a tunnel to the port that the CONNECT names, on this machine whatever its host.
void OpenTunnel(RawPeer& peer, std::string const& request) {
    auto const colon = request.find(':');
    int const fd = ConnectTo(static_cast<std::uint16_t>(std::stoi(request.substr(colon + 1))));
    if (fd < 0) return;
    peer.Send("HTTP/1.1 200 Connection established\r\nContent-Length: 7\r\n\r\n");
    Carry(peer.Fd(), fd);
    ::close(fd);
}

/// What a server's thread saw last.
class Seen {
  public:
    void Set(std::string text) {
        std::scoped_lock const lock(mutex_);
        text_ = std::move(text);
    }
    [[nodiscard]] std::string Get() const {
        std::scoped_lock const lock(mutex_);
        return text_;
    }

  private:
    mutable std::mutex mutex_;
    std::string text_;  // guarded by mutex_
};

std::string Describe(Result<HttpResponse> const& answer) {
    return answer ? answer->body : answer.error().Describe();
}

TEST(ProxyTransportTest, AsksForHttpUrlsAsAWhole) {
    Seen seen;
    RawServer const proxy([&](RawPeer& peer, int number) {
        for (;;) {
            auto request = peer.ReadRequest();
            if (request.empty()) return;
            seen.Set(std::move(request));
            peer.Answer(std::to_string(number));
        }
    });
    {
        auto const transport = MakeHttpTransport({.proxy = ProxyUrl(proxy)});
        EXPECT_EQ(Describe(transport->Send({.url = "http://one.test:8000/p?q", .body = "x"})), "0");
        EXPECT_THAT(seen.Get(),
                    ::testing::StartsWith(
                        "GET http://one.test:8000/p?q HTTP/1.1\r\nHost: one.test:8000\r\n"));
        EXPECT_THAT(seen.Get(),
                    HasSubstr("\r\nProxy-Authorization: Basic " + std::string(kBasic) + "\r\n"));
        // Another host, but the same proxy: the connection serves both.
        EXPECT_EQ(Describe(transport->Send({.url = "http://two.test/"})), "0");
        EXPECT_EQ(proxy.Connections(), 1);
    }
}

TEST(ProxyTransportTest, RequestsThatMustNotGoThroughAProxyDoNot) {
    RawServer const proxy([](RawPeer& peer, int) { peer.WaitForClose(); });
    RawServer const server([](RawPeer& peer, int) {
        auto const request = peer.ReadRequest();
        peer.Answer(request.find("Proxy-Authorization") == std::string::npos ? "ok" : "leaked");
    });
    auto const transport = MakeHttpTransport({.proxy = ProxyUrl(proxy)});
    EXPECT_EQ(Describe(transport->Send({.url = server.Url(), .bypass_proxy = true})), "ok");
    auto const excepted = MakeHttpTransport({.proxy = ProxyUrl(proxy), .no_proxy = "127.0.0.0/8"});
    EXPECT_EQ(Describe(excepted->Send({.url = server.Url()})), "ok");
    EXPECT_EQ(proxy.Connections(), 0);
}

TEST(ProxyTransportTest, AConnectionIsForOneWay) {
    auto const answer = [](char const* name) {
        return [name](RawPeer& peer, int) {
            while (!peer.ReadRequest().empty()) peer.Answer(name);
        };
    };
    RawServer const proxy(answer("proxy"));
    RawServer const server(answer("server"));
    auto const transport = MakeHttpTransport({.proxy = ProxyUrl(proxy)});
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(Describe(transport->Send({.url = server.Url()})), "proxy");
        EXPECT_EQ(Describe(transport->Send({.url = server.Url(), .bypass_proxy = true})), "server");
    }
    EXPECT_EQ(proxy.Connections(), 1);
    EXPECT_EQ(server.Connections(), 1);
}

TEST(ProxyTransportTest, AMalformedProxyIsAnError) {
    auto const transport = MakeHttpTransport({.proxy = "socks5://u:s3cret@h"});
    auto const answer = transport->Send({.url = "http://h/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

TEST(ProxyTransportTest, NamesAProxyThatIsNotThere) {
    auto const port = std::to_string(test_support::FreePort());
    auto const gone = MakeHttpTransport({.proxy = "http://u:s3cret@127.0.0.1:" + port});
    EXPECT_THAT(Describe(gone->Send({.url = "http://h/"})),
                ::testing::AllOf(HasSubstr("the proxy 127.0.0.1:" + port), HasSubstr("refused"),
                                 Not(HasSubstr("s3cret"))));
    auto const unknown = http::MakeAsioTransport(
        {.proxy = "http://u:s3cret@proxy.test"},
        [](std::string const&, std::uint16_t) -> Result<std::vector<http::SocketAddress>> {
            return Fail(ErrorCode::kConnection, "cannot resolve it");
        });
    EXPECT_EQ(Describe(unknown->Send({.url = "http://h/"})),
              "connection: the proxy proxy.test:80: cannot resolve it");
}

/// A server behind TLS, and proxies that lead to it.
class TunnelTest : public ::testing::Test {
  protected:
    HttpTransportOptions Options(RawServer const& proxy, std::string const& scheme = "http://") {
        HttpTransportOptions options;
        options.ca_file = file_;
        options.proxy = ProxyUrl(proxy, scheme);
        options.connect_timeout = 20s;
        options.attempt_timeout = 20s;
        options.logger = Logger(sink_);
        return options;
    }
    [[nodiscard]] std::string Url() const { return server_.Raw().HttpsUrl("db.test"); }
    void ExpectNoSecrets() const {
        for (auto const& line : sink_->Lines()) {
            EXPECT_THAT(line, Not(HasSubstr("s3cret")));
            EXPECT_THAT(line, Not(HasSubstr(std::string(kBasic).substr(4, 8)))) << line;
        }
    }

    test_support::TemporaryFolder const folder_;
    test_support::Identity const authority_ = test_support::MakeAuthority("root");
    std::string const file_ = folder_.Write("root.pem", authority_.Pem());
    test_support::TlsServer const server_{
        test_support::MakeServerIdentity(authority_, "DNS:db.test")};
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
};

TEST_F(TunnelTest, LeadsToTheServerWhoseNameIsChecked) {
    Seen seen;
    RawServer const proxy([&](RawPeer& peer, int) {
        auto const request = peer.ReadRequest();
        seen.Set(request);
        OpenTunnel(peer, request);
    });
    auto const port = std::to_string(server_.Raw().Port());
    {
        auto const transport = MakeHttpTransport(Options(proxy));
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(Describe(transport->Send({.url = Url()})), "0 new");
        }
        EXPECT_EQ(proxy.Connections(), 1) << "the tunnel is kept";
        EXPECT_EQ(seen.Get(), "CONNECT db.test:" + port + " HTTP/1.1\r\nHost: db.test:" + port +
                                  "\r\nProxy-Authorization: Basic " + kBasic + "\r\n\r\n");
        auto const other = transport->Send({.url = server_.Raw().HttpsUrl("other.test")});
        EXPECT_THAT(Describe(other), HasSubstr("ostname mismatch"));
        EXPECT_EQ(proxy.Connections(), 2) << "a tunnel leads to one host";
    }
    ExpectNoSecrets();
}

TEST_F(TunnelTest, AProxyMaySpeakTlsItself) {
    test_support::Identity const identity =
        test_support::MakeServerIdentity(authority_, "IP:127.0.0.1");
    // TLS towards the client, plain towards a proxy without.
    RawServer const inner([](RawPeer& peer, int) {
        auto const request = peer.ReadRequest();
        if (request.starts_with("CONNECT")) return OpenTunnel(peer, request);
        peer.Answer(request.substr(0, request.find(' ', 4)));
    });
    test_support::TlsFront const proxy(identity, inner.Port());
    auto const transport = MakeHttpTransport(Options(proxy.Raw(), "https://"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(Describe(transport->Send({.url = Url()})), "0 new");
    EXPECT_EQ(Describe(transport->Send({.url = "http://plain.test/x"})), "GET http://plain.test/x");
    ExpectNoSecrets();
    // One that is not who it should be gets no password.
    auto options = Options(proxy.Raw(), "https://");
    options.ca_file = folder_.Write("other.pem", test_support::MakeAuthority("other").Pem());
    EXPECT_THAT(
        Describe(MakeHttpTransport(options)->Send({.url = Url()})),
        ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("of the proxy 127.0.0.1")));
}

struct Refusal {
    char const* name;
    std::function<void(RawPeer&)> behaviour;
    ErrorCode code;
    std::string message;
    bool retryable;
};

void PrintTo(Refusal const& refusal, std::ostream* out) {
    *out << refusal.name;
}

class ProxyFaultTest : public TunnelTest, public ::testing::WithParamInterface<Refusal> {};

TEST_P(ProxyFaultTest, IsAClearErrorInTime) {
    auto const& refusal = GetParam();
    {
        RawServer const proxy([&](RawPeer& peer, int) {
            if (!peer.ReadRequest().empty()) refusal.behaviour(peer);
        });
        auto options = Options(proxy);
        if (refusal.code == ErrorCode::kTimeout) options.connect_timeout = 80ms;
        auto const answer = MakeHttpTransport(options)->Send({.url = Url()});
        ASSERT_FALSE(answer) << answer->body;
        EXPECT_EQ(answer.error().code, refusal.code) << answer.error().Describe();
        EXPECT_EQ(answer.error().retryable, refusal.retryable);
        EXPECT_THAT(answer.error().message, HasSubstr(refusal.message));
        EXPECT_THAT(answer.error().message,
                    HasSubstr("the proxy 127.0.0.1:" + std::to_string(proxy.Port())));
        EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
        EXPECT_LE(proxy.Connections(), 1);
    }
    EXPECT_EQ(server_.Raw().Connections(), 0);
    ExpectNoSecrets();
}

void SendWhileListened(RawPeer& peer, std::string_view begin, std::string_view again,
                       std::chrono::milliseconds pause = 0ms) {
    peer.Send(begin);
    while (peer.Send(again)) std::this_thread::sleep_for(pause);
}

INSTANTIATE_TEST_SUITE_P(
    All, ProxyFaultTest,
    ::testing::Values(
        Refusal{"Wants407",
                [](RawPeer& peer) {
                    peer.Send(
                        "HTTP/1.1 407 P\r\nProxy-Authenticate: Basic\r\n"
                        "Content-Length: 5\r\n\r\n<html");
                },
                ErrorCode::kAccessDenied, "does not accept user and password", false},
        Refusal{"Forbids", [](RawPeer& peer) { peer.Send("HTTP/1.1 403 No\r\n\r\n<html>"); },
                ErrorCode::kAccessDenied, "refuses to connect to db.test:", false},
        Refusal{"IsNoProxy",
                [](RawPeer& peer) { peer.Send("HTTP/1.1 405 M\r\nContent-Length: 0\r\n\r\n"); },
                ErrorCode::kAccessDenied, "refuses to connect", false},
        Refusal{"CannotConnect", [](RawPeer& peer) { peer.Send("HTTP/1.1 502 Bad\r\n\r\n<html>"); },
                ErrorCode::kConnection, "refuses to connect to db.test:", true},
        Refusal{"Redirects",
                [](RawPeer& peer) { peer.Send("HTTP/1.1 302 F\r\nLocation: http://x/\r\n\r\n"); },
                ErrorCode::kConnection, "refuses to connect", false},
        Refusal{"IsHtml", [](RawPeer& peer) { peer.Send("<html>\r\n\r\n"); },
                ErrorCode::kConnection, "is not HTTP", true},
        Refusal{"Closes", [](RawPeer&) {}, ErrorCode::kConnection, "closed before it opened", true},
        Refusal{"ClosesInHeaders", [](RawPeer& peer) { peer.Send("HTTP/1.1 200 OK\r\nX"); },
                ErrorCode::kConnection, "closed before it opened", true},
        Refusal{"SendsABody",
                [](RawPeer& peer) {
                    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>");
                    peer.WaitForClose();
                },
                ErrorCode::kConnection, "sent something else than a tunnel", true},
        Refusal{"Hangs", [](RawPeer& peer) { peer.WaitForClose(); }, ErrorCode::kTimeout,
                "the tunnel of the proxy", true},
        Refusal{"Drips",
                [](RawPeer& peer) { SendWhileListened(peer, "HTTP/1.1 200 OK\r\nX: ", "x", 5ms); },
                ErrorCode::kTimeout, "80 ms", true},
        Refusal{"FloodsHeaders",
                [](RawPeer& peer) { SendWhileListened(peer, "HTTP/1.1 200 OK\r\n", "A: b\r\n"); },
                ErrorCode::kTooLarge, "headers", false},
        Refusal{"FloodsInterim",
                [](RawPeer& peer) { SendWhileListened(peer, "", "HTTP/1.1 103 E\r\n\r\n"); },
                ErrorCode::kConnection, "is not HTTP", true}),
    [](auto const& test) { return test.param.name; });

TEST_F(TunnelTest, ARefusalOfAPlainRequestIsNamedToo) {
    RawServer const proxy([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send("HTTP/1.1 407 P\r\nContent-Length: 9\r\n\r\n<html>");  // and closes
    });
    auto options = Options(proxy);
    options.proxy = "127.0.0.1:" + std::to_string(proxy.Port());
    auto const answer = MakeHttpTransport(options)->Send({.url = "http://h.test/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kAccessDenied);
    EXPECT_EQ(answer.error().http_status, 407);
    EXPECT_THAT(answer.error().message, HasSubstr("wants a user and a password"));
}

}  // namespace
}  // namespace lddynamo
