#include "store/names.hpp"

#include "json/raw_json.hpp"
#include "json/utf8.hpp"

namespace lddynamo {

std::string_view ToString(DataKind kind) noexcept {
    return kind == DataKind::kFeatures ? "features" : "segments";
}

namespace store {
namespace {

constexpr std::string_view kInited = "$inited";

bool IsUtf8(std::string_view text) noexcept {
    char const* at = text.data();
    char const* const end = at + text.size();
    while (at != end) {
        std::size_t const length = json::Utf8Length(at, end);
        if (length == 0) return false;
        at += length;
    }
    return true;
}

}  // namespace

std::string Prefixed(std::string_view prefix, std::string_view name) {
    std::string text(prefix);
    if (!text.empty()) text += ':';
    text += name;
    return text;
}

Item KeyOf(std::string ns, std::string key) {
    Item item;
    item.emplace(kNamespace, AttributeValue::S(std::move(ns)));
    item.emplace(kKey, AttributeValue::S(std::move(key)));
    return item;
}

std::string_view Noun(DataKind kind) noexcept {
    return kind == DataKind::kFeatures ? "flag" : "segment";
}

std::string Describe(DataKind kind, std::string_view key) {
    std::string text(Noun(kind));
    text += ' ';
    // An over-long key must not make an over-long message.
    constexpr std::size_t kShown = 200;
    json::AppendQuoted(text, key.substr(0, kShown));
    if (key.size() > kShown) text += "...";
    return text;
}

bool IsStorableKey(std::string_view key) noexcept {
    return !key.empty() && key.size() <= kMaxKeyBytes && IsUtf8(key);
}

Status CheckKey(DataKind kind, std::string_view key) {
    if (IsStorableKey(key)) return {};
    if (key.empty()) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a " + std::string(Noun(kind)) + " has an empty key");
    }
    if (key.size() > kMaxKeyBytes) {
        return Fail(ErrorCode::kInvalidArgument,
                    Describe(kind, key) + ": the key has " + std::to_string(key.size()) +
                        " bytes, more than the " + std::to_string(kMaxKeyBytes) + " allowed");
    }
    return Fail(ErrorCode::kInvalidArgument, Describe(kind, key) + ": the key is not UTF-8");
}

Status CheckPrefix(std::string_view prefix) {
    std::string shown = "prefix ";
    json::AppendQuoted(shown, prefix.substr(0, 200));
    if (prefix.find_first_of("$:") != std::string_view::npos) {
        return Fail(ErrorCode::kInvalidArgument,
                    shown + ": `$` and `:` are not allowed: two prefixes could mean the same rows");
    }
    if (!IsUtf8(prefix)) return Fail(ErrorCode::kInvalidArgument, shown + ": not UTF-8");
    if (Prefixed(prefix, kInited).size() > kMaxKeyBytes) {  // the marker's name is also its key
        return Fail(ErrorCode::kInvalidArgument,
                    shown + "...: longer than " +
                        std::to_string(kMaxKeyBytes - kInited.size() - 1) + " bytes");
    }
    return {};
}

TableNames::TableNames(std::string_view prefix)
    : prefix_(prefix),
      features_(Prefixed(prefix, ToString(DataKind::kFeatures))),
      segments_(Prefixed(prefix, ToString(DataKind::kSegments))),
      inited_(Prefixed(prefix, kInited)) {
}

Item TableNames::RowKey(DataKind kind, std::string_view key) const {
    return KeyOf(Namespace(kind), std::string(key));
}

Item TableNames::Marker() const {
    return KeyOf(inited_, inited_);
}

std::string TableNames::BigSegmentsMetadata() const {
    return Prefixed(prefix_, "big_segments_metadata");
}

std::string TableNames::BigSegmentsUser() const {
    return Prefixed(prefix_, "big_segments_user");
}

}  // namespace store
}  // namespace lddynamo
