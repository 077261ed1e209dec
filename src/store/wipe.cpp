#include "store/wipe.hpp"

#include "dynamodb/batching.hpp"
#include "store/chunk_rows.hpp"

#include <utility>

namespace lddynamo::store {
namespace {

/// The first deletes; the others are for rows that others wrote meanwhile.
constexpr int kMaxPasses = 3;

/// One partition, and where its rows are counted.
struct Partition {
    std::string ns{};
    std::size_t WipeReport::*count = nullptr;
};

class Wiper {
  public:
    Wiper(DynamoDbClient& client, WipeOptions const& options)
        : client_(client),
          options_(options),
          names_(options.prefix),
          deadline_(options.clock, options.timeout) {
        // In the order of deletion: what needs others goes before them.
        partitions_.push_back({names_.Namespace(DataKind::kFeatures), &WipeReport::features});
        partitions_.push_back({names_.Namespace(DataKind::kSegments), &WipeReport::segments});
        if (options.big_segments) {
            partitions_.push_back({names_.BigSegmentsMetadata(), &WipeReport::big_segments});
            partitions_.push_back({names_.BigSegmentsUser(), &WipeReport::big_segments});
        }
        for (auto& ns : ChunkNames(options.prefix).All()) {
            partitions_.push_back({std::move(ns), &WipeReport::companions});
        }
    }

    Result<WipeReport> Count() {
        WipeReport report;
        auto keys = ReadKeys(report);
        if (!keys) return Fail(Explain(std::move(keys.error())));
        return report;
    }

    Result<WipeReport> Wipe() {
        WipeReport gone;
        for (int pass = 1;; ++pass) {
            WipeReport found;
            auto keys = ReadKeys(found);
            if (!keys) return Fail(Explain(std::move(keys.error())));
            if (found.Rows() == 0) return gone;
            if (pass > kMaxPasses) {
                Error error;
                error.code = ErrorCode::kConflict;
                error.message = "rows keep coming: stop the program that writes them";
                return Fail(Explain(std::move(error)));
            }
            gone.marker = gone.marker || found.marker;
            gone.features += found.features;
            gone.segments += found.segments;
            gone.big_segments += found.big_segments;
            gone.companions += found.companions;
            if (auto deleted = Delete(found, std::move(*keys)); !deleted) {
                return Fail(Explain(std::move(deleted.error())));
            }
        }
    }

  private:
    [[nodiscard]] Error Explain(Error error) const {
        bool const missing = error.code == ErrorCode::kNotFound;
        error.message =
            "table " + options_.table + (missing ? " does not exist: " : ": ") + error.message;
        return error;
    }

    /// The primary keys of every row but the marker, a list a partition.
    Result<std::vector<std::vector<Item>>> ReadKeys(WipeReport& report) {
        std::vector<QueryRequest> queries;
        for (auto const& partition : partitions_) {
            QueryRequest query;
            query.table = options_.table;
            query.key_condition_expression = "#ns = :ns";
            query.projection_expression = "#ns, #k";
            query.names.emplace("#ns", kNamespace);
            query.names.emplace("#k", kKey);
            query.values.emplace(":ns", AttributeValue::S(partition.ns));
            query.consistent_read = true;
            queries.push_back(std::move(query));
        }
        auto keys = dynamodb::QueryPages(client_, queries, deadline_);
        if (!keys) return Fail(std::move(keys.error()));
        for (std::size_t i = 0; i < partitions_.size(); ++i) {
            report.*partitions_[i].count += (*keys)[i].size();
        }
        auto marker = client_.GetItem(
            {.table = options_.table, .key = names_.Marker(), .consistent_read = true});
        if (!marker) return Fail(std::move(marker.error()));
        report.marker = marker->item.has_value();
        return keys;
    }

    Status Delete(WipeReport const& found, std::vector<std::vector<Item>> keys) {
        std::size_t const total = found.Rows();
        std::size_t done = 0;
        if (found.marker) {
            auto deleted = client_.DeleteItem({.table = options_.table, .key = names_.Marker()});
            if (!deleted) return Fail(std::move(deleted.error()));
            Progress(++done, total);
        }
        for (auto& partition : keys) {
            std::size_t const count = partition.size();
            std::vector<BatchWrite> writes;
            writes.reserve(count);
            for (auto& key : partition) {
                writes.push_back({BatchWrite::Kind::kDelete, std::move(key)});
            }
            BatchOptions batch;
            batch.deadline = deadline_.Remaining();
            batch.clock = options_.clock;
            batch.logger = options_.logger;
            batch.progress = [&](std::size_t acknowledged) {
                Progress(done + acknowledged, total);
            };
            auto written = WriteAllItems(client_, options_.table, std::move(writes), batch);
            if (!written) return Fail(std::move(written.error()));
            done += count;
        }
        return {};
    }

    void Progress(std::size_t done, std::size_t total) const {
        if (options_.progress) options_.progress(done, total);
    }

    DynamoDbClient& client_;
    WipeOptions const& options_;
    TableNames const names_;
    dynamodb::Deadline const deadline_;
    std::vector<Partition> partitions_;
};

Status CheckOptions(WipeOptions const& options) {
    if (options.table.empty()) return Fail(ErrorCode::kInvalidArgument, "a table name is needed");
    return CheckPrefix(options.prefix);
}

}  // namespace

Result<WipeReport> CountPrefix(DynamoDbClient& client, WipeOptions const& options) {
    if (auto checked = CheckOptions(options); !checked) return Fail(std::move(checked.error()));
    return Wiper(client, options).Count();
}

Result<WipeReport> WipePrefix(DynamoDbClient& client, WipeOptions const& options) {
    if (auto checked = CheckOptions(options); !checked) return Fail(std::move(checked.error()));
    return Wiper(client, options).Wipe();
}

}  // namespace lddynamo::store
