#include "events/event_processor.hpp"

#include "event_world.hpp"
#include "events/event.hpp"
#include "processor_fixture.hpp"
#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::events {
namespace {

using namespace std::chrono_literals;
using test_support::JsonAnswer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using SteadyClock = std::chrono::steady_clock;

TEST_F(EventProcessorTest, DeliversWhatWasRecorded) {
    test_support::FakeClock clock;
    options_.clock = &clock;
    auto const sink = Make();
    auto const flag = MakeFlag("f");
    Evaluation evaluation(*flag, 0);
    sink->Evaluated(User("bob"), *evaluation);
    sink->Identified(User("jane"));
    sink->Tracked(User("jane"), "e", {}, {});
    EvaluationDetail<std::string> const detail;
    sink->Migrated(User("jane"), {.operation = "read", .detail = &detail});
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    auto const requests = service_.Requests();
    ASSERT_THAT(requests, SizeIs(1));
    EXPECT_EQ(requests[0].url, "http://events.example/bulk");
    EXPECT_THAT(Kinds(requests[0]),
                ElementsAre("index", "identify", "custom", "migration_op", "summary"));
    EXPECT_EQ(Json(requests[0].body).AsArray()[0]["creationDate"],
              Value(ToUnixMilliseconds(clock.Now())));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));  // nothing more
    EXPECT_THAT(service_.Requests(), SizeIs(1));
}

TEST_F(EventProcessorTest, FlushesWhenAsked) {
    auto const sink = Make();
    sink->Identified(User("bob"));
    sink->Flush();
    EXPECT_THAT(Kinds(service_.Await(1).at(0)), ElementsAre("identify"));
    EXPECT_NE(service_.Thread(), std::this_thread::get_id());
}

TEST_F(EventProcessorTest, FlushesInIntervals) {
    options_.events.flush_interval = 5ms;
    auto const sink = Make();
    sink->Identified(User("bob"));
    static_cast<void>(service_.Await(1));
    sink->Identified(User("bob"));
    EXPECT_THAT(Kinds(service_.Await(2).at(1)), ElementsAre("identify"));
}

TEST_F(EventProcessorTest, ForgetsContextsInIntervals) {
    options_.events.context_keys_flush_interval = 1ms;
    auto const sink = Make();
    std::size_t told = 0;
    auto const limit = SteadyClock::now() + kLimit;
    for (std::size_t i = 1; told < 3 && SteadyClock::now() < limit; ++i) {
        sink->Tracked(User("bob"), "e", {}, {});
        ASSERT_TRUE(sink->FlushAndWait(kLimit));
        told += Kinds(service_.Requests().at(i - 1)).size() - 1;
    }
    EXPECT_EQ(told, 3U);
}

TEST_F(EventProcessorTest, CloseDeliversTheRest) {
    auto const sink = Make();
    sink->Identified(User("bob"));
    sink->Close();
    ASSERT_THAT(service_.Requests(), SizeIs(1));
    sink->Identified(User("bob"));
    Evaluation evaluation("f");
    sink->Evaluated(User("bob"), *evaluation);
    sink->Flush();
    EXPECT_FALSE(sink->FlushAndWait(1ms));
    sink->Close();
    EXPECT_THAT(service_.Requests(), SizeIs(1));
}

TEST_F(EventProcessorTest, TheDestructorDeliversTheRest) {
    Make()->Identified(User("bob"));
    EXPECT_THAT(service_.Requests(), SizeIs(1));
}

TEST_F(EventProcessorTest, CloseDoesNotWaitForAHangingService) {
    options_.deliver_patience = 100ms;
    service_.SetHandler([](auto const&, std::stop_token stop) { return Hang(std::move(stop)); });
    auto const sink = Make();
    sink->Identified(User("bob"));
    sink->Flush();
    static_cast<void>(service_.Await(1));
    sink->Identified(User("jane"));  // may come too late
    auto const start = SteadyClock::now();
    sink->Close();
    EXPECT_LT(SteadyClock::now() - start, kLimit / 2);
    EXPECT_THAT(sink_->Lines(),
                ElementsAre("warn events: closed before 2 events were delivered; dropped"));
}

