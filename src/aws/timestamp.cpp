#include "aws/timestamp.hpp"

#include "aws/text.hpp"

#include <algorithm>
#include <cstddef>

namespace lddynamo::aws {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::system_clock;

void AppendNumber(std::string& out, int value, int width) {
    std::string const digits = std::to_string(value);
    out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
    out += digits;
}

/// Takes parts off the front of a text.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    bool Take(std::string_view expected) {
        if (!text_.starts_with(expected)) return false;
        text_.remove_prefix(expected.size());
        return true;
    }
    /// Exactly `width` digits; -1 when there are others.
    int Number(std::size_t width) {
        if (text_.size() < width) return -1;
        int value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (!IsDigit(text_[i])) return -1;
            value = value * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(width);
        return value;
    }
    [[nodiscard]] std::string_view Rest() const { return text_; }
    void SkipDigits() {
        while (!text_.empty() && IsDigit(text_.front())) text_.remove_prefix(1);
    }

  private:
    std::string_view text_;
};

std::optional<system_clock::time_point> Compose(int year, int month, int day, int hour, int minute,
                                                int second) {
    if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        second < 0 || second > 60) {
        return std::nullopt;
    }
    std::chrono::year_month_day const date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    // system_clock counts nanoseconds in 64 bits: about the years 1677 to 2262.
    if (!date.ok() || year < 1900 || year > 2200) return std::nullopt;
    return sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::string BasicTimestamp(system_clock::time_point time) {
    auto const day = std::chrono::floor<days>(time);
    std::chrono::year_month_day const date(day);
    auto const since_midnight = std::chrono::floor<seconds>(time - day).count();
    std::string text;
    text.reserve(16);
    AppendNumber(text, std::clamp(static_cast<int>(date.year()), 0, 9999), 4);
    AppendNumber(text, static_cast<int>(static_cast<unsigned>(date.month())), 2);
    AppendNumber(text, static_cast<int>(static_cast<unsigned>(date.day())), 2);
    text += 'T';
    AppendNumber(text, static_cast<int>(since_midnight / 3600), 2);
    AppendNumber(text, static_cast<int>(since_midnight / 60 % 60), 2);
    AppendNumber(text, static_cast<int>(since_midnight % 60), 2);
    text += 'Z';
    return text;
}

std::optional<system_clock::time_point> ParseIsoTime(std::string_view text) {
    Reader reader(Trim(text));
    int const year = reader.Number(4);
    if (!reader.Take("-")) return std::nullopt;
    int const month = reader.Number(2);
    if (!reader.Take("-")) return std::nullopt;
    int const day = reader.Number(2);
    if (!reader.Take("T") && !reader.Take("t") && !reader.Take(" ")) return std::nullopt;
    int const hour = reader.Number(2);
    if (!reader.Take(":")) return std::nullopt;
    int const minute = reader.Number(2);
    if (!reader.Take(":")) return std::nullopt;
    int const second = reader.Number(2);
    auto time = Compose(year, month, day, hour, minute, second);
    if (!time) return std::nullopt;
    if (reader.Take(".")) reader.SkipDigits();
    if (reader.Take("Z") || reader.Take("z")) {
        return reader.Rest().empty() ? time : std::nullopt;
    }
    int const sign = reader.Take("+") ? 1 : reader.Take("-") ? -1 : 0;
    int const offset_hours = reader.Number(2);
    (void)reader.Take(":");
    int const offset_minutes = reader.Number(2);
    if (sign == 0 || offset_hours < 0 || offset_hours > 23 || offset_minutes < 0 ||
        offset_minutes > 59 || !reader.Rest().empty()) {
        return std::nullopt;
    }
    return *time - sign * (hours(offset_hours) + minutes(offset_minutes));
}

}  // namespace lddynamo::aws
