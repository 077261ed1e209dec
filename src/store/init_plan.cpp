#include "store/init_plan.hpp"

#include "store/init_order.hpp"
#include "store/item_codec.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace lddynamo::store {
namespace {

/// The part of a plan that concerns one kind.
class KindPlan {
  public:
    KindPlan(TableNames const& names, DataKind kind, InitReport& report, ChunkPlan* chunks)
        : names_(names), kind_(kind), report_(report), chunks_(chunks) {}

    void Make(PreparedData::Items items, std::vector<Item> const& rows) {
        auto old_rows = ByKey(rows);
        for (auto& [key, item] : items) {
            Item const* old = nullptr;
            if (auto const it = old_rows.find(key); it != old_rows.end()) {
                old = it->second;
                old_rows.erase(it);  // what remains in the end is deleted
            }
            Add(key, std::move(item), old);
        }
        for (auto const& row : rows) {  // in the table's order
            auto const it = old_rows.find(RowKey(row));
            if (it == old_rows.end()) continue;
            gone_.push_back({BatchWrite::Kind::kDelete, names_.RowKey(kind_, it->first)});
            ++report_.deleted;
        }
    }

    void AppendLiveSteps(std::vector<std::vector<BatchWrite>>& steps) {
        for (auto const& level : PrerequisiteLevels(needs_)) {
            std::vector<BatchWrite> step;
            std::vector<BatchWrite> releases;
            for (std::size_t const i : level) {
                if (live_[i].write) step.push_back(std::move(*live_[i].write));
                if (live_[i].release) releases.push_back(std::move(*live_[i].release));
            }
            for (auto* const part : {&step, &releases}) {
                if (!part->empty()) steps.push_back(std::move(*part));
            }
        }
    }
    void AppendGoneStep(std::vector<std::vector<BatchWrite>>& steps) {
        for (auto* const part : {&gone_, &gone_releases_}) {
            if (!part->empty()) steps.push_back(std::move(*part));
        }
    }

  private:
    using RowsByKey = std::unordered_map<std::string_view, Item const*>;
    /// What makes an item the stored one.
    struct Writes {
        std::optional<BatchWrite> write{};
        std::optional<BatchWrite> release{};  ///< Then; of the chunked item in its place.
    };

    /// Rows of other namespaces, should a server send them, are none of ours.
    RowsByKey ByKey(std::vector<Item> const& rows) const {
        RowsByKey by_key;
        by_key.reserve(rows.size());
        for (auto const& row : rows) {
            auto const* const ns = FindAttribute(row, kNamespace);
            if (ns == nullptr || ns->AsS() == nullptr || *ns->AsS() != names_.Namespace(kind_)) {
                continue;
            }
            if (auto const key = RowKey(row); !key.empty()) by_key.emplace(key, &row);
        }
        return by_key;
    }

    void Add(std::string const& key, PreparedItem prepared, Item const* old) {
        bool const chunked = chunks_ != nullptr && chunks_->IsChunked(kind_, key, old);
        if (old != nullptr && !chunked && RowHolds(*old, prepared.item)) {
            if (chunks_ != nullptr) {
                // Nothing hides that row.
                (void)chunks_->Release(kind_, key, prepared.item.version, old);
            }
            ++report_.unchanged;
            AddLive(key, std::move(prepared), {});
            return;
        }
        Item row = RowFromItem(names_, kind_, key, prepared.item);
        if (auto const size = EstimateRowSize(row); size > kMaxRowBytes) {
            if (chunks_ != nullptr) {
                AddChunked(key, std::move(prepared), old);
                return;
            }
            report_.oversize.push_back(
                {kind_, key,
                 "its row has " + std::to_string(size) + " bytes, more than the " +
                     std::to_string(kMaxRowBytes) + " that fit; not written" +
                     (old != nullptr ? ", the older row stays" : "")});
            return;
        }
        Writes writes;
        if (chunks_ != nullptr) {
            writes.release = chunks_->Release(kind_, key, prepared.item.version, old);
        }
        writes.write.emplace(BatchWrite{BatchWrite::Kind::kPut, std::move(row)});
        AddWrite(key, std::move(prepared), std::move(writes));
    }

