#include "dynamodb/memory/legacy.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kInvalidPrefix = "One or more parameter values were invalid: ";

struct ComparisonRule {
    std::string_view name;
    Operator op;
    std::size_t min_values;
    std::size_t max_values;
    std::string_view types;  ///< Each between spaces; empty: none to check.
};
constexpr std::string_view kScalars = " S N B ";
constexpr std::string_view kScalarsAndSets = " S N B SS NS BS ";
constexpr ComparisonRule kComparisons[] = {
    {"EQ", Operator::kEqual, 1, 1, kScalarsAndSets},
    {"NE", Operator::kNotEqual, 1, 1, kScalarsAndSets},
    {"LE", Operator::kLessOrEqual, 1, 1, kScalars},
    {"LT", Operator::kLess, 1, 1, kScalars},
    {"GE", Operator::kGreaterOrEqual, 1, 1, kScalars},
    {"GT", Operator::kGreater, 1, 1, kScalars},
    {"CONTAINS", Operator::kContains, 1, 1, kScalars},
    {"NOT_CONTAINS", Operator::kContains, 1, 1, kScalars},
    {"BEGINS_WITH", Operator::kBeginsWith, 1, 1, " S B "},
    {"NULL", Operator::kAttributeNotExists, 0, 0, {}},
    {"NOT_NULL", Operator::kAttributeExists, 0, 0, {}},
    {"IN", Operator::kIn, 1, static_cast<std::size_t>(-1), kScalars},
    {"BETWEEN", Operator::kBetween, 2, 2, kScalars},
};

ComparisonRule const* FindRule(std::string_view name) {
    auto const it = std::find_if(std::begin(kComparisons), std::end(kComparisons),
                                 [&](ComparisonRule const& rule) { return rule.name == name; });
    return it == std::end(kComparisons) ? nullptr : it;
}

std::string WrongCount(std::string_view comparison) {
    return std::string(kInvalidPrefix) + "Invalid number of argument(s) for the " +
           std::string(comparison) + " ComparisonOperator";
}

/// Types and bounds that only make sense once the number of values is right.
std::string CheckValues(std::string_view comparison, std::vector<CheckedValue> const& values,
                        bool check_types) {
    if (values.empty()) return {};
    std::string_view const type = values.front().value.TypeName();
    for (CheckedValue const& value : values) {
        if (value.value.TypeName() != type) {
            return std::string(kInvalidPrefix) +
                   "AttributeValues inside AttributeValueList must be of same type";
        }
    }
    ComparisonRule const* rule = FindRule(comparison);
    if (check_types && rule && !rule->types.empty() &&
        rule->types.find(" " + std::string(type) + " ") == std::string_view::npos) {
        return std::string(kInvalidPrefix) + "ComparisonOperator " + std::string(comparison) +
               " is not valid for " + std::string(type) + " AttributeValue type";
    }
    if (comparison == "BETWEEN" &&
        CompareValues(values[0].value, values[1].value).value_or(0) > 0) {
        return "The BETWEEN condition was provided a range where the lower bound is greater than "
               "the "
               "upper bound";
    }
    return {};
}

Node PathNode(std::string const& attribute) {
    Node node;
    node.op = Operator::kPath;
    node.path.emplace_back(attribute);
    return node;
}

Node Join(std::vector<Node> nodes, bool any) {
    Node node;
    // Nothing to meet is met, whatever joins it.
    node.op = any && !nodes.empty() ? Operator::kOr : Operator::kAnd;
    node.operands = std::move(nodes);
    return node;
}

std::string_view ComparisonName(Operator op, bool reversed) {
    switch (op) {
        case Operator::kEqual:
            return "EQ";
        case Operator::kLess:
            return reversed ? "GT" : "LT";
        case Operator::kLessOrEqual:
            return reversed ? "GE" : "LE";
        case Operator::kGreater:
            return reversed ? "LT" : "GT";
        case Operator::kGreaterOrEqual:
            return reversed ? "LE" : "GE";
        case Operator::kBetween:
            return "BETWEEN";
        default:
            return "BEGINS_WITH";
    }
}

std::string AddKeyCondition(Node const& node, LegacyConditions& conditions) {
    std::string const name(OperatorName(node.op));
    switch (node.op) {
        case Operator::kAnd:
            for (Node const& part : node.operands) {
                if (std::string problem = AddKeyCondition(part, conditions); !problem.empty()) {
                    return problem;
                }
            }
            return {};
        case Operator::kOr:
        case Operator::kNot:
        case Operator::kIn:
        case Operator::kNotEqual:
        case Operator::kAttributeExists:
        case Operator::kAttributeNotExists:
        case Operator::kAttributeType:
        case Operator::kContains:
            return "Invalid operator used in KeyConditionExpression: " + name;
        case Operator::kBetween:
        case Operator::kBeginsWith:
            if (node.operands[0].op != Operator::kPath) {
                return "Invalid condition in KeyConditionExpression: " + name +
                       " operator must have the key attribute as its first operand";
            }
            break;
        default:
            break;
    }
    std::string const* attribute = nullptr;
    bool reversed = false;
    std::vector<CheckedValue> values;
    for (std::size_t i = 0; i < node.operands.size(); ++i) {
        Node const& operand = node.operands[i];
        if (operand.op == Operator::kValue) {
            values.push_back({operand.value, {}});
            continue;
        }
        if (operand.op != Operator::kPath) {
            return "KeyConditionExpressions cannot contain nested operations";
        }
        if (attribute) {
            return "Invalid condition in KeyConditionExpression: Multiple attribute names used in "
                   "one "
                   "condition";
        }
        if (operand.path.size() > 1) {
            return "KeyConditionExpressions cannot have conditions on nested attributes";
        }
        attribute = &PathHead(operand.path);
        reversed = i > 0;
    }
    if (!attribute)
        return "Invalid condition in KeyConditionExpression: No key attribute specified";
    LegacyCondition condition{std::string(ComparisonName(node.op, reversed)), std::move(values)};
    if (!conditions.emplace(*attribute, std::move(condition)).second) {
        return "KeyConditionExpressions must only contain one condition per key";
    }
    return {};
}

}  // namespace

