#include <lddynamo/context.hpp>

#include "json/raw_json.hpp"
#include "model/context_data.hpp"

#include <string>
#include <string_view>

namespace lddynamo {
namespace {

Status Wrong(std::string_view property, std::string_view must) {
    std::string message = "context property ";
    json::AppendQuoted(message, property);
    message += ' ';
    message += must;
    return Fail(ErrorCode::kInvalidData, std::move(message));
}

Status ReadString(Value const& value, std::string_view property, std::string& out) {
    if (!value.IsString()) return Wrong(property, "must be a string");
    out = value.AsString();
    return {};
}

Status ReadName(Value const& value, std::optional<std::string>& out) {
    out.reset();
    if (value.IsString()) {
        out.emplace(value.AsString());
    } else if (!value.IsNull()) {
        return Wrong("name", "must be a string or null");
    }
    return {};
}

Status ReadReferences(Value const& value, std::string_view property, bool literal,
                      std::vector<AttributeRef>& out) {
    if (value.IsNull()) return {};
    if (!value.IsArray()) return Wrong(property, "must be an array of strings or null");
    for (Value const& item : value.AsArray()) {
        if (!item.IsString()) return Wrong(property, "must have nothing but strings");
        out.push_back(literal ? AttributeRef::Literal(item.AsString())
                              : AttributeRef::Parse(item.AsString()));
    }
    return {};
}

Status ReadMeta(Value const& value, std::vector<AttributeRef>& out) {
    if (value.IsNull()) return {};
    if (!value.IsObject()) return Wrong("_meta", "must be an object or null");
    Value const* const references = value.Find("privateAttributes");
    if (references == nullptr) return {};
    return ReadReferences(*references, "_meta.privateAttributes", false, out);
}

bool IsBuiltIn(std::string_view name) noexcept {
    return name == "kind" || name == "key" || name == "name" || name == "anonymous" ||
           name == "_meta";
}

/// Top-level strings of older users that are attributes now.
bool IsOldAttribute(std::string_view name) noexcept {
    return name == "firstName" || name == "lastName" || name == "email" || name == "country" ||
           name == "avatar" || name == "ip";
}

Error MissingKey() {
    Error error;
    error.code = ErrorCode::kInvalidData;
    error.message = "context property \"key\" is missing";
    return error;
}

/// The builder's errors are about what was read here.
Result<Context> AsInvalidData(Result<Context> built) {
    if (!built) built.error().code = ErrorCode::kInvalidData;
    return built;
}

}  // namespace

/// Reads contexts into a builder's state. A friend of the classes through ContextBuilder's nested
/// type.
struct ContextBuilder::Reader {
    static Result<Context> Single(Value const& object, std::string_view known_kind) {
        ContextBuilder builder(known_kind, "");
        State& state = *builder.state_;
        if (!object.IsObject()) return Fail(ErrorCode::kInvalidData, "a context must be an object");
        for (auto const& [name, value] : object.AsObject()) {
            Status status;
            if (name == "kind") {
                status = ReadString(value, name, state.kind);
                if (state.kind.empty()) state.kind = "user";  // as in Go; reached in a "multi" only
            } else if (name == "key") {
                status = ReadString(value, name, state.key);
            } else if (name == "name") {
                status = ReadName(value, state.name);
            } else if (name == "anonymous") {
                if (!value.IsBool()) status = Wrong(name, "must be a boolean");
                state.anonymous = value.AsBool();
            } else if (name == "_meta") {
                status = ReadMeta(value, state.private_attributes);
            } else if (!name.empty()) {
                state.attributes.push_back({name, value});
            }
            if (!status) return Fail(std::move(status.error()));
        }
        if (object.Find("key") == nullptr) return Fail(MissingKey());
        return AsInvalidData(builder.Build());
    }

    static Result<Context> Multi(Value const& object) {
        MultiContextBuilder builder;
        for (auto const& [name, value] : object.AsObject()) {
            if (name == "kind") continue;
            auto part = Single(value, name.empty() ? "user" : std::string_view(name));
            if (!part) {
                std::string message = "in kind ";
                json::AppendQuoted(message, name);
                part.error().message = message + ": " + part.error().message;
                return Fail(std::move(part.error()));
            }
            builder.Add(*part);
        }
        return AsInvalidData(builder.Build());
    }

    static Result<Context> OldUser(Value const& object) {
        ContextBuilder builder("user", "");
        State& state = *builder.state_;
        state.allow_empty_key = true;
        for (auto const& [name, value] : object.AsObject()) {
            Status status = OldProperty(name, value, state);
            if (!status) return Fail(std::move(status.error()));
        }
        if (object.Find("key") == nullptr) return Fail(MissingKey());
        return AsInvalidData(builder.Build());
    }

    static Status OldProperty(std::string const& name, Value const& value, State& state) {
        if (name == "key") return ReadString(value, name, state.key);
        if (name == "name") return ReadName(value, state.name);
        if (name == "anonymous") {
            state.anonymous = value.AsBool();
            if (!value.IsBool() && !value.IsNull()) {
                return Wrong(name, "must be a boolean or null");
            }
        } else if (name == "custom") {
            if (!value.IsObject() && !value.IsNull()) {
                return Wrong(name, "must be an object or null");
            }
            for (Value::Member const& member : value.AsObject()) {
                if (member.name.empty() || IsBuiltIn(member.name)) continue;
                state.attributes.push_back(member);
            }
        } else if (name == "privateAttributeNames") {
            return ReadReferences(value, name, true, state.private_attributes);
        } else if (name == "secondary") {  // checked as by Go, and then of no use to any SDK
            if (!value.IsString() && !value.IsNull()) {
                return Wrong(name, "must be a string or null");
            }
        } else if (IsOldAttribute(name)) {
            if (value.IsString()) {
                state.attributes.push_back({name, value});
            } else if (!value.IsNull()) {
                return Wrong(name, "must be a string or null");
            }
        }
        return {};
    }
};

Result<Context> Context::FromValue(Value const& value) {
    if (!value.IsObject()) return Fail(ErrorCode::kInvalidData, "a context must be an object");
    Value const* const kind = value.Find("kind");
    if (kind == nullptr) return ContextBuilder::Reader::OldUser(value);
    std::string text;
    if (auto status = ReadString(*kind, "kind", text); !status) {
        return Fail(std::move(status.error()));
    }
    if (text.empty()) {
        return Fail(Wrong("kind", "must not be empty").error());
    }
    if (text == "multi") return ContextBuilder::Reader::Multi(value);
    return ContextBuilder::Reader::Single(value, "");
}

Result<Context> Context::FromJson(std::string_view json) {
    auto const value = Value::Parse(json);
    if (!value) return Fail(value.error());
    return FromValue(*value);
}

}  // namespace lddynamo