TEST_F(EventProcessorTest, CloseEndsThePauseBeforeASecondAttempt) {
    options_.deliver_patience = 100ms;
    service_.SetHandler([](auto const&, auto const&) { return JsonAnswer(503, ""); });
    auto const sink = Make();
    sink->Identified(User("bob"));
    sink->Flush();
    static_cast<void>(service_.Await(1));
    sink->Close();
    EXPECT_THAT(service_.Requests(), SizeIs(1));
    EXPECT_THAT(sink_->Lines(),
                ElementsAre(HasSubstr("trying again"), HasSubstr("closed before 1 event was")));
}

TEST_F(EventProcessorTest, CloseLeavesAThreadThatCannotBeStopped) {
    struct Gate {
        std::mutex mutex;
        std::condition_variable changed;
        bool open = false;
        int passed = 0;
    };
    auto const gate = std::make_shared<Gate>();
    class Stuck final : public HttpTransport {
      public:
        explicit Stuck(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}
        ~Stuck() override {
            std::scoped_lock const lock(gate_->mutex);
            ++gate_->passed;
            gate_->changed.notify_all();
        }
        void Run(HttpRequestSource& source) override {
            std::unique_lock lock(gate_->mutex);
            gate_->changed.wait_for(lock, kLimit, [this] { return gate_->open; });
            lock.unlock();
            static_cast<void>(source.GetNext({}));
            source.OnAnswer(0, Fail(ErrorCode::kConnection, "no such host"));
        }

      private:
        std::shared_ptr<Gate> gate_;
    };
    options_.make_transport = [gate](auto const&) { return std::make_unique<Stuck>(gate); };
    auto clock = std::make_unique<test_support::FakeClock>();
    options_.clock = clock.get();
    options_.events.diagnostics = true;
    options_.deliver_patience = 50ms;
    options_.cancel_patience = 50ms;
    auto sink = Make();
    sink->Identified(User("bob"));
    clock->Advance(1h);  // a flush and statistics are due together
    std::thread waiter([&] { EXPECT_FALSE(sink->FlushAndWait(kLimit)); });
    auto const start = SteadyClock::now();
    sink->Close();
    waiter.join();
    EXPECT_LT(SteadyClock::now() - start, kLimit / 2);
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("cannot be resolved in time")));
    sink.reset();
    clock.reset();
    std::unique_lock lock(gate->mutex);
    gate->open = true;
    gate->changed.notify_all();
    EXPECT_TRUE(gate->changed.wait_for(lock, kLimit, [&] { return gate->passed == 2; }));
}

TEST_F(EventProcessorTest, FlushAndWaitTellsFailuresAndTimeouts) {
    std::mutex mutex;
    int status = 413;
    options_.deliver_patience = 100ms;
    service_.SetHandler([&](auto const&, std::stop_token stop) -> Result<HttpResponse> {
        std::scoped_lock const lock(mutex);
        return status == 0 ? Hang(std::move(stop)) : JsonAnswer(status, "");
    });
    auto const set_status = [&](int value) {
        std::scoped_lock const lock(mutex);
        status = value;
    };
    auto const sink = Make();
    sink->Identified(User("bob"));
    EXPECT_FALSE(sink->FlushAndWait(kLimit));
    set_status(202);
    sink->Identified(User("bob"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    set_status(0);
    sink->Identified(User("bob"));
    EXPECT_FALSE(sink->FlushAndWait(10ms));
}

TEST_F(EventProcessorTest, ARefusalEndsEverything) {
    service_.SetHandler([](auto const&, auto const&) { return JsonAnswer(401, ""); });
    auto const sink = Make();
    for (int i = 0; i < 3; ++i) {
        sink->Identified(User("bob"));
        EXPECT_FALSE(sink->FlushAndWait(kLimit));
    }
    sink->Close();
    EXPECT_THAT(service_.Requests(), SizeIs(1));
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("no more events will be sent")));
}

