#include "aws/sha256.hpp"

#include <mbedtls/md.h>
#include <openssl/evp.h>

namespace lddynamo::aws {
namespace {

unsigned char const* Bytes(std::string_view text) noexcept {
    return reinterpret_cast<unsigned char const*>(text.data());
}

// mbedtls_md* rather than mbedtls_sha256*: the same functions in mbedTLS 2.28 and 3. They fail only
// for lack of memory, which ends a C++ program anyway; a wrong digest is turned down by the
// service.
mbedtls_md_info_t const* Sha256Info() noexcept {
    return mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
}

// mbedcrypto is ready at once, which is what a cold start wants. OpenSSL hashes eight times as fast
// where the processor helps, but needs most of a millisecond when it is first used: the bodies of
// an import are worth that, a read never is.
constexpr std::size_t kWorthOpenSsl = 32U << 10U;

}  // namespace

Digest Sha256(std::string_view data) {
    Digest digest{};
    if (data.size() >= kWorthOpenSsl &&
        EVP_Digest(data.data(), data.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1) {
        return digest;
    }
    (void)mbedtls_md(Sha256Info(), Bytes(data), data.size(), digest.data());
    return digest;
}

Digest HmacSha256(std::string_view key, std::string_view data) {
    Digest digest{};
    (void)mbedtls_md_hmac(Sha256Info(), Bytes(key), key.size(), Bytes(data), data.size(),
                          digest.data());
    return digest;
}

std::string Hex(Digest const& digest) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    text.reserve(digest.size() * 2);
    for (unsigned char const byte : digest) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
    return text;
}

}  // namespace lddynamo::aws
