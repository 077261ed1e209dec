/// @file
/// What a plain scalar of YAML stands for.
/// Layer: datasource.
#pragma once

#include <lddynamo/value.hpp>

#include <cstdint>
#include <string_view>

namespace lddynamo::datasource {

enum class YamlScalarType : std::uint8_t {
    kNull,
    kBool,
    kInt,
    kFloat,
    kText,
    kNoJsonNumber,  ///< `.inf`, `.nan`, or a number beyond the range of a double.
};
struct YamlScalar {
    YamlScalarType type = YamlScalarType::kText;
    Value value{};  ///< Null for kNull and kNoJsonNumber.
};

/// By the core schema (yaml.org/spec/1.2.2, 10.3.2).
[[nodiscard]] YamlScalar ResolveYamlScalar(std::string_view text);

}  // namespace lddynamo::datasource
