// What a server may send without end, and what it costs.
#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <future>
#include <string>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using test_support::RawPeer;
using test_support::RawServer;

struct Flood {
    char const* name;
    std::function<void(RawPeer&)> behaviour;
    ErrorCode code;
};

void PrintTo(Flood const& flood, std::ostream* out) {
    *out << flood.name;
}

constexpr char kHead[] = "HTTP/1.1 200 OK\r\n";

void Repeat(RawPeer& peer, std::string const& begin, std::string const& again) {
    peer.Send(begin);
    while (peer.Send(again)) {
    }
}

class FloodTest : public ::testing::TestWithParam<Flood> {};

TEST_P(FloodTest, IsRefusedInBoundedMemory) {
    auto const& flood = GetParam();
    RawServer const server([&](RawPeer& peer, int) {
        if (!peer.ReadRequest().empty()) flood.behaviour(peer);
    });
    auto const transport = MakeHttpTransport({.attempt_timeout = 60s});
    rusage before{};
    ASSERT_EQ(::getrusage(RUSAGE_SELF, &before), 0);
    auto const answer = transport->Send({.url = server.Url()});
    rusage after{};
    ASSERT_EQ(::getrusage(RUSAGE_SELF, &after), 0);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, flood.code) << answer.error().Describe();
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // The default limit is 64 MB; a string that grows holds its old and its new content at once.
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 256 << 10) << "in KB";
#endif
}

INSTANTIATE_TEST_SUITE_P(
    All, FloodTest,
    ::testing::Values(
        Flood{"DeclaresAGigabyte",
              [](RawPeer& peer) {
                  Repeat(peer, std::string(kHead) + "Content-Length: 1073741824\r\n\r\n",
                         std::string(1 << 16, 'x'));
              },
              ErrorCode::kTooLarge},
        Flood{"ChunksWithoutEnd",
              [](RawPeer& peer) {
                  Repeat(peer, std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n",
                         "10000\r\n" + std::string(1 << 16, 'x') + "\r\n");
              },
              ErrorCode::kTooLarge},
        Flood{"TalksWithoutEnd",
              [](RawPeer& peer) {
                  Repeat(peer, std::string(kHead) + "\r\n", std::string(1 << 16, 'x'));
              },
              ErrorCode::kTooLarge},
        Flood{"OneHeaderWithoutEnd",
              [](RawPeer& peer) { Repeat(peer, std::string(kHead) + "X: ", "xxxxxxxxxxxxxxx"); },
              ErrorCode::kTooLarge},
        Flood{"ManyHeaders",
              [](RawPeer& peer) {
                  std::string headers = kHead;
                  for (int i = 0; i < 257; ++i) headers += "A: b\r\n";
                  peer.Send(headers + "Content-Length: 0\r\n\r\n");
                  peer.WaitForClose();
              },
              ErrorCode::kTooLarge},
        Flood{"AChunkExtensionWithoutEnd",
              [](RawPeer& peer) {
                  Repeat(peer, std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n1;x=",
                         std::string(1024, 'x'));
              },
              ErrorCode::kTooLarge},
        Flood{"TrailersWithoutEnd",
              [](RawPeer& peer) {
                  Repeat(peer, std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n0\r\n",
                         "X-Trailer: again and again\r\n");
              },
              ErrorCode::kTooLarge},
        Flood{"InterimAnswersWithoutEnd",
              [](RawPeer& peer) { Repeat(peer, "", "HTTP/1.1 103 Early\r\nA: b\r\n\r\n"); },
              ErrorCode::kConnection},
        Flood{"TwoLengths",
              [](RawPeer& peer) {
                  peer.Send(std::string(kHead) +
                            "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx");
                  peer.WaitForClose();
              },
              ErrorCode::kConnection}),
    [](auto const& test) { return test.param.name; });

TEST(LimitsTest, AnAnswerThatNeverPausesEndsInTime) {
    // Chunks of one byte: sent in bulk much faster than anybody can read them.
    std::string block;
    for (int i = 0; i < 200'000; ++i) block += "1\r\na\r\n";
    std::promise<bool> ended;  // by the client, not because the server had enough
    RawServer const server([&](RawPeer& peer, int) {
        if (peer.ReadRequest().empty()) return;
        peer.Send(std::string(kHead) + "Transfer-Encoding: chunked\r\n\r\n");
        auto const end = std::chrono::steady_clock::now() + 60s;
        bool open = true;
        while (open && std::chrono::steady_clock::now() < end) open = peer.Send(block);
        ended.set_value(!open);
    });
    auto const transport = MakeHttpTransport({.attempt_timeout = 200ms});
    auto const answer =
        transport->Send({.url = server.Url(), .max_response_bytes = std::size_t{1} << 40U});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout) << answer.error().Describe();
    EXPECT_TRUE(ended.get_future().get());
}

TEST(LimitsTest, AHalfClosedConnectionIsNotUsedAgain) {
    RawServer const server([](RawPeer& peer, int number) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer(std::to_string(number));
        ::shutdown(peer.Fd(), SHUT_WR);  // but goes on listening
        peer.WaitForClose();
    });
    auto const transport = MakeHttpTransport();
    EXPECT_EQ(transport->Send({.url = server.Url()})->body, "0");
    auto const second = transport->Send({.url = server.Url()});
    ASSERT_TRUE(second) << second.error().Describe();
    EXPECT_EQ(second->body, "1");
}

TEST(LimitsTest, AServerMayCloseAfterAFewRequests) {
    RawServer const server([](RawPeer& peer, int number) {
        for (int i = 0; i < 3; ++i) {
            if (peer.ReadRequest().empty()) return;
            peer.Answer(std::to_string(number));
        }
    });
    auto const transport = MakeHttpTransport();
    for (int i = 0; i < 12; ++i) {
        auto const answer = transport->Send({.method = "POST", .url = server.Url(), .body = "{}"});
        ASSERT_TRUE(answer) << answer.error().Describe();
        EXPECT_EQ(answer->body, std::to_string(i / 3));
    }
}

}  // namespace
}  // namespace lddynamo
