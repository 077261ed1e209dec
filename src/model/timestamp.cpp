#include "model/timestamp.hpp"

#include <cmath>
#include <cstddef>
#include <limits>

namespace lddynamo::model {
namespace {

constexpr int kNoEnd = -1;

// Cuts a text into fields at terminators. A character outside ASCII ends the text.
class Scanner {
  public:
    explicit Scanner(std::string_view text) noexcept : rest_(text) {}

    struct Field {
        std::string_view text;
        int end;  // the terminator, or kNoEnd
    };
    Field ReadUntil(std::string_view ends) noexcept {
        for (std::size_t i = 0; i < rest_.size(); ++i) {
            auto const character = static_cast<unsigned char>(rest_[i]);
            if (character == 0 || character > 127) return Take(i, i, kNoEnd);
            if (ends.find(rest_[i]) != std::string_view::npos) return Take(i, i + 1, character);
        }
        return Take(rest_.size(), rest_.size(), kNoEnd);
    }

  private:
    Field Take(std::size_t length, std::size_t skip, int end) noexcept {
        Field const field{rest_.substr(0, length), end};
        rest_.remove_prefix(skip);
        return field;
    }
    std::string_view rest_;
};

// Digits only; at most nine are given.
std::optional<int> ToNumber(std::string_view digits) noexcept {
    if (digits.empty()) return std::nullopt;
    int number = 0;
    for (char const digit : digits) {
        if (digit < '0' || digit > '9') return std::nullopt;
        number = number * 10 + (digit - '0');
    }
    return number;
}

struct Range {
    std::size_t min_length, max_length;
    int min, max;
};

std::optional<int> ToNumber(std::string_view digits, Range range) noexcept {
    if (digits.size() < range.min_length || digits.size() > range.max_length) return std::nullopt;
    auto const number = ToNumber(digits);
    if (!number || *number < range.min || *number > range.max) return std::nullopt;
    return number;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t DaysFromCivil(int year, int month, int day) noexcept {
    std::int64_t const y = month <= 2 ? year - 1 : year;
    std::int64_t const era = (y >= 0 ? y : y - 399) / 400;
    std::int64_t const year_of_era = y - era * 400;
    std::int64_t const day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    std::int64_t const day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

}  // namespace

std::optional<Timestamp> Timestamp::Parse(std::string_view text) noexcept {
    struct Part {
        std::string_view ends;
        Range range;
    };
    static constexpr Part kParts[] = {
        {"-", {4, 4, 0, 9999}}, {"-", {2, 2, 1, 12}}, {"tT", {2, 2, 1, 31}},
        {":", {1, 2, 0, 23}},   {":", {2, 2, 0, 59}}, {".Zz+-", {2, 2, 0, 60}},
    };
    Scanner scanner(text);
    int parts[6] = {};
    int end = kNoEnd;
    for (std::size_t i = 0; i < 6; ++i) {
        auto const field = scanner.ReadUntil(kParts[i].ends);
        auto const number = ToNumber(field.text, kParts[i].range);
        if (field.end == kNoEnd || !number) return std::nullopt;
        parts[i] = *number;
        end = field.end;
    }

    Timestamp result;
    if (end == '.') {
        auto const field = scanner.ReadUntil("Zz+-");
        if (field.end == kNoEnd || field.text.size() > 9) return std::nullopt;
        auto const fraction = ToNumber(field.text);
        if (!fraction) return std::nullopt;
        result.nanoseconds = *fraction;
        for (std::size_t i = field.text.size(); i < 9; ++i) result.nanoseconds *= 10;
        end = field.end;
    }

    std::int64_t offset = 0;
    if (end == '+' || end == '-') {
        auto const hours_field = scanner.ReadUntil(":");
        auto const hours = ToNumber(hours_field.text, {2, 2, 0, 99});
        auto const minutes = ToNumber(scanner.ReadUntil("").text, {2, 2, 0, 59});
        if (hours_field.end == kNoEnd || !hours || !minutes) return std::nullopt;
        offset = (*hours * 60 + *minutes) * 60;
        if (end == '+') offset = -offset;
    }

    result.seconds = DaysFromCivil(parts[0], parts[1], parts[2]) * 86400 + parts[3] * 3600 +
                     parts[4] * 60 + parts[5] + offset;
    return result;
}

Timestamp Timestamp::FromMilliseconds(double milliseconds) noexcept {
    // Beyond any date, and within what the arithmetic below holds.
    constexpr double kLimit = 9.0e18;
    if (std::isnan(milliseconds)) milliseconds = -kLimit;
    if (milliseconds > kLimit) milliseconds = kLimit;
    if (milliseconds < -kLimit) milliseconds = -kLimit;
    auto const whole = static_cast<std::int64_t>(milliseconds);
    Timestamp result;
    result.seconds = whole / 1000;
    auto rest = static_cast<std::int32_t>(whole % 1000);
    if (rest < 0) {
        rest += 1000;
        --result.seconds;
    }
    result.nanoseconds = rest * 1'000'000;
    return result;
}

}  // namespace lddynamo::model
