/// @file
/// Update expressions applied to items.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"

#include <lddynamo/attribute_value.hpp>

#include <string>

namespace lddynamo::dynamodb::memory {

/// Changes `item`. All operands see the item as it was before.
/// @return what is wrong, in the service's words; `item` is then unspecified. Empty: done.
[[nodiscard]] std::string Apply(Update const& update, Item& item);

/// a + b as attribute values, exact. @return what is wrong; empty: done.
/// @pre both are N, normalized.
[[nodiscard]] std::string AddNumbers(AttributeValue const& a, AttributeValue const& b,
                                     bool subtract, AttributeValue& sum);
/// Adds to or removes from a set. @return false when the two are no sets of one type.
[[nodiscard]] bool ChangeSet(AttributeValue& set, AttributeValue const& change, bool remove);
/// Whether it is a set without elements, which the service does not keep.
[[nodiscard]] bool IsEmptySet(AttributeValue const& value);

}  // namespace lddynamo::dynamodb::memory
