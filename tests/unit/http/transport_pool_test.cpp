#include "support/capturing_sink.hpp"
#include "support/raw_server.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using test_support::RawPeer;
using test_support::RawServer;
using ::testing::HasSubstr;

void AnswerAll(RawPeer& peer, int number) {
    while (!peer.ReadRequest().empty()) peer.Answer(std::to_string(number));
}

std::string Body(Result<HttpResponse> const& answer) {
    return answer ? answer->body : answer.error().Describe();
}

/// Hands out what a test lists, in order, and keeps the answers.
class ListSource : public HttpRequestSource {
  public:
    explicit ListSource(std::vector<Next> steps) : steps_(std::move(steps)) {}
    Next GetNext(SteadyClock::time_point) override {
        if (at_ == steps_.size()) return Finished{};
        return steps_[at_++];
    }
    void OnAnswer(std::uint64_t tag, Result<HttpResponse> answer) override {
        tags.push_back(tag);
        answers.push_back(std::move(answer));
    }
    std::vector<std::uint64_t> tags;
    std::vector<Result<HttpResponse>> answers;

  private:
    std::vector<Next> steps_;
    std::size_t at_ = 0;
};

std::vector<HttpRequestSource::Next> Exchanges(std::string const& url, std::size_t count) {
    std::vector<HttpRequestSource::Next> steps;
    for (std::size_t i = 0; i < count; ++i) {
        steps.emplace_back(HttpRequestSource::Exchange{i, {.url = url}});
    }
    return steps;
}

TEST(HttpPoolTest, KeepsTheConnection) {
    RawServer const server(AnswerAll);
    auto const transport = MakeHttpTransport();
    for (int i = 0; i < 5; ++i) EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    EXPECT_EQ(server.Connections(), 1);
}

TEST(HttpPoolTest, DoesNotKeepWhatMayNotBeKept) {
    for (char const* const answer :
         {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
          "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 surplus\r\n"}) {
        RawServer const server([answer](RawPeer& peer, int) {
            while (!peer.ReadRequest().empty()) peer.Send(answer);
        });
        auto const transport = MakeHttpTransport();
        for (int i = 0; i < 2; ++i) EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "x");
        EXPECT_EQ(server.Connections(), 2) << answer;
    }
}

TEST(HttpPoolTest, ReplacesAKeptConnectionThatWasClosed) {
    RawServer const server([](RawPeer& peer, int number) {
        if (number > 0) return AnswerAll(peer, number);
        static_cast<void>(peer.ReadRequest());
        peer.Answer("0");
    });
    auto const transport = MakeHttpTransport();
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "1");
}

TEST(HttpPoolTest, ReplacesAKeptConnectionThatDiesUnderTheRequest) {
    auto const sink = std::make_shared<test_support::CapturingSink>();
    for (bool const reset : {false, true}) {
        RawServer const server([reset](RawPeer& peer, int number) {
            if (number > 0) return AnswerAll(peer, number);
            static_cast<void>(peer.ReadRequest());
            peer.Answer("0");
            static_cast<void>(peer.ReadRequest());  // takes the second, and answers nothing
            if (reset) peer.Reset();
        });
        auto const transport = MakeHttpTransport({.logger = Logger(sink)});
        auto const first = transport->Send({.url = server.Url()});
        EXPECT_EQ(Body(first), "0");
        EXPECT_FALSE(first->resent);
        auto const second =
            transport->Send({.method = "POST", .url = server.Url("/?s3cret"), .body = "{}"});
        EXPECT_EQ(Body(second), "1");
        EXPECT_TRUE(second->resent) << "the server may have acted on it twice";
        EXPECT_EQ(server.Connections(), 2);
    }
    EXPECT_THAT(sink->Lines(), ::testing::Each(::testing::Not(HasSubstr("s3cret"))));
}

TEST(HttpPoolTest, ReplacesOnlyOnce) {
    RawServer const server([](RawPeer& peer, int number) {
        static_cast<void>(peer.ReadRequest());
        if (number > 0) return;
        peer.Answer("0");
        static_cast<void>(peer.ReadRequest());
    });
    auto const transport = MakeHttpTransport();
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    EXPECT_THAT(Body(transport->Send({.url = server.Url()})),
                HasSubstr("closed before it answered"));
    EXPECT_EQ(server.Connections(), 2);
}

