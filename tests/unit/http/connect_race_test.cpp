#include "http/connect_race.hpp"
#include "http/asio_transport.hpp"
#include "support/raw_server.hpp"

#include <gmock/gmock.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

namespace lddynamo::http {
namespace {

using namespace std::chrono_literals;
using test_support::RawPeer;
using test_support::RawServer;
using ::testing::ElementsAre;

SocketAddress Address(std::string const& host, std::uint16_t port) {
    return Resolve(host, port)->front();
}

std::vector<std::string> Mixed(std::vector<std::string> const& hosts) {
    std::vector<SocketAddress> addresses;
    for (auto const& host : hosts) addresses.push_back(Address(host, 1));
    std::vector<std::string> texts;
    for (auto const& address : Interleave(addresses)) texts.push_back(ToString(address));
    return texts;
}

TEST(InterleaveTest, AlternatesFamiliesFromTheFirst) {
    EXPECT_THAT(Mixed({"::1", "::2", "::3", "1.1.1.1"}),
                ElementsAre("[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"));
    EXPECT_THAT(Mixed({"1.1.1.1", "::1", "::2"}), ElementsAre("1.1.1.1:1", "[::1]:1", "[::2]:1"));
    EXPECT_THAT(Mixed({"1.1.1.1"}), ElementsAre("1.1.1.1:1"));
    EXPECT_EQ(Mixed(std::vector<std::string>(500, "1.1.1.1")).size(), kMaxAddresses);
}

/// Listens on an address of this machine, and takes no connection: its queue is full.
class BlackHole {
  public:
    explicit BlackHole(char const* host) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        ::inet_pton(AF_INET, host, &address.sin_addr);
        socklen_t length = sizeof address;
        auto* const generic = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(listener_, generic, length), 0);
        EXPECT_EQ(::listen(listener_, 0), 0);
        EXPECT_EQ(::getsockname(listener_, generic, &length), 0);
        for (int& filler : fillers_) {
            filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
            static_cast<void>(::connect(filler, generic, length));
        }
        std::memcpy(&address_.storage, &address, sizeof address);
        address_.length = sizeof address;
    }
    ~BlackHole() {
        for (int const filler : fillers_) ::close(filler);
        ::close(listener_);
    }
    BlackHole(BlackHole const&) = delete;
    BlackHole& operator=(BlackHole const&) = delete;
    [[nodiscard]] SocketAddress Get() const { return address_; }

  private:
    int listener_;
    int fillers_[4] = {};
    SocketAddress address_;
};

Result<HttpResponse> SendTo(std::vector<SocketAddress> addresses, HttpTransportOptions options) {
    auto const transport =
        MakeAsioTransport(std::move(options), [&](std::string const&, std::uint16_t) {
            return Result<std::vector<SocketAddress>>(addresses);
        });
    return transport->Send({.url = "http://db.test/"});
}

TEST(ConnectRaceTest, BlackHolesDoNotTakeTheTimeOfTheOthers) {
    BlackHole const one("127.0.0.2");
    BlackHole const two("127.0.0.3");
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer("ok");
    });
    // One by one, with equal shares of the time, the server's turn would come after 200 s.
    auto const answer = SendTo({one.Get(), two.Get(), Address("127.0.0.1", server.Port())},
                               {.connect_timeout = 300s, .attempt_timeout = 300s});
    ASSERT_TRUE(answer) << answer.error().Describe();
    EXPECT_EQ(answer->body, "ok");
}

TEST(ConnectRaceTest, WithLittleTimeEveryAddressHasItsTurn) {
    BlackHole const hole("127.0.0.2");
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer("ok");
    });
    std::vector<SocketAddress> addresses(7, hole.Get());
    addresses.push_back(Address("127.0.0.1", server.Port()));
    auto const answer = SendTo(addresses, {.connect_timeout = 800ms, .attempt_timeout = 20s});
    ASSERT_TRUE(answer) << answer.error().Describe();
}

TEST(ConnectRaceTest, ARefusalGoesOnAtOnce) {
    auto const closed = test_support::FreePort();
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer("ok");
    });
    std::vector<SocketAddress> addresses(12, Address("127.0.0.1", closed));
    addresses.push_back(Address("127.0.0.1", server.Port()));
    ASSERT_TRUE(SendTo(addresses, {}));
    addresses.pop_back();
    auto const answer = SendTo(addresses, {});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr("refused"));
}

TEST(ConnectRaceTest, BlackHolesAloneTimeOut) {
    BlackHole const hole("127.0.0.2");
    auto const answer = SendTo({hole.Get(), hole.Get()}, {.connect_timeout = 60ms});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr("connect to db.test:80 took over 60"));
}

TEST(ConnectRaceTest, TimeSpentInTheResolverCounts) {
    RawServer const server([](RawPeer& peer, int) { peer.WaitForClose(); });
    auto const transport =
        MakeAsioTransport({.connect_timeout = 20ms}, [&](std::string const&, std::uint16_t) {
            std::this_thread::sleep_for(30ms);
            return Result<std::vector<SocketAddress>>({Address("127.0.0.1", server.Port())});
        });
    auto const answer = transport->Send({.url = "http://db.test/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(server.Connections(), 0);
}

TEST(ConnectRaceTest, ADeadlineEndsAnExchangeWhateverItsTimeout) {
    RawServer const server([](RawPeer& peer, int) { peer.WaitForClose(); });
    HttpRequest request{.url = server.Url(), .timeout = 300s};
    request.deadline = std::chrono::steady_clock::now() + 40ms;
    auto const answer = MakeHttpTransport()->Send(request);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
}

}  // namespace
}  // namespace lddynamo::http
