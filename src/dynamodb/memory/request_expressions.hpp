/// @file
/// The expressions of a request, parsed together.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/service_error.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::dynamodb::memory {

struct ParsedExpressions {
    std::optional<Update> update{};
    std::optional<Condition> condition{};
    std::optional<Condition> key_condition{};
    std::optional<Condition> filter{};
    std::optional<Projection> projection{};
};

/// Parses what is there, and checks the placeholders.
[[nodiscard]] Outcome<ParsedExpressions> ParseExpressions(ExpressionTexts const& texts);

/// A parameter and whether the request has it.
using Presence = std::pair<std::string_view, bool>;
/// Old and new parameters do not mix, and placeholders need expressions.
/// @return the service's words; empty: nothing wrong.
[[nodiscard]] std::string CheckMix(ExpressionTexts const& texts,
                                   std::initializer_list<Presence> expressions,
                                   std::initializer_list<Presence> others);

}  // namespace lddynamo::dynamodb::memory
