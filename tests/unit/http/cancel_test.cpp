#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using test_support::RawPeer;
using test_support::RawServer;

/// Opens once, when its moment has come.
class Gate {
  public:
    void Open() {
        std::scoped_lock const lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void Wait() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, 20s, [this] { return open_; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;  // guarded by mutex_
};

/// A transport that would wait for minutes unless it is stopped.
HttpTransportOptions Patient(std::stop_source const& stop) {
    return {.connect_timeout = 300s, .attempt_timeout = 300s, .stop = stop.get_token()};
}

TEST(CancelTest, EndsACallUnderWayFromAnotherThread) {
    Gate asked;
    RawServer const server([&](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        asked.Open();
        peer.WaitForClose();
    });
    std::stop_source stop;
    std::thread stopper([&] {
        asked.Wait();
        stop.request_stop();
    });
    auto const transport = MakeHttpTransport(Patient(stop));
    auto const answer = transport->Send({.url = server.Url()});
    stopper.join();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
    EXPECT_FALSE(answer.error().retryable);
    // And every later call, without a connection.
    EXPECT_EQ(transport->Send({.url = server.Url()}).error().code, ErrorCode::kCancelled);
    EXPECT_EQ(server.Connections(), 1);
}

TEST(CancelTest, ATokenThatIsNotStoppedChangesNothing) {
    RawServer const server([](RawPeer& peer, int) {
        while (!peer.ReadRequest().empty()) peer.Answer("ok");
    });
    std::stop_source const stop;
    auto const transport = MakeHttpTransport(Patient(stop));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(transport->Send({.url = server.Url()})->body, "ok");
    EXPECT_EQ(server.Connections(), 1);
}

/// Waits for ever after its first answer, as a retry with a long pause does.
class LongPause final : public HttpRequestSource {
  public:
    LongPause(std::string url, Gate& waits) : url_(std::move(url)), waits_(waits) {}
    Next GetNext(SteadyClock::time_point now) override {
        if (!sent_) {
            sent_ = true;
            return Exchange{1, {.url = url_}};
        }
        if (!answered_) return WaitForAnswer{};
        waits_.Open();
        return WaitUntil{now + std::chrono::hours(1)};
    }
    void OnAnswer(std::uint64_t, Result<HttpResponse>) override { answered_ = true; }

  private:
    std::string url_;
    Gate& waits_;
    bool sent_ = false;
    bool answered_ = false;
};

TEST(CancelTest, EndsAPause) {
    RawServer const server([](RawPeer& peer, int) {
        while (!peer.ReadRequest().empty()) peer.Answer("ok");
    });
    std::stop_source stop;
    Gate waits;
    std::thread stopper([&] {
        waits.Wait();
        stop.request_stop();
    });
    LongPause source(server.Url(), waits);
    MakeHttpTransport(Patient(stop))->Run(source);  // or this test never ends
    stopper.join();
}

TEST(CancelTest, ManyCallsOnManyThreadsEnd) {
    RawServer const server([](RawPeer& peer, int) { peer.WaitForClose(); });
    std::stop_source stop;
    auto const transport = MakeHttpTransport(Patient(stop));
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            auto const answer = transport->Send({.url = server.Url()});
            EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
        });
    }
    stop.request_stop();  // some have begun, some have not
    for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace lddynamo
