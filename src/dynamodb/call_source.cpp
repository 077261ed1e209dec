#include "dynamodb/call_source.hpp"

#include "aws/cached_credentials.hpp"
#include "aws/credentials_check.hpp"
#include "aws/text.hpp"
#include "aws/timestamp.hpp"
#include "base/longest.hpp"
#include "dynamodb/answer_checksum.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace lddynamo::dynamodb {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kService = "dynamodb";
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

bool IsExpiredToken(std::string_view service_code) noexcept {
    return service_code == "ExpiredTokenException" || service_code == "ExpiredToken";
}

/// As botocore does: everything but these is percent-encoded.
std::string EncodeTraceId(std::string_view text) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    static constexpr std::string_view kKept = "-=;:+&[]{}\"',_.~";
    std::string out;
    for (char const c : text) {
        if (aws::IsAlphanumeric(c) || kKept.find(c) != std::string_view::npos) {
            out += c;
        } else {
            auto const byte = static_cast<unsigned char>(c);
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 0xFU];
        }
    }
    return out;
}

Redaction RedactionOf(AwsCredentials const& credentials) {
    return {credentials.secret_access_key.Reveal(), credentials.session_token.Reveal()};
}

}  // namespace

CallSource::CallSource(CallContext const& context, std::vector<Call> calls) : context_(context) {
    calls_.reserve(calls.size());
    for (Call& call : calls) {
        Progress progress;
        progress.call = std::move(call);
        calls_.push_back(std::move(progress));
    }
}

HttpRequestSource::Next CallSource::GetNext(SteadyTime now) {
    std::optional<SteadyTime> next_due;
    bool any_in_flight = false;
    if (context_.stop.stop_requested()) CancelWaiting();
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        Progress& progress = calls_[i];
        if (progress.pause) {
            progress.due = now + *std::exchange(progress.pause, std::nullopt);
            if (progress.due >= progress.deadline) {
                Error error = std::move(*progress.last_error);
                error.message += "; no time is left for another attempt";
                Finish(progress, std::move(error));
                continue;
            }
        }
        if (progress.state == State::kInFlight) any_in_flight = true;
        if (progress.state == State::kPaused && progress.due > now) {
            next_due = next_due ? std::min(*next_due, progress.due) : progress.due;
        } else if (progress.state == State::kNew || progress.state == State::kPaused) {
            if (MayStart(progress, now)) {
                if (auto request = StartAttempt(progress, now)) {
                    return Exchange{i, std::move(*request)};
                }
            } else if (progress.state == State::kPaused) {
                next_due = next_due ? std::min(*next_due, progress.due) : progress.due;
            }
        }
    }
    if (next_due) return WaitUntil{*next_due};
    if (any_in_flight) return WaitForAnswer{};
    return Finished{};
}

void CallSource::CancelWaiting() {
    for (Progress& progress : calls_) {
        if (progress.state != State::kNew && progress.state != State::kPaused) continue;
        progress.pause.reset();
        Error error;
        error.code = ErrorCode::kCancelled;
        error.message = "cancelled";
        Finish(progress, std::move(error));
    }
}

bool CallSource::MayStart(Progress& progress, SteadyTime now) {
    if (progress.state == State::kNew) {
        progress.deadline = now + std::min(context_.total_timeout, base::kLongest);
        progress.invocation_id = base::RandomUuid();
        progress.state = State::kPaused;
        progress.due = now;
    }
    if (context_.aws.retry->Known().mode != aws::RetryMode::kAdaptive) return true;
    double const wait = context_.limiter.Acquire(aws::ToRateSeconds(now));
    if (wait <= 0) return true;
    progress.due = now + std::chrono::ceil<milliseconds>(std::chrono::duration<double>(wait));
    if (progress.due >= progress.deadline) {
        Error error;
        error.code = ErrorCode::kThrottled;
        error.message = "the service throttles, and no time is left to wait for this client's turn";
        error.retryable = true;
        Finish(progress, progress.last_error ? std::move(*progress.last_error) : std::move(error));
    }
    return false;
}

