#include "dynamodb/memory/condition_checks.hpp"

#include "dynamodb/attribute_json.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

void Keep(std::string& slot, std::string message) {
    if (slot.empty()) slot = std::move(message);
}

/// The type an operand has whatever the item: of a constant or a function; empty for a path.
std::string_view TypeOf(Node const& node) {
    switch (node.op) {
        case Operator::kPath:
            return {};
        case Operator::kValue:
            return node.value.TypeName();
        case Operator::kSize:
            return "N";
        default:
            return "BOOL";
    }
}

std::string WrongType(Operator op, std::string_view type) {
    return "Incorrect operand type for operator or function; operator or function: " +
           std::string(OperatorName(op)) + ", operand type: " + std::string(type);
}

bool IsOrdered(std::string_view type) {
    return type == "S" || type == "N" || type == "B";
}

/// A bound as messages show it: {S:text}.
std::string BoundText(AttributeValue const& value) {
    std::string text;
    if (value.AsS() || value.AsN()) {
        text = value.AsS() ? *value.AsS() : *value.AsN();
    } else {
        AppendAttribute(text, value);
        text = text.substr(text.find(':') + 1);
        text.pop_back();
        if (text.size() > 1 && text.front() == '"') text = text.substr(1, text.size() - 2);
    }
    return "AttributeValue: {" + std::string(value.TypeName()) + ":" + text.substr(0, 2000) + "}";
}

std::string CheckBounds(Node const& low, Node const& high) {
    if (low.op != Operator::kValue || high.op != Operator::kValue) return {};
    std::string const bounds = "; lower bound operand: " + BoundText(low.value) +
                               ", upper bound operand: " + BoundText(high.value);
    if (low.value.TypeName() != high.value.TypeName()) {
        return "The BETWEEN operator requires same data type for lower and upper bounds" + bounds;
    }
    if (CompareValues(low.value, high.value).value_or(0) > 0) {
        return "The BETWEEN operator requires upper bound to be greater than or equal to lower "
               "bound" +
               bounds;
    }
    return {};
}

std::string CheckAttributeType(Node const& type) {
    if (type.op != Operator::kValue || !type.value.AsS()) {
        std::string_view const actual = TypeOf(type);
        return WrongType(Operator::kAttributeType,
                         actual.empty() ? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" : actual);
    }
    constexpr std::string_view kTypes[] = {"S",  "N",  "B",  "BOOL", "NULL",
                                           "SS", "NS", "BS", "L",    "M"};
    std::string const& name = *type.value.AsS();
    if (std::find(std::begin(kTypes), std::end(kTypes), name) == std::end(kTypes)) {
        return "Invalid attribute type name found; type: " + name.substr(0, 1000) +
               ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}";
    }
    return {};
}

}  // namespace

void ConditionErrors::RedundantParentheses() {
    Keep(parentheses_, "The expression has redundant parentheses;");
}

void ConditionErrors::TooManyOperators(std::size_t count) {
    Keep(operators_,
         "The expression contains too many operators; operator count: " + std::to_string(count));
}

void ConditionErrors::UnknownFunction(std::string_view name) {
    Keep(function_, "Invalid function name; function: " + std::string(name));
}

void ConditionErrors::Misused(Operator function) {
    Keep(misused_, "The function is not allowed to be used this way in an expression; function: " +
                       std::string(OperatorName(function)));
}

void ConditionErrors::Undefined(std::string message) {
    Keep(path.undefined, std::move(message));
}

void ConditionErrors::WrongOperandCount(std::string_view name, std::size_t count) {
    Keep(operand_count_,
         "Incorrect number of operands for operator or function; operator or function: " +
             std::string(name) + ", number of operands: " + std::to_string(count));
}

void ConditionErrors::CheckDistinct(Node const& node) {
    if (node.operands.size() != 2) return;
    Node const& first = node.operands[0];
    Node const& second = node.operands[1];
    if (first.op != Operator::kPath || second.op != Operator::kPath || first.path != second.path) {
        return;
    }
    Keep(distinct_,
         "The first operand must be distinct from the remaining operands for this operator "
         "or function; operator: " +
             std::string(OperatorName(node.op)) + ", first operand: " + PathText(first.path));
}

std::string ConditionErrors::CheckTypes(Node const& node) const {
    auto const& operands = node.operands;
    switch (node.op) {
        case Operator::kLess:
        case Operator::kLessOrEqual:
        case Operator::kGreater:
        case Operator::kGreaterOrEqual:
        case Operator::kBetween:
            for (Node const& operand : operands) {
                if (operand.op == Operator::kValue && !IsOrdered(TypeOf(operand))) {
                    return WrongType(node.op, TypeOf(operand));
                }
            }
            return node.op == Operator::kBetween ? CheckBounds(operands[1], operands[2])
                                                 : std::string();
        case Operator::kAttributeExists:
        case Operator::kAttributeNotExists:
            if (operands[0].op == Operator::kPath) return {};
            return "Operator or function requires a document path; operator or function: " +
                   std::string(OperatorName(node.op));
        case Operator::kBeginsWith:
            for (Node const& operand : operands) {
                std::string_view const type = TypeOf(operand);
                if (!type.empty() && type != "S" && type != "B") return WrongType(node.op, type);
            }
            return {};
        case Operator::kAttributeType:
            return CheckAttributeType(operands[1]);
        case Operator::kSize: {
            std::string_view const type = TypeOf(operands[0]);
            if (type == "N" || type == "BOOL" || type == "NULL") return WrongType(node.op, type);
            return {};
        }
        default:
            return {};
    }
}

void ConditionErrors::CheckOperands(Node const& node) {
    for (Node const& operand : node.operands) {
        if (operand.op != Operator::kPath && operand.op != Operator::kValue &&
            operand.op != Operator::kSize) {
            Misused(operand.op);
            return;
        }
    }
    CheckDistinct(node);
    // A value that is not defined has no type.
    if (path.undefined.empty()) Keep(types_, CheckTypes(node));
}

void ConditionErrors::EndOfCondition() {
    for (std::string const* error : {&path.undefined, &operand_count_, &distinct_, &types_}) {
        if (!error->empty()) {
            Keep(condition_, *error);
            return;
        }
    }
}

std::string ConditionErrors::First() const {
    for (std::string const* error : {&operators_, &parentheses_, &function_, &misused_,
                                     &path.reserved, &path.nesting, &condition_}) {
        if (!error->empty()) return *error;
    }
    return {};
}

}  // namespace lddynamo::dynamodb::memory
