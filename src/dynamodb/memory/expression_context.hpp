/// @file
/// ExpressionContext: what the placeholders of a request's expressions stand for.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/lexer.hpp"
#include "dynamodb/memory/values.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::memory {

using NameMap = std::map<std::string, std::string, std::less<>>;
using ValueMap = std::map<std::string, CheckedValue, std::less<>>;

/// Resolves placeholders and remembers which were used.
class ExpressionContext {
  public:
    /// @param names, values  may be null; must outlive the context.
    ExpressionContext(NameMap const* names, ValueMap const* values);

    /// Marks it as used. @return nullptr when it is not defined.
    [[nodiscard]] std::string const* Name(std::string_view placeholder);
    [[nodiscard]] AttributeValue const* Value(std::string_view placeholder);

    /// What is wrong with the maps themselves; empty: nothing.
    [[nodiscard]] std::string CheckMaps() const;
    /// What was defined and never used; empty: nothing.
    [[nodiscard]] std::string CheckUnused() const;

  private:
    NameMap const* names_;
    ValueMap const* values_;
    std::set<std::string, std::less<>> unused_names_{};
    std::set<std::string, std::less<>> unused_values_{};
};

/// Several things may be wrong with an expression; the service reports the first by kind, not by
/// place.
struct PathErrors {
    std::string reserved{};
    std::string undefined{};  ///< a placeholder
    std::string nesting{};
};

/// Reads `a.#b[3].c`. @return false on a syntax error; the stream stands at the wrong token.
[[nodiscard]] bool ParsePath(TokenStream& tokens, ExpressionContext& context, PathErrors& errors,
                             Path& path);

inline constexpr std::size_t kMaxExpressionBytes = 4096;
/// What is wrong with the text as such; empty: nothing.
[[nodiscard]] std::string CheckExpressionText(std::string_view text);

/// Two paths of one list that are the same, contain one another, or make a value a list and a map
/// at once. @return the service's words; empty: nothing wrong.
[[nodiscard]] std::string CheckOverlap(std::vector<Path> const& paths);

}  // namespace lddynamo::dynamodb::memory
