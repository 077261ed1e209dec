/// @file
/// Decoding what flags and segments share.
/// Layer: model (private to its sources).
#pragma once

#include "model/clause.hpp"
#include "model/field.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

/// An attribute: a reference when a context kind is given, a plain name in older data.
[[nodiscard]] AttributeRef DecodeAttribute(std::string_view text, Field const& kind);
/// A context kind; "user" is read as "", which means the same.
void DecodeKind(Field const& field, std::string& out);
void DecodeClauses(Field const& field, std::vector<Clause>& out);
void DecodeStrings(Field const& field, KeySet& out);
void DecodeRollout(Field const& field, Rollout& out);
/// Appends the segment keys that the clauses refer to.
void CollectSegments(std::vector<Clause> const& clauses, std::vector<std::string>& out);
void SortUnique(std::vector<std::string>& keys);

}  // namespace lddynamo::model
