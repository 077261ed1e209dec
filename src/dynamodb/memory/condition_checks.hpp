/// @file
/// ConditionErrors: what the service refuses in a condition that is well formed.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/expression_context.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// Collects errors by kind while a condition is parsed; each kind keeps its first.
class ConditionErrors {
  public:
    PathErrors path{};

    void RedundantParentheses();
    void TooManyOperators(std::size_t count);
    void UnknownFunction(std::string_view name);
    /// A function that is no operand, or size() that is no condition.
    void Misused(Operator function);
    void Undefined(std::string message);
    /// Operands of a function or comparison.
    void CheckOperands(Node const& node);
    void WrongOperandCount(std::string_view name, std::size_t count);
    /// One comparison or function is complete: the first with any error is the one reported.
    void EndOfCondition();

    /// The error to report; empty: none.
    [[nodiscard]] std::string First() const;

  private:
    void CheckDistinct(Node const& node);
    [[nodiscard]] std::string CheckTypes(Node const& node) const;

    std::string parentheses_{};
    std::string operators_{};
    std::string function_{};
    std::string misused_{};
    std::string operand_count_{};
    std::string distinct_{};
    std::string types_{};
    std::string condition_{};
};

}  // namespace lddynamo::dynamodb::memory
