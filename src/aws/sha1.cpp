#include "aws/sha1.hpp"

#include <mbedtls/md.h>

#include <array>

namespace lddynamo::aws {

std::string Sha1Hex(std::string_view data) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::array<unsigned char, 20> digest{};
    (void)mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1),
                     reinterpret_cast<unsigned char const*>(data.data()), data.size(),
                     digest.data());
    std::string text;
    for (unsigned char const byte : digest) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
    return text;
}

}  // namespace lddynamo::aws
