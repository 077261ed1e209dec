#include "base/redact.hpp"

#include <algorithm>
#include <cstddef>
#include <set>

namespace lddynamo::base {
namespace {

constexpr std::size_t kTellingLength = 8;  // so many characters of a secret are too many
constexpr std::size_t kShortestSecret = 4;

std::string WithoutEscapedSlashes(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '/') continue;
        out += text[i];
    }
    return out;
}

}  // namespace

std::string WithoutSecrets(std::string_view text, std::span<std::string_view const> secrets) {
    std::set<std::string_view> parts;
    std::set<std::size_t> lengths;  // of the parts
    for (std::string_view const secret : secrets) {
        if (secret.size() < kShortestSecret) continue;
        std::size_t const length = std::min(secret.size(), kTellingLength);
        lengths.insert(length);
        for (std::size_t i = 0; i + length <= secret.size(); ++i) {
            parts.insert(secret.substr(i, length));
        }
    }
    if (parts.empty()) return std::string(text);
    auto const plain = WithoutEscapedSlashes(text);
    std::string_view const rest(plain);
    std::string out;
    std::size_t hidden_until = 0;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        for (std::size_t const length : lengths) {
            if (!parts.contains(rest.substr(i, length))) continue;
            if (i >= hidden_until) out += "***";
            hidden_until = std::max(hidden_until, i + length);
        }
        if (i >= hidden_until) out += rest[i];
    }
    return out;
}

}  // namespace lddynamo::base
