/// @file
/// Conditions and projections applied to items.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"

#include <lddynamo/attribute_value.hpp>

namespace lddynamo::dynamodb::memory {

/// The value at a path; nullptr when there is none.
[[nodiscard]] AttributeValue const* Resolve(Path const& path, Item const& item);

/// Whether the item meets the condition. A row that does not exist is an item without attributes.
[[nodiscard]] bool Matches(Node const& condition, Item const& item);

/// The parts of the item that the paths name; lists close up.
[[nodiscard]] Item Project(std::vector<Path> const& paths, Item const& item);

}  // namespace lddynamo::dynamodb::memory
