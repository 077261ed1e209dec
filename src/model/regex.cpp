#include "model/regex.hpp"

#include "json/utf8.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace lddynamo::model {
namespace {

bool IsGroupName(std::string_view name) noexcept {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

// RE2 is what Go's regexp package was made from; some things differ. Go has no \C (one byte), and
// of named groups it takes (?<name>...) for (?P<name>...), which RE2 learnt after the version of
// Debian 12, two of one name, and names in ASCII only. Whether a text matches does not depend on
// names, so RE2 is told none.
std::optional<std::string> FromGo(std::string_view pattern) {
    std::string out;
    out.reserve(pattern.size());
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        char const c = pattern[i];
        out.push_back(c);
        if (c == '\\' && i + 1 < pattern.size()) {
            char const escaped = pattern[++i];
            out.push_back(escaped);
            if (escaped == 'C') return std::nullopt;
            if (escaped == 'Q' && !in_class) {  // everything up to \E is literal
                auto const end = std::min(pattern.find("\\E", i + 1), pattern.size());
                out.append(pattern.substr(i + 1, end - i - 1));
                i = end - 1;
            }
        } else if (in_class) {
            if (c == '[' && pattern.substr(i + 1, 1) == ":") {  // [:alpha:] inside a class
                auto const end = pattern.find(":]", i + 2);
                if (end != std::string_view::npos) {
                    out.append(pattern.substr(i + 1, end + 1 - i));
                    i = end + 1;
                }
            } else if (c == ']') {
                in_class = false;
            }
        } else if (c == '[') {
            in_class = true;
            // A "]" that comes first belongs to the class.
            if (pattern.substr(i + 1, 1) == "^") out.push_back(pattern[++i]);
            if (pattern.substr(i + 1, 1) == "]") out.push_back(pattern[++i]);
        } else if (c == '(' && pattern.substr(i + 1, 1) == "?") {
            std::string_view const head = pattern.substr(i + 2, 2);
            std::size_t const skip = head == "P<" ? 2 : head.substr(0, 1) == "<" ? 1 : 0;
            if (skip == 0) continue;
            std::size_t const name = i + 2 + skip;
            std::size_t const end = std::min(pattern.find('>', name), pattern.size());
            if (end == pattern.size() || !IsGroupName(pattern.substr(name, end - name))) {
                return std::nullopt;
            }
            // Nothing to repeat; behind a bare "(" it would be a group of another kind.
            if (pattern.substr(end + 1, 1) == "?") return std::nullopt;
            i = end;
        }
    }
    return out;
}

std::size_t ValidUtf8Prefix(std::string_view text) noexcept {
    char const* at = text.data();
    char const* const end = at + text.size();
    while (at != end) {
        std::size_t const length = json::Utf8Length(at, end);
        if (length == 0) break;
        at += length;
    }
    return static_cast<std::size_t>(at - text.data());
}

// As Go reads it: each byte that belongs to no character is a U+FFFD. RE2 matches nothing there,
// and takes surrogates and what is above U+10FFFF for characters.
std::string ReplaceInvalidUtf8(std::string_view text) {
    std::string out;
    out.reserve(3 * text.size());
    while (!text.empty()) {
        std::size_t const valid = ValidUtf8Prefix(text);
        out.append(text.substr(0, valid));
        text.remove_prefix(valid);
        if (text.empty()) break;
        out.append("\xEF\xBF\xBD");
        text.remove_prefix(1);
    }
    return out;
}

}  // namespace

void Regex::Deleter::operator()(re2::RE2* expression) const noexcept {
    delete expression;
}

std::optional<Regex> Regex::Compile(std::string_view pattern) {
    if (ValidUtf8Prefix(pattern) != pattern.size()) return std::nullopt;
    auto const translated = FromGo(pattern);
    if (!translated) return std::nullopt;
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(8 << 20);
    std::unique_ptr<re2::RE2, Deleter> expression(new re2::RE2(*translated, options));
    if (!expression->ok()) return std::nullopt;
    return Regex(std::move(expression));
}

bool Regex::Matches(std::string_view text) const {
    if (ValidUtf8Prefix(text) != text.size()) return Matches(ReplaceInvalidUtf8(text));
    re2::StringPiece const piece(text.data(), text.size());
    return expression_->Match(piece, 0, piece.size(), re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace lddynamo::model
