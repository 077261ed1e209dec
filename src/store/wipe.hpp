/// @file
/// Wipe: everything of one prefix goes, and nothing else.
/// Layer: store.
#pragma once

#include "store/names.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace lddynamo::store {

struct WipeOptions {
    std::string table{};
    std::string prefix{};
    /// Also the prefix's Big Segments: metadata and memberships.
    bool big_segments = false;
    std::chrono::milliseconds timeout{600000};
    Clock* clock = nullptr;  ///< nullptr: the machine's. Must outlive the call.
    Logger logger{};
    /// Called with rows deleted and rows to delete.
    std::function<void(std::size_t done, std::size_t total)> progress{};
};

/// What is, or was, there.
struct WipeReport {
    bool marker = false;
    std::size_t features = 0;
    std::size_t segments = 0;
    std::size_t big_segments = 0;  ///< Metadata and memberships, when asked for.
    std::size_t companions = 0;    ///< Rows of lddynamo's own beside those of the official layout.
    [[nodiscard]] std::size_t Rows() const noexcept {
        return (marker ? 1U : 0U) + features + segments + big_segments + companions;
    }
};

/// Counts what WipePrefix would delete; changes nothing.
/// @retval ErrorCode::kInvalidArgument  no table name, a bad prefix, or a table with other keys.
/// @retval others                       as DynamoDbClient.
[[nodiscard]] Result<WipeReport> CountPrefix(DynamoDbClient& client, WipeOptions const& options);

/// Deletes the rows of one prefix. The marker goes first, so that a reader finds a store that is
/// not initialized instead of one without flags; then the flags, then the segments that they need.
/// May be stopped anywhere and run again.
/// @return what was deleted.
/// @retval ErrorCode::kConflict  somebody else keeps writing.
/// @retval others                as CountPrefix and WriteAllItems.
[[nodiscard]] Result<WipeReport> WipePrefix(DynamoDbClient& client, WipeOptions const& options);

}  // namespace lddynamo::store
