/// @file
/// What a Context's copies share, and what a ContextBuilder collects.
/// Layer: model. Private to the context's own sources.
#pragma once

#include <lddynamo/context.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo {

/// Built-in attributes are kept as Values too, so that a look-up allocates nothing.
struct Context::Data {
    std::string kind;
    std::string key;
    std::optional<std::string> name;
    Value kind_value;
    Value key_value;
    Value name_value;       // null when there is no name
    Value anonymous_value;  // a bool
    Value attributes;       // an object without null members
    std::vector<AttributeRef> private_attributes;
    std::vector<Context> parts;  // of several kinds, ordered by kind; empty for one
    std::string fully_qualified_key;
};

struct ContextBuilder::State {
    std::string kind;
    std::string key;
    std::optional<std::string> name;
    bool anonymous = false;
    bool allow_empty_key = false;           // users of older SDKs only
    std::vector<Value::Member> attributes;  // may hold nulls and, when read from JSON, a name twice
    std::vector<AttributeRef> private_attributes;
};

namespace model {

/// "kind:key" with "%" and ":" of the key escaped.
[[nodiscard]] std::string QualifiedKey(std::string_view kind, std::string_view key);

}  // namespace model
}  // namespace lddynamo
