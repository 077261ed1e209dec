#include "dynamodb/memory/decimal.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Far outside what the service stores, yet small enough that sums never overflow.
constexpr long kExponentBound = 1'000'000'000;

}  // namespace

Decimal Decimal::Make(bool negative, std::string digits, long exponent) {
    auto const first = digits.find_first_not_of('0');
    Decimal result;
    if (first == std::string::npos) return result;
    digits.erase(digits.find_last_not_of('0') + 1);
    digits.erase(0, first);
    result.negative_ = negative;
    result.digits_ = std::move(digits);
    result.exponent_ = exponent - static_cast<long>(first);
    return result;
}

std::optional<Decimal> Decimal::Parse(std::string_view text) {
    std::size_t at = 0;
    bool negative = false;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
    std::string digits;
    long point = 0;
    bool any = false;
    for (; at < text.size() && IsDigit(text[at]); ++at, ++point, any = true) digits += text[at];
    if (at < text.size() && text[at] == '.') {
        ++at;
        for (; at < text.size() && IsDigit(text[at]); ++at, any = true) digits += text[at];
    }
    if (!any) return std::nullopt;
    long exponent = 0;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        bool minus = false;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) minus = text[at++] == '-';
        if (at == text.size() || !IsDigit(text[at])) return std::nullopt;
        for (; at < text.size() && IsDigit(text[at]); ++at) {
            exponent = std::min(kExponentBound, exponent * 10 + (text[at] - '0'));
        }
        if (minus) exponent = -exponent;
    }
    if (at != text.size()) return std::nullopt;
    return Make(negative, std::move(digits), point - 1 + exponent);
}

std::string Decimal::ToText() const {
    if (IsZero()) return "0";
    std::string text = negative_ ? "-" : "";
    auto const count = static_cast<long>(digits_.size());
    if (exponent_ < 0) {
        text += "0.";
        text.append(static_cast<std::size_t>(-exponent_ - 1), '0');
        return text + digits_;
    }
    if (exponent_ + 1 >= count) {
        text += digits_;
        text.append(static_cast<std::size_t>(exponent_ + 1 - count), '0');
        return text;
    }
    auto const whole = static_cast<std::size_t>(exponent_ + 1);
    return text + digits_.substr(0, whole) + "." + digits_.substr(whole);
}

std::string Decimal::ToSortable() const {
    if (IsZero()) return "1";
    std::string text(1, negative_ ? '0' : '2');
    // 130 below zero is the smallest exponent; two digits to spare.
    auto const biased = static_cast<unsigned>(exponent_ + 200);
    std::string magnitude{static_cast<char>('0' + biased / 100),
                          static_cast<char>('0' + biased / 10 % 10),
                          static_cast<char>('0' + biased % 10)};
    magnitude += digits_;
    if (negative_) {
        for (char& c : magnitude) c = static_cast<char>('0' + ('9' - c));
        magnitude += '~';  // so that -1.5 is below -1
    }
    return text + magnitude;
}

Decimal Decimal::Negated() const {
    Decimal result = *this;
    if (!IsZero()) result.negative_ = !negative_;
    return result;
}

std::strong_ordering Decimal::CompareMagnitude(Decimal const& other) const noexcept {
    if (IsZero() || other.IsZero()) return !IsZero() <=> !other.IsZero();
    if (exponent_ != other.exponent_) return exponent_ <=> other.exponent_;
    return digits_.compare(other.digits_) <=> 0;
}

std::strong_ordering Decimal::Compare(Decimal const& other) const noexcept {
    if (negative_ != other.negative_) {
        return negative_ ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return negative_ ? other.CompareMagnitude(*this) : CompareMagnitude(other);
}

Decimal Decimal::Plus(Decimal const& other) const {
    if (IsZero()) return other;
    if (other.IsZero()) return *this;
    // Both as digit strings over the same powers of ten, with room for a carry.
    long const high = std::max(exponent_, other.exponent_) + 1;
    auto const last = [](Decimal const& d) {
        return d.exponent_ - static_cast<long>(d.digits_.size()) + 1;
    };
    long const low = std::min(last(*this), last(other));
    auto const spread = [&](Decimal const& d) {
        std::string digits(static_cast<std::size_t>(high - low + 1), '0');
        std::copy(d.digits_.begin(), d.digits_.end(), digits.begin() + (high - d.exponent_));
        return digits;
    };
    bool const swap = CompareMagnitude(other) < 0;
    Decimal const& large = swap ? other : *this;
    std::string sum = spread(large);
    std::string const term = spread(swap ? *this : other);
    bool const subtract = negative_ != other.negative_;
    int carry = 0;
    for (std::size_t i = sum.size(); i-- > 0;) {
        int digit = (sum[i] - '0') + (subtract ? -1 : 1) * ((term[i] - '0') + carry);
        carry = digit < 0 || digit > 9 ? 1 : 0;
        digit += digit < 0 ? 10 : digit > 9 ? -10 : 0;
        sum[i] = static_cast<char>('0' + digit);
    }
    return Make(large.negative_, std::move(sum), high);
}

}  // namespace lddynamo::dynamodb::memory