std::optional<HttpRequest> CallSource::StartAttempt(Progress& progress, SteadyTime now) {
    auto left = std::chrono::ceil<milliseconds>(progress.deadline - now);
    if (left.count() <= 0) {  // the transport came back late
        Error error;
        error.code = ErrorCode::kTimeout;
        error.message = "the operation's time is over";
        Finish(progress, progress.last_error ? std::move(*progress.last_error) : std::move(error));
        return std::nullopt;
    }
    ++progress.attempt;
    HttpRequest request;
    request.method = "POST";
    request.body = progress.call.body;
    request.headers.reserve(12);
    request.headers.emplace_back("Content-Type", "application/x-amz-json-1.0");
    request.headers.emplace_back("X-Amz-Target",
                                 std::string(kTargetPrefix) + progress.call.operation);
    auto const before = context_.clock.SteadyNow();
    if (auto status = Sign(progress, request); !status) {
        if (context_.stop.stop_requested()) status.error().code = ErrorCode::kCancelled;
        Finish(progress, std::move(status.error()));
        return std::nullopt;
    }
    // Getting credentials may have taken a while, which counts too.
    left -= std::chrono::ceil<milliseconds>(context_.clock.SteadyNow() - before);
    if (left < context_.attempt_timeout) request.timeout = std::max(left, milliseconds(1));
    request.deadline = progress.deadline;
    AppendUnsignedHeaders(progress, std::min(left, context_.attempt_timeout), request);
    progress.state = State::kInFlight;
    progress.sent = context_.clock.Now();
    return request;
}

Status CallSource::Sign(Progress& progress, HttpRequest& request) {
    auto credentials = context_.aws.credentials->GetCredentials();
    if (!credentials) return Fail(std::move(credentials.error()));
    if (!*credentials) {
        return Fail(ErrorCode::kCredentials,
                    "no AWS credentials; tried: " + context_.aws.credentials->Name() + ": " +
                        credentials->Reason());
    }
    progress.credentials = std::move(**credentials);
    std::string const where =
        progress.credentials.source.empty() ? "code" : progress.credentials.source;
    if (auto status = aws::CheckCredentials(progress.credentials, where); !status) return status;
    progress.signed_skew = context_.skew.Get();
    std::optional<aws::Endpoint> of_account;
    if (context_.aws.account_endpoints) {
        auto found = context_.aws.EndpointFor(progress.credentials, progress.call.table);
        if (!found) return Fail(std::move(found.error()));
        of_account = std::move(*found);
    }
    aws::Endpoint const& endpoint = of_account ? *of_account : context_.aws.endpoint;
    request.url = endpoint.text;
    context_.signer.Sign(request, {endpoint.url.host_header, endpoint.url.target},
                         progress.credentials, {endpoint.signing_region, kService},
                         context_.clock.Now() + progress.signed_skew);
    return {};
}

void CallSource::AppendUnsignedHeaders(Progress const& progress, milliseconds left,
                                       HttpRequest& request) const {
    // Not signed: proxies may change some of these.
    request.headers.emplace_back("Accept-Encoding", "identity");
    request.headers.emplace_back("User-Agent", context_.aws.user_agent);
    request.headers.emplace_back("amz-sdk-invocation-id", progress.invocation_id);
    std::string attempt;
    if (context_.skew.IsKnown()) {  // else a wrong clock would make this request seem too late
        attempt =
            "ttl=" + aws::BasicTimestamp(context_.clock.Now() + context_.skew.Get() + left) + "; ";
    }
    attempt += "attempt=" + std::to_string(progress.attempt) +
               "; max=" + std::to_string(context_.aws.retry->Known().max_attempts);
    request.headers.emplace_back("amz-sdk-request", std::move(attempt));
    if (context_.environment.GetNonEmpty("AWS_LAMBDA_FUNCTION_NAME")) {
        if (auto const trace = context_.environment.GetNonEmpty("_X_AMZN_TRACE_ID")) {
            request.headers.emplace_back("X-Amzn-Trace-Id", EncodeTraceId(*trace));
        }
    }
}

