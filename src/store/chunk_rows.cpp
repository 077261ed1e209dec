#include "store/chunk_rows.hpp"

#include "base/random.hpp"
#include "store/chunk_codec.hpp"
#include "store/names.hpp"

#include <algorithm>
#include <charconv>
#include <utility>
#include <variant>

namespace lddynamo::store {
namespace {

constexpr std::string_view kCovers = "covers";
constexpr std::string_view kGeneration = "generation";
constexpr std::string_view kRetired = "retired";
constexpr std::string_view kChunks = "chunks";
constexpr std::string_view kSize = "size";
constexpr std::string_view kDigest = "sha256";
constexpr std::string_view kData = "data";

constexpr std::size_t kHexDigits = 16;
constexpr std::size_t kGenerationLength = 2 * kHexDigits + 1;

void AppendHex(std::string& text, std::uint64_t number) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(number >> shift) & 0xFU];
}

bool IsHex(std::string_view text) noexcept {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::optional<std::int64_t> IntegerOf(Item const& row, std::string_view name) noexcept {
    auto const* const attribute = FindAttribute(row, name);
    auto const* const text = attribute != nullptr ? attribute->AsN() : nullptr;
    if (text == nullptr) return std::nullopt;
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return number;
}

std::string TextOf(Item const& row, std::string_view name) {
    auto const* const attribute = FindAttribute(row, name);
    auto const* const text = attribute != nullptr ? attribute->AsS() : nullptr;
    return text != nullptr ? *text : std::string();
}

AttributeValue Number(std::size_t number) {
    return AttributeValue::N(std::to_string(number));
}

std::string ProblemOf(Head const& head, std::optional<std::int64_t> chunks,
                      std::optional<std::int64_t> size, std::size_t max_item_bytes) {
    if (head.version < 0) return "its chunked row has no `version` that is an integer";
    if (!GenerationTime(head.generation)) return "its chunked row has no valid `generation`";
    if (head.retired) return {};
    if (!size || *size < 0) return "its chunked row has no `size` that is a number of bytes";
    if (static_cast<std::uint64_t>(*size) > max_item_bytes) {
        return "its text has " + std::to_string(*size) + " bytes, more than the limit of " +
               std::to_string(max_item_bytes) + " for chunked items";
    }
    if (!chunks || *chunks < 1 ||
        static_cast<std::uint64_t>(*chunks) > MaxChunks(static_cast<std::size_t>(*size))) {
        return "its chunked row has no `chunks` that goes with its `size`";
    }
    if (head.digest.size() != 64 || !IsHex(head.digest)) return "its chunked row has no `sha256`";
    return {};
}

}  // namespace

ChunkNames::ChunkNames(std::string_view prefix)
    : features_(Prefixed(prefix, "$lddynamo_features")),
      segments_(Prefixed(prefix, "$lddynamo_segments")),
      chunks_(Prefixed(prefix, "$lddynamo_chunks")) {
}

Item ChunkNames::HeadKey(DataKind kind, std::string_view key) const {
    return KeyOf(Heads(kind), std::string(key));
}

Item ChunkNames::ChunkKey(std::string_view generation, std::size_t index) const {
    return KeyOf(chunks_, std::string(generation) + "/" + std::to_string(index));
}

std::string MakeGeneration(Clock& clock) {
    auto const now =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock.Now().time_since_epoch());
    std::string text;
    AppendHex(text, static_cast<std::uint64_t>(std::max<std::int64_t>(now.count(), 0)));
    text += '-';
    AppendHex(text, base::RandomBits());
    return text;
}

std::optional<std::chrono::system_clock::time_point> GenerationTime(std::string_view generation) {
    if (generation.size() != kGenerationLength || generation[kHexDigits] != '-') {
        return std::nullopt;
    }
    auto const time = generation.substr(0, kHexDigits);
    if (!IsHex(time) || !IsHex(generation.substr(kHexDigits + 1))) return std::nullopt;
    std::uint64_t milliseconds = 0;
    (void)std::from_chars(time.data(), time.data() + time.size(), milliseconds, 16);
    constexpr std::uint64_t kYear2200 = 7'258'118'400'000;  // keeps nanoseconds within 64 bits
    return std::chrono::system_clock::time_point(
        std::chrono::milliseconds(static_cast<std::int64_t>(std::min(milliseconds, kYear2200))));
}

