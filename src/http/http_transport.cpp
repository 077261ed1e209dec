#include <lddynamo/http_transport.hpp>

#include "base/longest.hpp"
#include "http/asio_transport.hpp"
#include "http/event_loop.hpp"
#include "http/exchange.hpp"
#include "http/http_message.hpp"
#include "http/proxy.hpp"
#include "http/stop_signal.hpp"
#include "http/tls_context.hpp"
#include "http/url.hpp"

#include <unistd.h>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo {
namespace http {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Loops that no call uses, and the connections that they keep.
/// @par Thread safety  All methods may be called from any thread at once.
class LoopPool {
  public:
    LoopPool(milliseconds idle_timeout, ResolveFunction resolve)
        : idle_timeout_(idle_timeout), resolve_(std::move(resolve)) {}

    /// The last used one, as its connections are the most likely to be alive; or a new one.
    [[nodiscard]] std::unique_ptr<EventLoop> Take() {
        std::vector<std::unique_ptr<EventLoop>> old;  // ends after the lock
        auto const too_old = SteadyClock::now() - idle_timeout_;
        auto const process = ::getpid();
        std::unique_ptr<EventLoop> loop;
        {
            std::scoped_lock const lock(mutex_);
            if (process_ != process) {
                // After a fork they are the parent's, which would notice if they ended here.
                for (auto& parents : loops_) static_cast<void>(parents.release());
                loops_.clear();
                process_ = process;
            }
            while (!loops_.empty() && loops_.front()->last_used <= too_old) {
                old.push_back(std::move(loops_.front()));
                loops_.pop_front();
            }
            if (!loops_.empty()) {
                loop = std::move(loops_.back());
                loops_.pop_back();
            }
        }
        if (!loop) return std::make_unique<EventLoop>(resolve_);
        loop->CloseIdleSince(too_old);
        return loop;
    }

    void Return(std::unique_ptr<EventLoop> loop) {
        loop->last_used = SteadyClock::now();
        std::scoped_lock const lock(mutex_);
        loops_.push_back(std::move(loop));
    }

  private:
    milliseconds const idle_timeout_;
    ResolveFunction const resolve_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<EventLoop>> loops_;  // guarded by mutex_; the last used one last
    pid_t process_ = 0;                             // guarded by mutex_; whose loops they are
};

/// TLS settings, made when first needed. A failure is not kept: a file may be there the next time.
class LazyTls {
  public:
    LazyTls(HttpTransportOptions const& options, Environment const& environment)
        : options_(options), environment_(environment) {}

    [[nodiscard]] Result<TlsContext*> Get() {
        std::scoped_lock const lock(mutex_);
        if (!context_) {
            auto made =
                options_.verify_peer
                    ? TlsContext::Create(TlsContext::FindTrust(options_.ca_file, environment_),
                                         options_.logger)
                    : TlsContext::CreateTrusting(options_.logger);
            if (!made) return Fail(std::move(made.error()));
            context_ = std::move(*made);
        }
        return context_.get();
    }

  private:
    HttpTransportOptions const& options_;
    Environment const& environment_;
    std::mutex mutex_;
    std::unique_ptr<TlsContext> context_;  // guarded by mutex_
};

/// What all calls of a transport share.
struct Shared {
    HttpTransportOptions const& options;
    LazyTls& tls;
    ProxySettings& proxies;
    std::atomic<std::uint64_t>& exchanges;  ///< Numbers them in the wire log.
};

/// One Run: asks the source, runs what it hands out, and delivers what comes back.
class Call {
  public:
    Call(HttpRequestSource& source, EventLoop& loop, Shared const& shared)
        : source_(source),
          loop_(loop),
          shared_(shared),
          options_(shared.options),
          wait_timer_(loop.context) {}

    void Run() {
        loop_.context.restart();
        StopSignal signal(loop_.context, options_.stop);
        if (signal.IsOpen()) {
            signal.Wait([this](boost::system::error_code const& error) {
                if (!error) Stop();
            });
        }
        Pump();
        if (signal.IsOpen()) {
            while (IsUnderWay()) loop_.context.run_one();
            signal.Close();
        }
        loop_.context.run();  // until nothing is under way and nothing is waited for
    }

  private:
    /// Handed out by the source, and not started yet.
    struct Held {
        std::uint64_t tag = 0;
        HttpRequest request{};
        Route route{};
        std::string authority{};
    };
    struct Answer {
        std::uint64_t tag = 0;
        Result<HttpResponse> result;
    };

