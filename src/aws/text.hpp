/// @file
/// Small ASCII helpers of the aws and dynamodb rooms; none depends on the locale.
/// Layer: aws.
#pragma once

#include <string>
#include <string_view>

namespace lddynamo::aws {

[[nodiscard]] constexpr bool IsBlank(char c) noexcept {
    return c == ' ' || c == '\t';
}
[[nodiscard]] constexpr bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool IsAlphanumeric(char c) noexcept {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr char ToLower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string ToLower(std::string_view text);
[[nodiscard]] bool EqualsIgnoringCase(std::string_view a, std::string_view b) noexcept;
/// Without the blanks (and line ends) at both ends.
[[nodiscard]] std::string_view Trim(std::string_view text) noexcept;
/// At most `limit` characters of printable ASCII on one line, for error messages: anything else
/// becomes
/// '?', white space becomes one space, and what is cut is marked by "...".
[[nodiscard]] std::string Printable(std::string_view text, std::size_t limit);
/// Whether `text` has eight characters in a row of `secret`, or all of a shorter one.
[[nodiscard]] bool ShowsPartOf(std::string_view secret, std::string_view text);

}  // namespace lddynamo::aws
