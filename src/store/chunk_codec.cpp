#include "store/chunk_codec.hpp"

#include "aws/sha256.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>

namespace lddynamo::store {
namespace {

constexpr std::size_t kMaxStep = std::numeric_limits<uInt>::max();

uInt Step(std::size_t bytes) noexcept {
    return static_cast<uInt>(std::min(bytes, kMaxStep));
}

Bytef* BytesOf(char const* text) noexcept {
    // zlib does not write through next_in; its type is older than const.
    return reinterpret_cast<Bytef*>(const_cast<char*>(text));
}

tl::unexpected<Error> Damaged(std::string const& why) {
    return Fail(ErrorCode::kInvalidData, "its chunks are damaged: " + why);
}

/// Frees what zlib holds for a stream.
using StreamGuard = std::unique_ptr<z_stream, int (*)(z_stream*)>;

}  // namespace

std::string TextDigest(std::string_view text) {
    return aws::Hex(aws::Sha256(text));
}

Result<std::vector<std::string>> PackText(std::string_view text) {
    z_stream stream{};
    if (deflateInit(&stream, Z_DEFAULT_COMPRESSION) != Z_OK) {
        return Fail(ErrorCode::kInternal, "no memory to compress an item");
    }
    StreamGuard const guard(&stream, &deflateEnd);
    std::vector<std::string> chunks;
    for (int status = Z_OK; status != Z_STREAM_END;) {
        std::string chunk(kChunkBytes, '\0');
        stream.next_out = BytesOf(chunk.data());
        stream.avail_out = Step(chunk.size());
        while (stream.avail_out > 0 && status != Z_STREAM_END) {
            if (stream.avail_in == 0) {
                stream.next_in = BytesOf(text.data());
                stream.avail_in = Step(text.size());
                text.remove_prefix(stream.avail_in);
            }
            status = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
            if (status == Z_STREAM_ERROR) {
                return Fail(ErrorCode::kInternal, "zlib refused to compress an item");
            }
        }
        chunk.resize(chunk.size() - stream.avail_out);
        if (!chunk.empty()) chunks.push_back(std::move(chunk));
    }
    return chunks;
}

Result<std::string> UnpackText(std::span<std::string_view const> chunks, std::size_t size,
                               std::string_view digest) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) {
        return Fail(ErrorCode::kInternal, "no memory to decompress an item");
    }
    StreamGuard const guard(&stream, &inflateEnd);
    std::string text(size, '\0');
    std::size_t done = 0;
    char beyond = 0;  // one byte of room that a text of the right size leaves unused
    int status = Z_OK;
    for (auto const chunk : chunks) {
        if (chunk.size() > kMaxStep) return Damaged("a chunk is too large");
        stream.next_in = BytesOf(chunk.data());
        stream.avail_in = Step(chunk.size());
        while (stream.avail_in > 0) {
            if (status == Z_STREAM_END) return Damaged("there is more after the end");
            bool const full = done == size;
            std::size_t const room = full ? 1 : Step(size - done);
            stream.next_out = full ? BytesOf(&beyond) : BytesOf(text.data() + done);
            stream.avail_out = Step(room);
            status = inflate(&stream, Z_NO_FLUSH);
            std::size_t const got = room - stream.avail_out;
            if (status == Z_BUF_ERROR && got == 0 && stream.avail_in == 0) break;
            if (status != Z_OK && status != Z_STREAM_END) return Damaged("no zlib data");
            if (full && got > 0) {
                return Damaged("the text has more than its " + std::to_string(size) + " bytes");
            }
            if (!full) done += got;
        }
    }
    if (status != Z_STREAM_END) return Damaged("the end is missing");
    if (done != size) {
        return Damaged("the text has " + std::to_string(done) + " bytes, not " +
                       std::to_string(size));
    }
    if (TextDigest(text) != digest) return Damaged("the text has another SHA-256");
    return text;
}

}  // namespace lddynamo::store
