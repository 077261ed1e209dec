/// @file
/// Field: reading a JSON value into our types, with the path for errors.
/// Layer: model (private to its sources).
#pragma once

#include <lddynamo/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::model {

/// A value in a document that is being decoded. Absent and null members read as nothing: the
/// target keeps its default. A value of another type is an error; the first one is kept.
/// @par Lifetime  Refers to its parent and to the name.
class Field {
  public:
    /// The whole document. @param error  receives the first error; empty means none.
    Field(Value const& document, std::string& error) noexcept : value_(&document), error_(&error) {}

    /// The member of that name. Only of an object, see IsObject().
    [[nodiscard]] Field operator[](std::string_view name) const noexcept;
    /// Calls `visit(Field item)` for every item of an array.
    template <class Visitor>
    void ForEach(Visitor visit) const {
        if (!Check(Value::Type::kArray)) return;
        std::vector<Value> const& items = value_->AsArray();
        for (std::size_t i = 0; i < items.size(); ++i) visit(Field(*this, items[i], i));
    }
    /// There is an object.
    [[nodiscard]] bool IsObject() const { return Check(Value::Type::kObject); }
    /// There is a value other than null.
    [[nodiscard]] bool IsPresent() const noexcept { return value_ != nullptr; }
    /// The value itself; only when present.
    [[nodiscard]] Value const& Get() const noexcept { return *value_; }

    void Read(bool& out) const;
    void Read(std::string& out) const;
    /// Fractions are cut off, as in the Go SDK; too large numbers become the largest ones.
    void Read(std::int64_t& out) const;
    void Read(int& out) const;
    void Read(std::optional<std::int64_t>& out) const;
    void Read(std::optional<int>& out) const;

    /// Records an error at this place, unless there is one already.
    void Fail(std::string_view problem) const;

  private:
    Field(Field const& parent, Value const& item, std::size_t index) noexcept
        : value_(&item), error_(parent.error_), parent_(&parent), index_(index) {}
    [[nodiscard]] bool Check(Value::Type type) const;
    void AppendPath(std::string& out) const;

    Value const* value_ = nullptr;
    std::string* error_ = nullptr;
    Field const* parent_ = nullptr;
    std::string_view name_{};  // empty for an item of an array
    std::size_t index_ = 0;
};

}  // namespace lddynamo::model
