/// @file
/// Reading rows as they are in the table.
#pragma once

#include "faults/world.hpp"

#include <lddynamo/attribute_value.hpp>

#include <string>
#include <string_view>

namespace lddynamo::faults {

inline RowId const kMarker{"$inited", "$inited"};

inline std::string TextOf(Item const& row, std::string_view name) {
    auto const* const attribute = FindAttribute(row, name);
    return attribute != nullptr && attribute->AsS() != nullptr ? *attribute->AsS() : std::string();
}

}  // namespace lddynamo::faults