void CallSource::OnAnswer(std::uint64_t tag, Result<HttpResponse> answer) {
    if (tag >= calls_.size() || calls_[tag].state != State::kInFlight) return;
    Progress& progress = calls_[tag];
    if (answer) {
        HandleAnswer(progress, *answer);
        return;
    }
    Verdict verdict;
    verdict.error = std::move(answer.error());
    verdict.error.message = RedactionOf(progress.credentials).Apply(verdict.error.message);
    verdict.kind = aws::ClassifyFailure(verdict.error.code);
    // It may have been sent, and done.
    if (verdict.kind != aws::RetryClass::kNever || verdict.error.code == ErrorCode::kCancelled) {
        progress.lost_answer = true;
    }
    TellLimiter(verdict.kind);
    RetryOrFail(progress, std::move(verdict), std::nullopt);
}

void CallSource::HandleAnswer(Progress& progress, HttpResponse const& answer) {
    if (answer.resent) progress.lost_answer = true;
    auto const received = context_.clock.Now();
    auto const skew = aws::MeasureSkew(answer.headers, progress.sent, received);
    if (skew) context_.skew.Set(*skew);
    auto const retry_after = aws::RetryAfter(answer.headers);

    Verdict verdict;
    if (!HasMatchingChecksum(answer)) {
        verdict.kind = aws::RetryClass::kTransient;
        verdict.error.code = ErrorCode::kInvalidData;
        verdict.error.message = "the answer's checksum (x-amz-crc32) does not match its body";
        verdict.error.http_status = answer.status;
        progress.lost_answer = true;
        TellLimiter(verdict.kind);
        RetryOrFail(progress, std::move(verdict), retry_after);
        return;
    }
    if (answer.status >= 200 && answer.status < 300) {
        TellLimiter(aws::RetryClass::kNever);
        HandleSuccess(progress, answer);
        return;
    }
    ServiceError service =
        ReadServiceError(progress.call.operation, answer, RedactionOf(progress.credentials));
    std::string const& code = service.error.service_code;
    verdict.kind = aws::ClassifyAnswer(answer.status, code, context_.aws.retry->Known().mode);
    TellLimiter(verdict.kind);
    if (service.is_contention) verdict.kind = aws::RetryClass::kTransient;
    if (skew && aws::IsSkewError(code, progress.signed_skew, *skew)) {
        verdict.kind = aws::RetryClass::kTransient;
        service.error.message +=
            " (this machine's clock is wrong by " +
            std::to_string(
                std::chrono::round<std::chrono::seconds>(*skew - progress.signed_skew).count()) +
            " s)";
    } else if (IsExpiredToken(code) && HasNewCredentials(progress)) {
        verdict.kind = aws::RetryClass::kTransient;
        verdict.retry_at_once = true;
    }
    progress.outcome.item = std::move(service.item);
    verdict.error = std::move(service.error);
    RetryOrFail(progress, std::move(verdict), retry_after);
    if (answer.status >= 500) progress.lost_answer = true;  // it may have been done all the same
}

void CallSource::HandleSuccess(Progress& progress, HttpResponse const& answer) const {
    if (context_.logger.Enabled(LogLevel::kDebug)) {
        LogAttempt(progress, "HTTP " + std::to_string(answer.status) + ", " +
                                 std::to_string(answer.body.size()) + " bytes");
    }
    context_.quota.GiveBack(progress.last_cost > 0 ? progress.last_cost : 1);
    auto json = Value::Parse(answer.body);
    if (json && json->IsObject()) {
        progress.outcome.answer = std::move(*json);
        progress.state = State::kDone;
        return;
    }
    Error error;
    error.code = ErrorCode::kInvalidData;
    error.message = "the answer, HTTP " + std::to_string(answer.status) +
                    ", is not DynamoDB's JSON: " +
                    DescribeForeignBody(answer.body, RedactionOf(progress.credentials));
    error.http_status = answer.status;
    Finish(progress, std::move(error));
}

