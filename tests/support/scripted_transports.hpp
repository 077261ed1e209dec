/// @file
/// ScriptedTransports: makes transports whose exchanges are functions of a test, one after another.
#pragma once

#include "http/transport_factory.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace lddynamo::test_support {

/// The n-th exchange, of whichever transport, is the n-th function; after the last, exchanges wait
/// for their stop.
class ScriptedTransports {
  public:
    using Exchange = std::function<Result<HttpResponse>(HttpRequest const&, std::stop_token)>;

    explicit ScriptedTransports(std::vector<Exchange> script) : state_(std::make_shared<State>()) {
        state_->script = std::move(script);
    }

    [[nodiscard]] http::TransportFactory Factory() {
        return [state = state_](std::stop_token stop) {
            return std::make_unique<Transport>(state, std::move(stop));
        };
    }
    [[nodiscard]] std::vector<HttpRequest> Requests() {
        std::scoped_lock const lock(state_->mutex);
        return state_->requests;
    }
    /// Waits for a stop, as a stream on which nothing comes.
    static Result<HttpResponse> WaitForStop(std::stop_token const& stop) {
        std::mutex mutex;
        std::condition_variable_any never;
        std::unique_lock lock(mutex);
        never.wait(lock, stop, [] { return false; });
        return Fail(ErrorCode::kCancelled, "cancelled");
    }
    /// A stream that brings `body`, and then ends or waits.
    static Exchange Stream(std::string body, bool ends, HttpHeaders headers = {}) {
        return
            [body = std::move(body), ends, headers = std::move(headers)](
                HttpRequest const& request, std::stop_token const& stop) -> Result<HttpResponse> {
                HttpResponse answer;
                answer.status = 200;
                answer.headers = headers;
                if (!request.receiver->OnHead(answer)) return answer;
                if (!body.empty() && !request.receiver->OnBody(body)) {
                    return Fail(ErrorCode::kCancelled, "cancelled");
                }
                if (ends) return answer;
                return WaitForStop(stop);
            };
    }
    static Exchange Status(int status, std::string body = {}, HttpHeaders headers = {}) {
        return [status, body = std::move(body), headers = std::move(headers)](
                   HttpRequest const& request, std::stop_token const&) -> Result<HttpResponse> {
            HttpResponse answer;
            answer.status = status;
            answer.headers = headers;
            if (request.receiver) (void)request.receiver->OnHead(answer);
            answer.body = body;
            return answer;
        };
    }
    /// As where there is no memory.
    static Exchange Throw() {
        return [](HttpRequest const&, std::stop_token const&) -> Result<HttpResponse> {
            throw std::bad_alloc();
        };
    }
    static Exchange Failure(ErrorCode code) {
        return [code](HttpRequest const&, std::stop_token const&) -> Result<HttpResponse> {
            return Fail(code, "scripted");
        };
    }

  private:
    /// Shared with transports: a thread that was left may outlive the test.
    struct State {
        std::mutex mutex;
        std::vector<Exchange> script;       // guarded by mutex
        std::vector<HttpRequest> requests;  // guarded by mutex
    };

    class Transport final : public HttpTransport {
      public:
        Transport(std::shared_ptr<State> state, std::stop_token stop)
            : state_(std::move(state)), stop_(std::move(stop)) {}
        void Run(HttpRequestSource& source) override {
            for (;;) {
                auto next = source.GetNext(std::chrono::steady_clock::now());
                auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next);
                if (exchange == nullptr) return;
                source.OnAnswer(exchange->tag, Answer(exchange->request));
            }
        }

      private:
        Result<HttpResponse> Answer(HttpRequest const& request) {
            Exchange exchange;
            {
                std::scoped_lock const lock(state_->mutex);
                auto const number = state_->requests.size();
                state_->requests.push_back(request);
                if (number < state_->script.size()) exchange = state_->script[number];
            }
            return exchange ? exchange(request, stop_) : WaitForStop(stop_);
        }

        std::shared_ptr<State> const state_;
        std::stop_token const stop_;
    };

    std::shared_ptr<State> const state_;
};

}  // namespace lddynamo::test_support
