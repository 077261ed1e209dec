/// @file
/// Journal: learns of every change before it is made, so that it can be kept.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/table.hpp"

#include <cstdint>
#include <span>

namespace lddynamo::dynamodb::memory {

/// One change. References hold during the call of Journal::Record only.
struct Change {
    enum class Kind : std::uint8_t {
        kPutTable,   ///< Create the table, or replace its settings; rows stay.
        kDropTable,  ///< The table and its rows.
        kPutRow,     ///< `item` is the whole row.
        kEraseRow,   ///< `item` is the key.
    };
    Kind kind;
    Table const* table;
    Item const* item = nullptr;
};

class Journal {
  public:
    Journal() = default;
    Journal(Journal const&) = delete;
    Journal& operator=(Journal const&) = delete;
    virtual ~Journal() = default;

    /// The changes of one request, all or none of which are kept.
    /// @return false: they could not be kept and must not be made.
    [[nodiscard]] virtual bool Record(std::span<Change const> changes) = 0;
};

}  // namespace lddynamo::dynamodb::memory
