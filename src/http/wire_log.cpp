#include "http/wire_log.hpp"

#include "base/redact.hpp"
#include "http/http_message.hpp"

#include <algorithm>
#include <array>

namespace lddynamo::http {
namespace {

constexpr std::array<std::string_view, 8> kSecretHeaders{
    "Authorization", "Proxy-Authorization",      "X-Amz-Security-Token",   "Cookie",
    "Set-Cookie",    "x-aws-ec2-metadata-token", "x-amz-sso_bearer_token", "x-api-key"};

/// Of answers to requests with a secret body, which any other header might repeat.
constexpr std::array<std::string_view, 5> kPlainHeaders{"Content-Type", "Content-Length", "Date",
                                                        "x-amzn-RequestId", "Connection"};

template <std::size_t kSize>
bool IsOneOf(std::array<std::string_view, kSize> const& names, std::string_view name) noexcept {
    return std::any_of(names.begin(), names.end(),
                       [name](std::string_view one) { return EqualsNoCase(name, one); });
}

/// Of "AWS4-HMAC-SHA256 Credential=..., Signature=abc": "abc". Else all of it.
std::string_view SecretPart(std::string_view value) noexcept {
    constexpr std::string_view kSignature = "Signature=";
    auto const at = value.rfind(kSignature);
    return at == std::string_view::npos ? value : value.substr(at + kSignature.size());
}

/// One line of printable ASCII, whatever came.
std::string Printable(std::string_view text) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    out.reserve(text.size());
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else {
            out.append("\\x").append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 15U]);
        }
    }
    return out;
}

}  // namespace

void WireLog::Request(HttpRequest const& request, Route const& route) {
    auto const& url = route.url;
    std::string line = request.method + (url.https ? " https://" : " http://") + url.host_header;
    auto const query = url.target.find('?');
    line += url.target.substr(0, query);
    if (query != std::string::npos) line += "?***";
    if (route.proxy) line += " through the proxy " + route.proxy->url.Authority();
    for (auto const& [name, value] : request.headers) {
        if (IsOneOf(kSecretHeaders, name)) secrets_.emplace_back(SecretPart(value));
    }
    if (route.proxy) secrets_.emplace_back(SecretPart(route.proxy->authorization.Reveal()));
    Line('>', line);
    Headers('>', request.headers);
    Body('>', request.body);
}

void WireLog::Note(std::string_view what) const {
    Line('>', what);
}

void WireLog::Answer(HttpResponse const& answer) const {
    std::string line = "HTTP " + std::to_string(answer.status) + " after " + Milliseconds();
    for (char const* const name : {"x-amzn-RequestId", "x-amz-request-id"}) {
        if (auto const* const id = answer.Header(name)) line += ", request " + *id;
    }
    if (answer.resent) line += ", sent twice";
    Line('<', line);
    Headers('<', answer.headers);
    Body('<', answer.body);
}

void WireLog::Failure(Error const& error) const {
    Line('<', "failed after " + Milliseconds() + ": " + error.Describe());
}

void WireLog::Headers(char arrow, HttpHeaders const& headers) const {
    for (auto const& [name, value] : headers) {
        bool const hidden = IsOneOf(kSecretHeaders, name) ||
                            (arrow == '<' && secret_body_ && !IsOneOf(kPlainHeaders, name));
        Line(arrow, name + ": " + (hidden ? "***" : value));
    }
}

void WireLog::Body(char arrow, std::string_view body) const {
    if (body.empty()) return;
    std::string line = "body of " + std::to_string(body.size()) + " bytes";
    if (secret_body_) {
        line += ", which is secret";
    } else {
        // A secret that the cut goes through is still seen whole.
        constexpr std::size_t kMargin = 4096;
        auto shown = Redact(body.substr(0, kMaxBodyBytes + kMargin));
        bool const cut = shown.size() > kMaxBodyBytes || body.size() > kMaxBodyBytes + kMargin;
        shown.resize(std::min(shown.size(), kMaxBodyBytes));
        line += ": " + shown + (cut ? "..." : "");
    }
    Line(arrow, line);
}

void WireLog::Line(char arrow, std::string_view text) const {
    logger_.Log(LogLevel::kTrace,
                "http " + std::to_string(number_) + ' ' + arrow + ' ' + Printable(Redact(text)));
}

std::string WireLog::Redact(std::string_view text) const {
    std::vector<std::string_view> const secrets(secrets_.begin(), secrets_.end());
    return base::WithoutSecrets(text, secrets);
}

std::string WireLog::Milliseconds() const {
    auto const elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
    return std::to_string(elapsed.count()) + " ms";
}

}  // namespace lddynamo::http
