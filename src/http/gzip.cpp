#include "http/gzip.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace lddynamo::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;
constexpr std::size_t kMaxStep = std::size_t{1} << 30U;  // zlib counts in 32 bits

class Inflater {
  public:
    Inflater() : ready_(inflateInit2(&stream_, kGzipOnly) == Z_OK) {}
    Inflater(Inflater const&) = delete;
    Inflater& operator=(Inflater const&) = delete;
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    [[nodiscard]] bool Ready() const noexcept { return ready_; }
    [[nodiscard]] z_stream& Stream() noexcept { return stream_; }

  private:
    z_stream stream_{};
    bool ready_;
};

tl::unexpected<Error> Damaged(std::string_view what) {
    return Fail(ErrorCode::kInvalidData, "the gzip data are damaged: " + std::string(what));
}

}  // namespace

Result<std::string> Gunzip(std::string_view packed, std::size_t max_bytes) {
    Inflater inflater;
    if (!inflater.Ready()) return Fail(ErrorCode::kInternal, "no memory to unpack gzip data");
    auto& stream = inflater.Stream();
    std::string text;
    std::array<char, 65536> buffer;
    int status = Z_OK;
    while (stream.avail_in > 0 || !packed.empty()) {
        if (status == Z_STREAM_END) inflateReset(&stream);  // another member follows
        if (stream.avail_in == 0) {
            std::size_t const step = std::min(packed.size(), kMaxStep);
            // zlib does not write through next_in.
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
            stream.avail_in = static_cast<uInt>(step);
            packed.remove_prefix(step);
        }
        do {
            stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream.avail_out = static_cast<uInt>(buffer.size());
            status = inflate(&stream, Z_NO_FLUSH);
            std::size_t const got = buffer.size() - stream.avail_out;
            if (got > max_bytes - text.size()) {
                return Fail(ErrorCode::kTooLarge, "the unpacked answer is over the limit of " +
                                                      std::to_string(max_bytes) + " bytes");
            }
            text.append(buffer.data(), got);
            // Z_BUF_ERROR: all input is used, and what it gave has been taken.
            if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
                return Damaged(stream.msg != nullptr ? stream.msg : "no gzip");
            }
        } while (status == Z_OK && stream.avail_out == 0);
    }
    if (status != Z_STREAM_END) return Damaged("the end is missing");
    return text;
}

Result<std::string> Gzip(std::string_view text) {
    constexpr int kMemoryLevel = 8;  // zlib's default
    if (text.size() > kMaxStep) return Fail(ErrorCode::kTooLarge, "over 1 GB to pack");
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipOnly, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
        return Fail(ErrorCode::kInternal, "no memory to pack gzip data");
    }
    std::unique_ptr<z_stream, decltype(&deflateEnd)> const end(&stream, &deflateEnd);
    std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    // zlib does not write through next_in.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        return Fail(ErrorCode::kInternal, "packing gzip data failed");
    }
    packed.resize(packed.size() - stream.avail_out);
    return packed;
}

}  // namespace lddynamo::http
