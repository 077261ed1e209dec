#include "dynamodb/memory/condition_parser.hpp"

#include "dynamodb/memory/condition_checks.hpp"

#include <optional>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::size_t kMaxOperators = 300;
constexpr std::size_t kMaxInOperands = 100;
/// Bounds the recursion. Deeper only with parentheses that the service calls redundant, or with
/// about as many operators as it allows.
constexpr int kMaxDepth = 300;

struct FunctionRule {
    std::string_view name;
    Operator op;
    std::size_t operands;
};
constexpr FunctionRule kFunctions[] = {
    {"attribute_exists", Operator::kAttributeExists, 1},
    {"attribute_not_exists", Operator::kAttributeNotExists, 1},
    {"attribute_type", Operator::kAttributeType, 2},
    {"begins_with", Operator::kBeginsWith, 2},
    {"contains", Operator::kContains, 2},
    {"size", Operator::kSize, 1},
};

bool IsOperand(Node const& node) {
    return node.op == Operator::kPath || node.op == Operator::kValue || node.op == Operator::kSize;
}

class Parser {
  public:
    Parser(std::string_view text, ExpressionContext& context) : tokens_(text), context_(context) {}

    tl::expected<Condition, std::string> Run() {
        Term term;
        bool const parsed = ParseOr(term, 0);
        if (parsed && tokens_.Peek().kind == Token::Kind::kEnd) {
            RequireCondition(term);
        } else {
            failed_ = true;
        }
        if (too_deep_ && operators_ > kMaxDepth / 3) {
            errors_.TooManyOperators(operators_);
        } else if (too_deep_) {
            errors_.RedundantParentheses();
        } else if (failed_) {
            return tl::unexpected<std::string>(tokens_.SyntaxError());
        } else if (operators_ > kMaxOperators) {
            errors_.TooManyOperators(operators_);
        }
        if (std::string error = errors_.First(); !error.empty()) {
            return tl::unexpected<std::string>(std::move(error));
        }
        condition_.root = std::move(term.node);
        return std::move(condition_);
    }

  private:
    /// Something parsed, which may turn out to be an operand or a whole condition.
    struct Term {
        Node node{};
        bool in_parentheses = false;
    };

    /// A bare operand is no condition: the next token should have been an operator.
    void RequireCondition(Term const& term) {
        if (term.node.op == Operator::kPath || term.node.op == Operator::kValue) failed_ = true;
        if (term.node.op == Operator::kSize) errors_.Misused(Operator::kSize);
    }

    bool ParseOr(Term& term, int depth) {
        if (!ParseAnd(term, depth)) return false;
        return ParseChain(term, depth, "OR", Operator::kOr, &Parser::ParseAnd);
    }
    bool ParseAnd(Term& term, int depth) {
        if (!ParseNot(term, depth)) return false;
        return ParseChain(term, depth, "AND", Operator::kAnd, &Parser::ParseNot);
    }

    bool ParseChain(Term& term, int depth, std::string_view word, Operator op,
                    bool (Parser::*parse_next)(Term&, int)) {
        if (!tokens_.Peek().IsWord(word)) return true;
        if (!BecomesCondition(term)) return false;
        Node node;
        node.op = op;
        node.operands.push_back(std::move(term.node));
        while (tokens_.TakeWord(word)) {
            ++operators_;
            Term next;
            if (!(this->*parse_next)(next, depth) || !BecomesCondition(next)) return false;
            node.operands.push_back(std::move(next.node));
        }
        term = Term{std::move(node), false};
        return true;
    }

    bool BecomesCondition(Term const& term) {
        RequireCondition(term);
        return !failed_;
    }

    bool ParseNot(Term& term, int depth) {
        if (tokens_.Peek().IsWord("NOT")) {
            if (TooDeep(depth)) return false;
            tokens_.Take();
            ++operators_;
            Term inner;
            if (!ParseNot(inner, depth + 1) || !BecomesCondition(inner)) return false;
            Node node;
            node.op = Operator::kNot;
            node.operands.push_back(std::move(inner.node));
            term = Term{std::move(node), false};
            return true;
        }
        return ParseComparison(term, depth);
    }

    bool TooDeep(int depth) {
        if (depth < kMaxDepth) return false;
        too_deep_ = true;
        return true;
    }

    bool ParseComparison(Term& term, int depth) {
        if (!ParsePrimary(term, depth)) return false;
        if (term.node.op >= Operator::kAnd && term.node.op <= Operator::kIn) return true;
        auto const comparator = TakeComparator();
        if (comparator) {
            ++operators_;
            return ParseOperands(term, *comparator, 1, {}, depth);
        }
        if (tokens_.TakeWord("BETWEEN")) {
            ++operators_;
            return ParseOperands(term, Operator::kBetween, 2, "AND", depth);
        }
        if (tokens_.TakeWord("IN")) {
            ++operators_;
            return ParseIn(term, depth);
        }
        if (!IsOperand(term.node)) errors_.EndOfCondition();
        return true;
    }

