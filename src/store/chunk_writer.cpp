#include "store/chunk_writer.hpp"

#include "store/chunk_codec.hpp"
#include "store/item_codec.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace lddynamo::store {
namespace {

constexpr std::chrono::milliseconds kReadTimeout{10000};
constexpr std::chrono::milliseconds kUploadTimeout{60000};
constexpr std::chrono::milliseconds kCleanUpTimeout{10000};
constexpr int kMaxAttempts = 20;
// So many of 380 KB in one call: a slow line must not need longer than an attempt may take.
constexpr std::size_t kChunksPerUpload = 8;

tl::unexpected<Error> TooOften(DataKind kind, std::string_view key) {
    Error error;
    error.code = ErrorCode::kConflict;
    error.message = Describe(kind, key) + " was replaced by others each of the " +
                    std::to_string(kMaxAttempts) + " times it was tried";
    error.retryable = true;
    return Fail(std::move(error));
}

/// What is left behind takes room and no more; a later Init clears it away.
void DeleteChunks(ChunkAccess const& access, std::string_view generation, std::size_t chunks) {
    std::vector<BatchWrite> writes;
    for (std::size_t i = 1; i < chunks; ++i) {
        writes.push_back({BatchWrite::Kind::kDelete, access.chunk_names.ChunkKey(generation, i)});
    }
    if (writes.empty()) return;
    auto const done = WriteAllItems(access.client, access.table, std::move(writes),
                                    access.Batch(kCleanUpTimeout));
    if (!done) {
        access.logger.Warn("table " + access.table +
                           ": chunks that nothing needs were left behind: " + done.error().message);
    }
}

/// A put of a head that happens only where the head still is the one that was read.
PutItemRequest PutInPlaceOf(ChunkAccess const& access, Item row,
                            std::optional<Head> const& replaced) {
    PutItemRequest request;
    request.table = access.table;
    request.item = std::move(row);
    request.return_old_on_condition_failure = true;
    if (!replaced) {
        request.condition_expression = "attribute_not_exists(#ns)";
        request.names.emplace("#ns", kNamespace);
    } else if (!replaced->stored_generation) {
        request.condition_expression = "attribute_not_exists(#g)";
        request.names.emplace("#g", "generation");
    } else {
        request.condition_expression = "#g = :g";
        request.names.emplace("#g", "generation");
        request.values.emplace(":g", *replaced->stored_generation);
    }
    return request;
}

/// One PutChunked.
class ChunkedPut {
  public:
    ChunkedPut(ChunkAccess const& access, DataKind kind, std::string_view key,
               SerializedItem const& item)
        : access_(access),
          kind_(kind),
          key_(key),
          item_(item),
          generation_(MakeGeneration(access.clock)) {}

    Result<UpsertOutcome> Run() {
        for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
            if (auto looked = Look(); !looked) return Fail(std::move(looked.error()));
            if (head_ && head_->generation == generation_) return Written();
            if (Stored() >= item_.version) {
                if (uploaded_) DeleteChunks(access_, generation_, count_);
                return UpsertOutcome::kStale;
            }
            if (auto there = Upload(); !there) return Fail(std::move(there.error()));
            auto const covers = std::max(item_.version, official_.value_or(item_.version));
            HeadContent const content{.version = item_.version,
                                      .covers = covers,
                                      .generation = generation_,
                                      .chunks = count_,
                                      .size = item_.json.size(),
                                      .digest = digest_};
            auto put = access_.client.PutItem(PutInPlaceOf(
                access_, MakeHeadRow(access_.chunk_names.HeadKey(kind_, key_), content, first_),
                head_));
            // Whether it is there is not known: the chunks must stay.
            if (!put) return Fail(std::move(put.error()));
            if (!put->condition_failed) {
                replaced_ = head_;
                return Written();
            }
            replaced_ = head_;  // should our own put be what stopped it
        }
        return TooOften(kind_, key_);
    }

  private:
    UpsertOutcome Written() {
        if (replaced_) DeleteChunks(access_, replaced_->generation, replaced_->chunks);
        return UpsertOutcome::kWritten;
    }

