#include "aws/canonical_request.hpp"

#include "aws/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace lddynamo::aws {
namespace {

/// What proxies and tracing may change on the way; botocore's list, and Authorization itself.
constexpr std::array<std::string_view, 15> kUnsignedHeaders{"authorization",
                                                            "baggage",
                                                            "connection",
                                                            "expect",
                                                            "keep-alive",
                                                            "proxy-authenticate",
                                                            "proxy-authorization",
                                                            "te",
                                                            "traceparent",
                                                            "tracestate",
                                                            "trailer",
                                                            "transfer-encoding",
                                                            "upgrade",
                                                            "user-agent",
                                                            "x-amzn-trace-id"};

bool IsUnreserved(char c) noexcept {
    return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '~';
}

void AppendEscaped(std::string& out, char c) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    auto const byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
}

bool IsHexDigit(char c) noexcept {
    return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Escapes what must be escaped and is not.
std::string Escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const is_escape = text[i] == '%' && i + 2 < text.size() && IsHexDigit(text[i + 1]) &&
                               IsHexDigit(text[i + 2]);
        if (is_escape || IsUnreserved(text[i])) {
            out += text[i];
        } else {
            AppendEscaped(out, text[i]);
        }
    }
    return out;
}

/// Trimmed, with runs of blanks made one space.
void AppendCollapsed(std::string& out, std::string_view value) {
    value = Trim(value);
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (!IsBlank(value[i])) {
            out += value[i];
        } else if (!IsBlank(value[i - 1])) {
            out += ' ';
        }
    }
}

}  // namespace

std::string CanonicalPath(std::string_view path) {
    if (path.empty()) return "/";
    bool const has_slash_at_end = path.back() == '/';
    std::vector<std::string_view> segments;
    while (!path.empty()) {
        std::size_t const end = path.find('/');
        std::string_view const segment = path.substr(0, end);
        path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
        if (segment == "..") {
            if (!segments.empty()) segments.pop_back();
        } else if (!segment.empty() && segment != ".") {
            segments.push_back(segment);
        }
    }
    std::string out;
    for (std::string_view const segment : segments) {
        out += '/';
        for (char const c : segment) {
            if (IsUnreserved(c)) {
                out += c;
            } else {
                AppendEscaped(out, c);
            }
        }
    }
    if (out.empty() || has_slash_at_end) out += '/';
    return out;
}

std::string CanonicalQuery(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!query.empty()) {
        std::size_t const end = query.find('&');
        std::string_view const pair = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (pair.empty()) continue;
        std::size_t const equals = pair.find('=');
        std::string_view const value =
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
        parameters.emplace_back(Escape(pair.substr(0, equals)), Escape(value));
    }
    std::sort(parameters.begin(), parameters.end());
    std::string out;
    for (auto const& [name, value] : parameters) {
        if (!out.empty()) out += '&';
        out.append(name).append("=").append(value);
    }
    return out;
}

CanonicalHeaders CanonicalizeHeaders(HttpHeaders const& headers) {
    std::map<std::string, std::string> merged;
    for (auto const& [name, value] : headers) {
        std::string lower = ToLower(Trim(name));
        if (std::find(kUnsignedHeaders.begin(), kUnsignedHeaders.end(), lower) !=
            kUnsignedHeaders.end()) {
            continue;
        }
        auto const [entry, is_new] = merged.try_emplace(std::move(lower));
        if (!is_new) entry->second += ',';
        AppendCollapsed(entry->second, value);
    }
    CanonicalHeaders canonical;
    for (auto const& [name, value] : merged) {
        canonical.lines.append(name).append(":").append(value).append("\n");
        if (!canonical.names.empty()) canonical.names += ';';
        canonical.names += name;
    }
    return canonical;
}

std::string CanonicalRequest(std::string_view method, std::string_view target,
                             CanonicalHeaders const& headers, std::string_view body_sha256) {
    std::size_t const question_mark = target.find('?');
    std::string out(method);
    out += '\n';
    out += CanonicalPath(target.substr(0, question_mark));
    out += '\n';
    if (question_mark != std::string_view::npos) {
        out += CanonicalQuery(target.substr(question_mark + 1));
    }
    out += '\n';
    out.append(headers.lines).append("\n").append(headers.names).append("\n").append(body_sha256);
    return out;
}

}  // namespace lddynamo::aws
