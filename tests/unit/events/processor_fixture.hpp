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

    /// Set before the processor is made.
    void SetHandler(Handler handler) { handler_ = std::move(handler); }

    http::TransportFactory Factory() {
        return [this](std::stop_token stop) { return std::make_unique<Transport>(*this, stop); };
    }

    /// The first so many requests, once there are as many.
    std::vector<HttpRequest> Await(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, kLimit, [&] { return requests_.size() >= count; }));
        return requests_;
    }
    std::vector<HttpRequest> Requests() {
        std::scoped_lock const lock(mutex_);
        return requests_;
    }
    std::thread::id Thread() {
        std::scoped_lock const lock(mutex_);
        return thread_;
    }

  private:
    class Transport final : public HttpTransport {
      public:
        Transport(FakeService& service, std::stop_token stop)
            : service_(service), stop_(std::move(stop)) {}
        void Run(HttpRequestSource& source) override {
            std::mutex mutex;
            std::condition_variable_any never;
            for (;;) {
                auto next = source.GetNext(std::chrono::steady_clock::now());
                if (auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
                    source.OnAnswer(exchange->tag, service_.Take(exchange->request, stop_));
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
        FakeService& service_;
        std::stop_token stop_;
    };

    Result<HttpResponse> Take(HttpRequest const& request, std::stop_token const& stop) {
        {
            std::scoped_lock const lock(mutex_);
            requests_.push_back(request);
            thread_ = std::this_thread::get_id();
        }
        changed_.notify_all();
        return handler_ ? handler_(request, stop) : test_support::JsonAnswer(202, "");
    }

    Handler handler_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<HttpRequest> requests_;  // guarded by mutex_
    std::thread::id thread_;             // guarded by mutex_
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
