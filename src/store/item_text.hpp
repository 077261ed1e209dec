/// @file
/// What a store reads out of an item's JSON, and the form it writes.
/// Layer: store.
#pragma once

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::store {

/// The members of a flag's or segment's JSON that concern a store; of duplicates the last counts.
struct ItemFacts {
    std::optional<std::string> key{};  ///< Empty: missing, or no string.
    bool has_version = false;
    std::optional<std::int64_t> version{};  ///< Empty: missing, or no integer of 0 to 2^53.
    bool deleted = false;
    std::string_view prerequisites{};  ///< The JSON text; a view into the item's text.
};
/// Whether a text was parsed before, so that parsing it again would tell nothing new.
enum class KnownValid : bool { kNo, kYes };
/// @retval ErrorCode::kInvalidData  not JSON, or no object.
[[nodiscard]] Result<ItemFacts> ReadFacts(std::string_view json,
                                          KnownValid known = KnownValid::kNo);

/// MakeSerializedItem for text that is known to be valid JSON.
/// @retval ErrorCode::kInvalidData  as MakeSerializedItem.
[[nodiscard]] Result<SerializedItem> MakeItemOfValidJson(std::string_view key, std::string json);

/// An item fit to be written.
struct PreparedItem {
    SerializedItem item{};
    std::vector<std::string> prerequisites{};  ///< Keys of the flags that it needs.
};
/// Checks key and text, and gives tombstones their proper text.
/// @retval ErrorCode::kInvalidArgument  the key is empty, too long or no UTF-8.
/// @retval ErrorCode::kInvalidData      the text of an item that is not deleted is no JSON object.
[[nodiscard]] Result<PreparedItem> PrepareForWrite(DataKind kind, std::string_view key,
                                                   SerializedItem const& item);

}  // namespace lddynamo::store
