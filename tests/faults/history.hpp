/// @file
/// What a history of the fault suite is made of.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>

namespace lddynamo::faults {

inline constexpr char kTable[] = "flags";

using Random = std::mt19937_64;
/// Uniform over [0, limit). Not std::uniform_int_distribution, whose numbers depend on the library.
inline std::size_t Below(Random& random, std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit);
}
inline bool Chance(Random& random, unsigned percent) {
    return Below(random, 100) < percent;
}

/// Counts of a whole run.
struct Tally {
    std::size_t histories = 0;
    std::size_t requests = 0;
    std::size_t throttled = 0;
    std::size_t lost_before = 0;
    std::size_t lost_after = 0;
    std::size_t late = 0;
    std::size_t unprocessed = 0;
    std::size_t killed = 0;
    std::size_t clock_jumps = 0;
    [[nodiscard]] std::size_t Faults() const {
        return throttled + lost_before + lost_after + late + unprocessed + killed + clock_jumps;
    }
};

/// What the requests of a history may meet, in percent.
struct FaultPlan {
    unsigned throttle = 0;
    unsigned lost_before = 0;
    unsigned lost_after = 0;
    unsigned late = 0;  ///< Given up by the client, done later.
    unsigned unprocessed = 0;
    unsigned kill = 0;
    unsigned clock_jump = 0;
};

/// One call of a store by an actor.
struct Operation {
    enum class Kind : std::uint8_t { kInit, kUpsert, kRead };
    Kind kind = Kind::kRead;
    std::size_t number = 0;
    std::size_t start = 0;                     ///< The step before the call.
    StoreData data{};                          ///< Of an Init.
    ItemKey key{};                             ///< Of an Upsert.
    SerializedItem item{};                     ///< Of an Upsert.
    std::optional<std::size_t> first_query{};  ///< Steps at which an Init looked at the table.
    std::size_t last_query = 0;
    bool wrote_flag = false;
    /// Steps at which this operation changed its row, of an Upsert.
    std::optional<std::size_t> applied{};
};

}  // namespace lddynamo::faults
