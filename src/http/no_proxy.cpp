#include "http/no_proxy.hpp"

#include "http/resolver.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

namespace lddynamo::http {
namespace {

constexpr std::string_view kSeparators = ", \t\r\n";

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
    Number number = 0;
    auto const* const end = text.data() + text.size();
    auto const [parsed, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || parsed != end) return std::nullopt;
    return number;
}

std::string Lower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return lower;
}

constexpr unsigned kMappedBits = 96;  // of ::ffff:0:0/96, which holds IPv4

/// A range of IPv6 that is wider than that is not meant for IPv4.
bool IsMapped(std::array<std::uint8_t, 16> const& address) noexcept {
    static constexpr std::uint8_t kPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return std::equal(std::begin(kPrefix), std::end(kPrefix), address.begin());
}

std::string_view WithoutLastDot(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    return name;
}

}  // namespace

NoProxyList::NoProxyList(std::string_view text) {
    while (!text.empty()) {
        auto const entry = text.substr(0, text.find_first_of(kSeparators));
        text.remove_prefix(std::min(entry.size() + 1, text.size()));
        if (!entry.empty()) Add(entry);
    }
}

std::optional<NoProxyList::Address> NoProxyList::ParseAddress(std::string const& text) {
    Address address{};
    if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
    in_addr v4{};
    if (::inet_pton(AF_INET, text.c_str(), &v4) != 1) return std::nullopt;
    address[10] = address[11] = 0xff;
    std::memcpy(&address[12], &v4, sizeof v4);
    return address;
}

std::optional<NoProxyList::Entry> NoProxyList::ParseRange(std::string_view text) {
    auto const slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    std::string const network(text.substr(0, slash));
    auto const address = ParseAddress(network);
    auto bits = ParseNumber<unsigned>(text.substr(slash + 1));
    bool const is_v4 = network.find(':') == std::string::npos;
    if (!address || !bits || *bits > (is_v4 ? 32U : 128U)) return std::nullopt;
    Entry entry;
    entry.network = *address;
    entry.prefix_bits = *bits + (is_v4 ? kMappedBits : 0);
    return entry;
}

void NoProxyList::Add(std::string_view text) {
    if (text == "*") {
        everything_ = true;
        return;
    }
    if (auto range = ParseRange(text)) {
        entries_.push_back(std::move(*range));
        return;
    }
    Entry entry;
    auto host = text;
    if (text.starts_with('[')) {
        auto const end = text.find(']');
        if (end == std::string_view::npos) return;
        host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        host = text.substr(0, text.find(':'));
        text.remove_prefix(host.size());
    } else {
        text = {};
    }
    if (!text.empty()) {
        auto const port = text.front() == ':' ? ParseNumber<std::uint16_t>(text.substr(1))
                                              : std::optional<std::uint16_t>();
        if (!port || *port == 0) return;
        entry.port = *port;
    }
    if (auto const address = ParseAddress(std::string(host))) {
        entry.network = *address;
        entry.prefix_bits = 128;
    } else {
        if (host.starts_with("*.")) host.remove_prefix(1);
        host = WithoutLastDot(host);
        if (host.empty()) return;
        entry.itself = host.front() != '.';
        entry.suffix = (entry.itself ? "." : "") + Lower(host);
    }
    entries_.push_back(std::move(entry));
}

bool NoProxyList::Matches(Url const& url) const {
    if (everything_) return true;
    if (entries_.empty()) return false;
    auto const address = ParseAddress(url.host);
    auto const name = Lower(WithoutLastDot(url.host));
    return std::any_of(entries_.begin(), entries_.end(), [&](Entry const& entry) {
        if (entry.port != 0 && entry.port != url.port) return false;
        if (entry.suffix.empty()) {
            if (!address) return false;
            if (entry.prefix_bits < kMappedBits && IsMapped(*address)) return false;
            auto const bytes = entry.prefix_bits / 8;
            if (!std::equal(address->begin(), address->begin() + bytes, entry.network.begin())) {
                return false;
            }
            auto const rest = entry.prefix_bits % 8;
            return rest == 0 || ((*address)[bytes] ^ entry.network[bytes]) >> (8 - rest) == 0;
        }
        return !address && (std::string_view(name).ends_with(entry.suffix) ||
                            (entry.itself && name == std::string_view(entry.suffix).substr(1)));
    });
}

bool IsThisMachine(std::string const& host) {
    if (IsLocalhost(host)) return true;
    static constexpr std::string_view kRanges = "127.0.0.0/8,::1";
    bool const may_be = host.starts_with("127.") || host.find(':') != std::string::npos;
    if (!may_be) return false;
    Url url;
    url.host = host;
    return NoProxyList(kRanges).Matches(url);
}

}  // namespace lddynamo::http
