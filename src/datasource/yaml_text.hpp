/// @file
/// YAML text read as a JSON value.
/// Layer: datasource.
#pragma once

#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <cstddef>
#include <string_view>

namespace lddynamo::datasource {

/// What one document may be made of. A node counts once for each time that an alias or merge key
/// repeats it, so that no short text stands for a gigantic one.
struct YamlLimits {
    std::size_t max_depth = 200;
    std::size_t max_nodes = 4'000'000;               ///< Keys count too.
    std::size_t max_bytes = std::size_t{64} << 20U;  ///< Of all scalars together.
};

/// Reads one document of YAML. Plain scalars are what YAML 1.2's core schema makes of them, so that
/// `no` is text and `010` is ten; `<<` merges mappings, as YAML 1.1 has it. A mapping's keys are
/// taken as text.
/// @return null for a text without a document.
/// @retval ErrorCode::kInvalidData  no YAML, more than one document, a key that is no scalar or
///                                  stands twice in its mapping, a tag of one's own, a number that
///                                  JSON has not (`.inf`, `.nan`, or beyond a double), or more than
///                                  the limits allow; the message has line and column, counted
///                                  from 1.
[[nodiscard]] Result<Value> ParseYaml(std::string_view text, YamlLimits const& limits = {});

}  // namespace lddynamo::datasource
