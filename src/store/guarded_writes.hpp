/// @file
/// The writes of an Init that give way to newer rows.
/// Layer: store.
#pragma once

#include "dynamodb/batching.hpp"

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::store {

/// Which `version` each row had when an Init looked.
class SeenVersions {
  public:
    /// @param rows  must outlive this.
    void Add(std::vector<Item> const& rows);
    /// nullptr: no row, or one without a version.
    [[nodiscard]] AttributeValue const* Of(Item const& row) const;

  private:
    std::map<std::pair<std::string_view, std::string_view>, AttributeValue const*> versions_;
};

/// A write that was stopped by a row that changed since it was seen.
struct KeptRow {
    BatchWrite::Kind kind = BatchWrite::Kind::kPut;  ///< What was to be done with it.
    std::string ns{};
    std::string key{};
};

/// Writes rows one by one, several at once, each on condition that the row is still the one that
/// was seen, or older than what is written: BatchWriteItem knows no conditions, and so would put an
/// older row over what another writer wrote in between. What fails for the moment is sent again,
/// with pauses, until the deadline.
class GuardedWriter {
  public:
    GuardedWriter(DynamoDbClient& client, std::string const& table, SeenVersions const& seen,
                  dynamodb::Deadline const& deadline, Logger const& logger)
        : client_(client), table_(table), seen_(seen), deadline_(deadline), logger_(logger) {}

    /// @param progress  called with the writes of this call that are settled.
    /// @retval ErrorCode::kIncomplete  the deadline passed, or a write failed for good; the rest
    /// was
    ///                                 tried all the same.
    [[nodiscard]] Status Write(std::vector<BatchWrite> writes,
                               std::function<void(std::size_t)> const& progress);
    /// Of all calls so far.
    [[nodiscard]] std::vector<KeptRow> const& Kept() const noexcept { return kept_; }

  private:
    struct Round;

    DynamoDbClient& client_;
    std::string const& table_;
    SeenVersions const& seen_;
    dynamodb::Deadline const& deadline_;
    Logger const& logger_;
    std::vector<KeptRow> kept_;
    std::size_t settled_ = 0;  ///< Writes done or stopped, of all calls.
};

}  // namespace lddynamo::store
