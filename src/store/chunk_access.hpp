/// @file
/// ChunkAccess: what reading and writing of chunked items work with.
/// Layer: store.
#pragma once

#include "store/chunk_rows.hpp"
#include "store/names.hpp"
#include "store/row_reader.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/logger.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace lddynamo::store {

/// Everything is constant after construction and outlives those who use it.
struct ChunkAccess {
    DynamoDbClient& client;
    std::string const& table;
    TableNames const& names;
    ChunkNames const& chunk_names;
    RowReader& reader;
    Clock& clock;
    Logger const& logger;
    std::size_t max_item_bytes;
    std::size_t max_load_bytes;  ///< Of everything that is read at once.

    [[nodiscard]] BatchOptions Batch(std::chrono::milliseconds deadline) const {
        BatchOptions batch;
        batch.deadline = deadline;
        batch.clock = &clock;
        batch.logger = logger;
        return batch;
    }
};

}  // namespace lddynamo::store