TEST(HttpPoolTest, DoesNotReplaceOnceAnAnswerBegan) {
    RawServer const server([](RawPeer& peer, int) {
        static_cast<void>(peer.ReadRequest());
        peer.Answer("0");
        static_cast<void>(peer.ReadRequest());
        peer.Send("H");
    });
    auto const transport = MakeHttpTransport();
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    EXPECT_THAT(Body(transport->Send({.url = server.Url()})), HasSubstr("was whole"));
    EXPECT_EQ(server.Connections(), 1);
}

TEST(HttpPoolTest, ClosesConnectionsThatIdledTooLong) {
    RawServer const server(AnswerAll);
    auto const transport = MakeHttpTransport({.idle_timeout = 0ms});
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "1");
}

TEST(HttpPoolTest, ConnectionsAreForOneHostAndPort) {
    RawServer const one(AnswerAll);
    RawServer const two(AnswerAll);
    auto const transport = MakeHttpTransport();
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(Body(transport->Send({.url = one.Url()})), "0");
        EXPECT_EQ(Body(transport->Send({.url = two.Url()})), "0");
    }
    EXPECT_EQ(one.Connections() + two.Connections(), 2);
}

// Answers nobody before `expected` requests are there at once, so it proves that they are parallel.
TEST(HttpPoolTest, RunsExchangesInParallelUpToTheLimit) {
    constexpr int kLimit = 4;
    std::mutex mutex;
    std::condition_variable changed;
    int waiting = 0;
    int most = 0;
    int rounds = 0;
    RawServer const server([&](RawPeer& peer, int) {
        while (!peer.ReadRequest().empty()) {
            std::unique_lock lock(mutex);
            most = std::max(most, ++waiting);
            int const round = rounds;
            if (waiting == kLimit) {
                waiting = 0;
                ++rounds;
                changed.notify_all();
            }
            if (!changed.wait_for(lock, 20s, [&] { return rounds != round; })) return;
            lock.unlock();
            peer.Answer("x");
        }
    });
    auto const transport = MakeHttpTransport({.attempt_timeout = 20s, .max_connections = kLimit});
    ListSource source(Exchanges(server.Url(), 5 * kLimit));
    transport->Run(source);
    ASSERT_EQ(source.answers.size(), 5U * kLimit);
    for (auto const& answer : source.answers) EXPECT_EQ(Body(answer), "x");
    EXPECT_EQ(server.Connections(), kLimit);
    std::scoped_lock const lock(mutex);
    EXPECT_EQ(most, kLimit);
    EXPECT_EQ(rounds, 5);
}

TEST(HttpPoolTest, EachAnswerComesWithItsTag) {
    RawServer const server([](RawPeer& peer, int) {
        for (;;) {
            auto const request = peer.ReadRequest();
            if (request.empty()) return;
            peer.Answer(request.substr(5, request.find(' ', 5) - 5));
        }
    });
    std::vector<HttpRequestSource::Next> steps;
    for (std::uint64_t tag = 100; tag < 140; ++tag) {
        steps.emplace_back(
            HttpRequestSource::Exchange{tag, {.url = server.Url("/" + std::to_string(tag))}});
    }
    steps.emplace_back(HttpRequestSource::Exchange{140, {.url = "nonsense"}});
    ListSource source(std::move(steps));
    MakeHttpTransport()->Run(source);
    ASSERT_EQ(source.tags.size(), 41U);
    for (std::size_t i = 0; i < source.tags.size(); ++i) {
        if (source.tags[i] == 140) {
            EXPECT_EQ(source.answers[i].error().code, ErrorCode::kInvalidArgument);
        } else {
            EXPECT_EQ(Body(source.answers[i]), std::to_string(source.tags[i]));
        }
    }
}

