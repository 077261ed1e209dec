#include "dynamodb/answer_checksum.hpp"

#include "aws/text.hpp"

#include <zlib.h>

#include <charconv>
#include <cstdint>
#include <string_view>

namespace lddynamo::dynamodb {

bool HasMatchingChecksum(HttpResponse const& answer) {
    std::string const* const header = answer.Header("x-amz-crc32");
    if (header == nullptr) return true;
    std::string_view const text = aws::Trim(*header);
    std::uint32_t expected = 0;
    auto const* const end = text.data() + text.size();
    auto const [parsed, error] = std::from_chars(text.data(), end, expected);
    if (error != std::errc() || parsed != end) return true;
    auto const actual =
        ::crc32_z(::crc32_z(0, nullptr, 0), reinterpret_cast<Bytef const*>(answer.body.data()),
                  answer.body.size());
    return static_cast<std::uint32_t>(actual) == expected;
}

}  // namespace lddynamo::dynamodb
