/// @file
/// NoProxyList: which hosts are reached without a proxy; and what "this machine" is.
/// Layer: http. Rules: those of Go (golang.org/x/net/http/httpproxy).
#pragma once

#include "http/url.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::http {

/// The value of NO_PROXY, read once. Entries are separated by commas or spaces: "*", a name (itself
/// and what is under it), ".name" or "*.name" (only what is under it), an IP address, a range such
/// as 10.0.0.0/8; a name or address may have a ":port". What cannot be understood matches nothing.
/// @par Thread safety  All methods may be called from any thread at once.
class NoProxyList {
  public:
    explicit NoProxyList(std::string_view text);
    [[nodiscard]] bool Matches(Url const& url) const;

  private:
    using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
    struct Entry {
        std::string suffix{};  ///< ".name" in lower case; empty for addresses.
        bool itself = false;   ///< The name without the dot matches too.
        Address network{};
        unsigned prefix_bits = 0;
        std::uint16_t port = 0;  ///< 0: any.
    };
    void Add(std::string_view text);
    [[nodiscard]] static std::optional<Address> ParseAddress(std::string const& text);
    [[nodiscard]] static std::optional<Entry> ParseRange(std::string_view text);

    bool everything_ = false;
    std::vector<Entry> entries_;
};

/// Whether a host is this machine by its name or address: localhost, *.localhost, 127.0.0.0/8, ::1.
[[nodiscard]] bool IsThisMachine(std::string const& host);

}  // namespace lddynamo::http