bool CallSource::HasNewCredentials(Progress& progress) const {
    if (progress.asked_new_credentials) return false;
    progress.asked_new_credentials = true;
    auto* const cached = dynamic_cast<aws::RejectableCredentials*>(context_.aws.credentials.get());
    if (cached == nullptr) return false;
    cached->Reject(progress.credentials.access_key_id);
    auto const fresh = cached->GetCredentials();
    return fresh && *fresh &&
           ((*fresh)->access_key_id != progress.credentials.access_key_id ||
            !((*fresh)->session_token == progress.credentials.session_token));
}

void CallSource::RetryOrFail(Progress& progress, Verdict verdict,
                             std::optional<milliseconds> retry_after) {
    progress.outcome.is_ambiguous = false;
    bool const can_retry = verdict.kind != aws::RetryClass::kNever;
    verdict.error.retryable = can_retry || verdict.error.code == ErrorCode::kConflict;
    aws::RetrySettings const settings =
        can_retry ? context_.aws.retry->Complete() : context_.aws.retry->Known();
    LogAttempt(progress, verdict.error.Describe());
    if (!can_retry) {
        Finish(progress, std::move(verdict.error));
        return;
    }
    if (progress.attempt >= settings.max_attempts) {
        if (progress.attempt > 1) {
            verdict.error.message +=
                "; gave up after " + std::to_string(progress.attempt) + " attempts";
        }
        Finish(progress, std::move(verdict.error));
        return;
    }
    if (settings.mode != aws::RetryMode::kLegacy) {
        int const cost = aws::RetryQuota::Cost(verdict.kind);
        if (!context_.quota.Take(cost)) {
            verdict.error.message += "; too many calls fail, so it is not tried again";
            Finish(progress, std::move(verdict.error));
            return;
        }
        progress.last_cost = cost;
    }
    progress.pause = verdict.retry_at_once
                         ? milliseconds(0)
                         : aws::RetryDelay(settings.mode, verdict.kind, progress.attempt,
                                           context_.random(), retry_after);
    progress.last_error = std::move(verdict.error);
    progress.state = State::kPaused;
}

void CallSource::TellLimiter(aws::RetryClass kind) const {
    bool const is_throttled = kind == aws::RetryClass::kThrottling;
    // The mode may stand in a profile that is read only once something failed.
    auto const mode =
        is_throttled ? context_.aws.retry->Complete().mode : context_.aws.retry->Known().mode;
    if (mode != aws::RetryMode::kAdaptive) return;
    context_.limiter.OnAnswer(is_throttled, aws::ToRateSeconds(context_.clock.SteadyNow()));
}

void CallSource::Finish(Progress& progress, Error error) const {
    error.message = progress.call.operation +
                    (progress.call.table.empty()
                         ? std::string()
                         : " on table \"" + aws::Printable(progress.call.table, 255) + "\"") +
                    ": " + error.message;
    progress.outcome.answer = Fail(std::move(error));
    progress.outcome.is_ambiguous = progress.lost_answer;
    progress.state = State::kDone;
}

void CallSource::LogAttempt(Progress const& progress, std::string const& what) const {
    if (!context_.logger.Enabled(LogLevel::kDebug)) return;
    context_.logger.Debug("dynamodb " + progress.call.operation + ", attempt " +
                          std::to_string(progress.attempt) + ": " + what);
}

std::vector<CallOutcome> CallSource::TakeOutcomes() {
    std::vector<CallOutcome> outcomes;
    outcomes.reserve(calls_.size());
    for (Progress& progress : calls_) {
        if (progress.state != State::kDone) {
            Error error;
            error.message = "the HTTP transport returned without an answer";
            if (context_.stop.stop_requested()) {
                error.code = ErrorCode::kCancelled;
                error.message = "cancelled";
            }
            Finish(progress, std::move(error));
        }
        outcomes.push_back(std::move(progress.outcome));
    }
    return outcomes;
}

}  // namespace lddynamo::dynamodb
