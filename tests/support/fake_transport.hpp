/// @file
/// FakeTransport: scripted HTTP answers, in a FakeClock's time.
#pragma once

#include <lddynamo/http_transport.hpp>

#include "support/fake_clock.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::test_support {

/// An answer with a JSON body.
inline HttpResponse JsonAnswer(int status, std::string body, HttpHeaders headers = {}) {
    HttpResponse response;
    response.status = status;
    response.headers = std::move(headers);
    response.body = std::move(body);
    return response;
}

/// Answers from a script, or from a handler. Waits move the clock and never sleep. Thread-safe,
/// though scripts make sense with one thread only.
class FakeTransport final : public HttpTransport {
  public:
    using Handler = std::function<Result<HttpResponse>(HttpRequest const&)>;
    struct Sent {
        HttpRequest request{};
        std::chrono::nanoseconds at{0};  ///< Of the clock.
    };

    explicit FakeTransport(FakeClock& clock) : clock_(clock) {}

    /// Answers in the order in which requests are sent, each after `latency`.
    void Add(Result<HttpResponse> answer, std::chrono::milliseconds latency = {}) {
        std::scoped_lock const lock(mutex_);
        script_.push_back({std::move(answer), latency});
    }
    void AddFailure(ErrorCode code, std::string message, std::chrono::milliseconds latency = {}) {
        Add(Fail(code, std::move(message)), latency);
    }
    /// Answers what the script does not.
    void SetHandler(Handler handler, std::chrono::milliseconds latency = {}) {
        handler_ = std::move(handler);
        handler_latency_ = latency;
    }
    void SetMaxInFlight(std::size_t limit) { max_in_flight_ = limit; }

    [[nodiscard]] std::vector<Sent> SentRequests() const {
        std::scoped_lock const lock(mutex_);
        return sent_;
    }
    [[nodiscard]] std::size_t SentCount() const { return SentRequests().size(); }
    [[nodiscard]] std::size_t PeakInFlight() const {
        std::scoped_lock const lock(mutex_);
        return peak_;
    }
    [[nodiscard]] std::size_t ScriptLeft() const {
        std::scoped_lock const lock(mutex_);
        return script_.size();
    }

    void Run(HttpRequestSource& source) override {
        std::vector<InFlight> in_flight;
        for (;;) {
            auto next = HttpRequestSource::Next(HttpRequestSource::WaitForAnswer{});
            if (in_flight.size() < max_in_flight_) next = source.GetNext(clock_.SteadyNow());
            if (auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
                in_flight.push_back(Start(std::move(*exchange)));
                NotePeak(in_flight.size());
                continue;
            }
            auto const first = std::min_element(
                in_flight.begin(), in_flight.end(),
                [](InFlight const& a, InFlight const& b) { return a.ends < b.ends; });
            auto const* const wait = std::get_if<HttpRequestSource::WaitUntil>(&next);
            if (wait != nullptr && (first == in_flight.end() || wait->time < first->ends)) {
                clock_.Sleep(wait->time - clock_.SteadyNow());
                continue;
            }
            if (first == in_flight.end()) return;
            clock_.Sleep(first->ends - clock_.SteadyNow());
            InFlight ended = std::move(*first);
            in_flight.erase(first);
            source.OnAnswer(ended.tag, std::move(ended.answer));
        }
    }

  private:
    struct Scripted {
        Result<HttpResponse> answer;
        std::chrono::milliseconds latency;
    };
    struct InFlight {
        std::uint64_t tag;
        Result<HttpResponse> answer;
        std::chrono::steady_clock::time_point ends;
    };

    void NotePeak(std::size_t count) {
        std::scoped_lock const lock(mutex_);
        peak_ = std::max(peak_, count);
    }

    InFlight Start(HttpRequestSource::Exchange exchange) {
        std::scoped_lock const lock(mutex_);
        auto const now = clock_.SteadyNow();
        Scripted scripted{Fail(ErrorCode::kInternal, "the script has no more answers"), {}};
        if (!script_.empty()) {
            scripted = std::move(script_.front());
            script_.pop_front();
        } else if (handler_) {
            scripted = {handler_(exchange.request), handler_latency_};
        }
        auto const limit = exchange.request.timeout;
        if (limit.count() > 0 && scripted.latency > limit) {
            scripted = {Fail(ErrorCode::kTimeout, "the exchange took too long"), limit};
        }
        sent_.push_back({std::move(exchange.request), clock_.Elapsed()});
        return {exchange.tag, std::move(scripted.answer), now + scripted.latency};
    }

    FakeClock& clock_;
    Handler handler_;  // set before the first Run, as the two below
    std::chrono::milliseconds handler_latency_{0};
    std::size_t max_in_flight_ = std::numeric_limits<std::size_t>::max();
    mutable std::mutex mutex_;
    // Guarded by mutex_:
    std::deque<Scripted> script_;
    std::size_t peak_ = 0;
    std::vector<Sent> sent_;
};

}  // namespace lddynamo::test_support
