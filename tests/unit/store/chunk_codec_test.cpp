#include "store/chunk_codec.hpp"

#include "unit/store/chunked_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::store {
namespace {

using test_support::NoiseText;
using ::testing::HasSubstr;

Result<std::string> Unpack(std::vector<std::string> const& chunks, std::size_t size,
                           std::string_view digest) {
    std::vector<std::string_view> const views(chunks.begin(), chunks.end());
    return UnpackText(views, size, digest);
}

TEST(ChunkCodecTest, TextsComeBack) {
    std::vector<std::string> texts = {"", "x", std::string(10'000'000, 'a'), NoiseText(10'000'000)};
    for (std::size_t const size : {kChunkBytes - 200, kChunkBytes, kChunkBytes + 200}) {
        texts.push_back(NoiseText(size * 4 / 3));  // six bits of eight are noise
    }
    for (auto const& text : texts) {
        auto const chunks = PackText(text);
        ASSERT_TRUE(chunks.has_value());
        ASSERT_GE(chunks->size(), 1U);
        EXPECT_LE(chunks->size(), MaxChunks(text.size()));
        for (std::size_t i = 0; i < chunks->size(); ++i) {
            EXPECT_LE((*chunks)[i].size(), kChunkBytes);
            EXPECT_FALSE((*chunks)[i].empty());
        }
        EXPECT_EQ(Unpack(*chunks, text.size(), TextDigest(text)).value(), text);
    }
    EXPECT_EQ(PackText(texts[2]).value().size(), 1U);
    EXPECT_GT(PackText(texts[3]).value().size(), 15U);
}

TEST(ChunkCodecTest, TheDigestIsSha256) {
    EXPECT_EQ(TextDigest("abc"),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(ChunkCodecTest, DamageIsFoundAndNothingElseHappens) {
    auto const text = NoiseText(900'000);
    auto const digest = TextDigest(text);
    auto const good = PackText(text).value();
    ASSERT_EQ(good.size(), 2U);
    auto const refuses = [&](std::vector<std::string> const& chunks, std::size_t size) {
        auto const out = Unpack(chunks, size, digest);
        EXPECT_FALSE(out.has_value());
        if (!out) {
            EXPECT_EQ(out.error().code, ErrorCode::kInvalidData);
            EXPECT_THAT(out.error().message, HasSubstr("chunks are damaged"));
        }
    };
    refuses({}, text.size());
    refuses({""}, text.size());
    refuses({good[0]}, text.size());
    refuses({good[1]}, text.size());
    refuses({good[1], good[0]}, text.size());
    refuses({good[0], good[0]}, text.size());
    refuses({good[0], good[1], "x"}, text.size());
    refuses({good[0], good[1], good[1]}, text.size());
    refuses({good[0], good[1].substr(0, good[1].size() - 1)}, text.size());
    refuses(good, text.size() - 1);
    refuses(good, text.size() + 1);
    refuses(good, 0);
    refuses({"this is no zlib data"}, text.size());
    for (std::size_t i = 0; i < 40; ++i) {
        auto bad = good;
        auto& chunk = bad[i % 2];
        chunk[(i * 9973) % chunk.size()] ^= static_cast<char>(1U << (i % 8));
        refuses(bad, text.size());
    }
    EXPECT_TRUE(Unpack(good, text.size(), digest).has_value());
    EXPECT_FALSE(Unpack(good, text.size(), TextDigest("other")).has_value());
}

TEST(ChunkCodecTest, ABombStopsAtTheSizeThatItsHeadSays) {
    std::string const large(100'000'000, '0');
    auto const chunks = PackText(large).value();
    ASSERT_EQ(chunks.size(), 1U);
    auto const out = Unpack(chunks, 1000, TextDigest(large));
    ASSERT_FALSE(out.has_value());
    EXPECT_THAT(out.error().message, HasSubstr("more than its 1000 bytes"));
}

}  // namespace
}  // namespace lddynamo::store
