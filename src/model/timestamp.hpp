/// @file
/// Timestamp: a date and time as flag rules compare them.
/// Layer: model.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lddynamo::model {

/// A point in time in UTC.
struct Timestamp {
    std::int64_t seconds = 0;      ///< Since 1970-01-01T00:00:00Z.
    std::int32_t nanoseconds = 0;  ///< 0..999'999'999

    /// Reads RFC 3339 as the Go SDK does: "2020-06-09T18:53:52.123-07:00". The hour may have one
    /// digit, the fraction at most nine; day 31 of a short month is in the next month; what stands
    /// behind a "Z" is not looked at.
    [[nodiscard]] static std::optional<Timestamp> Parse(std::string_view text) noexcept;
    /// A fraction of a millisecond is cut off. Far dates are exact; the Go SDK wraps in 2262.
    [[nodiscard]] static Timestamp FromMilliseconds(double milliseconds) noexcept;

    friend auto operator<=>(Timestamp const&, Timestamp const&) = default;
};

}  // namespace lddynamo::model
