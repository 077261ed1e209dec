#include "store/chunk_plan.hpp"

#include "store/chunk_codec.hpp"
#include "store/item_codec.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::store {
namespace {

// So many of 380 KB in one step: a slow line must not need longer than an attempt may take.
constexpr std::size_t kChunksPerStep = 8;

std::optional<std::int64_t> VersionOf(Item const* row) {
    return row != nullptr ? store::VersionOf(*row) : std::nullopt;
}

bool IsOld(std::string_view generation, Clock& clock) {
    auto const made = GenerationTime(generation);
    return !made || clock.Now() - *made > kLeftOverAge;
}

}  // namespace

ChunkPlan::ChunkPlan(ChunkNames const& names, Clock& clock, std::size_t max_item_bytes,
                     ExistingChunkRows const& rows)
    : names_(names), clock_(clock), max_item_bytes_(max_item_bytes) {
    for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        for (auto const& row :
             kind == DataKind::kFeatures ? rows.feature_heads : rows.segment_heads) {
            std::string key(RowKey(row));
            if (!key.empty()) {
                heads_.insert_or_assign({kind, std::move(key)}, ReadHead(row, max_item_bytes));
            }
        }
    }
    for (auto const& row : rows.chunk_keys) {
        auto const key = RowKey(row);
        if (auto const generation = GenerationOfChunk(key); !generation.empty()) {
            chunks_[std::string(generation)].insert(std::string(key));
        }
    }
}

bool ChunkPlan::HasAllChunks(Head const& head) const {
    if (head.chunks <= 1) return true;
    auto const it = chunks_.find(head.generation);
    if (it == chunks_.end()) return false;
    for (std::size_t i = 1; i < head.chunks; ++i) {
        auto const key = names_.ChunkKey(head.generation, i);
        if (it->second.count(std::string(RowKey(key))) == 0) return false;
    }
    return true;
}

ChunkPlan::Planned ChunkPlan::Add(DataKind kind, std::string_view key, SerializedItem const& item,
                                  Item const* official) {
    Planned planned;
    if (item.json.size() > max_item_bytes_) {
        planned.refused = "its text has " + std::to_string(item.json.size()) +
                          " bytes, more than the limit of " + std::to_string(max_item_bytes_) +
                          " for chunked items";
    }
    auto const old = heads_.find({kind, std::string(key)});
    if (!planned.refused.empty()) {
        // As with official rows: an older item stays.
        if (old != heads_.end()) {
            kept_.insert(old->second.generation);
            heads_.erase(old);
        }
        return planned;
    }
    auto const version = VersionOf(official);
    auto const digest = TextDigest(item.json);
    if (old != heads_.end()) {
        Head const head = std::move(old->second);
        heads_.erase(old);
        if (head.problem.empty() && Hides(head, version) && head.version == item.version &&
            head.size == item.json.size() && head.digest == digest && HasAllChunks(head)) {
            kept_.insert(head.generation);
            planned.unchanged = true;
            return planned;
        }
        replaced_.insert(head.generation);
    }
    auto chunks = PackText(item.json);
    if (!chunks) {
        planned.refused = chunks.error().message;
        return planned;
    }
    auto const generation = MakeGeneration(clock_);
    kept_.insert(generation);
    for (std::size_t i = 1; i < chunks->size(); ++i) {
        uploads_.push_back({BatchWrite::Kind::kPut,
                            MakeChunkRow(names_.ChunkKey(generation, i), std::move((*chunks)[i]))});
    }
    HeadContent const content{.version = item.version,
                              .covers = std::max(item.version, version.value_or(item.version)),
                              .generation = generation,
                              .chunks = chunks->size(),
                              .size = item.json.size(),
                              .digest = digest};
    planned.head = {BatchWrite::Kind::kPut,
                    MakeHeadRow(names_.HeadKey(kind, key), content, std::move(chunks->front()))};
    return planned;
}

bool ChunkPlan::IsChunked(DataKind kind, std::string_view key, Item const* official) const {
    if (heads_.empty()) return false;
    auto const it = heads_.find({kind, std::string(key)});
    return it != heads_.end() && Hides(it->second, VersionOf(official));
}

std::optional<BatchWrite> ChunkPlan::Release(DataKind kind, std::string_view key,
                                             std::int64_t version, Item const* official) {
    if (heads_.empty()) return std::nullopt;
    auto const it = heads_.find({kind, std::string(key)});
    if (it == heads_.end()) return std::nullopt;
    Head const head = std::move(it->second);
    heads_.erase(it);
    if (head.retired) {
        if (IsOld(head.generation, clock_)) {
            left_overs_.push_back({BatchWrite::Kind::kDelete, names_.HeadKey(kind, key)});
        }
        return std::nullopt;
    }
    replaced_.insert(head.generation);
    BatchWrite release{BatchWrite::Kind::kPut, MakeRetiredRow(names_.HeadKey(kind, key), head,
                                                              version, MakeGeneration(clock_))};
    if (Hides(head, VersionOf(official))) return release;
    early_.push_back(std::move(release));
    return std::nullopt;
}

std::vector<ItemKey> ChunkPlan::ReleaseRest(std::map<ItemKey, Item const*> const& official) {
    std::vector<ItemKey> keys;
    std::vector<std::pair<ItemKey, std::int64_t>> rest;
    for (auto const& [key, head] : heads_) {
        if (!head.retired) keys.push_back(key);
        rest.emplace_back(key, std::max<std::int64_t>(head.version, 0));
    }
    for (auto const& [key, version] : rest) {
        auto const it = official.find(key);
        auto release =
            Release(key.kind, key.key, version, it == official.end() ? nullptr : it->second);
        if (release) releases_.push_back(std::move(*release));
    }
    return keys;
}

std::vector<std::vector<BatchWrite>> ChunkPlan::TakeUploads() {
    std::vector<std::vector<BatchWrite>> steps;
    for (auto& write : uploads_) {
        if (steps.empty() || steps.back().size() == kChunksPerStep) steps.emplace_back();
        steps.back().push_back(std::move(write));
    }
    uploads_.clear();
    return steps;
}

std::vector<BatchWrite> ChunkPlan::TakeLeftOvers() {
    for (auto const& [generation, keys] : chunks_) {
        if (kept_.count(generation) != 0) continue;
        if (replaced_.count(generation) == 0 && !IsOld(generation, clock_)) continue;
        for (auto const& key : keys) {
            Item row;
            row.emplace(kNamespace, AttributeValue::S(names_.Chunks()));
            row.emplace(kKey, AttributeValue::S(key));
            left_overs_.push_back({BatchWrite::Kind::kDelete, std::move(row)});
        }
    }
    return std::move(left_overs_);
}

}  // namespace lddynamo::store
