#include "dynamodb/batching.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace lddynamo {
namespace {

using dynamodb::Deadline;

// Calls of one *Many: enough to keep all connections busy, few enough to look at the deadline
// often.
constexpr std::size_t kMaxBatchesPerCall = 64;

bool IsTransient(ErrorCode code) noexcept {
    return code == ErrorCode::kThrottled || code == ErrorCode::kUnavailable ||
           code == ErrorCode::kConnection || code == ErrorCode::kTimeout;
}

/// What fails one batch with this fails all of them.
bool ConcernsAllBatches(ErrorCode code) noexcept {
    return code == ErrorCode::kNotFound || code == ErrorCode::kCredentials ||
           code == ErrorCode::kAccessDenied || code == ErrorCode::kTls ||
           code == ErrorCode::kCancelled;
}

/// Counts the rounds between pauses: a round that got most of its rows through starts anew.
class Attempts {
  public:
    void AfterRound(std::size_t sent, std::size_t done) {
        count_ = done * 2 >= sent ? 1 : count_ + 1;
    }
    [[nodiscard]] int Count() const { return count_; }

  private:
    int count_ = 0;
};

/// One WriteAllItems.
class WriteRounds {
  public:
    WriteRounds(DynamoDbClient& client, std::string const& table, BatchOptions const& options)
        : client_(client),
          table_(table),
          options_(options),
          deadline_(options.clock, options.deadline) {}

    Status Run(std::vector<BatchWrite> writes) {
        total_ = writes.size();
        Attempts attempts;
        while (!writes.empty()) {
            std::size_t const sent = writes.size();
            std::size_t const before = acknowledged_;
            writes = Round(std::move(writes));
            if (stopped_ || writes.empty()) break;
            attempts.AfterRound(sent, acknowledged_ - before);
            options_.logger.Debug("table " + table_ + ": " + std::to_string(writes.size()) +
                                  " writes are to be sent again");
            if (!deadline_.Pause(attempts.Count())) {
                OutOfTime();
                break;
            }
        }
        if (acknowledged_ == total_) return {};
        return Incomplete();
    }

  private:
    /// Sends everything once. @return what is to be sent again.
    std::vector<BatchWrite> Round(std::vector<BatchWrite> writes) {
        std::vector<BatchWrite> again;
        auto batches = Split(std::move(writes));
        std::span<BatchWriteItemRequest> rest(batches);
        while (!rest.empty() && !stopped_) {
            if (deadline_.Passed()) {
                OutOfTime();
                break;
            }
            auto const wave = rest.first(std::min(kMaxBatchesPerCall, rest.size()));
            rest = rest.subspan(wave.size());
            Send(wave, again);
        }
        return again;
    }

    void Send(std::span<BatchWriteItemRequest> wave, std::vector<BatchWrite>& again) {
        auto answers = client_.BatchWriteItemMany(wave);
        std::size_t const before = acknowledged_;
        for (std::size_t i = 0; i < wave.size(); ++i) {
            if (i < answers.size()) {
                TakeAnswer(wave[i].writes, answers[i], again);
            } else {
                FailBatch({.message = "the client answered too few of several requests"});
            }
        }
        if (acknowledged_ != before) ReportProgress();
    }

    void TakeAnswer(std::vector<BatchWrite>& sent, Result<BatchWriteItemResponse>& answer,
                    std::vector<BatchWrite>& again) {
        if (answer) {
            auto& unprocessed = answer->unprocessed;
            if (unprocessed.size() > sent.size()) {
                FailBatch({.code = ErrorCode::kInvalidData,
                           .message = "more writes came back unprocessed than were sent"});
                return;
            }
            acknowledged_ += sent.size() - unprocessed.size();
            std::move(unprocessed.begin(), unprocessed.end(), std::back_inserter(again));
        } else if (IsTransient(answer.error().code)) {
            transient_ = answer.error();
            std::move(sent.begin(), sent.end(), std::back_inserter(again));
        } else {
            FailBatch(answer.error());
        }
    }

    void FailBatch(Error error) {
        if (ConcernsAllBatches(error.code)) stopped_ = true;
        if (!cause_) cause_ = std::move(error);
    }

    void OutOfTime() {
        stopped_ = true;
        if (cause_) return;
        std::string message = "the deadline of " + std::to_string(options_.deadline.count()) +
                              " ms passed while the service still left writes unprocessed";
        if (transient_) {
            message += "; last error: " + transient_->message;
            cause_ = transient_;
        } else {
            cause_.emplace();
        }
        cause_->message = std::move(message);
        cause_->retryable = true;
    }

    Status Incomplete() const {
        Error error = cause_.value_or(Error{});
        error.code = ErrorCode::kIncomplete;
        error.message = "table " + table_ + ": " + std::to_string(total_ - acknowledged_) + " of " +
                        std::to_string(total_) + " writes were not acknowledged: " + error.message;
        return Fail(std::move(error));
    }

    void ReportProgress() const {
        if (!options_.progress) return;
        try {
            options_.progress(acknowledged_);
        } catch (...) {  // the caller's own code must not stop the writing half-way
            options_.logger.Warn("the progress callback threw an exception");
        }
    }

