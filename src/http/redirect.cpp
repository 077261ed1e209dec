#include "http/redirect.hpp"

#include "http/http_message.hpp"
#include "http/url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::http {
namespace {

bool IsSentOn(std::string_view method, int status) noexcept {
    if (status == 307 || status == 308) return true;
    return method == "GET" && (status == 301 || status == 302 || status == 303);
}

/// The URL that `location` means in an answer to a request for `base`.
Result<std::string> Resolve(std::string_view base, std::string_view location) {
    auto const from = boost::urls::parse_uri(base);
    auto const reference = boost::urls::parse_uri_reference(location);
    boost::urls::url to;
    if (from && reference && boost::urls::resolve(*from, *reference, to)) {
        return std::string(to.buffer());
    }
    return Fail(ErrorCode::kConnection, "sent on to what is no URL");
}

bool IsAddress(Url const& url) noexcept {
    return url.host.find_first_not_of("0123456789.") == std::string::npos ||
           url.host.find(':') != std::string::npos;
}

bool MayKnowSecretsOf(Url const& from, Url const& to) {
    if (EqualsNoCase(from.host, to.host)) return true;
    if (IsAddress(from) || to.host.size() <= from.host.size() + 1) return false;
    std::string_view const domain =
        std::string_view(to.host).substr(to.host.size() - from.host.size() - 1);
    return domain.front() == '.' && EqualsNoCase(domain.substr(1), from.host);
}

}  // namespace

Result<std::optional<HttpRequest>> Redirected(HttpRequest const& request,
                                              HttpResponse const& answer) {
    if (!IsSentOn(request.method, answer.status)) return std::nullopt;
    auto const* const location = answer.Header("Location");
    if (location == nullptr) return std::nullopt;
    auto url = Resolve(request.url, *location);
    if (!url) return Fail(std::move(url.error()));
    auto const from = ParseUrl(request.url);
    auto const to = ParseUrl(*url);
    if (!from || !to) {
        return Fail(ErrorCode::kConnection,
                    "sent on to where no request goes: " + (to ? from : to).error().message);
    }
    if (!MayKnowSecretsOf(*from, *to)) {
        return Fail(ErrorCode::kConnection,
                    "sent on to another host, which must be named itself: " + to->Authority());
    }
    if (from->https && !to->https) {
        return Fail(ErrorCode::kConnection, "sent on from https to http: " + to->Authority());
    }
    HttpRequest next = request;
    next.url = std::move(*url);
    return next;
}

Result<HttpResponse> SendOn(HttpTransport& transport, HttpRequest request) {
    for (int count = 0; count <= kMaxRedirects; ++count) {
        auto answer = transport.Send(request);
        if (!answer) return answer;
        auto next = Redirected(request, *answer);
        if (!next) return Fail(std::move(next.error()));
        if (!*next) return answer;
        request = std::move(**next);
    }
    return Fail(TooManyRedirects());
}

Error TooManyRedirects() {
    Error error;
    error.code = ErrorCode::kConnection;
    error.message = "sent on more than " + std::to_string(kMaxRedirects) + " times";
    return error;
}

}  // namespace lddynamo::http
