#include "store/item_codec.hpp"

#include "store/item_text.hpp"
#include "store/older_layout.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lddynamo::store {
namespace {

std::optional<std::int64_t> ParseInteger(std::string_view text) noexcept {
    std::int64_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

/// The row's own version; empty when it has none.
Result<std::optional<std::int64_t>> RowVersion(Item const& row) {
    auto const* const attribute = FindAttribute(row, kVersion);
    if (attribute == nullptr) return std::optional<std::int64_t>();
    auto const* const text = attribute->AsN();
    if (text == nullptr) {
        return Fail(ErrorCode::kInvalidData,
                    "its `version` is of type " + std::string(attribute->TypeName()) + ", not N");
    }
    auto const number = ParseInteger(*text);
    if (!number) {
        return Fail(ErrorCode::kInvalidData,
                    "its `version` is not an integer: " + text->substr(0, 40));
    }
    return number;
}

bool IsMarkedDeleted(Item const& row) noexcept {
    auto const* const attribute = FindAttribute(row, kDeleted);
    auto const* const flag = attribute != nullptr ? attribute->AsBool() : nullptr;
    return flag != nullptr && *flag;
}

/// What JSON writers put around a value.
std::string_view Trim(std::string_view text) noexcept {
    constexpr std::string_view kSpace = " \t\r\n";
    auto const first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Item RowFromItem(TableNames const& names, DataKind kind, std::string_view key,
                 SerializedItem const& item) {
    Item row = names.RowKey(kind, key);
    row.emplace(kVersion, AttributeValue::N(item.version));
    row.emplace(kItem, AttributeValue::S(item.json));
    return row;
}

std::size_t EstimateRowSize(Item const& row) noexcept {
    std::size_t size = 100;
    for (auto const& [name, value] : row) {
        size += name.size();
        if (auto const* const text = value.AsS()) size += text->size();
        if (auto const* const digits = value.AsN()) size += digits->size();
    }
    return size;
}

std::string_view RowKey(Item const& row) noexcept {
    auto const* const attribute = FindAttribute(row, kKey);
    auto const* const text = attribute != nullptr ? attribute->AsS() : nullptr;
    return text != nullptr ? std::string_view(*text) : std::string_view();
}

Result<SerializedItem> ItemFromRow(Item const& row) {
    auto const key = RowKey(row);
    if (key.empty()) return Fail(ErrorCode::kInvalidData, "it has no `key`");
    auto const version = RowVersion(row);
    if (!version) return Fail(version.error());

    std::string json;
    auto const* const item = FindAttribute(row, kItem);
    if (item != nullptr && item->AsS() != nullptr) {
        json = *item->AsS();
    } else if (item != nullptr && !std::holds_alternative<AttributeValue::Null>(item->Get())) {
        return Fail(ErrorCode::kInvalidData,
                    "its `item` is of type " + std::string(item->TypeName()) + ", not S");
    } else if (item == nullptr && !IsMarkedDeleted(row) && IsOlderLayout(row)) {
        auto rebuilt = JsonFromOlderLayout(row);
        if (!rebuilt) return Fail(std::move(rebuilt.error()));
        json = std::move(*rebuilt);
    }

    // Java and .NET write tombstones as `null`.
    auto const trimmed = Trim(json);
    if (trimmed.empty() || trimmed == "null") return MakeTombstone(key, version->value_or(0));
    auto const facts = ReadFacts(json);
    if (!facts) return Fail(ErrorCode::kInvalidData, "its `item`: " + facts.error().message);
    auto const number = version->value_or(facts->version.value_or(0));
    if (IsMarkedDeleted(row) && !facts->deleted) return MakeTombstone(key, number);
    return SerializedItem{.version = number, .deleted = facts->deleted, .json = std::move(json)};
}

bool RowHolds(Item const& row, SerializedItem const& item) noexcept {
    auto const* const version = FindAttribute(row, kVersion);
    auto const* const text = FindAttribute(row, kItem);
    if (version == nullptr || version->AsN() == nullptr || text == nullptr ||
        text->AsS() == nullptr) {
        return false;
    }
    return ParseInteger(*version->AsN()) == item.version && *text->AsS() == item.json &&
           (!IsMarkedDeleted(row) || item.deleted);
}

}  // namespace lddynamo::store
