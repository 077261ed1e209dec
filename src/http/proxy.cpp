#include "http/proxy.hpp"

#include "http/http_message.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lddynamo::http {
namespace {

constexpr char kCodeSetting[] = "the proxy in HttpTransportOptions";

int HexDigit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        int const high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
        int const low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string Base64(std::string_view bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        auto const group = bytes.substr(i, 3);
        unsigned bits = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            bits = bits << 8U | (k < group.size() ? static_cast<unsigned char>(group[k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= group.size() ? kDigits[bits >> (18 - 6 * k) & 63U] : '=';
        }
    }
    return out;
}

std::string_view Trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    auto const begin = std::min(text.find_first_not_of(kSpace), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

}  // namespace

Result<std::shared_ptr<Proxy const>> ParseProxy(std::string_view text, std::string setting) {
    auto const bad = [&](std::string_view what) {
        return Fail(ErrorCode::kInvalidArgument, setting + " " + std::string(what));
    };
    text = Trim(text);
    std::string_view scheme = "http";
    if (auto const end = text.find("://"); end != std::string_view::npos) {
        scheme = text.substr(0, end);
        text.remove_prefix(end + 3);
    }
    if (!EqualsNoCase(scheme, "http") && !EqualsNoCase(scheme, "https")) {
        return bad("is neither an http:// nor an https:// proxy");
    }
    auto authority = text.substr(0, text.find_first_of("/?#"));
    if (text.find('@', authority.size()) != std::string_view::npos) {
        return bad(
            "has an '@' behind its host; '/', '?' and '#' of a password are written "
            "%2F, %3F and %23");
    }
    auto proxy = std::make_shared<Proxy>();
    if (auto const at = authority.rfind('@'); at != std::string_view::npos) {
        auto const user_and_password = authority.substr(0, at);
        authority.remove_prefix(at + 1);
        auto const colon = std::min(user_and_password.find(':'), user_and_password.size());
        auto const user = PercentDecode(user_and_password.substr(0, colon));
        auto const password =
            PercentDecode(user_and_password.substr(std::min(colon + 1, user_and_password.size())));
        if (!user || !password) return bad("has a '%' without two hexadecimal digits");
        Secret const joined(*user + ":" + *password);
        proxy->authorization = Secret("Basic " + Base64(joined.Reveal()));
    }
    auto url = ParseUrl(std::string(scheme) + "://" + std::string(authority));
    if (!url) {
        // Without "the URL": the setting stands for it.
        constexpr std::string_view kSubject = "the URL ";
        std::string_view message = url.error().message;
        if (message.starts_with(kSubject)) message.remove_prefix(kSubject.size());
        return bad(message);
    }
    proxy->url = std::move(*url);
    proxy->setting = std::move(setting);
    return proxy;
}

std::string Route::Describe() const {
    if (!proxy) return url.Authority();
    return url.Authority() + " (through the proxy " + proxy->url.Authority() + ")";
}

std::string Route::DescribeHop() const {
    return (proxy ? "the proxy " : "") + Hop().Authority();
}

ProxySettings::ProxySettings(std::optional<std::string> proxy, std::optional<std::string> no_proxy,
                             Environment const& environment)
    : proxy_(std::move(proxy)), no_proxy_(std::move(no_proxy)), environment_(environment) {
}

ProxySettings::Answer ProxySettings::FromEnvironment(bool https) const {
    for (char const* const name :
         {https ? "https_proxy" : "http_proxy", https ? "HTTPS_PROXY" : "HTTP_PROXY"}) {
        auto const text = environment_.GetNonEmpty(name);
        if (!text) continue;
        // In a CGI program HTTP_PROXY is a header that the client sent (CVE-2016-5385).
        if (std::string_view(name) == "HTTP_PROXY" && environment_.Get("REQUEST_METHOD")) continue;
        return ParseProxy(*text, name);
    }
    return nullptr;
}

ProxySettings::Answer ProxySettings::Find(bool https) const {
    if (!proxy_) return FromEnvironment(https);
    if (proxy_->empty()) return nullptr;
    return ParseProxy(*proxy_, kCodeSetting);
}

Result<std::shared_ptr<Proxy const>> ProxySettings::For(Url const& url) {
    // As Go does: variables for the way out do not concern this machine. Code may mean it.
    if (!proxy_ && IsThisMachine(url.host)) return nullptr;
    std::scoped_lock const lock(mutex_);
    auto& answer = url.https ? for_https_ : for_http_;
    if (!answer) answer = Find(url.https);
    if (!*answer || !**answer) return *answer;
    if (!excepted_) {
        auto text = no_proxy_;
        if (!text) text = environment_.GetNonEmpty("no_proxy");
        if (!text) text = environment_.GetNonEmpty("NO_PROXY");
        excepted_.emplace(text.value_or(""));
    }
    if (excepted_->Matches(url)) return nullptr;
    return *answer;
}

}  // namespace lddynamo::http
