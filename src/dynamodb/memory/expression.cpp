#include "dynamodb/memory/expression.hpp"

namespace lddynamo::dynamodb::memory {

std::string_view OperatorName(Operator op) noexcept {
    switch (op) {
        case Operator::kValue:
            return "value";
        case Operator::kPath:
            return "path";
        case Operator::kAnd:
            return "AND";
        case Operator::kOr:
            return "OR";
        case Operator::kNot:
            return "NOT";
        case Operator::kEqual:
            return "=";
        case Operator::kNotEqual:
            return "<>";
        case Operator::kLess:
            return "<";
        case Operator::kLessOrEqual:
            return "<=";
        case Operator::kGreater:
            return ">";
        case Operator::kGreaterOrEqual:
            return ">=";
        case Operator::kBetween:
            return "BETWEEN";
        case Operator::kIn:
            return "IN";
        case Operator::kAttributeExists:
            return "attribute_exists";
        case Operator::kAttributeNotExists:
            return "attribute_not_exists";
        case Operator::kAttributeType:
            return "attribute_type";
        case Operator::kBeginsWith:
            return "begins_with";
        case Operator::kContains:
            return "contains";
        case Operator::kSize:
            return "size";
        case Operator::kPlus:
            return "+";
        case Operator::kMinus:
            return "-";
        case Operator::kIfNotExists:
            return "if_not_exists";
        case Operator::kListAppend:
            return "list_append";
    }
    return "";
}

}  // namespace lddynamo::dynamodb::memory