    void AddChunked(std::string const& key, PreparedItem prepared, Item const* old) {
        auto planned = chunks_->Add(kind_, key, prepared.item, old);
        if (!planned.refused.empty()) {
            report_.oversize.push_back({kind_, key,
                                        planned.refused + "; not written" +
                                            (old != nullptr ? ", the older row stays" : "")});
        } else if (planned.unchanged) {
            ++report_.unchanged;
            AddLive(key, std::move(prepared), {});
        } else {
            AddWrite(key, std::move(prepared), {.write = std::move(planned.head)});
        }
    }

    void AddWrite(std::string const& key, PreparedItem prepared, Writes writes) {
        ++report_.written;
        if (prepared.item.deleted) {
            gone_.push_back(std::move(*writes.write));
            if (writes.release) gone_releases_.push_back(std::move(*writes.release));
        } else {
            AddLive(key, std::move(prepared), std::move(writes));
        }
    }

    void AddLive(std::string const& key, PreparedItem prepared, Writes writes) {
        needs_.emplace_back(key, std::move(prepared.prerequisites));
        live_.push_back(std::move(writes));
    }

    TableNames const& names_;
    DataKind kind_;
    InitReport& report_;
    ChunkPlan* chunks_;
    // Side by side: all flags that stay, also unchanged ones, since others may need them.
    std::vector<FlagNeeds> needs_;
    std::vector<Writes> live_;
    std::vector<BatchWrite> gone_;
    std::vector<BatchWrite> gone_releases_;
};

}  // namespace

Result<PreparedData> PrepareData(StoreData const& data) {
    PreparedData prepared;
    for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
        auto& items = kind == DataKind::kFeatures ? prepared.features : prepared.segments;
        items.reserve(data.Of(kind).size());
        for (auto const& [key, item] : data.Of(kind)) {
            auto one = PrepareForWrite(kind, key, item);
            if (!one) return Fail(std::move(one.error()));
            items.emplace_back(key, std::move(*one));
        }
    }
    return prepared;
}

namespace {

/// @return chunked items that are gone and have no official row, which would be counted already.
std::size_t ReleaseRest(ChunkPlan& chunks, ExistingRows const& existing) {
    if (!chunks.HasRest()) return 0;
    std::map<ItemKey, Item const*> official;
    for (auto const& row : existing.features) {
        official.emplace(ItemKey{DataKind::kFeatures, std::string(RowKey(row))}, &row);
    }
    for (auto const& row : existing.segments) {
        official.emplace(ItemKey{DataKind::kSegments, std::string(RowKey(row))}, &row);
    }
    auto gone = chunks.ReleaseRest(official);
    std::erase_if(gone, [&](ItemKey const& key) { return official.count(key) != 0; });
    return gone.size();
}

}  // namespace

InitPlan MakeInitPlan(TableNames const& names, PreparedData data, ExistingRows const& existing,
                      ChunkPlan* chunks) {
    InitPlan plan;
    KindPlan features(names, DataKind::kFeatures, plan.report, chunks);
    KindPlan segments(names, DataKind::kSegments, plan.report, chunks);
    features.Make(std::move(data.features), existing.features);
    segments.Make(std::move(data.segments), existing.segments);
    if (chunks != nullptr) {
        plan.report.deleted += ReleaseRest(*chunks, existing);
        plan.steps = chunks->TakeUploads();
        if (auto step = chunks->TakeEarlyReleases(); !step.empty()) {
            plan.steps.push_back(std::move(step));
        }
    }
    segments.AppendLiveSteps(plan.steps);
    features.AppendLiveSteps(plan.steps);
    features.AppendGoneStep(plan.steps);
    segments.AppendGoneStep(plan.steps);
    if (chunks != nullptr) {
        for (auto step : {chunks->TakeReleases(), chunks->TakeLeftOvers()}) {
            if (!step.empty()) plan.steps.push_back(std::move(step));
        }
    }
    return plan;
}

}  // namespace lddynamo::store
