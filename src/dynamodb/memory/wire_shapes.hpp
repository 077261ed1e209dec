/// @file
/// Shapes: what the JSON of each operation's parameters must look like, and its constraints.
/// Layer: dynamodb (in-memory service). Source: botocore's model of DynamoDB 2012-08-10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lddynamo::dynamodb::memory {

struct Shape;

struct Field {
    std::string_view name;
    Shape const* shape;
    bool not_null = false;  ///< "Member must not be null"
    bool required = false;  ///< "The parameter ... is required"
};

/// A type and its constraints. A number below zero is no constraint.
struct Shape {
    enum class Kind : std::uint8_t {
        kBoolean,
        kInteger,
        kString,
        kBlob,
        kList,
        kParameterizedList,
        kMap,
        kParameterizedMap,
        kValueStruct,  ///< a member of a list or map: refusals differ in words
        kFieldStruct,
    };
    Kind kind = Kind::kString;
    /// Of an integer "Integer" or "Long"; of a map or structure the service's name of its
    /// (elements') type.
    std::string_view type = {};
    Shape const* element = nullptr;
    std::span<Field const> fields = {};
    bool table_name_pattern = false;  ///< [a-zA-Z0-9_.-]+
    long min_length = -1;
    long max_length = -1;
    long minimum = -1;
    long maximum = -1;
    std::string_view values = {};  ///< "A, B, C"
    bool table_keys = false;       ///< a map's keys are table names
    long max_value_length = -1;    ///< a map's values have 1 to that many members
    bool old_table_rules = false;  ///< the control plane's own words for a name's length
};

/// The shape of an operation's parameters; nullptr when there is no such operation.
[[nodiscard]] Shape const* FindShape(std::string_view operation);

}  // namespace lddynamo::dynamodb::memory
