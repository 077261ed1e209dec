#include "dynamodb/memory/update_parser.hpp"

#include <array>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

/// Nested function calls and parentheses; bounds the recursion.
constexpr int kMaxDepth = 100;

std::string_view LongTypeName(AttributeValue const& value) {
    constexpr std::pair<std::string_view, std::string_view> kNames[] = {
        {"S", "STRING"},     {"N", "NUMBER"}, {"B", "BINARY"}, {"NULL", "NULL"},
        {"BOOL", "BOOLEAN"}, {"L", "LIST"},   {"M", "MAP"},
    };
    for (auto const& [type, name] : kNames) {
        if (type == value.TypeName()) return name;
    }
    return {};
}

class Parser {
  public:
    Parser(std::string_view text, ExpressionContext& context) : tokens_(text), context_(context) {}

    tl::expected<Update, std::string> Run() {
        if (!ParseSections()) return tl::unexpected<std::string>(tokens_.SyntaxError());
        std::vector<Path> paths;
        for (UpdateAction const& action : update_.actions) paths.push_back(action.path);
        std::string overlap = CheckOverlap(paths);
        for (std::string* error :
             {&errors_.reserved, &function_, &section_, &errors_.undefined, &undefined_value_,
              &errors_.nesting, &overlap, &operand_, &types_}) {
            if (!error->empty()) return tl::unexpected<std::string>(std::move(*error));
        }
        return std::move(update_);
    }

  private:
    using Kind = UpdateAction::Kind;

    static void Keep(std::string& slot, std::string message) {
        if (slot.empty()) slot = std::move(message);
    }

    bool ParseSections() {
        constexpr std::pair<std::string_view, Kind> kSections[] = {{"SET", Kind::kSet},
                                                                   {"REMOVE", Kind::kRemove},
                                                                   {"ADD", Kind::kAdd},
                                                                   {"DELETE", Kind::kDelete}};
        std::array<bool, 4> seen{};
        do {
            bool found = false;
            for (auto const& [word, kind] : kSections) {
                if (!tokens_.TakeWord(word)) continue;
                found = true;
                bool& twice = seen[static_cast<std::size_t>(kind)];
                if (twice) {
                    Keep(section_, "The \"" + std::string(word) +
                                       "\" section can only be used once in an update expression;");
                }
                twice = true;
                do {
                    if (!ParseAction(kind)) return false;
                } while (tokens_.TakeSymbol(","));
                break;
            }
            if (!found) return false;
        } while (tokens_.Peek().kind != Token::Kind::kEnd);
        return true;
    }

    bool ParseAction(Kind kind) {
        UpdateAction action;
        action.kind = kind;
        // The other sections' names are reserved words, which is another error.
        if (tokens_.TakeWord("REMOVE")) return false;
        if (!ParsePath(tokens_, context_, errors_, action.path)) return false;
        update_.use.Add(action.path);
        if (kind == Kind::kSet) {
            if (!tokens_.TakeSymbol("=") || !ParseSum(action.operand, 0)) return false;
        } else if (kind != Kind::kRemove) {
            if (!ParseConstant(action.operand)) return false;
            CheckConstant(kind, action.operand.value);
        }
        update_.actions.push_back(std::move(action));
        return true;
    }

    bool ParseConstant(Node& node) {
        Token const token = tokens_.Peek();
        if (token.kind != Token::Kind::kValue) return false;
        tokens_.Take();
        AttributeValue const* value = context_.Value(token.text);
        if (value) {
            node.value = *value;
        } else {
            Keep(undefined_value_,
                 "An expression attribute value used in expression is not defined; "
                 "attribute value: " +
                     std::string(token.text));
        }
        return true;
    }

    void CheckConstant(Kind kind, AttributeValue const& value) {
        if (!errors_.undefined.empty() || !undefined_value_.empty()) return;
        std::string_view const type = LongTypeName(value);
        if (type.empty() || (kind == Kind::kAdd && value.AsN())) return;
        Keep(operand_, "Incorrect operand type for operator or function; operator: " +
                           std::string(kind == Kind::kAdd ? "ADD" : "DELETE") +
                           ", operand type: " + std::string(type));
    }

    bool ParseSum(Node& node, int depth) {
        if (depth >= kMaxDepth || !ParseOperand(node, depth)) return false;
        Operator op;
        if (tokens_.TakeSymbol("+")) {
            op = Operator::kPlus;
        } else if (tokens_.TakeSymbol("-")) {
            op = Operator::kMinus;
        } else {
            return true;
        }
        Node sum;
        sum.op = op;
        sum.operands.push_back(std::move(node));
        if (!ParseOperand(sum.operands.emplace_back(), depth)) return false;
        CheckTypes(sum, op == Operator::kPlus ? "+" : "-", "N");
        node = std::move(sum);
        return true;
    }

    bool ParseOperand(Node& node, int depth) {
        Token const token = tokens_.Peek();
        if (tokens_.TakeSymbol("(")) return ParseSum(node, depth + 1) && tokens_.TakeSymbol(")");
        if (token.kind == Token::Kind::kValue) return ParseConstant(node);
        if (token.kind == Token::Kind::kIdentifier && tokens_.Peek(1).Is("(")) {
            return ParseFunction(node, depth);
        }
        node.op = Operator::kPath;
        Path path;
        if (!ParsePath(tokens_, context_, errors_, path)) return false;
        update_.use.Add(path);
        node.path = std::move(path);
        return true;
    }

    bool ParseFunction(Node& node, int depth) {
        std::string const name(tokens_.Take().text);
        tokens_.Take();
        do {
            // Arithmetic is no argument, but in parentheses.
            if (depth + 1 >= kMaxDepth || !ParseOperand(node.operands.emplace_back(), depth + 1)) {
                return false;
            }
        } while (tokens_.TakeSymbol(","));
        if (!tokens_.TakeSymbol(")")) return false;
        if (name != "if_not_exists" && name != "list_append") {
            Keep(function_, "Invalid function name; function: " + name);
            return true;
        }
        node.op = name == "list_append" ? Operator::kListAppend : Operator::kIfNotExists;
        if (node.operands.size() != 2) {
            Keep(types_,
                 "Incorrect number of operands for operator or function; operator or function: " +
                     name + ", number of operands: " + std::to_string(node.operands.size()));
        } else if (node.op == Operator::kListAppend) {
            CheckTypes(node, name, "L");
        } else if (node.operands[0].op != Operator::kPath) {
            Keep(types_,
                 "Operator or function requires a document path; operator or function: " + name);
        }
        return true;
    }

    void CheckTypes(Node const& node, std::string_view name, std::string_view type) {
        if (!errors_.undefined.empty() || !undefined_value_.empty()) return;
        for (Node const& operand : node.operands) {
            if (operand.op != Operator::kValue || operand.value.TypeName() == type) continue;
            Keep(types_, "Incorrect operand type for operator or function; operator or function: " +
                             std::string(name) +
                             ", operand type: " + std::string(operand.value.TypeName()));
            return;
        }
    }

    TokenStream tokens_;
    ExpressionContext& context_;
    PathErrors errors_{};
    std::string function_{};
    std::string section_{};
    std::string undefined_value_{};
    std::string operand_{};
    std::string types_{};
    Update update_{};
};

}  // namespace

tl::expected<Update, std::string> ParseUpdate(std::string_view text, ExpressionContext& context) {
    if (std::string problem = CheckExpressionText(text); !problem.empty()) {
        return tl::unexpected<std::string>(std::move(problem));
    }
    return Parser(text, context).Run();
}

}  // namespace lddynamo::dynamodb::memory