std::string_view GenerationOfChunk(std::string_view sort_key) {
    auto const generation = sort_key.substr(0, sort_key.find('/'));
    return generation.size() < sort_key.size() && GenerationTime(generation) ? generation
                                                                             : std::string_view();
}

std::optional<std::int64_t> VersionOf(Item const& row) noexcept {
    return IntegerOf(row, kVersion);
}

Head ReadHead(Item const& row, std::size_t max_item_bytes) {
    Head head;
    auto const version = VersionOf(row);
    if (version && *version >= 0) head.version = *version;
    if (auto const covers = IntegerOf(row, kCovers); version && covers) {
        head.covers = std::max(*covers, *version);
    } else if (version) {
        head.covers = *version;
    }
    auto const* const retired = FindAttribute(row, kRetired);
    auto const* const flag = retired != nullptr ? retired->AsBool() : nullptr;
    head.retired = flag != nullptr && *flag;
    if (auto const* const generation = FindAttribute(row, kGeneration)) {
        head.stored_generation = *generation;
        head.generation = TextOf(row, kGeneration);
    }
    head.digest = TextOf(row, kDigest);
    auto const chunks = IntegerOf(row, kChunks);
    auto const size = IntegerOf(row, kSize);
    head.problem = ProblemOf(head, chunks, size, max_item_bytes);
    if (head.problem.empty() && !head.retired) {
        head.chunks = static_cast<std::size_t>(*chunks);
        head.size = static_cast<std::size_t>(*size);
    }
    return head;
}

bool Hides(Head const& head, std::optional<std::int64_t> official) noexcept {
    return !head.retired && (!official || *official <= head.covers);
}

Item MakeHeadRow(Item key, HeadContent const& content, std::string first_chunk) {
    key.emplace(kVersion, AttributeValue::N(content.version));
    key.emplace(kCovers, AttributeValue::N(content.covers));
    key.emplace(kGeneration, AttributeValue::S(std::string(content.generation)));
    key.emplace(kChunks, Number(content.chunks));
    key.emplace(kSize, Number(content.size));
    key.emplace(kDigest, AttributeValue::S(std::string(content.digest)));
    key.emplace(kData, AttributeValue::B(std::move(first_chunk)));
    return key;
}

Item MakeRetiredRow(Item key, Head const& head, std::int64_t version, std::string_view generation) {
    key.emplace(kVersion, AttributeValue::N(version));
    // A head without a version hid whatever there was.
    key.emplace(kCovers,
                AttributeValue::N(head.version < 0 ? version : std::max(head.covers, version)));
    key.emplace(kGeneration, AttributeValue::S(std::string(generation)));
    key.emplace(kRetired, AttributeValue::Bool(true));
    return key;
}

Item MakeChunkRow(Item key, std::string chunk) {
    key.emplace(kData, AttributeValue::B(std::move(chunk)));
    return key;
}

std::string const* DataOf(Item const& row) noexcept {
    auto const* const attribute = FindAttribute(row, kData);
    auto const* const binary =
        attribute != nullptr ? std::get_if<AttributeValue::Binary>(&attribute->Get()) : nullptr;
    return binary != nullptr ? &binary->bytes : nullptr;
}

namespace {

template <class Request>
void Project(Request& request) {
    request.projection_expression = "#ns, #k, #v, #c, #g, #r, #n, #s, #d";
    request.names.insert({{"#ns", std::string(kNamespace)},
                          {"#k", std::string(kKey)},
                          {"#v", std::string(kVersion)},
                          {"#c", std::string(kCovers)},
                          {"#g", std::string(kGeneration)},
                          {"#r", std::string(kRetired)},
                          {"#n", std::string(kChunks)},
                          {"#s", std::string(kSize)},
                          {"#d", std::string(kDigest)}});
}

}  // namespace

void ProjectFacts(BatchGetItemRequest& request) {
    Project(request);
}

void ProjectFacts(GetItemRequest& request) {
    Project(request);
}

void ProjectFacts(QueryRequest& request) {
    Project(request);
}

}  // namespace lddynamo::store
