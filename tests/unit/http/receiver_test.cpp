#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using test_support::RawPeer;
using test_support::RawServer;
using ::testing::HasSubstr;

/// Keeps what comes, and does as the test says.
class Recorder final : public HttpBodyReceiver {
  public:
    bool OnHead(HttpResponse const& head) override {
        status = head.status;
        return takes;
    }
    bool OnBody(std::string_view bytes) override {
        body.append(bytes);
        return !on_body || on_body();
    }

    bool takes = true;
    std::function<bool()> on_body{};
    int status = 0;
    std::string body{};
};

constexpr char kHead[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

HttpRequest Streaming(RawServer const& server, std::shared_ptr<Recorder> recorder) {
    HttpRequest request;
    request.url = server.Url();
    request.receiver = std::move(recorder);
    request.timeout = 20s;
    request.idle_timeout = 20s;
    return request;
}

TEST(HttpReceiverTest, GetsEachPieceWhenItComes) {
    std::promise<void> first_is_here;
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([&](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(kHead);
        peer.Send("3\r\none\r\n");
        // A transport that waits for the end of the answer never gets beyond this.
        first_is_here.get_future().wait_for(20s);
        peer.Send("3\r\ntwo\r\n0\r\n\r\n");
    });
    recorder->on_body = [&] {
        if (recorder->body == "one") first_is_here.set_value();
        return true;
    };
    auto const answer = MakeHttpTransport()->Send(Streaming(server, recorder));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "");
    EXPECT_EQ(recorder->status, 200);
    EXPECT_EQ(recorder->body, "onetwo");
}

TEST(HttpReceiverTest, GetsABodyThatEndsWithTheConnection) {
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nall of it");
    });
    auto const answer = MakeHttpTransport()->Send(Streaming(server, recorder));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(recorder->body, "all of it");
}

TEST(HttpReceiverTest, TellsOfAnAnswerThatBreaksOff) {
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(std::string(kHead) + "3\r\none\r\n");
    });
    auto const answer = MakeHttpTransport()->Send(Streaming(server, recorder));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kConnection);
    EXPECT_EQ(recorder->body, "one");
}

TEST(HttpReceiverTest, AnAnswerThatItDoesNotTakeIsLikeAnyOther) {
    auto const recorder = std::make_shared<Recorder>();
    recorder->takes = false;
    RawServer const server([](RawPeer& peer, int) {
        while (!peer.ReadRequest().empty()) {
            peer.Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\ngo off");
        }
    });
    auto request = Streaming(server, recorder);
    request.max_response_bytes = 6;
    auto answer = MakeHttpTransport()->Send(request);
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(answer->status, 401);
    EXPECT_EQ(answer->body, "go off");
    EXPECT_EQ(recorder->body, "");
    request.max_response_bytes = 5;
    answer = MakeHttpTransport()->Send(request);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kTooLarge);
}

TEST(HttpReceiverTest, EndsAnAnswerThatItHasEnoughOf) {
    auto const recorder = std::make_shared<Recorder>();
    recorder->on_body = [] { return false; };
    std::promise<void> gone;
    RawServer const server([&](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(std::string(kHead) + "3\r\none\r\n");
        peer.WaitForClose();
        gone.set_value();
    });
    auto const transport = MakeHttpTransport();
    auto const answer = transport->Send(Streaming(server, recorder));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(gone.get_future().wait_for(20s), std::future_status::ready);
}

TEST(HttpReceiverTest, IsStoppedWhileNothingComes) {
    std::stop_source stop;
    auto const recorder = std::make_shared<Recorder>();
    recorder->on_body = [&] { return stop.request_stop(); };
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(std::string(kHead) + "3\r\none\r\n");
        peer.WaitForClose();
    });
    auto const answer =
        MakeHttpTransport({.stop = stop.get_token()})->Send(Streaming(server, recorder));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
}

TEST(HttpReceiverTest, HoldsTheTimeoutOfTheWholeAgainstTheHeadAlone) {
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(kHead);
        // The pauses are what is tested.
        for (int i = 0; i < 5; ++i) {
            std::this_thread::sleep_for(250ms);
            peer.Send("1\r\n.\r\n");
        }
        peer.Send("0\r\n\r\n");
    });
    auto request = Streaming(server, recorder);
    request.timeout = 1s;
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(recorder->body, ".....");
}

TEST(HttpReceiverTest, GivesUpWhenNothingComesForTooLong) {
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(std::string(kHead) + "3\r\none\r\n");
        peer.WaitForClose();
    });
    auto request = Streaming(server, recorder);
    request.idle_timeout = 50ms;
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, ErrorCode::kTimeout);
    EXPECT_THAT(answer.error().message, HasSubstr("nothing came from 127.0.0.1"));
    EXPECT_THAT(answer.error().message, HasSubstr("for 50 ms"));
    EXPECT_EQ(recorder->body, "one");
}

TEST(HttpReceiverTest, TheLongestPauseBetweenPiecesIsOne) {
    std::promise<void> first_is_here;
    auto const recorder = std::make_shared<Recorder>();
    RawServer const server([&](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Send(kHead);
        peer.Send("3\r\none\r\n");
        first_is_here.get_future().wait_for(20s);
        std::this_thread::sleep_for(20ms);  // enough for a deadline that has passed
        peer.Send("0\r\n\r\n");
    });
    recorder->on_body = [&] {
        first_is_here.set_value();
        return true;
    };
    auto request = Streaming(server, recorder);
    request.idle_timeout = std::chrono::milliseconds::max();
    auto const answer = MakeHttpTransport()->Send(std::move(request));
    ASSERT_TRUE(answer.has_value()) << answer.error().Describe();
    EXPECT_EQ(recorder->body, "one");
}

}  // namespace
}  // namespace lddynamo
