#include "http/url.hpp"

#include "http/http_message.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace lddynamo::http {
namespace {

constexpr std::size_t kMaxHostLength = 253;

bool IsHostCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
}

bool IsIpv6(std::string const& text) noexcept {
    in6_addr address{};
    return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

tl::unexpected<Error> Bad(std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, "the URL " + std::string(what));
}

}  // namespace

std::string Url::Authority() const {
    bool const ipv6 = host.find(':') != std::string::npos;
    return (ipv6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

Result<Url> ParseUrl(std::string_view text) {
    for (char const c : text) {
        if (c <= ' ' || c >= 0x7f) {
            return Bad("holds a space, a control or a non-ASCII character");
        }
    }
    Url url;
    auto const scheme_end = text.find("://");
    auto const scheme = text.substr(0, scheme_end);
    if (scheme_end == std::string_view::npos) return Bad("is not absolute (no \"://\")");
    if (EqualsNoCase(scheme, "https")) {
        url.https = true;
    } else if (!EqualsNoCase(scheme, "http")) {
        return Bad("is neither http nor https");
    }
    text.remove_prefix(scheme_end + 3);

    auto authority = text.substr(0, text.find_first_of("/?#"));
    text.remove_prefix(authority.size());
    if (authority.find('@') != std::string_view::npos) return Bad("holds a user name");

    if (authority.starts_with('[')) {
        auto const end = authority.find(']');
        if (end == std::string_view::npos) return Bad("has a '[' without a ']'");
        url.host = authority.substr(1, end - 1);
        if (!IsIpv6(url.host)) return Bad("has no IPv6 address in its brackets");
        authority.remove_prefix(end + 1);
        if (!authority.empty() && authority.front() != ':') return Bad("has more after its ']'");
    } else {
        url.host = authority.substr(0, authority.find(':'));
        authority.remove_prefix(url.host.size());
        if (url.host.empty()) return Bad("has no host");
        if (url.host.size() > kMaxHostLength) return Bad("has a host of over 253 characters");
        if (!std::all_of(url.host.begin(), url.host.end(), IsHostCharacter)) {
            return Bad("has a host with a character that hosts cannot have");
        }
    }

    std::uint16_t const standard_port = url.https ? 443 : 80;
    url.port = standard_port;
    if (authority.size() > 1) {
        auto const* const end = authority.data() + authority.size();
        auto const [parsed, error] = std::from_chars(authority.data() + 1, end, url.port);
        if (error != std::errc() || parsed != end || url.port == 0) {
            return Bad("has a port that is not a number from 1 to 65535");
        }
    }
    url.host_header = url.Authority();
    if (url.port == standard_port) url.host_header.resize(url.host_header.rfind(':'));

    url.target = text.substr(0, text.find('#'));
    if (!url.target.starts_with('/')) url.target.insert(0, 1, '/');
    return url;
}

}  // namespace lddynamo::http
