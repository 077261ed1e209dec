/// @file
/// Where a context falls in a percentage rollout.
/// Layer: evaluation.
#pragma once

#include "evaluation/context_parts.hpp"
#include "model/clause.hpp"

#include <cstdint>
#include <string_view>

namespace lddynamo::evaluation {

struct Bucket {
    enum class Problem : std::uint8_t {
        kNone,          ///< Also for a missing attribute: the value is 0.
        kNoSuchKind,    ///< The context has no part of that kind: the value is 0.
        kBadAttribute,  ///< The data's attribute reference is not valid.
    };
    float value = 0;  ///< In [0, 1].
    Problem problem = Problem::kNone;
};

[[nodiscard]] Bucket ComputeBucket(model::Bucketing const& bucketing, ContextParts const& context);

/// The first 60 bits of SHA-1(prefix + text) as a fraction of one.
[[nodiscard]] float HashFraction(std::string_view prefix, std::string_view text) noexcept;

}  // namespace lddynamo::evaluation
