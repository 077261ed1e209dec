/// @file
/// Attribute values as the service takes them in: checked, with numbers in one form; and their
/// comparison. Layer: dynamodb (in-memory service).
#pragma once

#include <lddynamo/attribute_value.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::dynamodb::memory {

/// A value of a request. What is wrong with it is reported when the service would look at it.
struct CheckedValue {
    AttributeValue value{};
    std::string flaw{};  ///< The service's words for the first thing wrong; empty: nothing.
};
struct CheckedItem {
    Item item{};
    std::string flaw{};
};

/// Checks a value and brings its numbers into one form.
/// @return what is wrong; empty: nothing.
[[nodiscard]] std::string Normalize(AttributeValue& value);
[[nodiscard]] CheckedValue Check(AttributeValue value);
[[nodiscard]] CheckedItem Check(Item item);
/// Brings a number's text into the service's form, or says what is wrong with it.
[[nodiscard]] std::string NormalizeNumber(std::string& text);

/// The service's refusal of values nested too deeply, and the depth it allows.
inline constexpr std::size_t kMaxNesting = 32;
inline constexpr std::string_view kTooNested =
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
    "beyond "
    "supported limit";

/// The size of an item by the service's rules: names and values in bytes.
[[nodiscard]] std::size_t ItemSize(Item const& item);
[[nodiscard]] std::size_t ValueSize(AttributeValue const& value);
inline constexpr std::size_t kMaxItemBytes = std::size_t{400} * 1024;

/// Deep equality; the order of a set's elements does not count.
[[nodiscard]] bool SameValue(AttributeValue const& a, AttributeValue const& b);
/// <0, 0, >0 for two S, two N or two B; nullopt for anything else, which no comparison matches.
[[nodiscard]] std::optional<int> CompareValues(AttributeValue const& a, AttributeValue const& b);
/// Bytes whose order is the order of sort keys. @pre an S, N or B, normalized.
[[nodiscard]] std::string SortableKey(AttributeValue const& value);

/// UTF-16 code units of UTF-8 text: how the service counts the length of a string.
[[nodiscard]] std::size_t Utf16Length(std::string_view text);

[[nodiscard]] inline std::string const* AsB(AttributeValue const& value) {
    auto const* binary = std::get_if<AttributeValue::Binary>(&value.Get());
    return binary ? &binary->bytes : nullptr;
}

}  // namespace lddynamo::dynamodb::memory
