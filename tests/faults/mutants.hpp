/// @file
/// Faulty stores and clients, to prove that the checker finds what it is made to find.
#pragma once

#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/feature_store.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace lddynamo::faults {

enum class Mutant : std::uint8_t {
    kNone,
    kDropsUnprocessed,     ///< What comes back from a batch is forgotten.
    kMarkerFirst,          ///< The marker is put before the data.
    kNoUpsertCondition,    ///< An Upsert overwrites newer rows.
    kNoInitGuard,          ///< An Init overwrites rows that became newer meanwhile.
    kBatchesBesideOthers,  ///< InitWrites::kBatched where others write too.
    kDeletesFirst,         ///< The old rows are removed before the new ones are written.
    kAmbiguousIsStale,     ///< An own earlier write counts as somebody else's.
    kRemembersReads,       ///< A reader gives yesterday's answer.
};
struct MutantName {
    Mutant mutant;
    std::string_view name;
};
inline constexpr std::array<MutantName, 8> kMutants{{
    {Mutant::kDropsUnprocessed, "drops-unprocessed"},
    {Mutant::kMarkerFirst, "marker-first"},
    {Mutant::kNoUpsertCondition, "no-upsert-condition"},
    {Mutant::kNoInitGuard, "no-init-guard"},
    {Mutant::kBatchesBesideOthers, "batches-beside-others"},
    {Mutant::kDeletesFirst, "deletes-first"},
    {Mutant::kAmbiguousIsStale, "ambiguous-is-stale"},
    {Mutant::kRemembersReads, "remembers-reads"},
}};

[[nodiscard]] std::shared_ptr<DynamoDbClient> Spoil(std::shared_ptr<DynamoDbClient> client,
                                                    Mutant mutant);
[[nodiscard]] std::unique_ptr<FeatureStore> Spoil(std::unique_ptr<FeatureStore> store,
                                                  Mutant mutant);

}  // namespace lddynamo::faults