    std::vector<BatchWriteItemRequest> Split(std::vector<BatchWrite> writes) const {
        std::vector<BatchWriteItemRequest> batches;
        std::size_t bytes = 0;
        for (auto& write : writes) {
            std::size_t const size = dynamodb::EstimateWireSize(write.item) + 64;
            if (batches.empty() || batches.back().writes.size() == dynamodb::kMaxWritesPerBatch ||
                bytes + size > dynamodb::kMaxBatchBytes) {
                batches.push_back({.table = table_});
                batches.back().writes.reserve(dynamodb::kMaxWritesPerBatch);
                bytes = 0;
            }
            bytes += size;
            batches.back().writes.push_back(std::move(write));
        }
        return batches;
    }

    DynamoDbClient& client_;
    std::string const& table_;
    BatchOptions const& options_;
    Deadline deadline_;
    std::size_t total_ = 0;
    std::size_t acknowledged_ = 0;
    bool stopped_ = false;
    std::optional<Error> transient_;  // the last error that a later round may not see again
    std::optional<Error> cause_;      // the first one that is final
};

/// One GetAllItems.
class ReadRounds {
  public:
    ReadRounds(DynamoDbClient& client, BatchGetItemRequest pattern, BatchOptions const& options)
        : client_(client),
          pattern_(std::move(pattern)),
          options_(options),
          deadline_(options.clock, options.deadline) {}

    /// @param keys  those of the pattern are not looked at.
    Result<std::vector<Item>> Run(std::vector<Item> keys) {
        std::size_t const total = keys.size();
        Attempts attempts;
        while (!keys.empty()) {
            std::size_t const sent = keys.size();
            again_.clear();
            if (auto done = Round(keys); !done) return Fail(std::move(done.error()));
            keys = std::move(again_);
            if (keys.empty()) break;
            attempts.AfterRound(sent, sent - keys.size());
            if (!deadline_.Pause(attempts.Count())) return OutOfTime(keys.size(), total);
        }
        return std::move(items_);
    }

  private:
    /// Asks for every key once, as long as there is time; what is left goes to again_.
    Status Round(std::span<Item> rest) {
        do {
            auto const wave =
                rest.first(std::min(kMaxBatchesPerCall * dynamodb::kMaxKeysPerBatch, rest.size()));
            rest = rest.subspan(wave.size());
            if (auto done = Send(wave); !done) return done;
        } while (!rest.empty() && !deadline_.Passed());
        std::move(rest.begin(), rest.end(), std::back_inserter(again_));
        return {};
    }

    Status Send(std::span<Item> keys) {
        std::vector<BatchGetItemRequest> requests;
        while (!keys.empty()) {
            auto const batch = keys.first(std::min(dynamodb::kMaxKeysPerBatch, keys.size()));
            keys = keys.subspan(batch.size());
            requests.push_back(pattern_);
            requests.back().keys.assign(std::make_move_iterator(batch.begin()),
                                        std::make_move_iterator(batch.end()));
        }
        auto answers = client_.BatchGetItemMany(requests);
        if (answers.size() != requests.size()) {
            return Fail(ErrorCode::kInternal, "the client answered too few of several requests");
        }
        for (std::size_t i = 0; i < requests.size(); ++i) {
            if (!answers[i]) return Fail(std::move(answers[i].error()));
            auto& [found, unprocessed] = *answers[i];
            if (found.size() + unprocessed.size() > requests[i].keys.size()) {
                return Fail(
                    ErrorCode::kInvalidData,
                    "table " + pattern_.table + ": more rows came back than were asked for");
            }
            std::move(found.begin(), found.end(), std::back_inserter(items_));
            std::move(unprocessed.begin(), unprocessed.end(), std::back_inserter(again_));
        }
        return {};
    }

    tl::unexpected<Error> OutOfTime(std::size_t missing, std::size_t total) const {
        Error error;
        error.code = ErrorCode::kIncomplete;
        error.message = "table " + pattern_.table + ": " + std::to_string(missing) + " of " +
                        std::to_string(total) + " rows were not read: the deadline of " +
                        std::to_string(options_.deadline.count()) +
                        " ms passed while the service still left keys unprocessed";
        error.retryable = true;
        return Fail(std::move(error));
    }

    DynamoDbClient& client_;
    BatchGetItemRequest const pattern_;
    BatchOptions const& options_;
    Deadline deadline_;
    std::vector<Item> items_;
    std::vector<Item> again_;
};

}  // namespace

Status WriteAllItems(DynamoDbClient& client, std::string const& table,
                     std::vector<BatchWrite> writes, BatchOptions const& options) {
    return WriteRounds(client, table, options).Run(std::move(writes));
}

Result<std::vector<Item>> GetAllItems(DynamoDbClient& client, BatchGetItemRequest request,
                                      BatchOptions const& options) {
    auto keys = std::exchange(request.keys, {});
    return ReadRounds(client, std::move(request), options).Run(std::move(keys));
}

}  // namespace lddynamo
