#include "http/wire_log.hpp"

#include "http/http_message.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace lddynamo::http {
namespace {

constexpr std::size_t kTellingLength = 8;  // so many characters of a secret are too many

constexpr std::array<std::string_view, 8> kSecretHeaders{
    "Authorization", "Proxy-Authorization",      "X-Amz-Security-Token",   "Cookie",
    "Set-Cookie",    "x-aws-ec2-metadata-token", "x-amz-sso_bearer_token", "x-api-key"};

bool IsSecret(std::string_view name) noexcept {
    return std::any_of(kSecretHeaders.begin(), kSecretHeaders.end(),
                       [name](std::string_view secret) { return EqualsNoCase(name, secret); });
}

/// Of "AWS4-HMAC-SHA256 Credential=..., Signature=abc" and "Basic abc": "abc".
std::string_view SecretPart(std::string_view value) noexcept {
    constexpr std::string_view kSignature = "Signature=";
    if (auto const space = value.rfind(' '); space != std::string_view::npos) {
        value.remove_prefix(space + 1);
    }
    if (value.starts_with(kSignature)) value.remove_prefix(kSignature.size());
    return value;
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

/// JSON may write "/" so.
std::string WithoutEscapedSlashes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '/') continue;
        out += text[i];
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
        if (IsSecret(name)) secrets_.emplace_back(SecretPart(value));
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
        Line(arrow, name + ": " + (IsSecret(name) ? "***" : value));
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
    std::set<std::string_view> parts;
    for (std::string_view const secret : secrets_) {
        for (std::size_t i = 0; i + kTellingLength <= secret.size(); ++i) {
            parts.insert(secret.substr(i, kTellingLength));
        }
    }
    if (parts.empty()) return std::string(text);
    auto const plain = WithoutEscapedSlashes(text);
    std::string out;
    std::size_t hidden_until = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (parts.contains(std::string_view(plain).substr(i, kTellingLength))) {
            if (i >= hidden_until) out += "***";
            hidden_until = i + kTellingLength;
        }
        if (i >= hidden_until) out += plain[i];
    }
    return out;
}

std::string WireLog::Milliseconds() const {
    auto const elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin_);
    return std::to_string(elapsed.count()) + " ms";
}

}  // namespace lddynamo::http
