/// @file
/// The words that expressions may use as attribute names only through a "#name".
/// Layer: dynamodb (in-memory service).
#pragma once

#include <string_view>

namespace lddynamo::dynamodb::memory {

/// Compared without case.
[[nodiscard]] bool IsReservedWord(std::string_view name);

}  // namespace lddynamo::dynamodb::memory