    std::optional<Operator> TakeComparator() {
        constexpr std::pair<std::string_view, Operator> kComparators[] = {
            {"=", Operator::kEqual},   {"<>", Operator::kNotEqual},
            {"<", Operator::kLess},    {"<=", Operator::kLessOrEqual},
            {">", Operator::kGreater}, {">=", Operator::kGreaterOrEqual},
        };
        for (auto const& [symbol, op] : kComparators) {
            if (tokens_.TakeSymbol(symbol)) return op;
        }
        return std::nullopt;
    }

    bool ParseOperands(Term& term, Operator op, int count, std::string_view separator, int depth) {
        Node node;
        node.op = op;
        node.operands.push_back(std::move(term.node));
        for (int i = 0; i < count; ++i) {
            if (i > 0 && !tokens_.TakeWord(separator)) return false;
            Term operand;
            if (!ParseOperand(operand, depth)) return false;
            node.operands.push_back(std::move(operand.node));
        }
        errors_.CheckOperands(node);
        errors_.EndOfCondition();
        term = Term{std::move(node), false};
        return true;
    }

    bool ParseIn(Term& term, int depth) {
        if (!tokens_.TakeSymbol("(")) return false;
        Node node;
        node.op = Operator::kIn;
        node.operands.push_back(std::move(term.node));
        if (!ParseList(node, depth)) return false;
        errors_.CheckOperands(node);
        if (node.operands.size() - 1 > kMaxInOperands) {
            errors_.WrongOperandCount("IN", node.operands.size() - 1);
        }
        errors_.EndOfCondition();
        term = Term{std::move(node), false};
        return true;
    }

    /// Operands up to and with the closing parenthesis.
    bool ParseList(Node& node, int depth) {
        do {
            Term operand;
            if (!ParseOperand(operand, depth)) return false;
            node.operands.push_back(std::move(operand.node));
        } while (tokens_.TakeSymbol(","));
        return tokens_.TakeSymbol(")");
    }

    /// A path, value or function, perhaps in parentheses.
    bool ParseOperand(Term& term, int depth) {
        if (tokens_.Peek().Is("(")) {
            if (TooDeep(depth)) return false;
            tokens_.Take();
            Term inner;
            if (!ParseOperand(inner, depth + 1) || !tokens_.TakeSymbol(")")) return false;
            if (inner.in_parentheses) errors_.RedundantParentheses();
            term = Term{std::move(inner.node), true};
            return true;
        }
        return ParseAtom(term, depth);
    }

    /// As ParseOperand, but what is in parentheses may be a condition.
    bool ParsePrimary(Term& term, int depth) {
        if (!tokens_.Peek().Is("(")) return ParseAtom(term, depth);
        if (TooDeep(depth)) return false;
        tokens_.Take();
        Term inner;
        if (!ParseOr(inner, depth + 1) || !tokens_.TakeSymbol(")")) return false;
        if (inner.in_parentheses) errors_.RedundantParentheses();
        term = Term{std::move(inner.node), true};
        return true;
    }

    bool ParseAtom(Term& term, int depth) {
        Token const token = tokens_.Peek();
        if (token.kind == Token::Kind::kValue) {
            tokens_.Take();
            AttributeValue const* value = context_.Value(token.text);
            if (value) {
                term.node.value = *value;
            } else {
                errors_.Undefined(
                    "An expression attribute value used in expression is not defined; "
                    "attribute value: " +
                    std::string(token.text));
            }
            return true;
        }
        for (std::string_view const keyword : {"AND", "OR", "NOT", "BETWEEN", "IN"}) {
            if (token.IsWord(keyword)) return false;
        }
        if (token.kind == Token::Kind::kIdentifier && tokens_.Peek(1).Is("(")) {
            return ParseFunction(term, depth);
        }
        term.node.op = Operator::kPath;
        if (!ParsePath(tokens_, context_, errors_.path, term.node.path)) return false;
        condition_.paths.Add(term.node.path);
        return true;
    }

    bool ParseFunction(Term& term, int depth) {
        if (TooDeep(depth)) return false;
        std::string_view const name = tokens_.Take().text;
        tokens_.Take();
        Node node;
        if (!ParseList(node, depth + 1)) return false;
        FunctionRule const* rule = nullptr;
        for (FunctionRule const& candidate : kFunctions) {
            if (candidate.name == name) rule = &candidate;
        }
        if (!rule) {
            errors_.UnknownFunction(name);
            node.op = Operator::kAttributeExists;  // never evaluated
        } else {
            ++operators_;
            node.op = rule->op;
            if (node.operands.size() != rule->operands) {
                errors_.WrongOperandCount(name, node.operands.size());
            } else {
                errors_.CheckOperands(node);
            }
        }
        term = Term{std::move(node), false};
        return true;
    }

    TokenStream tokens_;
    ExpressionContext& context_;
    ConditionErrors errors_{};
    Condition condition_{};
    std::size_t operators_ = 0;
    bool failed_ = false;
    bool too_deep_ = false;
};

}  // namespace

tl::expected<Condition, std::string> ParseCondition(std::string_view text,
                                                    ExpressionContext& context) {
    if (std::string problem = CheckExpressionText(text); !problem.empty()) {
        return tl::unexpected<std::string>(std::move(problem));
    }
    return Parser(text, context).Run();
}

}  // namespace lddynamo::dynamodb::memory
