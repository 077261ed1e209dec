#include "http/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>

namespace lddynamo::http {
namespace {

std::string Pack(std::string const& text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    std::string input = text;
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

TEST(Gzip, GivesTheText) {
    for (std::size_t const size : {0U, 1U, 65535U, 65536U, 65537U, 131072U, 1000000U}) {
        std::string text;
        for (std::size_t i = 0; i < size; ++i) text += static_cast<char>(i * i % 251);
        auto const unpacked = Gunzip(Pack(text), size);
        ASSERT_TRUE(unpacked) << size;
        EXPECT_EQ(*unpacked, text);
    }
}

TEST(Gzip, PacksWhatItUnpacks) {
    std::string varied;
    for (std::uint32_t i = 0; i < 300000; ++i) varied += static_cast<char>(i * i % 251 + i / 977);
    for (auto const& text : {std::string(), std::string("[]"), varied}) {
        auto const packed = Gzip(text);
        ASSERT_TRUE(packed) << text.size();
        EXPECT_EQ(Gunzip(*packed, text.size()).value(), text);
    }
    EXPECT_LT(Gzip(std::string(1U << 20U, 'x'))->size(), 10000U);
}

TEST(Gzip, TakesSeveralMembers) {
    EXPECT_EQ(Gunzip(Pack("one ") + Pack("") + Pack("two"), 100).value(), "one two");
}

TEST(Gzip, StopsAtTheLimit) {
    auto const bomb = Pack(std::string(10U << 20U, 'x'));
    ASSERT_LT(bomb.size(), 20000U);
    auto const unpacked = Gunzip(bomb, (10U << 20U) - 1);
    ASSERT_FALSE(unpacked);
    EXPECT_EQ(unpacked.error().code, ErrorCode::kTooLarge);
    EXPECT_TRUE(Gunzip(bomb, 10U << 20U));
}

TEST(Gzip, RefusesEveryCut) {
    auto const packed = Pack("{\"flags\":{},\"segments\":{}}");
    for (std::size_t size = 0; size < packed.size(); ++size) {
        auto const unpacked = Gunzip(packed.substr(0, size), 1000);
        ASSERT_FALSE(unpacked) << size;
        EXPECT_EQ(unpacked.error().code, ErrorCode::kInvalidData);
    }
}

TEST(Gzip, RefusesDamage) {
    auto packed = Pack("{\"flags\":{}}");
    packed[packed.size() - 6] ^= 1;  // the checksum
    EXPECT_FALSE(Gunzip(packed, 1000));
    EXPECT_FALSE(Gunzip("{\"flags\":{}}", 1000));
    EXPECT_FALSE(Gunzip(Pack("a") + "garbage", 1000));
}

}  // namespace
}  // namespace lddynamo::http
