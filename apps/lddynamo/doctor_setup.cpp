#include "lddynamo/doctor.hpp"

#include "aws/clock_skew.hpp"
#include "aws/profile_files.hpp"
#include "aws/resolved_aws.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/http_transport.hpp>

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

namespace lddynamo::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using Status = Check::Status;

/// Stands in for a region that is missing, so that the rest can be looked at.
constexpr char const* kSomeRegion = "us-east-1";
constexpr milliseconds kTotalTimeout{8000};    // for one operation with all its attempts
constexpr std::chrono::seconds kDateSteps{2};  // Date has whole seconds, and the answer takes a bit
constexpr std::chrono::seconds kSkewToMention{60};
constexpr std::chrono::minutes kExpiresSoon{5};

double Milliseconds(std::chrono::nanoseconds time) {
    return static_cast<double>(time.count() / 1000) / 1000.0;
}

/// A setting of the profile, when the files can be read and have it.
std::optional<std::string> InProfile(CommonOptions const& common, char const* name) {
    aws::ProfileFiles files(common.profile, ProcessEnvironment());
    auto const set = files.Load();
    if (!set || (*set)->Find(files.ProfileName(), name) == nullptr) return std::nullopt;
    return "profile " + files.ProfileName();
}

std::string RegionSource(CommonOptions const& common) {
    if (!common.region_origin.empty()) return common.region_origin;
    for (char const* const name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (ProcessEnvironment().GetNonEmpty(name)) return name;
    }
    return InProfile(common, "region")
        .value_or(common.region_from_instance ? "instance metadata" : "the AWS environment");
}

std::string EndpointSource(CommonOptions const& common, std::string const& url) {
    if (!common.endpoint_origin.empty()) return common.endpoint_origin;
    auto const ignore = ProcessEnvironment().Get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if (!ignore || *ignore != "true") {
        for (char const* const name : {"AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL"}) {
            if (ProcessEnvironment().GetNonEmpty(name)) return name;
        }
    }
    if (url.find("amazonaws.com") != url.npos || url.find(".api.aws") != url.npos) {
        return "AWS's own of the region";
    }
    return InProfile(common, "endpoint_url").value_or("the profile, or the region");
}

/// The last characters of an access key id: enough to tell keys apart.
std::string Masked(std::string const& id) {
    return "****" + (id.size() >= 12 ? id.substr(id.size() - 4) : std::string());
}

void ExamineCredentials(Result<CredentialsAnswer> const& found, Diagnosis& diagnosis) {
    if (!found || !*found) {
        Error error;
        error.code = ErrorCode::kCredentials;
        error.message = "no credentials";
        if (found) error.message += ": " + found->Reason();
        diagnosis.AddError("credentials", found ? error : found.error(),
                           "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile "
                           "that has credentials");
        return;
    }
    AwsCredentials const& credentials = **found;
    auto summary = fmt::format("{} from {}", Masked(credentials.access_key_id), credentials.source);
    auto status = Status::kOk;
    Value expires;
    if (credentials.expiration) {
        auto const left = duration_cast<std::chrono::seconds>(*credentials.expiration -
                                                              std::chrono::system_clock::now());
        expires = Value(static_cast<std::int64_t>(left.count()));
        if (left.count() <= 0) {
            status = Status::kFail;
            summary += fmt::format("; expired {} s ago", -left.count());
        } else {
            if (left < kExpiresSoon) status = Status::kWarn;
            summary += left < kExpiresSoon ? fmt::format("; expire in {} s", left.count())
                                           : fmt::format("; expire in {} min", left.count() / 60);
        }
    } else {
        summary += "; no expiry";
    }
    if (status == Status::kFail) {
        Error error;
        error.code = ErrorCode::kCredentials;
        error.message = summary;
        diagnosis.AddError("credentials", error, "renew them");
        return;
    }
    auto& check = diagnosis.Add("credentials", status, std::move(summary));
    if (status == Status::kWarn) check.remedy = "renew them, if nothing does it for you";
    check.details = {{"source", credentials.source},
                     {"accessKeyId", Masked(credentials.access_key_id)},
                     {"expiresInSeconds", std::move(expires)},
                     {"sessionToken", !credentials.session_token.Empty()}};
}

void ExamineClock(HttpResponse const& answer, std::chrono::system_clock::time_point sent,
                  std::chrono::system_clock::time_point received, Diagnosis& diagnosis) {
    auto const skew = aws::MeasureSkew(answer.headers, sent, received);
    if (!skew) {
        diagnosis.Skip("clock", "the answer has no Date to compare with");
        return;
    }
    auto const off = duration_cast<std::chrono::seconds>(*skew);
    auto const size = off.count() < 0 ? -off : off;
    bool const far = size >= kSkewToMention;
    auto& check =
        diagnosis.Add("clock", far ? Status::kWarn : Status::kOk,
                      size <= kDateSteps ? std::string("as the service's")
                                         : fmt::format("{} s {} the service's", size.count(),
                                                       off.count() > 0 ? "behind" : "ahead of"));
    if (far) {
        check.remedy =
            "set this machine's clock; until then each first request may fail once and "
            "is sent again with the right time";
    }
    check.details = {{"skewSeconds", static_cast<std::int64_t>(off.count())}};
}

