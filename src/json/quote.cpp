#include "json/raw_json.hpp"
#include "json/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace lddynamo::json {
namespace {

constexpr bool IsPlain(unsigned char c) noexcept {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/// Whether all of eight bytes are plain (the classic exact tests for "a byte less than n" and "a
/// zero byte"; both may only be wrong above a byte that is truly not plain).
bool AllPlain(std::uint64_t eight) noexcept {
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    auto const zero_byte = [](std::uint64_t v) { return (v - kOnes) & ~v & kHighs; };
    std::uint64_t const control = (eight - kOnes * 0x20U) & ~eight & kHighs;
    return ((eight & kHighs) | control | zero_byte(eight ^ (kOnes * '"')) |
            zero_byte(eight ^ (kOnes * '\\'))) == 0;
}

char const* SkipPlain(char const* at, char const* end) noexcept {
    while (end - at >= 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, at, sizeof eight);
        if (!AllPlain(eight)) break;
        at += 8;
    }
    while (at != end && IsPlain(static_cast<unsigned char>(*at))) ++at;
    return at;
}

void AppendEscape(std::string& out, char c) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out += '\\';
    switch (c) {
        case '"':
        case '\\':
            out += c;
            return;
        case '\b':
            out += 'b';
            return;
        case '\f':
            out += 'f';
            return;
        case '\n':
            out += 'n';
            return;
        case '\r':
            out += 'r';
            return;
        case '\t':
            out += 't';
            return;
        default:
            break;
    }
    auto const byte = static_cast<unsigned char>(c);
    out += "u00";
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
}

}  // namespace

void AppendQuoted(std::string& out, std::string_view text) {
    char const* const end = text.data() + text.size();
    char const* copied = text.data();  // everything before it is in `out`
    char const* at = copied;
    auto const flush = [&] { out.append(copied, static_cast<std::size_t>(at - copied)); };
    out += '"';
    while ((at = SkipPlain(at, end)) != end) {
        if (static_cast<unsigned char>(*at) < 0x80) {
            flush();
            AppendEscape(out, *at);
            copied = ++at;
        } else if (std::size_t const length = Utf8Length(at, end); length != 0) {
            at += length;
        } else {
            flush();
            out += "\xEF\xBF\xBD";
            copied = ++at;
        }
    }
    flush();
    out += '"';
}

}  // namespace lddynamo::json