std::string CheckConditions(LegacyConditions const& conditions) {
    for (auto const& [attribute, condition] : conditions) {
        for (CheckedValue const& value : condition.values) {
            if (!value.flaw.empty()) return value.flaw;
        }
        ComparisonRule const* rule = FindRule(condition.comparison);
        if (!rule || condition.values.size() < rule->min_values ||
            condition.values.size() > rule->max_values) {
            return WrongCount(condition.comparison);
        }
        if (std::string problem = CheckValues(condition.comparison, condition.values, true);
            !problem.empty()) {
            return problem;
        }
    }
    return {};
}

std::string CheckExpectations(Expectations const& expectations) {
    for (auto const& [attribute, expectation] : expectations) {
        std::string const where = " for Attribute: " + attribute;
        if (expectation.values && expectation.value) {
            return std::string(kInvalidPrefix) +
                   "Value and AttributeValueList cannot be used together" + where;
        }
        if (expectation.comparison) {
            std::string const& comparison = *expectation.comparison;
            if (expectation.exists) {
                return std::string(kInvalidPrefix) +
                       "Exists and ComparisonOperator cannot be used together" + where;
            }
            if (comparison != "NULL" && comparison != "NOT_NULL" && !expectation.values &&
                !expectation.value) {
                return std::string(kInvalidPrefix) +
                       "Value or AttributeValueList must be used with ComparisonOperator: " +
                       comparison + where;
            }
            std::size_t const count = expectation.values  ? expectation.values->size()
                                      : expectation.value ? 1
                                                          : 0;
            ComparisonRule const* rule = FindRule(comparison);
            if (!rule || count < rule->min_values || count > rule->max_values) {
                return WrongCount(comparison);
            }
            if (expectation.values) {
                for (CheckedValue const& value : *expectation.values) {
                    if (!value.flaw.empty()) return value.flaw;
                }
                if (std::string problem = CheckValues(comparison, *expectation.values, false);
                    !problem.empty()) {
                    return problem;
                }
            }
        } else if (expectation.values) {
            return std::string(kInvalidPrefix) +
                   "AttributeValueList can only be used with a ComparisonOperator" + where;
        } else if (expectation.exists.value_or(true)) {
            if (!expectation.value) {
                return std::string(kInvalidPrefix) + "Value must be provided when Exists is " +
                       (expectation.exists ? "true" : "null") + where;
            }
        } else if (expectation.value) {
            return std::string(kInvalidPrefix) + "Value cannot be used when Exists is false" +
                   where;
        }
        if (expectation.value && !expectation.value->flaw.empty()) return expectation.value->flaw;
    }
    return {};
}

Node ToNode(std::string const& attribute, LegacyCondition const& condition) {
    ComparisonRule const* rule = FindRule(condition.comparison);
    Node node;
    node.op = rule ? rule->op : Operator::kEqual;
    node.operands.push_back(PathNode(attribute));
    for (CheckedValue const& value : condition.values) {
        node.operands.emplace_back().value = value.value;
    }
    if (condition.comparison != "NOT_CONTAINS") return node;
    Node negation;
    negation.op = Operator::kNot;
    negation.operands.push_back(std::move(node));
    return negation;
}

Node ToNode(LegacyConditions const& conditions, bool any) {
    std::vector<Node> nodes;
    for (auto const& [attribute, condition] : conditions) {
        nodes.push_back(ToNode(attribute, condition));
    }
    return Join(std::move(nodes), any);
}

Node ToNode(Expectations const& expectations, bool any) {
    std::vector<Node> nodes;
    for (auto const& [attribute, expectation] : expectations) {
        LegacyCondition condition;
        if (expectation.values) {
            condition.values = *expectation.values;
        } else if (expectation.value) {
            condition.values.push_back(*expectation.value);
        }
        condition.comparison =
            expectation.comparison.value_or(expectation.exists.value_or(true) ? "EQ" : "NULL");
        nodes.push_back(ToNode(attribute, condition));
    }
    return Join(std::move(nodes), any);
}

tl::expected<LegacyConditions, std::string> ToKeyConditions(Node const& root) {
    LegacyConditions conditions;
    if (std::string problem = AddKeyCondition(root, conditions); !problem.empty()) {
        return tl::unexpected<std::string>(std::move(problem));
    }
    return conditions;
}

}  // namespace lddynamo::dynamodb::memory