/// Any answer at all will do: it need not be signed.
bool ExamineConnection(HttpTransport& transport, std::string const& url, Diagnosis& diagnosis) {
    auto const ask = [&](std::chrono::nanoseconds& took) {
        HttpRequest request;
        request.url = url;
        auto const start = std::chrono::steady_clock::now();
        auto answer = transport.Send(std::move(request));
        took = std::chrono::steady_clock::now() - start;
        return answer;
    };
    std::chrono::nanoseconds first{};
    std::chrono::nanoseconds second{};
    auto const connected = ask(first);
    if (!connected) {
        diagnosis.AddError("connection", connected.error(),
                           "check the endpoint, the network, and the proxy and firewall between");
        diagnosis.Skip("clock", "no connection");
        return false;
    }
    auto const sent = std::chrono::system_clock::now();
    auto const kept = ask(second);
    auto const received = std::chrono::system_clock::now();
    auto& check = diagnosis.Add("connection", Status::kOk, "");
    check.summary = fmt::format("the first answer took {:.1f} ms", Milliseconds(first));
    check.details = {{"firstMs", Milliseconds(first)},
                     {"latencyMs", kept ? Value(Milliseconds(second)) : Value()}};
    if (!kept) {
        check.status = Status::kWarn;
        check.summary += "; the second request failed: " + kept.error().Describe();
        diagnosis.Skip("clock", "no second answer");
        return true;
    }
    check.summary += fmt::format(", the next {:.1f} ms", Milliseconds(second));
    ExamineClock(*kept, sent, received, diagnosis);
    return true;
}

void ExamineRetry(aws::ResolvedAws const& resolved, Diagnosis& diagnosis) {
    auto const settings = resolved.retry->Complete();
    char const* const mode = settings.mode == aws::RetryMode::kStandard ? "standard"
                             : settings.mode == aws::RetryMode::kLegacy ? "legacy"
                                                                        : "adaptive";
    diagnosis
        .Add("retry", Status::kOk,
             fmt::format("mode {}, at most {} attempts", mode, settings.max_attempts))
        .details = {{"mode", mode}, {"maxAttempts", settings.max_attempts}};
}

}  // namespace

std::shared_ptr<DynamoDbClient> ExamineSetup(Session const& session, Diagnosis& diagnosis) {
    auto const& common = session.Args().common;
    auto options = session.ClientOptions();
    options.total_timeout = kTotalTimeout;
    auto resolved = aws::ResolveAws(options.aws, ProcessEnvironment(), SystemClock());
    bool region_known = true;
    if (!resolved) {
        diagnosis.AddError("region", resolved.error(),
                           "give --region, or set AWS_REGION; see docs/configuration.md");
        region_known = false;
        auto config = options.aws;
        config.region = kSomeRegion;
        resolved = aws::ResolveAws(config, ProcessEnvironment(), SystemClock());
    }
    if (!resolved) {
        for (char const* const name : {"endpoint", "retry", "credentials", "connection", "clock"}) {
            diagnosis.Skip(name, "the settings cannot be acted on");
        }
        return nullptr;
    }
    if (region_known) {
        auto const& region = resolved->endpoint.signing_region;
        auto const source = RegionSource(common);
        diagnosis.Add("region", Status::kOk, fmt::format("{}, from {}", region, source)).details = {
            {"region", region}, {"source", source}};
    }
    auto const& url = resolved->endpoint.text;
    auto const source = EndpointSource(common, url);
    bool const url_known = region_known || url.find(kSomeRegion) == url.npos;
    if (url_known) {
        diagnosis.Add("endpoint", Status::kOk, fmt::format("{}, from {}", url, source)).details = {
            {"url", url}, {"source", source}};
    } else {
        diagnosis.Skip("endpoint", "depends on the region");
    }
    ExamineRetry(*resolved, diagnosis);
    auto const credentials = resolved->credentials->GetCredentials();
    ExamineCredentials(credentials, diagnosis);
    if (!url_known) {
        for (char const* const name : {"connection", "clock"}) {
            diagnosis.Skip(name, "no endpoint");
        }
        return nullptr;
    }
    HttpTransportOptions http = options.http;
    http.ca_file = resolved->ca_file;
    options.transport = MakeHttpTransport(std::move(http));
    options.aws.credentials = resolved->credentials;  // asked for once
    auto const transport = options.transport;
    auto client = MakeDynamoDbClient(std::move(options));
    if (!client) {
        diagnosis.AddError("connection", client.error(), "see docs/configuration.md");
        diagnosis.Skip("clock", "no connection");
        return nullptr;
    }
    bool const connected = ExamineConnection(*transport, url, diagnosis);
    if (!connected || !region_known || !credentials || !*credentials) return nullptr;
    return std::move(*client);
}

}  // namespace lddynamo::app
