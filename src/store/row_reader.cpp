#include "store/row_reader.hpp"

#include <utility>

namespace lddynamo::store {
namespace {

constexpr std::size_t kMaxRemembered = 1000;

}  // namespace

Result<SerializedItem> RowReader::Read(DataKind kind, Item const& row) {
    auto item = ItemFromRow(row);
    if (!item) LogOnce(kind, RowKey(row), item.error().message);
    return item;
}

void RowReader::ReadAll(DataKind kind, std::vector<Item> const& rows, ItemMap& items,
                        std::vector<ItemNote>& malformed) {
    for (auto const& row : rows) {
        auto item = Read(kind, row);
        std::string key(RowKey(row));
        if (item) {
            // A Query gives rows in the order of their keys.
            items.insert_or_assign(items.end(), std::move(key), std::move(*item));
        } else {
            malformed.push_back({kind, std::move(key), std::move(item.error().message)});
        }
    }
}

void RowReader::LogOnce(DataKind kind, std::string_view key, std::string const& why) {
    {
        std::scoped_lock const lock(mutex_);
        if (logged_.size() >= kMaxRemembered) return;
        if (!logged_.insert({kind, std::string(key)}).second) return;
    }
    logger_.Warn("table " + table_ + ": the row of " + Describe(kind, key) +
                 " is left out: " + why);
}

}  // namespace lddynamo::store
