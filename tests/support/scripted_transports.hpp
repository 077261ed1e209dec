/// @file
/// ScriptedTransports: makes transports whose exchanges are functions of a test, one after another.
#pragma once

#include "http/transport_factory.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace lddynamo::test_support {

/// The n-th exchange, of whichever transport, is the n-th function; after the last, exchanges wait
/// for their stop.
class ScriptedTransports {
  public:
    using Exchange = std::function<Result<HttpResponse>(HttpRequest const&, std::stop_token)>;

    explicit ScriptedTransports(std::vector<Exchange> script) : script_(std::move(script)) {}

    [[nodiscard]] http::TransportFactory Factory() {
        return [this](std::stop_token stop) {
            return std::make_unique<Transport>(*this, std::move(stop));
        };
    }
    [[nodiscard]] std::vector<HttpRequest> Requests() {
        std::scoped_lock const lock(mutex_);
        return requests_;
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
    static Exchange Failure(ErrorCode code) {
        return [code](HttpRequest const&, std::stop_token const&) -> Result<HttpResponse> {
            return Fail(code, "scripted");
        };
    }

  private:
    class Transport final : public HttpTransport {
      public:
        Transport(ScriptedTransports& all, std::stop_token stop)
            : all_(all), stop_(std::move(stop)) {}
        void Run(HttpRequestSource& source) override {
            for (;;) {
                auto next = source.GetNext(std::chrono::steady_clock::now());
                auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next);
                if (exchange == nullptr) return;
                source.OnAnswer(exchange->tag, all_.Answer(exchange->request, stop_));
            }
        }

      private:
        ScriptedTransports& all_;
        std::stop_token const stop_;
    };

    Result<HttpResponse> Answer(HttpRequest const& request, std::stop_token const& stop) {
        Exchange exchange;
        {
            std::scoped_lock const lock(mutex_);
            auto const number = requests_.size();
            requests_.push_back(request);
            if (number < script_.size()) exchange = script_[number];
        }
        return exchange ? exchange(request, stop) : WaitForStop(stop);
    }

    std::mutex mutex_;
    std::vector<Exchange> script_;       // guarded by mutex_
    std::vector<HttpRequest> requests_;  // guarded by mutex_
};

}  // namespace lddynamo::test_support
