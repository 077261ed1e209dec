#include <lddynamo/context.hpp>

#include "model/context_data.hpp"

#include <algorithm>

namespace lddynamo {
namespace {

bool IsKindCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

/// What is wrong with the kind of a single context; nullptr when nothing is.
char const* KindFault(std::string_view kind) noexcept {
    if (kind.empty()) return "must not be empty";
    if (kind == "kind") return "cannot be \"kind\"";
    if (kind == "multi") return "cannot be \"multi\" for a context of one kind";
    if (!std::all_of(kind.begin(), kind.end(), IsKindCharacter)) {
        return "may have letters, digits, '.', '_' and '-' only";
    }
    return nullptr;
}

Value WithoutNulls(std::vector<Value::Member> members) {
    Value object = Value::Object(std::move(members));
    auto const is_null = [](Value::Member const& member) { return member.value.IsNull(); };
    auto const& unique = object.AsObject();
    if (std::none_of(unique.begin(), unique.end(), is_null)) return object;
    std::vector<Value::Member> kept;
    std::remove_copy_if(unique.begin(), unique.end(), std::back_inserter(kept), is_null);
    return Value::Object(std::move(kept));
}

}  // namespace

std::string model::QualifiedKey(std::string_view kind, std::string_view key) {
    std::string out(kind);
    out += ':';
    for (char const c : key) {
        if (c == '%') {
            out += "%25";
        } else if (c == ':') {
            out += "%3A";
        } else {
            out += c;
        }
    }
    return out;
}

ContextBuilder Context::Builder(std::string_view kind, std::string_view key) {
    return {kind, key};
}

Result<Context> Context::User(std::string_view key) {
    return ContextBuilder("user", key).Build();
}

MultiContextBuilder Context::MultiBuilder() {
    return {};
}

ContextBuilder::ContextBuilder(std::string_view kind, std::string_view key)
    : state_(std::make_unique<State>()) {
    state_->kind = kind;
    state_->key = key;
}
ContextBuilder::~ContextBuilder() = default;
ContextBuilder::ContextBuilder(ContextBuilder&&) noexcept = default;
ContextBuilder& ContextBuilder::operator=(ContextBuilder&&) noexcept = default;

ContextBuilder& ContextBuilder::Name(std::string_view name) {
    state_->name = name;
    return *this;
}

ContextBuilder& ContextBuilder::Anonymous(bool anonymous) {
    state_->anonymous = anonymous;
    return *this;
}

ContextBuilder& ContextBuilder::Set(std::string_view attribute, Value value) {
    if (attribute.empty() || attribute == "_meta") return *this;
    if (attribute == "kind") {
        if (value.IsString()) state_->kind = value.AsString();
        return *this;
    }
    if (attribute == "key") {
        if (value.IsString()) state_->key = value.AsString();
        return *this;
    }
    if (attribute == "name") {
        if (value.IsString()) state_->name = value.AsString();
        if (value.IsNull()) state_->name.reset();
        return *this;
    }
    if (attribute == "anonymous") {
        if (value.IsBool()) state_->anonymous = value.AsBool();
        return *this;
    }
    auto& attributes = state_->attributes;
    auto const it =
        std::find_if(attributes.begin(), attributes.end(),
                     [attribute](Value::Member const& member) { return member.name == attribute; });
    if (value.IsNull()) {
        if (it != attributes.end()) attributes.erase(it);
    } else if (it != attributes.end()) {
        it->value = std::move(value);
    } else {
        attributes.push_back({std::string(attribute), std::move(value)});
    }
    return *this;
}

ContextBuilder& ContextBuilder::Private(std::string_view reference) {
    return Private(AttributeRef::Parse(reference));
}

ContextBuilder& ContextBuilder::Private(AttributeRef reference) {
    state_->private_attributes.push_back(std::move(reference));
    return *this;
}

Result<Context> ContextBuilder::Build() const {
    if (char const* const fault = KindFault(state_->kind)) {
        return Fail(ErrorCode::kInvalidArgument, std::string("context kind ") + fault);
    }
    if (state_->key.empty() && !state_->allow_empty_key) {
        return Fail(ErrorCode::kInvalidArgument, "context key must not be empty");
    }
    auto data = std::make_shared<Context::Data>();
    data->kind = state_->kind;
    data->key = state_->key;
    data->name = state_->name;
    data->kind_value = data->kind;
    data->key_value = data->key;
    if (data->name) data->name_value = *data->name;
    data->anonymous_value = state_->anonymous;
    data->attributes = WithoutNulls(state_->attributes);
    data->private_attributes = state_->private_attributes;
    data->fully_qualified_key =
        data->kind == "user" ? data->key : model::QualifiedKey(data->kind, data->key);
    return Context(std::move(data));
}

MultiContextBuilder& MultiContextBuilder::Add(Context const& context) {
    for (std::size_t i = 0; i < context.KindCount(); ++i) contexts_.push_back(context.At(i));
    return *this;
}

Result<Context> MultiContextBuilder::Build() const {
    if (contexts_.empty()) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a multi-kind context must have at least one kind");
    }
    if (contexts_.size() == 1) return contexts_.front();
    auto data = std::make_shared<Context::Data>();
    data->parts = contexts_;
    std::sort(data->parts.begin(), data->parts.end(),
              [](Context const& a, Context const& b) { return a.Kind() < b.Kind(); });
    auto const twice =
        std::adjacent_find(data->parts.begin(), data->parts.end(),
                           [](Context const& a, Context const& b) { return a.Kind() == b.Kind(); });
    if (twice != data->parts.end()) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a multi-kind context has the kind \"" + twice->Kind() + "\" twice");
    }
    data->kind = "multi";
    data->kind_value = data->kind;
    data->anonymous_value = false;
    data->attributes = Value::Object({});
    for (Context const& part : data->parts) {
        if (!data->fully_qualified_key.empty()) data->fully_qualified_key += ':';
        data->fully_qualified_key += model::QualifiedKey(part.Kind(), part.Key());
    }
    return Context(std::move(data));
}

}  // namespace lddynamo