    [[nodiscard]] bool IsUnderWay() const noexcept { return under_way_ > 0 || waits_; }

    /// Ends what is under way; what is still handed out fails at once, and nothing is waited for.
    void Stop() {
        stopped_ = true;
        for (auto const& weak : std::exchange(tasks_, {})) {
            if (auto const task = weak.lock()) task->Cancel();
        }
        EndWait();
        may_ask_ = true;
        Pump();
    }

    void EndWait() {
        waits_ = false;
        wait_timer_.cancel();
    }

    // Never runs within itself, so the depth of the stack does not depend on the source.
    void Pump() {
        if (pumping_) return;
        pumping_ = true;
        for (;;) {
            if (!answers_.empty()) {
                auto answer = std::move(answers_.front());
                answers_.pop_front();
                EndWait();
                may_ask_ = true;
                source_.OnAnswer(answer.tag, std::move(answer.result));
            } else if (held_) {
                if (!StartHeld()) break;
            } else if (may_ask_ && !finished_) {
                Ask();
            } else {
                break;
            }
        }
        pumping_ = false;
    }

    void Ask() {
        auto const now = SteadyClock::now();
        auto next = source_.GetNext(now);
        if (auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
            Hold(std::move(*exchange));
            return;
        }
        may_ask_ = false;
        if (auto const* const wait = std::get_if<HttpRequestSource::WaitUntil>(&next)) {
            if (IsStopped()) {
                finished_ = true;
                return;
            }
            waits_ = true;
            wait_timer_.expires_at(std::min(wait->time, now + base::kLongest));
            wait_timer_.async_wait([this](boost::system::error_code const& error) {
                if (error) return;
                waits_ = false;
                may_ask_ = true;
                Pump();
            });
        } else if (std::holds_alternative<HttpRequestSource::Finished>(next)) {
            finished_ = true;
        }
    }

    void Hold(HttpRequestSource::Exchange exchange) {
        auto url = ParseUrl(exchange.request.url);
        if (!url) {
            answers_.push_back({exchange.tag, Fail(std::move(url.error()))});
            return;
        }
        Route route;
        if (!exchange.request.bypass_proxy) {
            auto proxy = shared_.proxies.For(*url);
            if (!proxy) {
                answers_.push_back({exchange.tag, Fail(std::move(proxy.error()))});
                return;
            }
            route.proxy = std::move(*proxy);
        }
        auto authority = (url->https ? "https " : "http ") + url->Authority();
        route.url = std::move(*url);
        held_ =
            Held{exchange.tag, std::move(exchange.request), std::move(route), std::move(authority)};
    }

    [[nodiscard]] bool IsStopped() const noexcept {
        return stopped_ || options_.stop.stop_requested();
    }

    // False: its host has all the connections it may have.
    bool StartHeld() {
        if (IsStopped()) {
            answers_.push_back({held_->tag, Fail(ErrorCode::kCancelled,
                                                 "the call to " + held_->route.url.Authority() +
                                                     " was cancelled")});
            held_.reset();
            return true;
        }
        auto& running = running_[held_->authority];
        if (running >= std::max<std::size_t>(options_.max_connections, 1)) return false;
        Held held = std::move(*held_);
        held_.reset();
        TlsContext* context = nullptr;
        if (held.route.NeedsTls()) {
            auto made = shared_.tls.Get();
            if (!made) {
                answers_.push_back({held.tag, Fail(std::move(made.error()))});
                return true;
            }
            context = *made;
        }
        auto total = Clamp(held.request.timeout > milliseconds::zero() ? held.request.timeout
                                                                       : options_.attempt_timeout);
        if (held.request.deadline != SteadyClock::time_point()) {
            // It may have waited for a connection.
            auto const left = held.request.deadline - SteadyClock::now();
            total = std::min(total, Clamp(std::chrono::ceil<milliseconds>(left)));
        }
        held.request.idle_timeout = Clamp(held.request.idle_timeout);
        ++running;
        ++under_way_;
        ExchangeTask::Limits const limits{Clamp(options_.connect_timeout), total};
        std::uint64_t const number =
            options_.logger.Enabled(LogLevel::kTrace) ? ++shared_.exchanges : 0;
        auto const task = std::make_shared<ExchangeTask>(
            loop_, std::move(held.request), std::move(held.route), context, limits, options_.logger,
            number, [this, tag = held.tag, &running](Result<HttpResponse> result) {
                --running;
                --under_way_;
                answers_.push_back({tag, std::move(result)});
                Pump();
            });
        if (options_.stop.stop_possible()) {
            std::erase_if(tasks_, [](auto const& weak) { return weak.expired(); });
            tasks_.push_back(task);
        }
        task->Start();
        return true;
    }

