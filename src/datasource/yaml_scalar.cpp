#include "datasource/yaml_scalar.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <optional>
#include <system_error>

namespace lddynamo::datasource {
namespace {

template <std::size_t N>
bool IsOneOf(std::string_view text, std::string_view const (&words)[N]) {
    return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

constexpr std::string_view kNulls[] = {"", "~", "null", "Null", "NULL"};
constexpr std::string_view kTrues[] = {"true", "True", "TRUE"};
constexpr std::string_view kFalses[] = {"false", "False", "FALSE"};
constexpr std::string_view kInfinities[] = {".inf", ".Inf", ".INF"};
constexpr std::string_view kNans[] = {".nan", ".NaN", ".NAN"};

bool IsSign(char c) {
    return c == '+' || c == '-';
}

/// How many digits `text` begins with.
std::size_t Digits(std::string_view text) {
    auto const end =
        std::find_if_not(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    return static_cast<std::size_t>(end - text.begin());
}

/// [0-9]+ | ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?  without a sign.
std::optional<YamlScalarType> DecimalType(std::string_view text) {
    std::size_t const whole = Digits(text);
    text.remove_prefix(whole);
    if (whole > 0 && text.empty()) return YamlScalarType::kInt;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        std::size_t const fraction = Digits(text);
        if (whole + fraction == 0) return std::nullopt;
        text.remove_prefix(fraction);
    } else if (whole == 0) {
        return std::nullopt;
    }
    if (text.empty()) return YamlScalarType::kFloat;
    if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
    text.remove_prefix(1);
    if (!text.empty() && IsSign(text.front())) text.remove_prefix(1);
    std::size_t const exponent = Digits(text);
    if (exponent == 0 || exponent < text.size()) return std::nullopt;
    return YamlScalarType::kFloat;
}

/// Whether a decimal number that no double can hold is too large for one, rather than too small.
bool IsLarge(std::string_view text) {
    auto const e = text.find_first_of("eE");
    long long exponent = 0;
    if (e != std::string_view::npos) {
        std::string_view digits = text.substr(e + 1);
        if (digits.front() == '+') digits.remove_prefix(1);
        auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (read.ec != std::errc()) return digits.front() != '-';
    }
    std::string_view const mantissa = text.substr(0, e);
    auto const point = static_cast<long long>(std::min(mantissa.find('.'), mantissa.size()));
    return point - static_cast<long long>(mantissa.find_first_of("123456789")) + exponent > 0;
}

YamlScalar Number(YamlScalarType type, std::string_view text) {
    if (text.front() == '+') text.remove_prefix(1);
    // from_chars reads ".5" and "5." as well; what it cannot hold at all, JSON cannot either.
    double number = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec == std::errc::result_out_of_range) {
        if (IsLarge(text)) return {YamlScalarType::kNoJsonNumber, Value()};
        number = 0;  // as good as nothing, which is how JSON's readers see it
    }
    return {type, Value(number)};
}

/// Of base 8 or 16, after its prefix.
YamlScalar Based(std::string_view whole, int base) {
    std::string_view const digits = whole.substr(2);
    bool const fits = std::all_of(digits.begin(), digits.end(), [base](char c) {
        if (c >= '0' && c <= '7') return true;
        return base == 16 &&
               ((c >= '8' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    });
    if (digits.empty() || !fits) return {YamlScalarType::kText, Value(whole)};
    std::uint64_t number = 0;
    auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (read.ec != std::errc()) return {YamlScalarType::kNoJsonNumber, Value()};
    return {YamlScalarType::kInt, Value(number)};
}

}  // namespace

YamlScalar ResolveYamlScalar(std::string_view text) {
    if (IsOneOf(text, kNulls)) return {YamlScalarType::kNull, Value()};
    if (IsOneOf(text, kTrues)) return {YamlScalarType::kBool, Value(true)};
    if (IsOneOf(text, kFalses)) return {YamlScalarType::kBool, Value(false)};
    if (text.starts_with("0o")) return Based(text, 8);
    if (text.starts_with("0x")) return Based(text, 16);
    std::string_view const unsigned_text = IsSign(text.front()) ? text.substr(1) : text;
    if (IsOneOf(unsigned_text, kInfinities) || IsOneOf(text, kNans)) {
        return {YamlScalarType::kNoJsonNumber, Value()};
    }
    if (auto const type = DecimalType(unsigned_text)) return Number(*type, text);
    return {YamlScalarType::kText, Value(text)};
}

}  // namespace lddynamo::datasource