TEST(HttpPoolTest, WaitsUntilTheTime) {
    RawServer const server(AnswerAll);
    auto const begin = SteadyClock::now();
    auto steps = Exchanges(server.Url(), 1);
    steps.insert(steps.begin(), HttpRequestSource::WaitUntil{begin + 40ms});
    ListSource source(std::move(steps));
    MakeHttpTransport()->Run(source);
    EXPECT_GE(SteadyClock::now() - begin, 40ms);
    ASSERT_EQ(source.answers.size(), 1U);
    EXPECT_EQ(Body(source.answers[0]), "0");
}

TEST(HttpPoolTest, AnAnswerEndsTheWait) {
    RawServer const server(AnswerAll);
    auto steps = Exchanges(server.Url(), 2);
    steps.emplace_back(HttpRequestSource::WaitUntil{SteadyClock::now() + std::chrono::hours(1)});
    steps.emplace_back(HttpRequestSource::WaitUntil{SteadyClock::time_point::max()});
    ListSource source(std::move(steps));
    MakeHttpTransport()->Run(source);
    EXPECT_EQ(source.answers.size(), 2U);
}

/// Sends again what failed, up to a number of times: as retries do.
class RetrySource final : public HttpRequestSource {
  public:
    RetrySource(std::string url, int attempts) : url_(std::move(url)), left_(attempts) {}
    Next GetNext(SteadyClock::time_point now) override {
        if (succeeded || left_ == 0) return Finished{};
        if (under_way_) return WaitForAnswer{};
        if (now < not_before_) return WaitUntil{not_before_};
        under_way_ = true;
        --left_;
        return Exchange{7, {.url = url_}};
    }
    void OnAnswer(std::uint64_t, Result<HttpResponse> answer) override {
        under_way_ = false;
        succeeded = answer.has_value();
        not_before_ = SteadyClock::now() + 10ms;
    }
    bool succeeded = false;

  private:
    std::string url_;
    int left_;
    bool under_way_ = false;
    SteadyClock::time_point not_before_{};
};

TEST(HttpPoolTest, ASourceMayRetry) {
    RawServer const server([](RawPeer& peer, int number) {
        if (number == 2) AnswerAll(peer, number);
    });
    RetrySource source(server.Url(), 5);
    MakeHttpTransport()->Run(source);
    EXPECT_TRUE(source.succeeded);
    EXPECT_EQ(server.Connections(), 3);
}

TEST(HttpPoolTest, ReturnsFromASourceThatWaitsForNothing) {
    ListSource source({HttpRequestSource::WaitForAnswer{}});
    MakeHttpTransport()->Run(source);
    EXPECT_TRUE(source.answers.empty());
}

TEST(HttpPoolTest, SurvivesASourceThatThrows) {
    class Thrower final : public ListSource {
      public:
        using ListSource::ListSource;
        void OnAnswer(std::uint64_t, Result<HttpResponse>) override {
            throw std::runtime_error("x");
        }
    };
    RawServer const server(AnswerAll);
    auto const transport = MakeHttpTransport();
    Thrower source(Exchanges(server.Url(), 4));
    EXPECT_THROW(transport->Run(source), std::runtime_error);
    EXPECT_TRUE(transport->Send({.url = server.Url()}).has_value());
}

#ifndef __SANITIZE_THREAD__  // which knows no forks beside threads
TEST(HttpPoolTest, AForkedChildHasConnectionsOfItsOwn) {
    RawServer const server(AnswerAll);
    auto const transport = MakeHttpTransport();
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
    pid_t const child = ::fork();
    if (child == 0) {
        ::alarm(20);
        bool const good = Body(transport->Send({.url = server.Url()})) == "1" &&
                          Body(transport->Send({.url = server.Url()})) == "1";
        ::_exit(good ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(Body(transport->Send({.url = server.Url()})), "0");
}
#endif

TEST(HttpPoolTest, ManyThreadsShareATransport) {
    RawServer const server(AnswerAll);
    auto const transport = MakeHttpTransport({.attempt_timeout = 30s});
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i) {
                if (transport->Send({.url = server.Url()})) ++good;
            }
            ListSource source(Exchanges(server.Url(), 20));
            transport->Run(source);
            for (auto const& answer : source.answers) good += answer.has_value() ? 1 : 0;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 8 * 40);
    EXPECT_LE(server.Connections(), 8 * 8);
}

}  // namespace
}  // namespace lddynamo
