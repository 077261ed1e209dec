#include "fields.hpp"

#include <cstddef>
#include <utility>

namespace lddynamo::contract {

Fields::Fields(Value const& object, std::string path, Problem& problem)
    : object_(object), path_(std::move(path)), problem_(&problem) {
    if (!object.IsNull() && !object.IsObject()) {
        problem.Note(path_.empty() ? "request" : path_, "expected an object");
    }
}

std::string Fields::PathOf(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Fields::Note(std::string_view name, std::string_view what) const {
    problem_->Note(PathOf(name), what);
}

bool Fields::Has(std::string_view name) const {
    return !object_[name].IsNull();
}

Value const* Fields::OfType(std::string_view name, Value::Type type,
                            std::string_view expected) const {
    Value const& member = object_[name];
    if (member.GetType() == type) return &member;
    if (!member.IsNull()) Note(name, expected);
    return nullptr;
}

std::string Fields::String(std::string_view name) const {
    if (!Has(name)) Note(name, "missing");
    return OptionalString(name).value_or("");
}

std::optional<std::string> Fields::OptionalString(std::string_view name) const {
    auto const* const member = OfType(name, Value::Type::kString, "expected a string");
    if (member == nullptr) return {};
    return std::string(member->AsString());
}

bool Fields::Bool(std::string_view name) const {
    auto const* const member = OfType(name, Value::Type::kBool, "expected true or false");
    return member != nullptr && member->AsBool();
}

std::optional<double> Fields::Number(std::string_view name) const {
    auto const* const member = OfType(name, Value::Type::kNumber, "expected a number");
    if (member == nullptr) return {};
    return member->AsDouble();
}

std::optional<std::chrono::milliseconds> Fields::Milliseconds(std::string_view name) const {
    auto const* const member = OfType(name, Value::Type::kNumber, "expected milliseconds");
    if (member == nullptr) return {};
    return std::chrono::milliseconds(member->AsInt64());
}

std::vector<std::string> Fields::Strings(std::string_view name) const {
    std::vector<std::string> strings;
    auto const* const member = OfType(name, Value::Type::kArray, "expected an array of strings");
    if (member == nullptr) return strings;
    for (Value const& item : member->AsArray()) {
        if (!item.IsString()) Note(name, "expected an array of strings");
        strings.emplace_back(item.AsString());
    }
    return strings;
}

Fields Fields::Object(std::string_view name) const {
    return {object_[name], PathOf(name), *problem_};
}

std::vector<Fields> Fields::Objects(std::string_view name) const {
    std::vector<Fields> objects;
    auto const* const member = OfType(name, Value::Type::kArray, "expected an array of objects");
    if (member == nullptr) return objects;
    std::size_t index = 0;
    for (Value const& item : member->AsArray()) {
        std::string path = PathOf(name) + "[" + std::to_string(index++) + "]";
        if (item.IsNull()) problem_->Note(path, "expected an object");
        objects.emplace_back(item, std::move(path), *problem_);
    }
    return objects;
}

std::vector<Value::Member> const& Fields::Members(std::string_view name) const {
    (void)OfType(name, Value::Type::kObject, "expected an object");
    return object_[name].AsObject();
}

std::optional<Context> Fields::ContextOrUser() const {
    std::string_view const name = Has("context") ? "context" : "user";
    if (!Has(name)) {
        Note("context", "missing, and so is user");
        return {};
    }
    auto context = Context::FromValue(object_[name]);
    if (context) return *std::move(context);
    Note(name, context.error().message);
    return {};
}

}  // namespace lddynamo::contract
