/// @file
/// Whether a clause matches a context; segments are the evaluator's.
/// Layer: evaluation.
#pragma once

#include "evaluation/context_parts.hpp"
#include "model/clause.hpp"

#include <cstdint>

namespace lddynamo::evaluation {

enum class Match : std::uint8_t {
    kNo,
    kYes,
    kMalformed,  ///< The data contradict themselves: the whole evaluation fails.
};

[[nodiscard]] inline Match ToMatch(bool yes) noexcept {
    return yes ? Match::kYes : Match::kNo;
}

/// @param clause  of any operator but kSegmentMatch.
[[nodiscard]] Match MatchClause(model::Clause const& clause, ContextParts const& context);

}  // namespace lddynamo::evaluation
