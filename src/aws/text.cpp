#include "aws/text.hpp"

#include <algorithm>

#include <cstddef>

namespace lddynamo::aws {
namespace {

constexpr bool IsSpace(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

}  // namespace

std::string ToLower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = ToLower(c);
    return lower;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (ToLower(a[i]) != ToLower(b[i])) return false;
    }
    return true;
}

std::string_view Trim(std::string_view text) noexcept {
    while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
    while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
    return text;
}

std::string Printable(std::string_view text, std::size_t limit) {
    std::string out;
    text = Trim(text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (out.size() >= limit) return out + "...";
        char const c = text[i];
        if (IsSpace(c)) {
            if (out.back() != ' ') out += ' ';
        } else {
            out += c > ' ' && c <= '~' ? c : '?';
        }
    }
    return out;
}

bool ShowsPartOf(std::string_view secret, std::string_view text) {
    constexpr std::size_t kTellingLength = 8;
    if (secret.empty()) return false;
    std::size_t const length = std::min(kTellingLength, secret.size());
    for (std::size_t i = 0; i + length <= secret.size(); ++i) {
        if (text.find(secret.substr(i, length)) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace lddynamo::aws