    static milliseconds Clamp(milliseconds timeout) noexcept {
        return std::clamp(timeout, milliseconds(1), base::kLongest);
    }

    HttpRequestSource& source_;
    EventLoop& loop_;
    Shared const& shared_;
    HttpTransportOptions const& options_;
    boost::asio::steady_timer wait_timer_;
    std::map<std::string, std::size_t> running_;  ///< By scheme, host and port.
    std::optional<Held> held_;
    std::deque<Answer> answers_;
    std::vector<std::weak_ptr<ExchangeTask>> tasks_;  ///< Those that a stop would end.
    std::size_t under_way_ = 0;
    bool waits_ = false;
    bool stopped_ = false;
    bool may_ask_ = true;
    bool finished_ = false;
    bool pumping_ = false;
};

/// Answers every exchange with `error`: for when not even a loop can be made.
void FailAll(HttpRequestSource& source, Error const& error, std::stop_token const& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    for (;;) {
        auto next = source.GetNext(SteadyClock::now());
        if (auto const* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
            source.OnAnswer(exchange->tag, Fail(error));
        } else if (auto const* const wait = std::get_if<HttpRequestSource::WaitUntil>(&next)) {
            auto const until = std::min(wait->time, SteadyClock::now() + base::kLongest);
            never.wait_until(lock, stop, until, [] { return false; });
            if (stop.stop_requested()) return;
        } else {
            return;
        }
    }
}

class AsioTransport final : public HttpTransport {
  public:
    AsioTransport(HttpTransportOptions options, ResolveFunction resolve)
        : options_(std::move(options)),
          environment_(options_.environment != nullptr ? *options_.environment
                                                       : ProcessEnvironment()),
          proxies_(options_.proxy, options_.no_proxy, environment_),
          tls_(options_, environment_),
          loops_(std::clamp(options_.idle_timeout, milliseconds::zero(), base::kLongest),
                 std::move(resolve)) {}

    void Run(HttpRequestSource& source) override {
        std::unique_ptr<EventLoop> loop;
        try {
            loop = loops_.Take();
        } catch (boost::system::system_error const& failure) {
            Error error;
            error.code = ErrorCode::kConnection;
            error.message = std::string("cannot open a connection: ") + failure.what();
            error.retryable = true;
            return FailAll(source, error, options_.stop);
        }
        // When the source throws, the loop ends with all that was under way in it.
        Shared const shared{options_, tls_, proxies_, exchanges_};
        Call(source, *loop, shared).Run();
        loops_.Return(std::move(loop));
    }

  private:
    HttpTransportOptions const options_;
    Environment const& environment_;
    ProxySettings proxies_;
    std::atomic<std::uint64_t> exchanges_{0};
    LazyTls tls_;  // before the loops: connections end before the context that they use
    LoopPool loops_;
};

/// Hands out one request and keeps its answer.
class OneRequest final : public HttpRequestSource {
  public:
    explicit OneRequest(HttpRequest request) : request_(std::move(request)) {}
    [[nodiscard]] Next GetNext(SteadyClock::time_point) override {
        if (!request_) return Finished{};
        Exchange exchange{0, std::move(*request_)};
        request_.reset();
        return exchange;
    }
    void OnAnswer(std::uint64_t, Result<HttpResponse> answer) override {
        answer_ = std::move(answer);
    }
    [[nodiscard]] Result<HttpResponse> TakeAnswer() { return std::move(answer_); }

  private:
    std::optional<HttpRequest> request_;
    Result<HttpResponse> answer_ = Fail(ErrorCode::kInternal, "the transport gave no answer");
};

}  // namespace

std::unique_ptr<HttpTransport> MakeAsioTransport(HttpTransportOptions options,
                                                 ResolveFunction resolve) {
    return std::make_unique<AsioTransport>(std::move(options), std::move(resolve));
}

}  // namespace http

Result<HttpResponse> HttpTransport::Send(HttpRequest request) {
    http::OneRequest source(std::move(request));
    Run(source);
    return source.TakeAnswer();
}

std::unique_ptr<HttpTransport> MakeHttpTransport(HttpTransportOptions options) {
    return http::MakeAsioTransport(std::move(options), http::Resolve);
}

}  // namespace lddynamo
