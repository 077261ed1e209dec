/// @file
/// Migration: rows of the older Go package's layout become rows of the official one.
/// Layer: store.
///
/// Both layouts keep an item under the same primary key, so that a row is migrated by one
/// conditional put that adds `item` (and `version` where it is missing) and keeps every attribute
/// that readers of the older layout need: at no moment does a reader of either layout miss a row.
/// The marker comes when every row is official; the older attributes go, if at all, after that.
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace lddynamo::store {

struct MigrationOptions {
    std::string table{};
    std::string prefix{};
    /// Also remove the older layout's attributes, once the store is marked as initialized.
    bool drop_older_attributes = false;
    bool dry_run = false;  ///< Only tell what there is to do.
    Logger logger{};
    /// Called with rows looked at and rows to look at of the pass under way.
    std::function<void(std::size_t done, std::size_t total)> progress{};
};

struct MigrationReport {
    std::size_t migrated = 0;           ///< Rows that got an `item`; in a dry run those that would.
    std::size_t tombstones = 0;         ///< Of these, deleted items.
    std::size_t dropped = 0;            ///< Rows that lost (would lose) their older attributes.
    std::size_t official = 0;           ///< Rows that had an `item` before.
    bool initialized = false;           ///< The marker is there (a dry run: would be).
    std::vector<ItemNote> oversize{};   ///< Left as they are: too large for DynamoDB.
    std::vector<ItemNote> malformed{};  ///< Left as they are: no SDK could read them.
    [[nodiscard]] bool Complete() const noexcept { return oversize.empty() && malformed.empty(); }
};

/// Migrates one prefix. May be stopped anywhere and run again: it goes on where it was, and a run
/// that finds nothing to do only reads. Every put is conditional on the row's version being the one
/// read, and on `item` still missing, so that a newer write by any SDK stays.
///
/// The marker is written only when every row of both namespaces is official and the older layout
/// was there: rows that are official without it are some other writer's business.
/// @retval ErrorCode::kInvalidArgument  no table name, a bad prefix, or a table with other keys.
/// @retval ErrorCode::kConflict         rows of the older layout keep coming: its writer still
/// runs.
/// @retval others                       as DynamoDbClient; the message tells how far it came.
[[nodiscard]] Result<MigrationReport> MigrateOlderLayout(DynamoDbClient& client,
                                                         MigrationOptions const& options);

}  // namespace lddynamo::store
