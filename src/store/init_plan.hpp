/// @file
/// What an Init has to write, and in which order.
/// Layer: store. Pure: no I/O.
#pragma once

#include "store/chunk_plan.hpp"
#include "store/item_text.hpp"
#include "store/names.hpp"

#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::store {

/// What is to be stored, checked.
struct PreparedData {
    using Items = std::vector<std::pair<std::string, PreparedItem>>;
    Items features{};
    Items segments{};
};
/// @retval ErrorCode::kInvalidArgument, kInvalidData  as PrepareForWrite.
[[nodiscard]] Result<PreparedData> PrepareData(StoreData const& data);

struct InitPlan {
    /// To be done one after another: chunks; chunked items that gave way long ago; segments, flags
    /// without prerequisites, flags that need those, and so on; then deleted flags and deleted
    /// segments, which nothing needs any more; then chunked items that are gone, and chunks that
    /// nothing needs.
    std::vector<std::vector<BatchWrite>> steps{};
    InitReport report{};  ///< As it will be when all steps are done.
    [[nodiscard]] std::size_t Writes() const noexcept {
        std::size_t count = 0;
        for (auto const& step : steps) count += step.size();
        return count;
    }
};

/// The rows of a kind, as they are in the table now.
struct ExistingRows {
    std::vector<Item> features{};
    std::vector<Item> segments{};
};

/// @param chunks  where items go that one row cannot hold; nullptr: they are reported, not stored.
[[nodiscard]] InitPlan MakeInitPlan(TableNames const& names, PreparedData data,
                                    ExistingRows const& existing, ChunkPlan* chunks = nullptr);

}  // namespace lddynamo::store
