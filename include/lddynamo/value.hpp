/// @file
/// Value: an immutable JSON value.
/// Layer: json.
///
/// Numbers are IEEE doubles, as in every LaunchDarkly SDK; use text where other digits must
/// survive.
#pragma once

#include <lddynamo/result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo {

/// An immutable JSON value: null, bool, number, string, array or object.
///
/// Copies share their content and cost one atomic increment and no allocation.
///
/// ToJson, == and the destruction of the last copy go down a level by a call of their own. Parsed
/// values nest 512 levels at most; let one that you build not nest deeper than 10,000.
/// @par Thread safety  Immutable: any number of threads may read, copy and destroy their copies.
/// @par Lifetime       Views and references into a Value hold while any copy of it lives.
class Value {
  public:
    enum class Type : std::uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };
    /// A member of an object, in the order of the text or of construction.
    struct Member;

    Value() noexcept = default;  ///< null
    Value(std::nullptr_t) noexcept {}
    template <std::same_as<bool> Bool>  // a template, so that no pointer converts to bool
    Value(Bool value) noexcept : type_(Type::kBool) {
        data_.boolean = value;
    }
    Value(double value) noexcept : type_(Type::kNumber) { data_.number = value; }
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) Value(Integer value)
    noexcept : Value(static_cast<double>(value)) {}
    Value(char const* text) : Value(std::string_view(text)) {}
    Value(std::string_view text);
    Value(std::string const& text) : Value(std::string_view(text)) {}

    [[nodiscard]] static Value Array(std::vector<Value> items);
    /// Later members of the same name win; they take the place of the first.
    [[nodiscard]] static Value Object(std::vector<Member> members);

    Value(Value const& other) noexcept : type_(other.type_), data_(other.data_) {
        if (type_ >= Type::kString) Retain();
    }
    Value(Value&& other) noexcept
        : type_(std::exchange(other.type_, Type::kNull)), data_(other.data_) {}
    Value& operator=(Value const& other) noexcept {
        Value copy(other);
        Swap(copy);
        return *this;
    }
    Value& operator=(Value&& other) noexcept {
        Value taken(std::move(other));
        Swap(taken);
        return *this;
    }
    ~Value() {
        if (type_ >= Type::kString) Release();
    }

    [[nodiscard]] Type GetType() const noexcept { return type_; }
    [[nodiscard]] bool IsNull() const noexcept { return type_ == Type::kNull; }
    [[nodiscard]] bool IsBool() const noexcept { return type_ == Type::kBool; }
    [[nodiscard]] bool IsNumber() const noexcept { return type_ == Type::kNumber; }
    [[nodiscard]] bool IsString() const noexcept { return type_ == Type::kString; }
    [[nodiscard]] bool IsArray() const noexcept { return type_ == Type::kArray; }
    [[nodiscard]] bool IsObject() const noexcept { return type_ == Type::kObject; }
    /// A number without a fraction, of at most 2^53 in size.
    [[nodiscard]] bool IsInt() const noexcept;

    /// The content, or the type's zero value (false, 0, "", no members) when the type is another.
    [[nodiscard]] bool AsBool() const noexcept { return IsBool() && data_.boolean; }
    [[nodiscard]] double AsDouble() const noexcept { return IsNumber() ? data_.number : 0.0; }
    /// Truncated towards zero and clamped to the range of int64; 0 for NaN.
    [[nodiscard]] std::int64_t AsInt64() const noexcept;
    [[nodiscard]] std::string_view AsString() const noexcept;
    [[nodiscard]] std::vector<Value> const& AsArray() const noexcept;
    [[nodiscard]] std::vector<Member> const& AsObject() const noexcept;

    /// The member of that name; null when there is none or this is not an object.
    [[nodiscard]] Value const& operator[](std::string_view name) const noexcept;
    /// The member of that name; nullptr when there is none or this is not an object.
    [[nodiscard]] Value const* Find(std::string_view name) const noexcept;
    /// Items of an array or members of an object; 0 for anything else.
    [[nodiscard]] std::size_t Size() const noexcept;

    /// Deep equality; the order of an object's members does not count.
    friend bool operator==(Value const& a, Value const& b) noexcept;

    /// Compact JSON text in UTF-8. Numbers as ECMAScript prints them (1, 0.1, 1e+21); a number that
    /// JSON cannot express (NaN, infinity) gives null. Never fails.
    [[nodiscard]] std::string ToJson() const;
    /// The same, appended to `out`.
    void AppendJson(std::string& out) const;

    /// Reads one JSON document (RFC 8259), UTF-8, of at most 512 nested levels.
    /// @retval ErrorCode::kInvalidData  not JSON; the message has line, column and the cause, as in
    ///                                  "line 3, column 7: unexpected ']'". Columns count
    ///                                  characters from 1. Also given: a number beyond the range of
    ///                                  a double.
    /// An escaped surrogate without its other half becomes U+FFFD, as in Go.
    [[nodiscard]] static Result<Value> Parse(std::string_view text);

  private:
    struct StringNode;
    struct ArrayNode;
    struct ObjectNode;
    union Data {
        bool boolean;
        double number;
        StringNode* string;  // nullptr: empty, as for the two below
        ArrayNode* array;
        ObjectNode* object;
    };
    void Retain() const noexcept;
    void Release() noexcept;
    void Swap(Value& other) noexcept {
        std::swap(type_, other.type_);
        std::swap(data_, other.data_);
    }

    Type type_ = Type::kNull;
    Data data_{};
};

struct Value::Member {
    std::string name;
    Value value;
    friend bool operator==(Member const&, Member const&) = default;
};

}  // namespace lddynamo
