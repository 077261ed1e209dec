#include "store/init_plan.hpp"

#include "store/init_order.hpp"
#include "store/item_codec.hpp"

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
    KindPlan(TableNames const& names, DataKind kind, InitReport& report)
        : names_(names), kind_(kind), report_(report) {}

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
            for (std::size_t const i : level) {
                if (live_[i]) step.push_back(std::move(*live_[i]));
            }
            if (!step.empty()) steps.push_back(std::move(step));
        }
    }
    void AppendGoneStep(std::vector<std::vector<BatchWrite>>& steps) {
        if (!gone_.empty()) steps.push_back(std::move(gone_));
    }

  private:
    using RowsByKey = std::unordered_map<std::string_view, Item const*>;

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
        if (old != nullptr && RowHolds(*old, prepared.item)) {
            ++report_.unchanged;
            AddLive(key, std::move(prepared), std::nullopt);
            return;
        }
        Item row = RowFromItem(names_, kind_, key, prepared.item);
        if (auto const size = EstimateRowSize(row); size > kMaxRowBytes) {
            report_.oversize.push_back(
                {kind_, key,
                 "its row has " + std::to_string(size) + " bytes, more than the " +
                     std::to_string(kMaxRowBytes) + " that fit; not written" +
                     (old != nullptr ? ", the older row stays" : "")});
            return;
        }
        ++report_.written;
        BatchWrite write{BatchWrite::Kind::kPut, std::move(row)};
        if (prepared.item.deleted) {
            gone_.push_back(std::move(write));
        } else {
            AddLive(key, std::move(prepared), std::move(write));
        }
    }

    void AddLive(std::string const& key, PreparedItem prepared, std::optional<BatchWrite> write) {
        needs_.emplace_back(key, std::move(prepared.prerequisites));
        live_.push_back(std::move(write));
    }

    TableNames const& names_;
    DataKind kind_;
    InitReport& report_;
    // Side by side: all flags that stay, also unchanged ones, since others may need them.
    std::vector<FlagNeeds> needs_;
    std::vector<std::optional<BatchWrite>> live_;
    std::vector<BatchWrite> gone_;
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

InitPlan MakeInitPlan(TableNames const& names, PreparedData data, ExistingRows const& existing) {
    InitPlan plan;
    KindPlan features(names, DataKind::kFeatures, plan.report);
    KindPlan segments(names, DataKind::kSegments, plan.report);
    features.Make(std::move(data.features), existing.features);
    segments.Make(std::move(data.segments), existing.segments);
    segments.AppendLiveSteps(plan.steps);
    features.AppendLiveSteps(plan.steps);
    features.AppendGoneStep(plan.steps);
    segments.AppendGoneStep(plan.steps);
    return plan;
}

}  // namespace lddynamo::store
