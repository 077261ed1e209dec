#include "evaluation/bucketing.hpp"

#include <mbedtls/sha1.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>

namespace lddynamo::evaluation {
namespace {

// The number is a whole one that 64 bits can hold; its digits, else nothing.
std::string_view IntegerText(double number, std::array<char, 24>& buffer) noexcept {
    constexpr double kEnd = 9223372036854775808.0;  // 2^63
    if (!(number >= -kEnd && number < kEnd) || number != std::trunc(number)) return {};
    auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                   static_cast<std::int64_t>(number))
                         .ptr;
    return {buffer.data(), static_cast<std::size_t>(end - buffer.data())};
}

using Bytes = unsigned char const*;

// What is hashed fits one block of SHA-1 almost always; then padding it here and one call of the
// compression function cost half of what the streaming interface does.
constexpr std::size_t kOneBlock = 64 - 1 - 8;

std::uint64_t HashOneBlock(std::string_view prefix, std::string_view text) noexcept {
    std::array<unsigned char, 64> block{};
    std::size_t const size = prefix.size() + text.size();
    std::copy(text.begin(), text.end(), std::copy(prefix.begin(), prefix.end(), block.begin()));
    block[size] = 0x80;
    block[62] = static_cast<unsigned char>(size * 8 >> 8);
    block[63] = static_cast<unsigned char>(size * 8 & 0xFF);
    mbedtls_sha1_context hash;
    mbedtls_sha1_init(&hash);
    mbedtls_sha1_starts_ret(&hash);
    mbedtls_internal_sha1_process(&hash, block.data());
    return std::uint64_t{hash.state[0]} << 32 | hash.state[1];
}

std::uint64_t HashStream(std::string_view prefix, std::string_view text) noexcept {
    mbedtls_sha1_context hash;
    mbedtls_sha1_init(&hash);
    mbedtls_sha1_starts_ret(&hash);
    mbedtls_sha1_update_ret(&hash, reinterpret_cast<Bytes>(prefix.data()), prefix.size());
    mbedtls_sha1_update_ret(&hash, reinterpret_cast<Bytes>(text.data()), text.size());
    std::array<unsigned char, 20> digest{};
    mbedtls_sha1_finish_ret(&hash, digest.data());
    mbedtls_sha1_free(&hash);
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits = (bits << 8) | digest[i];
    return bits;
}

}  // namespace

float HashFraction(std::string_view prefix, std::string_view text) noexcept {
    bool const one_block = prefix.size() <= kOneBlock && text.size() <= kOneBlock - prefix.size();
    std::uint64_t const bits = one_block ? HashOneBlock(prefix, text) : HashStream(prefix, text);
    constexpr float kScale = 1152921504606846976.0F;  // 0xFFFFFFFFFFFFFFF in single precision
    return static_cast<float>(bits >> 4) / kScale;
}

Bucket ComputeBucket(model::Bucketing const& bucketing, ContextParts const& context) {
    if (!bucketing.by_key && !bucketing.attribute.Valid()) {
        return {0, Bucket::Problem::kBadAttribute};
    }
    Context const* const part = context.Of(bucketing.context_kind);
    if (part == nullptr) return {0, Bucket::Problem::kNoSuchKind};
    if (bucketing.by_key) return {HashFraction(bucketing.hash_prefix, part->Key())};

    Value const* const value = part->FindValue(bucketing.attribute);
    if (value == nullptr) return {};
    if (value->IsString()) return {HashFraction(bucketing.hash_prefix, value->AsString())};
    if (!value->IsNumber()) return {};
    std::array<char, 24> buffer;
    std::string_view const digits = IntegerText(value->AsDouble(), buffer);
    if (digits.empty()) return {};
    return {HashFraction(bucketing.hash_prefix, digits)};
}

}  // namespace lddynamo::evaluation
