/// @file
/// AttributeValue to and from DynamoDB's JSON.
/// Layer: dynamodb.
#pragma once

#include <lddynamo/attribute_value.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <string>

namespace lddynamo::dynamodb {

/// Appends `{"S":"text"}` and so on.
void AppendAttribute(std::string& out, AttributeValue const& value);
/// Appends `{"name":{"S":"text"},...}`.
void AppendItem(std::string& out, Item const& item);

/// Reads one attribute. Nesting is bounded by Value::Parse.
/// @retval ErrorCode::kInvalidData  not an object with exactly one known type and a fitting value.
[[nodiscard]] Result<AttributeValue> AttributeFromJson(Value const& json);
/// Reads a map of attributes.
[[nodiscard]] Result<Item> ItemFromJson(Value const& json);

}  // namespace lddynamo::dynamodb
