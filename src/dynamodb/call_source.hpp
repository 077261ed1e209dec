/// @file
/// CallSource: runs DynamoDB calls, several at once, each with its signature, retries and deadline.
/// Layer: dynamodb. Does no I/O and never sleeps: the transport asks it what to do next.
#pragma once

#include <lddynamo/aws.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/value.hpp>

#include "aws/clock_skew.hpp"
#include "aws/rate_limiter.hpp"
#include "aws/resolved_aws.hpp"
#include "aws/retry.hpp"
#include "aws/sigv4.hpp"
#include "base/random.hpp"
#include "dynamodb/service_error.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lddynamo::dynamodb {

/// One operation, as asked for.
struct Call {
    std::string operation{};  ///< "GetItem"
    std::string table{};      ///< For messages.
    std::string body{};
};

/// How it ended.
struct CallOutcome {
    Result<Value> answer{};      ///< The JSON object of a 2xx answer.
    std::optional<Item> item{};  ///< The row that a failed condition came with.
    /// An attempt before the last may have been done although its answer was lost.
    bool is_ambiguous = false;
};

/// What all calls of a client share. Outlives every CallSource.
struct CallContext {
    aws::ResolvedAws const& aws;
    aws::RequestSigner& signer;
    aws::RetryQuota& quota;
    aws::ClientRateLimiter& limiter;  ///< Asked in retry mode adaptive only.
    aws::ClockSkew& skew;
    Clock& clock;
    Environment const& environment;
    Logger const& logger;
    std::chrono::milliseconds total_timeout;    ///< For each call.
    std::chrono::milliseconds attempt_timeout;  ///< What the transport gives an exchange by itself.
    base::RandomFraction const& random;
};

class CallSource final : public HttpRequestSource {
  public:
    CallSource(CallContext const& context, std::vector<Call> calls);

    [[nodiscard]] Next GetNext(std::chrono::steady_clock::time_point now) override;
    void OnAnswer(std::uint64_t tag, Result<HttpResponse> answer) override;
    /// In the order of the calls, once the transport has returned.
    [[nodiscard]] std::vector<CallOutcome> TakeOutcomes();

  private:
    using SteadyTime = std::chrono::steady_clock::time_point;

    enum class State : std::uint8_t { kNew, kPaused, kInFlight, kDone };
    struct Progress {
        Call call{};
        CallOutcome outcome{};
        State state = State::kNew;
        int attempt = 0;  ///< Of the exchange under way or just ended.
        std::string invocation_id{};
        SteadyTime deadline{};
        /// Set by OnAnswer; counted from the next GetNext, which knows the transport's time.
        std::optional<std::chrono::milliseconds> pause{};
        SteadyTime due{};
        std::optional<Error> last_error{};
        int last_cost = 0;
        bool lost_answer = false;
        bool asked_new_credentials = false;
        AwsCredentials credentials{};  ///< That signed the attempt.
        aws::SkewDuration signed_skew{};
        std::chrono::system_clock::time_point sent{};
    };
    struct Verdict {
        aws::RetryClass kind = aws::RetryClass::kNever;
        Error error{};
        bool retry_at_once = false;
    };

    /// False when the attempt has to wait for the rate limiter, or was given up.
    [[nodiscard]] bool MayStart(Progress& progress, SteadyTime now);
    [[nodiscard]] std::optional<HttpRequest> StartAttempt(Progress& progress, SteadyTime now);
    [[nodiscard]] Status Sign(Progress& progress, HttpRequest& request);
    void AppendUnsignedHeaders(Progress const& progress, std::chrono::milliseconds left,
                               HttpRequest& request) const;
    void TellLimiter(aws::RetryClass kind) const;
    void HandleAnswer(Progress& progress, HttpResponse const& answer);
    void HandleSuccess(Progress& progress, HttpResponse const& answer) const;
    void RetryOrFail(Progress& progress, Verdict verdict,
                     std::optional<std::chrono::milliseconds> retry_after);
    [[nodiscard]] bool HasNewCredentials(Progress& progress) const;
    void Finish(Progress& progress, Error error) const;
    void LogAttempt(Progress const& progress, std::string const& what) const;

    CallContext const& context_;
    std::vector<Progress> calls_;
};

}  // namespace lddynamo::dynamodb
