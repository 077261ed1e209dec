/// @file
/// AttributeValue and Item: DynamoDB's data types.
/// Layer: dynamodb. Source:
/// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo {

class AttributeValue;
/// A row, or part of one: attribute name to value. Names are at most 65,535 bytes of UTF-8.
using Item = std::map<std::string, AttributeValue, std::less<>>;

/// One value of an item. A regular type: copies are deep.
/// @par Thread safety  As standard containers.
class AttributeValue {
  public:
    // Wrappers tell apart the types that share a representation.
    struct Number {  ///< N: decimal text, up to 38 digits; not checked here.
        std::string text;
        friend bool operator==(Number const&, Number const&) = default;
    };
    struct Binary {  ///< B: raw bytes (base64 on the wire only).
        std::string bytes;
        friend bool operator==(Binary const&, Binary const&) = default;
    };
    struct Null {
        friend bool operator==(Null const&, Null const&) = default;
    };
    struct StringSet {
        std::vector<std::string> items;
        friend bool operator==(StringSet const&, StringSet const&) = default;
    };
    struct NumberSet {
        std::vector<std::string> items;
        friend bool operator==(NumberSet const&, NumberSet const&) = default;
    };
    struct BinarySet {
        std::vector<std::string> items;
        friend bool operator==(BinarySet const&, BinarySet const&) = default;
    };
    using List = std::vector<AttributeValue>;
    using Map = Item;
    using Variant = std::variant<Null, std::string, Number, Binary, bool, StringSet, NumberSet,
                                 BinarySet, List, Map>;

    AttributeValue() = default;  ///< NULL
    AttributeValue(Variant value) : value_(std::move(value)) {}
    [[nodiscard]] static AttributeValue S(std::string text) { return Variant(std::move(text)); }
    [[nodiscard]] static AttributeValue N(std::string text) {
        return Variant(Number{std::move(text)});
    }
    [[nodiscard]] static AttributeValue N(std::int64_t number) { return N(std::to_string(number)); }
    [[nodiscard]] static AttributeValue B(std::string bytes) {
        return Variant(Binary{std::move(bytes)});
    }
    [[nodiscard]] static AttributeValue Bool(bool value) { return Variant(value); }
    [[nodiscard]] static AttributeValue L(List items) { return Variant(std::move(items)); }
    [[nodiscard]] static AttributeValue M(Map members) { return Variant(std::move(members)); }
    [[nodiscard]] static AttributeValue SS(std::vector<std::string> items) {
        return Variant(StringSet{std::move(items)});
    }

    [[nodiscard]] Variant const& Get() const noexcept { return value_; }
    [[nodiscard]] Variant& Get() noexcept { return value_; }
    /// The text of an S; nullptr for any other type.
    [[nodiscard]] std::string const* AsS() const noexcept {
        return std::get_if<std::string>(&value_);
    }
    /// The text of an N; nullptr for any other type.
    [[nodiscard]] std::string const* AsN() const noexcept {
        auto const* number = std::get_if<Number>(&value_);
        return number ? &number->text : nullptr;
    }
    /// The value of a BOOL; nullptr for any other type.
    [[nodiscard]] bool const* AsBool() const noexcept { return std::get_if<bool>(&value_); }
    [[nodiscard]] Map const* AsM() const noexcept { return std::get_if<Map>(&value_); }
    [[nodiscard]] List const* AsL() const noexcept { return std::get_if<List>(&value_); }
    /// The wire's name of the type: "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M".
    [[nodiscard]] std::string_view TypeName() const noexcept;

    friend bool operator==(AttributeValue const&, AttributeValue const&) = default;

  private:
    Variant value_;
};

/// The attribute of that name; nullptr when there is none.
[[nodiscard]] inline AttributeValue const* FindAttribute(Item const& item,
                                                         std::string_view name) noexcept {
    auto const it = item.find(name);
    return it == item.end() ? nullptr : &it->second;
}

}  // namespace lddynamo
