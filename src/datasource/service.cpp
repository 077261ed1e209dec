#include "datasource/service.hpp"

#include "http/url.hpp"

#include <lddynamo/version.hpp>

#include <algorithm>
#include <utility>

namespace lddynamo::datasource {
namespace {

constexpr bool IsLetterOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// What LaunchDarkly's SDKs try again: all but the statuses that say the request is at fault.
bool IsPermanent(int status) noexcept {
    return status >= 400 && status < 500 && status != 400 && status != 408 && status != 429;
}

}  // namespace

bool IsFilterKey(std::string_view filter) noexcept {
    return !filter.empty() && IsLetterOrDigit(filter.front()) &&
           std::all_of(filter.begin(), filter.end(), [](char c) {
               return IsLetterOrDigit(c) || c == '.' || c == '_' || c == '-';
           });
}

Result<HttpHeaders> MakeServiceHeaders(Secret const& sdk_key) {
    auto const key = sdk_key.Reveal();
    if (key.empty()) return Fail(ErrorCode::kInvalidArgument, "no SDK key");
    if (!std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; })) {
        return Fail(ErrorCode::kInvalidArgument,
                    "the SDK key holds a space, a control or a non-ASCII character");
    }
    return HttpHeaders{{"Authorization", std::string(key)},
                       {"User-Agent", "lddynamo/" + std::string(Version())}};
}

Result<std::string> MakeServiceUrl(std::string base, std::string_view path,
                                   std::string_view filter) {
    if (!filter.empty() && !IsFilterKey(filter)) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a filter's key has letters, digits, '.', '_' and '-' only, and begins with a "
                    "letter or digit");
    }
    if (auto const url = http::ParseUrl(base); !url) {
        return Fail(ErrorCode::kInvalidArgument, "LaunchDarkly's base URI: " + url.error().message);
    }
    if (base.find_first_of("?#") != std::string::npos) {
        return Fail(ErrorCode::kInvalidArgument,
                    "LaunchDarkly's base URI has a query or a fragment");
    }
    while (base.ends_with('/')) base.pop_back();
    base += path;
    // All characters of a filter's key stand for themselves in a query.
    if (!filter.empty()) base.append("?filter=").append(filter);
    return base;
}

ServiceFailure ReadRefusal(int status) {
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

ServiceFailure ReadTransportError(Error error) {
    error.message = "LaunchDarkly: " + error.message;
    // A proxy that refuses, or an address that cannot be: as for any server that is away.
    error.retryable = true;
    return {std::move(error), false};
}

}  // namespace lddynamo::datasource