    /// Reads what is stored now.
    Status Look() {
        BatchGetItemRequest request;
        request.table = access_.table;
        request.consistent_read = true;
        request.keys = {access_.names.RowKey(kind_, key_),
                        access_.chunk_names.HeadKey(kind_, key_)};
        ProjectFacts(request);
        auto rows = GetAllItems(access_.client, std::move(request), access_.Batch(kReadTimeout));
        if (!rows) return Fail(std::move(rows.error()));
        head_.reset();
        official_.reset();
        for (auto const& row : *rows) {
            auto const* const ns = FindAttribute(row, kNamespace);
            auto const* const name = ns != nullptr ? ns->AsS() : nullptr;
            if (name == nullptr) continue;
            if (*name == access_.chunk_names.Heads(kind_)) {
                head_ = ReadHead(row, access_.max_item_bytes);
            } else {
                official_ = VersionOf(row);
            }
        }
        return {};
    }

    /// The version of the stored item; -1 when there is none.
    [[nodiscard]] std::int64_t Stored() const {
        std::int64_t const official = official_.value_or(-1);
        if (!head_) return official;
        if (!head_->problem.empty()) return std::max(head_->version, official);
        return Hides(*head_, official_) ? head_->version : official;
    }

    Status Upload() {
        if (uploaded_) return {};
        auto chunks = PackText(item_.json);
        if (!chunks) return Fail(std::move(chunks.error()));
        count_ = chunks->size();
        first_ = std::move(chunks->front());
        digest_ = TextDigest(item_.json);
        uploaded_ = true;
        for (std::size_t from = 1; from < count_; from += kChunksPerUpload) {
            std::vector<BatchWrite> writes;
            for (std::size_t i = from; i < std::min(count_, from + kChunksPerUpload); ++i) {
                writes.push_back({BatchWrite::Kind::kPut,
                                  MakeChunkRow(access_.chunk_names.ChunkKey(generation_, i),
                                               std::move((*chunks)[i]))});
            }
            auto done = WriteAllItems(access_.client, access_.table, std::move(writes),
                                      access_.Batch(kUploadTimeout));
            if (!done) {
                DeleteChunks(access_, generation_, count_);
                return done;
            }
        }
        return {};
    }

    ChunkAccess const& access_;
    DataKind const kind_;
    std::string_view const key_;
    SerializedItem const& item_;
    std::string const generation_;
    std::optional<Head> head_;              // as last read
    std::optional<Head> replaced_;          // whose chunks nothing needs once we are written
    std::optional<std::int64_t> official_;  // the official row's version, as last read
    bool uploaded_ = false;
    std::size_t count_ = 0;
    std::string first_;
    std::string digest_;
};

}  // namespace

Result<UpsertOutcome> PutChunked(ChunkAccess const& access, DataKind kind, std::string_view key,
                                 SerializedItem const& item) {
    return ChunkedPut(access, kind, key, item).Run();
}

Result<std::optional<Head>> FindHead(ChunkAccess const& access, DataKind kind,
                                     std::string_view key) {
    GetItemRequest request;
    request.table = access.table;
    request.key = access.chunk_names.HeadKey(kind, key);
    request.consistent_read = true;
    ProjectFacts(request);
    auto answer = access.client.GetItem(request);
    if (!answer) return Fail(std::move(answer.error()));
    if (!answer->item) return std::optional<Head>();
    return std::optional<Head>(ReadHead(*answer->item, access.max_item_bytes));
}

Result<UpsertOutcome> RetireHead(ChunkAccess const& access, DataKind kind, std::string_view key,
                                 Head head, std::int64_t version) {
    auto const generation = MakeGeneration(access.clock);
    // Once readers take the official row anyway, the rest is tidying up.
    bool const visible = version > head.covers;
    for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
        auto put = access.client.PutItem(PutInPlaceOf(
            access,
            MakeRetiredRow(access.chunk_names.HeadKey(kind, key), head, version, generation),
            head));
        if (put && !put->condition_failed) {
            DeleteChunks(access, head.generation, head.chunks);
            return UpsertOutcome::kWritten;
        }
        auto now = put ? FindHead(access, kind, key) : Fail(std::move(put.error()));
        if (!now) {
            if (!visible) return Fail(std::move(now.error()));
            access.logger.Warn("table " + access.table + ": " + Describe(kind, key) +
                               ": its older chunked item was left behind: " + now.error().message);
            return UpsertOutcome::kWritten;
        }
        if (*now && (*now)->generation == generation) {
            DeleteChunks(access, head.generation, head.chunks);
            return UpsertOutcome::kWritten;
        }
        if (!*now || (*now)->retired) return UpsertOutcome::kWritten;
        if ((*now)->version >= version) return UpsertOutcome::kStale;
        head = std::move(**now);
    }
    return TooOften(kind, key);
}

}  // namespace lddynamo::store
