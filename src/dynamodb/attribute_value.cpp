#include <lddynamo/attribute_value.hpp>

#include <array>

namespace lddynamo {

std::string_view AttributeValue::TypeName() const noexcept {
    // In the order of Variant.
    static constexpr std::array<std::string_view, 10> kNames{"NULL", "S",  "N",  "B", "BOOL",
                                                             "SS",   "NS", "BS", "L", "M"};
    static_assert(std::variant_size_v<Variant> == kNames.size());
    return value_.valueless_by_exception() ? kNames[0] : kNames[value_.index()];
}

}  // namespace lddynamo
