#include "http/http_date.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lddynamo::http {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The digits in [at, at + width); -1 when there are others.
int Number(std::string_view text, std::size_t at, std::size_t width) noexcept {
    int value = 0;
    for (char const c : text.substr(at, width)) {
        if (c < '0' || c > '9') return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::string_view Trim(std::string_view text) noexcept {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> ParseHttpDate(std::string_view text) {
    // Every part has its place: "Sun, 06 Nov 1994 08:49:37 GMT".
    text = Trim(text);
    if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
        text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT") {
        return std::nullopt;
    }
    auto const month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
    int const day = Number(text, 5, 2);
    int const year = Number(text, 12, 4);
    int const hour = Number(text, 17, 2);
    int const minute = Number(text, 20, 2);
    int const second = Number(text, 23, 2);
    // system_clock counts nanoseconds in 64 bits: about the years 1677 to 2262.
    if (month == kMonths.end() || day < 1 || year < 1900 || year > 2200 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 60) {
        return std::nullopt;
    }
    std::chrono::year_month_day const date{
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
        std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

}  // namespace lddynamo::http
