#include "events/event_delivery.hpp"

#include "base/random.hpp"
#include "http/gzip.hpp"
#include "http/http_date.hpp"
#include "http/redirect.hpp"

#include <string_view>
#include <utility>

namespace lddynamo::events {
namespace {

constexpr std::chrono::seconds kPause{1};
constexpr std::chrono::seconds kTimeout{10};
constexpr std::size_t kMaxAnswerBytes = 64U << 10U;  // nobody reads it

enum class Verdict { kDelivered, kTryAgain, kDrop, kStop, kCancelled };

Verdict Judge(Result<HttpResponse> const& answer) noexcept {
    if (!answer) {
        switch (answer.error().code) {
            case ErrorCode::kCancelled:
                return Verdict::kCancelled;
            case ErrorCode::kInvalidArgument:
                return Verdict::kStop;  // the same headers and URL would go out every time
            default:
                return Verdict::kTryAgain;
        }
    }
    int const status = answer->status;
    if (status >= 200 && status < 300) return Verdict::kDelivered;
    if (status == 413) return Verdict::kDrop;  // later ones may be smaller
    bool const refused =
        status >= 400 && status < 500 && status != 400 && status != 408 && status != 429;
    return refused ? Verdict::kStop : Verdict::kTryAgain;
}

std::string Describe(Result<HttpResponse> const& answer) {
    if (!answer) return answer.error().Describe();
    auto text = "HTTP status " + std::to_string(answer->status);
    if (answer->status == 401 || answer->status == 403) text += ", the SDK key is not accepted";
    return text;
}

/// One request; and again after a pause when that may help.
class Post final : public HttpRequestSource {
  public:
    Post(HttpRequest request, std::string what, Logger const& logger)
        : request_(std::move(request)), what_(std::move(what)), logger_(logger) {}

    [[nodiscard]] Next GetNext(std::chrono::steady_clock::time_point now) override {
        switch (step_) {
            case Step::kFirst:
                step_ = Step::kFirstSent;
                return Exchange{0, request_};
            case Step::kFirstSent:
            case Step::kSecondSent:
                return WaitForAnswer{};
            case Step::kPausing:
                again_ = now + kPause;
                step_ = Step::kSecond;
                return WaitUntil{again_};
            case Step::kSecond:
                if (now < again_) return WaitUntil{again_};
                step_ = Step::kSecondSent;
                return Exchange{0, request_};
            case Step::kDone:
                break;
        }
        return Finished{};
    }

    void OnAnswer(std::uint64_t, Result<HttpResponse> answer) override {
        bool const first = step_ == Step::kFirstSent;
        if (answer) {
            auto next = http::Redirected(request_, *answer);
            if (next && *next && redirects_++ < http::kMaxRedirects) {
                request_ = std::move(**next);
                step_ = first ? Step::kFirst : Step::kSecond;
                return;
            }
            if (!next) {
                answer = Fail(std::move(next.error()));
            } else if (*next) {
                answer = Fail(http::TooManyRedirects());
            }
        }
        step_ = Step::kDone;
        switch (Judge(answer)) {
            case Verdict::kDelivered:
                outcome_.delivered = true;
                if (auto const* const date = answer->Header("Date")) {
                    outcome_.server_time = http::ParseHttpDate(*date);
                }
                return;
            case Verdict::kTryAgain:
                if (first) step_ = Step::kPausing;
                logger_.Warn("events: cannot deliver " + what_ + ": " + Describe(answer) +
                             (first ? "; trying again in a second" : "; dropped"));
                return;
            case Verdict::kDrop:
                logger_.Warn("events: cannot deliver " + what_ + ": " + Describe(answer) +
                             "; dropped");
                return;
            case Verdict::kStop:
                outcome_.stop = true;
                logger_.Error("events: cannot deliver " + what_ + ": " + Describe(answer) +
                              "; no more events will be sent");
                return;
            case Verdict::kCancelled:
                return;
        }
    }

    [[nodiscard]] EventDelivery::Outcome const& Outcome() const noexcept { return outcome_; }

  private:
    enum class Step { kFirst, kFirstSent, kPausing, kSecond, kSecondSent, kDone };

    HttpRequest request_;
    std::string what_;
    Logger const& logger_;
    int redirects_ = 0;
    Step step_ = Step::kFirst;
    std::chrono::steady_clock::time_point again_{};
    EventDelivery::Outcome outcome_;
};

}  // namespace

EventDelivery::EventDelivery(std::string base_uri, HttpHeaders headers, bool gzip, Logger logger)
    : base_uri_(std::move(base_uri)),
      headers_(std::move(headers)),
      gzip_(gzip),
      logger_(std::move(logger)) {
    while (base_uri_.ends_with('/')) base_uri_.pop_back();
}

HttpRequest EventDelivery::MakeRequest(std::string_view path, std::string json) const {
    HttpRequest request;
    request.method = "POST";
    request.url = base_uri_;
    request.url += path;
    request.headers = headers_;
    request.headers.emplace_back("Content-Type", "application/json");
    request.timeout = kTimeout;
    request.max_response_bytes = kMaxAnswerBytes;
    request.secret_body = true;  // it tells of people: nothing for a log
    if (gzip_) {
        if (auto packed = http::Gzip(json)) {
            request.headers.emplace_back("Content-Encoding", "gzip");
            request.body = std::move(*packed);
            return request;
        }
    }
    request.body = std::move(json);
    return request;
}

EventDelivery::Outcome EventDelivery::SendEvents(HttpTransport& transport, std::string json,
                                                 std::size_t count) const {
    auto request = MakeRequest("/bulk", std::move(json));
    request.headers.emplace_back("X-LaunchDarkly-Event-Schema", "4");
    // LaunchDarkly knows a second delivery of the same by it.
    request.headers.emplace_back("X-LaunchDarkly-Payload-ID", base::RandomUuid());
    Post post(std::move(request), std::to_string(count) + (count == 1 ? " event" : " events"),
              logger_);
    transport.Run(post);
    return post.Outcome();
}

void EventDelivery::SendDiagnostic(HttpTransport& transport, std::string json) const {
    auto const answer = http::SendOn(transport, MakeRequest("/diagnostic", std::move(json)));
    switch (Judge(answer)) {
        case Verdict::kDelivered:
        case Verdict::kCancelled:
            return;
        default:
            logger_.Debug("events: cannot deliver a diagnostic event: " + Describe(answer));
    }
}

}  // namespace lddynamo::events
