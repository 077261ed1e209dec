#include <lddynamo/context.hpp>

#include "json/raw_json.hpp"
#include "model/context_data.hpp"

#include <algorithm>
#include <functional>

namespace lddynamo {
namespace {

/// Neither the order counts nor how often a reference stands there.
bool SameReferences(std::vector<AttributeRef> const& a, std::vector<AttributeRef> const& b) {
    if (a == b) return true;
    auto const texts_of = [](std::vector<AttributeRef> const& references) {
        std::vector<std::string_view> texts;
        texts.reserve(references.size());
        for (AttributeRef const& reference : references) texts.push_back(reference.Text());
        std::sort(texts.begin(), texts.end());
        texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
        return texts;
    };
    return texts_of(a) == texts_of(b);
}

}  // namespace

std::string const& Context::Kind() const noexcept {
    return data_->kind;
}

std::string const& Context::Key() const noexcept {
    return data_->key;
}

std::string const* Context::Name() const noexcept {
    return data_->name ? &*data_->name : nullptr;
}

bool Context::Anonymous() const noexcept {
    return data_->anonymous_value.AsBool();
}

bool Context::Multiple() const noexcept {
    return !data_->parts.empty();
}

std::size_t Context::KindCount() const noexcept {
    return Multiple() ? data_->parts.size() : 1;
}

Context const& Context::At(std::size_t index) const noexcept {
    return Multiple() ? data_->parts[index] : *this;
}

Context const* Context::OfKind(std::string_view kind) const noexcept {
    if (kind.empty()) kind = "user";
    if (!Multiple()) return data_->kind == kind ? this : nullptr;
    for (Context const& part : data_->parts) {
        if (part.data_->kind == kind) return &part;
    }
    return nullptr;
}

Value const* Context::FindValue(AttributeRef const& ref) const noexcept {
    if (!ref.Valid()) return nullptr;
    auto const& parts = ref.Parts();
    std::string_view const first = parts.front();
    if (Multiple()) {
        return parts.size() == 1 && first == "kind" ? &data_->kind_value : nullptr;
    }
    Value const* value = nullptr;
    if (first == "key") {
        value = &data_->key_value;
    } else if (first == "kind") {
        value = &data_->kind_value;
    } else if (first == "name") {
        value = data_->name ? &data_->name_value : nullptr;
    } else if (first == "anonymous") {
        value = &data_->anonymous_value;
    } else {
        value = data_->attributes.Find(first);
    }
    for (std::size_t i = 1; value != nullptr && i < parts.size(); ++i)
        value = value->Find(parts[i]);
    return value;
}

Value Context::GetValue(AttributeRef const& ref) const noexcept {
    Value const* const value = FindValue(ref);
    return value != nullptr ? *value : Value();
}

std::vector<Value::Member> const& Context::Attributes() const noexcept {
    return data_->attributes.AsObject();
}

std::vector<AttributeRef> const& Context::PrivateAttributes() const noexcept {
    return data_->private_attributes;
}

std::string const& Context::FullyQualifiedKey() const noexcept {
    return data_->fully_qualified_key;
}

std::string Context::ToJson() const {
    std::string out = "{\"kind\":";
    json::AppendQuoted(out, Kind());
    auto const append_single = [&out](Data const& data) {
        out += "\"key\":";
        json::AppendQuoted(out, data.key);
        if (data.name) {
            out += ",\"name\":";
            json::AppendQuoted(out, *data.name);
        }
        for (Value::Member const& member : data.attributes.AsObject()) {
            out += ',';
            json::AppendQuoted(out, member.name);
            out += ':';
            member.value.AppendJson(out);
        }
        if (data.anonymous_value.AsBool()) out += ",\"anonymous\":true";
        if (!data.private_attributes.empty()) {
            out += ",\"_meta\":{\"privateAttributes\":";
            char separator = '[';
            for (AttributeRef const& reference : data.private_attributes) {
                out += separator;
                json::AppendQuoted(out, reference.Text());
                separator = ',';
            }
            out += "]}";
        }
        out += '}';
    };
    out += ',';
    if (!Multiple()) {
        append_single(*data_);
        return out;
    }
    char const* separator = "";
    for (Context const& part : data_->parts) {
        out += separator;
        json::AppendQuoted(out, part.Kind());
        out += ":{";
        append_single(*part.data_);
        separator = ",";
    }
    out += '}';
    return out;
}

bool operator==(Context const& a, Context const& b) noexcept {
    if (a.data_ == b.data_) return true;
    Context::Data const& left = *a.data_;
    Context::Data const& right = *b.data_;
    return left.kind == right.kind && left.key == right.key && left.name == right.name &&
           left.anonymous_value == right.anonymous_value && left.attributes == right.attributes &&
           left.parts == right.parts &&
           SameReferences(left.private_attributes, right.private_attributes);
}

}  // namespace lddynamo