TEST_F(EventProcessorTest, TheServersClockEndsDebugging) {
    test_support::FakeClock clock;  // in the year 2023
    options_.clock = &clock;
    service_.SetHandler([](auto const&, auto const&) {
        return JsonAnswer(202, "", {{"Date", "Sun, 06 Nov 2044 08:49:37 GMT"}});
    });
    auto const sink = Make();
    auto const flag = MakeFlag("f", R"("debugEventsUntilDate":2000000000000)");
    Evaluation evaluation(*flag, 0);
    sink->Identified(User("bob"));
    sink->Evaluated(User("bob"), *evaluation);
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    sink->Evaluated(User("bob"), *evaluation);
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    auto const requests = service_.Requests();
    EXPECT_THAT(Kinds(requests.at(0)), ElementsAre("identify", "debug", "summary"));
    EXPECT_THAT(Kinds(requests.at(1)), ElementsAre("summary"));
}

TEST_F(EventProcessorTest, SendsDiagnostics) {
    test_support::FakeClock clock;
    options_.clock = &clock;
    options_.events.diagnostics = true;
    options_.events.diagnostic_interval = 1ms;  // a minute is the least
    options_.events.capacity = 1;
    options_.diagnostic_sdk = Json(R"({"name":"lddynamo"})");
    options_.sdk_key_suffix = "suffix";
    auto const sink = Make();
    auto const init = service_.Await(1).at(0);
    EXPECT_EQ(init.url, "http://events.example/diagnostic");
    auto const body = Json(init.body);
    EXPECT_EQ(body["kind"], Value("diagnostic-init"));
    EXPECT_EQ(body["sdk"], options_.diagnostic_sdk);
    EXPECT_EQ(body["id"]["sdkKeySuffix"], Value("suffix"));
    EXPECT_EQ(body["id"]["diagnosticId"].AsString().size(), 36U);
    sink->Identified(User("bob"));
    sink->Identified(User("jane"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    clock.Advance(59s);
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    EXPECT_THAT(service_.Requests(), SizeIs(2));
    sink->Identified(User("bob"));
    sink->StreamOpened({clock.Now(), 5ms, true});
    clock.Advance(1s);
    sink->Flush();
    auto const requests = service_.Await(4);
    EXPECT_THAT(Kinds(requests.at(2)), ElementsAre("identify"));
    auto const statistics = Json(requests.at(3).body);
    EXPECT_EQ(statistics["kind"], Value("diagnostic"));
    EXPECT_EQ(statistics["id"], body["id"]);
    EXPECT_EQ(statistics["droppedEvents"], Value(1));
    EXPECT_EQ(statistics["eventsInLastBatch"], Value(1));
    EXPECT_EQ(statistics["streamInits"].Size(), 1U);
    clock.Advance(1min);
    sink->Flush();
    EXPECT_EQ(Json(service_.Await(5).at(4).body)["streamInits"].Size(), 0U);
}

TEST_F(EventProcessorTest, DiagnosticsThatAreNotAnsweredHoldUpNoOtherEvent) {
    options_.events.diagnostics = true;
    options_.deliver_patience = 2s;
    service_.SetHandler([](HttpRequest const& request, std::stop_token stop) {
        return request.url.ends_with("/diagnostic") ? Hang(std::move(stop)) : JsonAnswer(202, "");
    });
    auto const sink = Make();
    EXPECT_THAT(service_.Await(1).at(0).url, HasSubstr("/diagnostic"));
    sink->Identified(User("bob"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    sink->Identified(User("jane"));
    auto const start = SteadyClock::now();
    sink->Close();
    EXPECT_LT(SteadyClock::now() - start, kLimit / 2);
    auto const requests = service_.Requests();
    ASSERT_THAT(requests, SizeIs(3));
    EXPECT_THAT(Kinds(requests[1]), ElementsAre("identify"));
    EXPECT_THAT(Kinds(requests[2]), ElementsAre("identify"));
    EXPECT_THAT(sink_->Lines(), IsEmpty());
}

TEST_F(EventProcessorTest, CloseLetsTheFirstDiagnosticEventGoOut) {
    options_.events.diagnostics = true;
    Make()->Close();
    auto const requests = service_.Requests();
    ASSERT_THAT(requests, SizeIs(1));
    EXPECT_EQ(Json(requests[0].body)["kind"], Value("diagnostic-init"));
}

TEST_F(EventProcessorTest, DiagnosticsThatAreNotAnsweredDoNotPileUp) {
    test_support::FakeClock clock;
    options_.clock = &clock;
    options_.events.diagnostics = true;
    options_.events.diagnostic_interval = 1ms;  // a minute is the least
    std::promise<void> answer;
    service_.SetHandler([answered = answer.get_future().share()](auto const&, auto const&) {
        answered.wait();
        return JsonAnswer(202, "");
    });
    auto const sink = Make();
    static_cast<void>(service_.Await(1));
    for (int i = 0; i < 5; ++i) {
        clock.Advance(1min);
        EXPECT_TRUE(sink->FlushAndWait(kLimit));
    }
    answer.set_value();
    sink->Close();
    EXPECT_THAT(service_.Requests(), SizeIs(3));  // the first, and two that waited
}

TEST_F(EventProcessorTest, WithoutATransportNothingIsKept) {
    options_.make_transport = nullptr;
    auto const sink = Make();
    sink->Identified(User("bob"));
    EXPECT_FALSE(sink->FlushAndWait(kLimit));
    sink->Close();
    EXPECT_THAT(sink_->Lines(), ElementsAre("error events: nothing to deliver them with"));
}

TEST_F(EventProcessorTest, SurvivesWhatATransportThrows) {
    class Throwing final : public HttpTransport {
      public:
        void Run(HttpRequestSource&) override { throw std::bad_alloc(); }
    };
    options_.make_transport = [](auto const&) { return std::make_unique<Throwing>(); };
    auto const sink = Make();
    for (int i = 0; i < 2; ++i) {
        sink->Identified(User("bob"));
        EXPECT_FALSE(sink->FlushAndWait(kLimit));
    }
    EXPECT_THAT(sink_->Lines(), SizeIs(2));
}

TEST_F(EventProcessorTest, AForkedChildIsNotHeldUp) {
    auto sink = Make();
    sink->Identified(User("bob"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::alarm(20);
        sink->Identified(User("child"));
        sink->Flush();
        bool const delivered = sink->FlushAndWait(1h);
        sink->Close();
        sink.reset();
        ::_exit(delivered ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
    sink->Identified(User("bob"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    EXPECT_THAT(service_.Requests(), SizeIs(2));
}

TEST_F(EventProcessorTest, ManyThreadsAtOnce) {
    auto const flag = MakeFlag("f", R"("trackEvents":true)");
    auto const sink = Make();
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
        threads.emplace_back([&, t] {
            Evaluation evaluation(*flag, 0);
            for (int i = 0; i < 50; ++i) {
                sink->Evaluated(User("u" + std::to_string(i)), *evaluation);
                sink->Tracked(User("u"), "e", {}, {});
                if (i % 10 == t) sink->Flush();
                if (i % 25 != t) continue;
                EXPECT_TRUE(sink->FlushAndWait(kLimit));
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    std::size_t features = 0;
    std::size_t customs = 0;
    for (auto const& request : service_.Requests()) {
        for (auto const& kind : Kinds(request)) {
            features += kind == "feature" ? 1 : 0;
            customs += kind == "custom" ? 1 : 0;
        }
    }
    EXPECT_EQ(features, 400U);
    EXPECT_EQ(customs, 400U);
}

}  // namespace
}  // namespace lddynamo::events
