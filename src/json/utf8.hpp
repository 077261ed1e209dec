/// @file
/// UTF-8 sequences.
/// Layer: json.
#pragma once

#include <cstddef>

namespace lddynamo::json {

/// The length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), 0 when there is
/// none.
/// @param at  before `end`.
[[nodiscard]] inline std::size_t Utf8Length(char const* at, char const* end) noexcept {
    auto const byte = [at](std::size_t i) { return static_cast<unsigned char>(at[i]); };
    unsigned const lead = byte(0);
    if (lead < 0x80) return 1;
    if (lead < 0xC2 || lead > 0xF4) return 0;
    std::size_t const length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (static_cast<std::size_t>(end - at) < length) return 0;
    unsigned const low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned const high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80) return 0;
    }
    return length;
}

}  // namespace lddynamo::json
