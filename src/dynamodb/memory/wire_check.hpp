/// @file
/// A request's JSON against its shape.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/wire_shapes.hpp"

#include <lddynamo/value.hpp>

#include <string>

namespace lddynamo::dynamodb::memory {

/// Types only. What the shape does not know, and null, is passed over.
/// @return the words of the SerializationException; empty: all fits.
[[nodiscard]] std::string CheckTypes(Value const& json, Shape const& shape);

/// Constraints: lengths, ranges, enumerations, what must be there.
/// @return the words of the ValidationException; empty: all met.
[[nodiscard]] std::string CheckConstraints(Value const& json, Shape const& shape);

/// A member that is there and not null; else nullptr.
[[nodiscard]] Value const* Member(Value const& json, std::string_view name);
/// A boolean, as text or not. @pre CheckTypes passed.
[[nodiscard]] bool ToBool(Value const& json);
/// An integer, rounded down. @pre CheckTypes passed.
[[nodiscard]] std::int64_t ToInteger(Value const& json);

}  // namespace lddynamo::dynamodb::memory
