/// @file
/// Parser of projection expressions.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/expression_context.hpp"

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace lddynamo::dynamodb::memory {

/// @return the paths, or the service's words for what is wrong, without "Invalid ...Expression: ".
[[nodiscard]] tl::expected<Projection, std::string> ParseProjection(std::string_view text,
                                                                    ExpressionContext& context);

}  // namespace lddynamo::dynamodb::memory
