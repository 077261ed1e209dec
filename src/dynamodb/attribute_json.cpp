#include "dynamodb/attribute_json.hpp"

#include "dynamodb/base64.hpp"
#include "json/raw_json.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::dynamodb {
namespace {

/// Writes the value that follows the type's name.
struct Writer {
    std::string& out;

    void operator()(AttributeValue::Null const&) const { out += "true"; }
    void operator()(std::string const& text) const { json::AppendQuoted(out, text); }
    void operator()(AttributeValue::Number const& number) const {
        json::AppendQuoted(out, number.text);
    }
    void operator()(AttributeValue::Binary const& binary) const { Base64(binary.bytes); }
    void operator()(bool value) const { out += value ? "true" : "false"; }
    void operator()(AttributeValue::StringSet const& set) const { Texts(set.items); }
    void operator()(AttributeValue::NumberSet const& set) const { Texts(set.items); }
    void operator()(AttributeValue::BinarySet const& set) const {
        List(set.items, [this](std::string const& bytes) { Base64(bytes); });
    }
    void operator()(AttributeValue::List const& list) const {
        List(list, [this](AttributeValue const& item) { AppendAttribute(out, item); });
    }
    void operator()(AttributeValue::Map const& map) const { AppendItem(out, map); }

  private:
    void Base64(std::string const& bytes) const {
        out += '"';
        AppendBase64(out, bytes);
        out += '"';
    }
    void Texts(std::vector<std::string> const& texts) const {
        List(texts, [this](std::string const& text) { json::AppendQuoted(out, text); });
    }
    template <class Items, class Append>
    void List(Items const& items, Append const& append) const {
        out += '[';
        bool first = true;
        for (auto const& item : items) {
            if (!first) out += ',';
            first = false;
            append(item);
        }
        out += ']';
    }
};

tl::unexpected<Error> Unfit(std::string_view type) {
    return Fail(ErrorCode::kInvalidData,
                "a value of type " + std::string(type) + " has the wrong form");
}

Result<std::vector<std::string>> Texts(Value const& json, std::string_view type) {
    if (!json.IsArray()) return Unfit(type);
    std::vector<std::string> texts;
    texts.reserve(json.Size());
    for (Value const& item : json.AsArray()) {
        if (!item.IsString()) return Unfit(type);
        texts.emplace_back(item.AsString());
    }
    return texts;
}

Result<AttributeValue> Bytes(Value const& json) {
    if (!json.IsString()) return Unfit("B");
    auto bytes = DecodeBase64(json.AsString());
    if (!bytes) return Fail(ErrorCode::kInvalidData, "a value of type B is not base64");
    return AttributeValue::B(std::move(*bytes));
}

Result<AttributeValue> ByteSet(Value const& json) {
    auto texts = Texts(json, "BS");
    if (!texts) return Fail(std::move(texts.error()));
    for (std::string& text : *texts) {
        auto bytes = DecodeBase64(text);
        if (!bytes) return Fail(ErrorCode::kInvalidData, "a value of type BS is not base64");
        text = std::move(*bytes);
    }
    return AttributeValue(AttributeValue::BinarySet{std::move(*texts)});
}

Result<AttributeValue> List(Value const& json) {
    if (!json.IsArray()) return Unfit("L");
    AttributeValue::List items;
    items.reserve(json.Size());
    for (Value const& item : json.AsArray()) {
        auto value = AttributeFromJson(item);
        if (!value) return value;
        items.push_back(std::move(*value));
    }
    return AttributeValue::L(std::move(items));
}

}  // namespace

void AppendAttribute(std::string& out, AttributeValue const& value) {
    out += "{\"";
    out += value.TypeName();
    out += "\":";
    std::visit(Writer{out}, value.Get());
    out += '}';
}

void AppendItem(std::string& out, Item const& item) {
    out += '{';
    bool first = true;
    for (auto const& [name, value] : item) {
        if (!first) out += ',';
        first = false;
        json::AppendQuoted(out, name);
        out += ':';
        AppendAttribute(out, value);
    }
    out += '}';
}

Result<AttributeValue> AttributeFromJson(Value const& json) {
    if (!json.IsObject() || json.Size() != 1) {
        return Fail(ErrorCode::kInvalidData,
                    "an attribute value must be an object with exactly one type");
    }
    auto const& [type, value] = json.AsObject().front();
    if (type == "S") {
        if (!value.IsString()) return Unfit(type);
        return AttributeValue::S(std::string(value.AsString()));
    }
    if (type == "N") {
        if (!value.IsString()) return Unfit(type);
        return AttributeValue::N(std::string(value.AsString()));
    }
    if (type == "BOOL") {
        if (!value.IsBool()) return Unfit(type);
        return AttributeValue::Bool(value.AsBool());
    }
    if (type == "NULL") {
        if (!value.AsBool()) return Unfit(type);
        return AttributeValue();
    }
    if (type == "M") {
        auto members = ItemFromJson(value);
        if (!members) return Fail(std::move(members.error()));
        return AttributeValue::M(std::move(*members));
    }
    if (type == "L") return List(value);
    if (type == "B") return Bytes(value);
    if (type == "BS") return ByteSet(value);
    if (type == "SS" || type == "NS") {
        auto texts = Texts(value, type);
        if (!texts) return Fail(std::move(texts.error()));
        if (type == "SS") return AttributeValue(AttributeValue::StringSet{std::move(*texts)});
        return AttributeValue(AttributeValue::NumberSet{std::move(*texts)});
    }
    return Fail(ErrorCode::kInvalidData,
                "an attribute value has an unknown type of " + std::to_string(type.size()) +
                    " characters; known are S, N, B, BOOL, NULL, SS, NS, BS, L, M");
}

Result<Item> ItemFromJson(Value const& json) {
    if (!json.IsObject())
        return Fail(ErrorCode::kInvalidData, "a map of attributes must be an object");
    Item item;
    for (Value::Member const& member : json.AsObject()) {
        auto value = AttributeFromJson(member.value);
        if (!value) {
            Error error = std::move(value.error());
            // The name of the outermost attribute is enough to find it, and bounded.
            error.message = "attribute \"" + member.name.substr(0, 100) + "\": " + error.message;
            if (error.message.size() > 400) error.message.resize(400);
            return Fail(std::move(error));
        }
        item.insert_or_assign(member.name, std::move(*value));
    }
    return item;
}

}  // namespace lddynamo::dynamodb
