/// @file
/// Items to and from rows of the table.
/// Layer: store. The layouts are described in docs/schema.md.
#pragma once

#include "store/names.hpp"

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string_view>

namespace lddynamo::store {

/// Larger rows are not written: DynamoDB's "400 KB", rounded down as every official SDK does.
inline constexpr std::size_t kMaxRowBytes = 400'000;

[[nodiscard]] Item RowFromItem(TableNames const& names, DataKind kind, std::string_view key,
                               SerializedItem const& item);
/// 100 + names and values, in bytes: the estimate of the official SDKs.
[[nodiscard]] std::size_t EstimateRowSize(Item const& row) noexcept;

/// The row's size by the service's rules, attributes of every type counted.
[[nodiscard]] std::size_t RowBytes(Item const& row) noexcept;

/// The row's sort key; empty when it has none.
[[nodiscard]] std::string_view RowKey(Item const& row) noexcept;
/// Reads a row of the official layout or of the older Go package's, whoever wrote it. Where the row
/// has no `version`, the JSON's counts, else 0.
/// @retval ErrorCode::kInvalidData  it cannot be understood; the message says why.
[[nodiscard]] Result<SerializedItem> ItemFromRow(Item const& row);
/// Whether the row already is what RowFromItem would write, as far as readers can tell.
[[nodiscard]] bool RowHolds(Item const& row, SerializedItem const& item) noexcept;

}  // namespace lddynamo::store
