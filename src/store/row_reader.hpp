/// @file
/// RowReader: rows to items, with malformed ones set aside.
/// Layer: store.
#pragma once

#include "store/item_codec.hpp"
#include "store/names.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>

#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace lddynamo::store {

/// Decodes rows; a row that cannot be understood is logged the first time it is met.
/// @par Thread safety  All methods may be called from any thread at once.
class RowReader {
  public:
    RowReader(std::string table, Logger logger)
        : table_(std::move(table)), logger_(std::move(logger)) {}

    /// @retval ErrorCode::kInvalidData  it cannot be understood; the message says why, without the
    /// key.
    [[nodiscard]] Result<SerializedItem> Read(DataKind kind, Item const& row);
    /// All rows of one namespace.
    void ReadAll(DataKind kind, std::vector<Item> const& rows, ItemMap& items,
                 std::vector<ItemNote>& malformed);
    /// Says that an item is left out, once for each.
    void LogOnce(DataKind kind, std::string_view key, std::string const& why);

  private:
    std::string const table_;
    Logger const logger_;
    std::mutex mutex_;
    std::set<ItemKey> logged_;  // guarded by mutex_
};

}  // namespace lddynamo::store
