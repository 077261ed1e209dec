#include "http/http_message.hpp"

#include "http/http_server.hpp"

#include <algorithm>

namespace lddynamo {

std::string const* HttpResponse::Header(std::string_view name) const noexcept {
    return http::FindHeader(headers, name);
}

namespace http {
namespace {

char Lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool IsTokenCharacter(char c) noexcept {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenCharacter);
}

bool HasBody(HttpRequest const& request) noexcept {
    return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
           request.method == "PATCH";
}

void AppendAuthorization(std::string& head, Proxy const& proxy) {
    if (proxy.authorization.Empty()) return;
    head.append("Proxy-Authorization: ").append(proxy.authorization.Reveal()).append("\r\n");
}

}  // namespace

bool EqualsNoCase(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string const* FindHeader(HttpHeaders const& headers, std::string_view name) noexcept {
    for (auto const& [key, value] : headers) {
        if (EqualsNoCase(key, name)) return &value;
    }
    return nullptr;
}

bool IsValidHeader(std::string_view name, std::string_view value) noexcept {
    return IsToken(name) && std::none_of(value.begin(), value.end(), [](char c) {
               auto const byte = static_cast<unsigned char>(c);
               return (byte < 0x20 && c != '\t') || byte == 0x7f;
           });
}

std::string const* ServerRequest::Header(std::string_view name) const noexcept {
    return FindHeader(headers, name);
}

Result<std::string> SerializeHead(HttpRequest const& request, Route const& route) {
    Url const& url = route.url;
    bool const to_proxy = route.proxy && !route.IsTunnel();
    if (!IsToken(request.method) || request.method == "CONNECT") {
        return Fail(ErrorCode::kInvalidArgument, "the HTTP method cannot be sent");
    }
    std::string const length = std::to_string(request.body.size());
    bool has_host = false;
    bool has_length = false;
    std::string head;
    head.reserve(1024);
    head.append(request.method).append(1, ' ');
    if (to_proxy) head.append("http://").append(url.host_header);
    head.append(url.target).append(" HTTP/1.1\r\n");
    std::string headers;
    for (auto const& [name, value] : request.headers) {
        if (!IsValidHeader(name, value)) {
            // The value may be a secret, and so may a name that is not one.
            return Fail(ErrorCode::kInvalidArgument,
                        IsToken(name) ? "the header " + name + " holds a control character"
                                      : "a header's name cannot be sent");
        }
        bool const is_host = EqualsNoCase(name, "Host");
        bool const is_length = EqualsNoCase(name, "Content-Length");
        if ((is_host && has_host) || (is_length && (has_length || value != length)) ||
            EqualsNoCase(name, "Transfer-Encoding")) {
            return Fail(ErrorCode::kInvalidArgument,
                        "the header " + name + " contradicts the request");
        }
        has_host |= is_host;
        has_length |= is_length;
        headers.append(name).append(": ").append(value).append("\r\n");
    }
    if (!has_host) head.append("Host: ").append(url.host_header).append("\r\n");
    if (!has_length && HasBody(request)) {
        head.append("Content-Length: ").append(length).append("\r\n");
    }
    if (to_proxy) AppendAuthorization(head, *route.proxy);
    return head.append(headers).append("\r\n");
}

std::string SerializeConnect(Route const& route) {
    auto const authority = route.url.Authority();
    std::string head = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    AppendAuthorization(head, *route.proxy);
    return head.append("\r\n");
}

}  // namespace http
}  // namespace lddynamo
