/// @file
/// Decimal: DynamoDB's numbers, exact to 38 significant digits.
/// Layer: dynamodb (in-memory service).
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::memory {

/// A decimal number d.ddd * 10^exponent. Zero is canonical: no sign, no digits, exponent 0.
class Decimal {
  public:
    Decimal() = default;  ///< zero

    /// Reads "1", "-.5", "1e-3", "+7.10". Any magnitude whose exponent fits; digits are kept
    /// exactly.
    /// @return nullopt when the text is no number.
    [[nodiscard]] static std::optional<Decimal> Parse(std::string_view text);

    [[nodiscard]] bool IsZero() const noexcept { return digits_.empty(); }
    [[nodiscard]] bool IsNegative() const noexcept { return negative_; }
    /// Significant digits without leading or trailing zeros; empty for zero.
    [[nodiscard]] std::string const& Digits() const noexcept { return digits_; }
    /// The power of ten of the first digit.
    [[nodiscard]] long Exponent() const noexcept { return exponent_; }

    /// Plain notation as the service gives numbers back: "100", "-0.001".
    /// @pre the exponent is in the service's range (-130 to 125).
    [[nodiscard]] std::string ToText() const;
    /// Bytes whose order is the numbers' order.
    /// @pre as ToText.
    [[nodiscard]] std::string ToSortable() const;

    [[nodiscard]] Decimal Negated() const;
    /// The exact sum.
    /// @pre both exponents are in the service's range.
    [[nodiscard]] Decimal Plus(Decimal const& other) const;

    friend bool operator==(Decimal const&, Decimal const&) = default;
    [[nodiscard]] std::strong_ordering Compare(Decimal const& other) const noexcept;

  private:
    [[nodiscard]] static Decimal Make(bool negative, std::string digits, long exponent);
    [[nodiscard]] std::strong_ordering CompareMagnitude(Decimal const& other) const noexcept;

    bool negative_ = false;
    std::string digits_{};
    long exponent_ = 0;
};

}  // namespace lddynamo::dynamodb::memory
