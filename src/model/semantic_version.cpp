#include "model/semantic_version.hpp"

#include <algorithm>
#include <cstddef>

namespace lddynamo::model {
namespace {

bool IsDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool IsIdentifierCharacter(char c) noexcept {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool AllDigits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), IsDigit);
}

// Takes the part before the first `end` off the front of `rest`; `rest` begins with that end.
std::string_view TakeUntil(std::string_view& rest, char end) noexcept {
    std::size_t length = 0;
    while (length < rest.size() && rest[length] != end) ++length;
    std::string_view const part = rest.substr(0, length);
    rest.remove_prefix(length);
    return part;
}

// Takes digits without a leading zero; empty when there are none such.
std::string_view TakeNumber(std::string_view& rest) noexcept {
    std::size_t length = 0;
    while (length < rest.size() && IsDigit(rest[length])) ++length;
    if (length > 1 && rest[0] == '0') return {};
    std::string_view const part = rest.substr(0, length);
    rest.remove_prefix(length);
    return part;
}

bool TakeEnd(std::string_view& rest, char end) noexcept {
    if (rest.empty() || rest[0] != end) return false;
    rest.remove_prefix(1);
    return true;
}

bool AreIdentifiers(std::string_view text, bool zeros_lead) noexcept {
    for (;;) {
        std::string_view const part = TakeUntil(text, '.');
        if (part.empty()) return false;
        if (!std::all_of(part.begin(), part.end(), IsIdentifierCharacter)) return false;
        if (!zeros_lead && part.size() > 1 && part[0] == '0' && AllDigits(part)) return false;
        if (!TakeEnd(text, '.')) return true;
    }
}

// Numbers without leading zeros: the longer one is larger.
std::strong_ordering CompareNumbers(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return a.size() <=> b.size();
    return a.compare(b) <=> 0;
}

std::strong_ordering CompareIdentifiers(std::string_view a, std::string_view b) noexcept {
    bool const a_is_number = AllDigits(a);
    bool const b_is_number = AllDigits(b);
    if (a_is_number && b_is_number) return CompareNumbers(a, b);
    if (a_is_number != b_is_number) {
        return a_is_number ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    return a.compare(b) <=> 0;
}

std::strong_ordering ComparePrereleases(std::string_view a, std::string_view b) noexcept {
    if (a.empty() || b.empty()) return a.empty() <=> b.empty();  // none is larger than any
    for (;;) {
        auto const order = CompareIdentifiers(TakeUntil(a, '.'), TakeUntil(b, '.'));
        if (order != 0) return order;
        bool const more_a = TakeEnd(a, '.');
        bool const more_b = TakeEnd(b, '.');
        if (!more_a || !more_b) return more_a <=> more_b;
    }
}

}  // namespace

std::optional<SemanticVersion> SemanticVersion::Parse(std::string_view text) noexcept {
    SemanticVersion version;
    version.major_ = TakeNumber(text);
    if (version.major_.empty()) return std::nullopt;
    if (TakeEnd(text, '.')) {
        version.minor_ = TakeNumber(text);
        if (version.minor_.empty()) return std::nullopt;
        if (TakeEnd(text, '.')) {
            version.patch_ = TakeNumber(text);
            if (version.patch_.empty()) return std::nullopt;
        }
    }
    if (TakeEnd(text, '-')) {
        version.prerelease_ = TakeUntil(text, '+');
        if (!AreIdentifiers(version.prerelease_, false)) return std::nullopt;
    }
    if (TakeEnd(text, '+')) {
        if (!AreIdentifiers(text, true)) return std::nullopt;
    } else if (!text.empty()) {
        return std::nullopt;
    }
    return version;
}

std::strong_ordering SemanticVersion::Compare(SemanticVersion const& other) const noexcept {
    if (auto const order = CompareNumbers(major_, other.major_); order != 0) return order;
    if (auto const order = CompareNumbers(minor_, other.minor_); order != 0) return order;
    if (auto const order = CompareNumbers(patch_, other.patch_); order != 0) return order;
    return ComparePrereleases(prerelease_, other.prerelease_);
}

}  // namespace lddynamo::model
