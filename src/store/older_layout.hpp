/// @file
/// The layout of the older Go package: one attribute per JSON property of a flag or segment.
/// Layer: store.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/result.hpp>

#include <string>
#include <string_view>

namespace lddynamo::store {

/// Whether the row, which has no `item`, has properties of a flag or segment instead.
[[nodiscard]] bool IsOlderLayout(Item const& row) noexcept;

/// Whether an attribute is one that only readers of that layout need: a property of its flags and
/// segments, but neither key nor version.
[[nodiscard]] bool IsOlderAttribute(std::string_view name) noexcept;

/// The flag's or segment's JSON, rebuilt. That layout wrote NULL for empty strings and lists; such
/// properties are empty again, and left out where they are optional, but a null among variations or
/// a clause's values stays.
/// @retval ErrorCode::kInvalidData  an attribute of a type that this layout does not have.
[[nodiscard]] Result<std::string> JsonFromOlderLayout(Item const& row);

}  // namespace lddynamo::store
