/// @file
/// The conditions of DynamoDB's older parameters: KeyConditions, QueryFilter, ScanFilter, Expected;
/// and key condition expressions brought into the same form. Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/values.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// {"ComparisonOperator": "EQ", "AttributeValueList": [...]}
struct LegacyCondition {
    std::string comparison{};
    std::vector<CheckedValue> values{};
};
using LegacyConditions = std::map<std::string, LegacyCondition, std::less<>>;

/// One entry of Expected.
struct Expectation {
    std::optional<bool> exists{};
    std::optional<CheckedValue> value{};
    std::optional<std::string> comparison{};
    std::optional<std::vector<CheckedValue>> values{};
};
using Expectations = std::map<std::string, Expectation, std::less<>>;

/// What is wrong, in the service's words; empty: nothing.
[[nodiscard]] std::string CheckConditions(LegacyConditions const& conditions);
[[nodiscard]] std::string CheckExpectations(Expectations const& expectations);

/// The same as a condition tree. @param any  one suffices ("OR").
[[nodiscard]] Node ToNode(LegacyConditions const& conditions, bool any);
[[nodiscard]] Node ToNode(Expectations const& expectations, bool any);
[[nodiscard]] Node ToNode(std::string const& attribute, LegacyCondition const& condition);

/// A parsed KeyConditionExpression as KeyConditions.
/// @return or what is wrong, in the service's words.
[[nodiscard]] tl::expected<LegacyConditions, std::string> ToKeyConditions(Node const& root);

}  // namespace lddynamo::dynamodb::memory
