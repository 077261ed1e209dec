#include "model/field.hpp"

#include <algorithm>
#include <limits>

namespace lddynamo::model {
namespace {

std::string_view NameOf(Value::Type type) noexcept {
    switch (type) {
        case Value::Type::kNull:
            return "null";
        case Value::Type::kBool:
            return "a boolean";
        case Value::Type::kNumber:
            return "a number";
        case Value::Type::kString:
            return "a string";
        case Value::Type::kArray:
            return "an array";
        case Value::Type::kObject:
            return "an object";
    }
    return "a value";
}

}  // namespace

Field Field::operator[](std::string_view name) const noexcept {
    Field field = *this;
    field.value_ = value_ == nullptr ? nullptr : value_->Find(name);
    if (field.value_ != nullptr && field.value_->IsNull()) field.value_ = nullptr;
    field.parent_ = this;
    field.name_ = name;
    return field;
}

bool Field::Check(Value::Type type) const {
    if (value_ == nullptr) return false;
    if (value_->GetType() == type) return true;
    std::string problem = "expected ";
    problem.append(NameOf(type)).append(", found ").append(NameOf(value_->GetType()));
    Fail(problem);
    return false;
}

void Field::Read(bool& out) const {
    if (Check(Value::Type::kBool)) out = value_->AsBool();
}

void Field::Read(std::string& out) const {
    if (Check(Value::Type::kString)) out = value_->AsString();
}

void Field::Read(std::int64_t& out) const {
    if (Check(Value::Type::kNumber)) out = value_->AsInt64();
}

void Field::Read(int& out) const {
    if (!Check(Value::Type::kNumber)) return;
    using Limits = std::numeric_limits<int>;
    out =
        static_cast<int>(std::clamp<std::int64_t>(value_->AsInt64(), Limits::min(), Limits::max()));
}

void Field::Read(std::optional<std::int64_t>& out) const {
    if (Check(Value::Type::kNumber)) Read(out.emplace());
}

void Field::Read(std::optional<int>& out) const {
    if (Check(Value::Type::kNumber)) Read(out.emplace());
}

void Field::Fail(std::string_view problem) const {
    if (!error_->empty()) return;
    AppendPath(*error_);
    if (!error_->empty()) error_->append(": ");
    error_->append(problem);
}

void Field::AppendPath(std::string& out) const {
    if (parent_ == nullptr) return;
    parent_->AppendPath(out);
    if (name_.empty()) {
        out.append("[").append(std::to_string(index_)).append("]");
        return;
    }
    if (!out.empty()) out.append(".");
    out.append(name_);
}

}  // namespace lddynamo::model
