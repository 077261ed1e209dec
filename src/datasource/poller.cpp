#include "datasource/poller.hpp"

#include "http/gzip.hpp"
#include "http/http_message.hpp"
#include "http/url.hpp"

#include <lddynamo/version.hpp>

#include <algorithm>
#include <utility>

namespace lddynamo::datasource {
namespace {

constexpr std::string_view kPath = "/sdk/latest-all";
constexpr std::size_t kMaxEtagBytes = 1024;

constexpr bool IsLetterOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Result<std::string> MakeUrl(std::string base, std::string_view filter) {
    if (auto const url = http::ParseUrl(base); !url) {
        return Fail(ErrorCode::kInvalidArgument, "LaunchDarkly's base URI: " + url.error().message);
    }
    if (base.find_first_of("?#") != std::string::npos) {
        return Fail(ErrorCode::kInvalidArgument,
                    "LaunchDarkly's base URI has a query or a fragment");
    }
    while (base.ends_with('/')) base.pop_back();
    base += kPath;
    // All characters of a filter's key stand for themselves in a query.
    if (!filter.empty()) base.append("?filter=").append(filter);
    return base;
}

/// What LaunchDarkly's SDKs try again: all but the statuses that say the request is at fault.
bool IsPermanent(int status) noexcept {
    return status >= 400 && status < 500 && status != 400 && status != 408 && status != 429;
}

PollFailure Refusal(int status) {
    Error error;
    error.http_status = status;
    error.retryable = !IsPermanent(status);
    if (status == 401 || status == 403) {
        error.code = ErrorCode::kCredentials;
        error.message = "LaunchDarkly does not accept the SDK key";
    } else if (status == 429) {
        error.code = ErrorCode::kThrottled;
        error.message = "LaunchDarkly asks to slow down";
    } else if (status >= 500) {
        error.code = ErrorCode::kUnavailable;
        error.message = "LaunchDarkly's service failed";
    } else {
        error.code = status == 404 ? ErrorCode::kNotFound : ErrorCode::kService;
        error.message = "LaunchDarkly did not give the data";
    }
    return {std::move(error), IsPermanent(status)};
}

}  // namespace

bool IsFilterKey(std::string_view filter) noexcept {
    return !filter.empty() && IsLetterOrDigit(filter.front()) &&
           std::all_of(filter.begin(), filter.end(), [](char c) {
               return IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
           });
}

Result<Poller> Poller::Create(PollerOptions options) {
    auto const key = options.sdk_key.Reveal();
    if (key.empty()) return Fail(ErrorCode::kInvalidArgument, "no SDK key");
    if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
        return Fail(ErrorCode::kInvalidArgument,
                    "the SDK key holds a space, a control or a non-ASCII character");
    }
    if (!options.filter.empty() && !IsFilterKey(options.filter)) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a filter's key has letters, digits, '.', '_' and '-' only, and begins with a "
                    "letter or digit");
    }
    auto url = MakeUrl(options.base_uri, options.filter);
    if (!url) return Fail(url.error());
    return Poller(std::move(options), std::move(*url));
}

HttpRequest Poller::Request() const {
    HttpRequest request;
    request.url = url_;
    request.headers = {{"Authorization", std::string(options_.sdk_key.Reveal())},
                       {"User-Agent", "lddynamo/" + std::string(Version())},
                       {"Accept-Encoding", "gzip"}};
    if (!etag_.empty()) request.headers.emplace_back("If-None-Match", etag_);
    request.timeout = options_.timeout;
    request.max_response_bytes = options_.max_answer_bytes;
    return request;
}

Result<DataDocument> Poller::ReadBody(HttpResponse const& answer) const {
    DocumentRules const rules{.skip_unstorable = true};
    std::string const* const encoding = answer.Header("Content-Encoding");
    if (encoding == nullptr || http::EqualsNoCase(*encoding, "identity")) {
        return ParseDataDocument(answer.body, rules);
    }
    if (!http::EqualsNoCase(*encoding, "gzip")) {
        return Fail(ErrorCode::kInvalidData, "an encoding that was not asked for");
    }
    auto const text = http::Gunzip(answer.body, options_.max_document_bytes);
    if (!text) return Fail(text.error());
    return ParseDataDocument(*text, rules);
}

PollOutcome Poller::Read(Result<HttpResponse> const& answer) {
    if (!answer) {
        Error error = answer.error();
        error.message = "LaunchDarkly: " + error.message;
        // A proxy that refuses, or an address that cannot be: as for any server that is away.
        error.retryable = true;
        return PollFailure{std::move(error), false};
    }
    if (answer->status == 304 && !etag_.empty()) return PolledNothing{};
    if (answer->status != 200) return Refusal(answer->status);
    auto document = ReadBody(*answer);
    if (!document) {
        Error error = std::move(document.error());
        error.message = "LaunchDarkly's answer: " + error.message;
        error.retryable = true;
        return PollFailure{std::move(error), false};
    }
    std::string const* const etag = answer->Header("ETag");
    etag_ = etag != nullptr && etag->size() <= kMaxEtagBytes ? *etag : std::string();
    return PolledData{std::move(*document)};
}

}  // namespace lddynamo::datasource
