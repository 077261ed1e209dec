/// @file
/// EventProcessorTest: an event processor whose deliveries go to a fake LaunchDarkly.
#pragma once

#include "event_world.hpp"
#include "events/event_processor.hpp"
#include "support/capturing_sink.hpp"
#include "support/fake_transport.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::events {

inline constexpr std::chrono::seconds kLimit{20};  // for what should happen at once

/// LaunchDarkly, as seen through a transport. Thread-safe.
class FakeService {
  public:
    using Handler = std::function<Result<HttpResponse>(HttpRequest const&, std::stop_token)>;

    /// Set before the processor is made. It is not called by a thread that was stopped.
    void SetHandler(Handler handler) { state_->handler = std::move(handler); }

    http::TransportFactory Factory() {
        return [state = state_](std::stop_token stop) {
            return std::make_unique<Transport>(state, std::move(stop));
        };
    }

    /// The first so many requests, once there are as many.
    std::vector<HttpRequest> Await(std::size_t count) {
        std::unique_lock lock(state_->mutex);
        EXPECT_TRUE(state_->changed.wait_for(lock, kLimit,
                                             [&] { return state_->requests.size() >= count; }));
        return state_->requests;
    }
    std::vector<HttpRequest> Requests() {
        std::scoped_lock const lock(state_->mutex);
        return state_->requests;
    }
    std::thread::id Thread() {
        std::scoped_lock const lock(state_->mutex);
        return state_->thread;
    }

  private:
    /// Shared with transports: a thread that was left may outlive the test.
    struct State {
        Handler handler;
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<HttpRequest> requests;  // guarded by mutex
        std::thread::id thread;             // guarded by mutex
    };

    class Transport final : public HttpTransport {
      public:
        Transport(std::shared_ptr<State> state, std::stop_token stop)
            : state_(std::move(state)), stop_(std::move(stop)) {}
        void Run(HttpRequestSource& source) override {
            std::mutex mutex;
            std::condition_variable_any never;
            for (;;) {
                auto next = source.GetNext(std::chrono::steady_clock::now());
                if (auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
                    source.OnAnswer(exchange->tag, Take(exchange->request));
                } else if (auto* const wait = std::get_if<HttpRequestSource::WaitUntil>(&next)) {
                    std::unique_lock lock(mutex);
                    never.wait_until(lock, stop_, wait->time, [] { return false; });
                    if (stop_.stop_requested()) return;
                } else {
                    return;
                }
            }
        }

      private:
        Result<HttpResponse> Take(HttpRequest const& request) {
            if (stop_.stop_requested()) return Fail(ErrorCode::kCancelled, "cancelled");
            {
                std::scoped_lock const lock(state_->mutex);
                state_->requests.push_back(request);
                state_->thread = std::this_thread::get_id();
            }
            state_->changed.notify_all();
            return state_->handler ? state_->handler(request, stop_)
                                   : test_support::JsonAnswer(202, "");
        }

        std::shared_ptr<State> const state_;
        std::stop_token const stop_;
    };

    std::shared_ptr<State> const state_ = std::make_shared<State>();
};

/// Until the transport is stopped.
inline Result<HttpResponse> Hang(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, stop, kLimit, [] { return false; });
    return Fail(ErrorCode::kCancelled, "cancelled");
}

class EventProcessorTest : public ::testing::Test {
  protected:
    EventProcessorTest() {
        options_.events.flush_interval = std::chrono::hours(1);
        options_.events.diagnostics = false;
        options_.base_uri = "http://events.example";
        options_.headers = {{"Authorization", "sdk-secret"}};
        options_.make_transport = service_.Factory();
        options_.logger = Logger(sink_);
        // A busy machine's threads begin late. Tests of the limits themselves set shorter ones.
        options_.deliver_patience = kLimit;
        options_.cancel_patience = kLimit;
    }
    std::unique_ptr<EventSink> Make() { return MakeEventProcessor(options_); }
    static std::vector<std::string> Kinds(HttpRequest const& request) {
        std::vector<std::string> kinds;
        auto const body = Json(request.body);
        for (auto const& event : body.AsArray()) kinds.emplace_back(event["kind"].AsString());
        return kinds;
    }

    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    FakeService service_;
    EventProcessorOptions options_;
};

}  // namespace lddynamo::events
