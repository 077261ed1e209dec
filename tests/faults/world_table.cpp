// What the table holds: official rows, and the chunked items that stand in their place.
#include "faults/rows.hpp"
#include "faults/world.hpp"
#include "store/chunk_codec.hpp"
#include "store/chunk_rows.hpp"
#include "store/item_codec.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::faults {

SerializedItem World::Unpack(Item const& row) {
    auto const head = store::ReadHead(row, 16'000'000);
    auto const known = unpacked_.find(head.generation);
    auto const rows = memory_->Rows(kTable);
    std::vector<std::string_view> chunks = {*store::DataOf(row)};
    for (std::size_t i = 1; i < head.chunks; ++i) {
        auto const key = store::ChunkNames("").ChunkKey(head.generation, i);
        auto const found = std::find_if(rows.begin(), rows.end(), [&](Item const& other) {
            return TextOf(other, "namespace") == TextOf(key, "namespace") &&
                   TextOf(other, "key") == TextOf(key, "key");
        });
        if (found == rows.end()) {
            Violation("a chunk of " + TextOf(row, "key") + " is missing");
            return {};
        }
        chunks.push_back(*store::DataOf(*found));
    }
    if (known != unpacked_.end()) return known->second;
    auto text = store::UnpackText(chunks, head.size, head.digest);
    if (!text) {
        Violation("the chunks of " + TextOf(row, "key") + " are damaged");
        return {};
    }
    SerializedItem item{.version = head.version, .json = std::move(*text)};
    return unpacked_.emplace(head.generation, std::move(item)).first->second;
}

void World::NoteHead(std::size_t operation, RowId const& id, Item const& row) {
    auto& heads = heads_[id];
    auto generation = TextOf(row, "generation");
    if (heads.empty() || heads.back().generation != generation) {
        // Unpacked at once, before anybody clears its chunks away.
        RowState item;
        if (row.count("retired") == 0) item = Unpack(row);
        heads.push_back({step_, step_, operation, std::move(generation), std::move(item)});
    }
    heads.back().until = step_;
}

std::map<RowId, RowState> World::LookAtTable(std::size_t operation) {
    std::map<RowId, RowState> table;
    auto const rows = memory_->Rows(kTable);
    for (auto const& row : rows) {
        RowId const id{TextOf(row, "namespace"), TextOf(row, "key")};
        if (chunked_ && id.first.starts_with("$lddynamo_")) continue;
        auto item = store::ItemFromRow(row);
        table.emplace(id, id == kMarker || !item ? SerializedItem{} : std::move(*item));
    }
    if (!chunked_) return table;
    replaced_.clear();
    for (auto const& [id, state] : table) {
        auto const it = official_.find(id);
        if (it == official_.end() || it->second.after != state) {
            if (it != official_.end()) replaced_.emplace(*it);
            official_.insert_or_assign(id, OfficialChange{step_, operation, state});
        }
    }
    std::erase_if(official_, [&](auto const& change) {
        if (table.count(change.first) != 0) return false;
        replaced_.emplace(change);
        auto const heads = heads_.find(change.first);
        if (heads != heads_.end() && heads->second.back().item) {
            lost_under_head_[change.first].push_back(heads->second.back().from);
        }
        return true;
    });
    for (auto const& row : rows) {
        auto const ns = TextOf(row, "namespace");
        for (DataKind const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            if (ns != "$lddynamo_" + std::string(ToString(kind))) continue;
            auto const id = RowOf({kind, TextOf(row, "key")});
            NoteHead(operation, id, row);
            if (row.count("retired") != 0) continue;
            auto& state = table[id];
            // docs/schema.md: the head counts unless the official row is newer than what it covers.
            if (!state || state->version <= std::stoll(*row.at("covers").AsN())) {
                state = heads_[id].back().item;
            }
        }
    }
    return table;
}

}  // namespace lddynamo::faults
