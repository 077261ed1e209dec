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

/// docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html, where a
/// number may only be overestimated.
std::size_t ValueBytes(AttributeValue const& value) noexcept {
    struct Sizes {
        std::size_t operator()(AttributeValue::Null const&) const { return 1; }
        std::size_t operator()(bool) const { return 1; }
        std::size_t operator()(std::string const& text) const { return text.size(); }
        std::size_t operator()(AttributeValue::Number const& n) const { return n.text.size(); }
        std::size_t operator()(AttributeValue::Binary const& b) const { return b.bytes.size(); }
        std::size_t operator()(AttributeValue::StringSet const& s) const { return Sum(s.items); }
        std::size_t operator()(AttributeValue::NumberSet const& s) const { return Sum(s.items); }
        std::size_t operator()(AttributeValue::BinarySet const& s) const { return Sum(s.items); }
        std::size_t operator()(AttributeValue::List const& list) const {
            std::size_t bytes = 3;
            for (auto const& element : list) bytes += 1 + ValueBytes(element);
            return bytes;
        }
        std::size_t operator()(AttributeValue::Map const& map) const {
            std::size_t bytes = 3;
            for (auto const& [name, element] : map) bytes += 1 + name.size() + ValueBytes(element);
            return bytes;
        }
        static std::size_t Sum(std::vector<std::string> const& items) {
            std::size_t bytes = 0;
            for (auto const& item : items) bytes += item.size();
            return bytes;
        }
    };
    return std::visit(Sizes{}, value.Get());
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

std::size_t RowBytes(Item const& row) noexcept {
    std::size_t bytes = 100;  // as EstimateRowSize, so that the two agree on rows of ours
    for (auto const& [name, value] : row) bytes += name.size() + ValueBytes(value);
    return bytes;
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
