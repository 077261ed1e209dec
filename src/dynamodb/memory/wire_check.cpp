#include "dynamodb/memory/wire_check.hpp"

#include "dynamodb/base64.hpp"
#include "dynamodb/memory/values.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::memory {
namespace {

using Kind = Shape::Kind;

constexpr std::string_view kNameSpace = "com.amazonaws.dynamodb.v20120810.";
constexpr std::string_view kNoStructure = "Start of structure or map found where not expected";
/// In messages; the service shows all of it.
constexpr std::size_t kMaxShown = 4000;

std::string Qualified(std::string_view type) {
    return (type.find('.') == std::string_view::npos ? std::string(kNameSpace) : std::string()) +
           std::string(type);
}

std::optional<bool> WordToBool(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    if (upper == "TRUE" || upper == "1" || upper == "YES") return true;
    if (upper == "FALSE" || upper == "0" || upper == "NO") return false;
    return std::nullopt;
}

std::string TokenName(Value const& json) {
    if (json.IsBool()) return json.AsBool() ? "TRUE_VALUE" : "FALSE_VALUE";
    if (json.IsString()) return "STRING_VALUE";
    double const number = json.AsDouble();
    return number == std::floor(number) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
}

std::string CheckScalar(Value const& json, Shape const& shape) {
    if (json.IsObject()) return std::string(kNoStructure);
    std::string const type(shape.kind == Kind::kString ? "String" : shape.type);
    if (shape.kind == Kind::kBlob) {
        if (json.IsArray()) return "Unrecognized collection type class java.nio.ByteBuffer";
        if (!json.IsString()) return "only base-64-encoded strings are convertible to bytes";
        std::string_view const text = json.AsString();
        if (text.size() % 4 != 0) {
            return "Base64 encoded length is expected a multiple of 4 bytes but found: " +
                   std::to_string(text.size());
        }
        return DecodeBase64(text) ? std::string()
                                  : "Invalid last non-pad Base64 character dectected";
    }
    if (json.IsArray()) return "Unrecognized collection type class java.lang." + type;
    if (shape.kind == Kind::kString) {
        return json.IsString() ? std::string()
                               : TokenName(json) + " cannot be converted to " + type;
    }
    if (shape.kind == Kind::kBoolean) {
        if (json.IsNumber()) return TokenName(json) + " cannot be converted to " + type;
        return json.IsBool() || WordToBool(json.AsString())
                   ? std::string()
                   : std::string("Unexpected token received from parser");
    }
    return json.IsNumber() ? std::string() : TokenName(json) + " cannot be converted to " + type;
}

bool IsScalarJson(Value const& json) {
    return json.IsBool() || json.IsNumber() || json.IsString();
}

std::string CheckContainer(Value const& json, Shape const& shape) {
    switch (shape.kind) {
        case Kind::kList:
        case Kind::kParameterizedList:
            if (json.IsObject()) return std::string(kNoStructure);
            break;
        case Kind::kMap:
        case Kind::kParameterizedMap:
            if (json.IsArray()) {
                return "Unrecognized collection type java.util.Map<java.lang.String, " +
                       Qualified(shape.type) + ">";
            }
            break;
        default:
            if (json.IsArray()) {
                return "Unrecognized collection type class " + Qualified(shape.type);
            }
    }
    if (!IsScalarJson(json)) return {};
    if (shape.kind == Kind::kParameterizedList || shape.kind == Kind::kParameterizedMap) {
        return "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast "
               "to "
               "class java.lang.Class "
               "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
               "java.lang.Class are in module java.base of loader 'bootstrap')";
    }
    return shape.kind == Kind::kValueStruct ? "Unexpected value type in payload"
                                            : "Unexpected field type";
}

/// How messages show a value.
std::string Shown(Value const& json) {
    std::string text;
    if (json.IsArray()) {
        text = "[";
        for (Value const& item : json.AsArray()) {
            if (text.size() > 1) text += ", ";
            text += Shown(item);
            if (text.size() > kMaxShown) break;
        }
        text += "]";
    } else {
        text = json.IsString() ? std::string(json.AsString()) : json.ToJson();
    }
    if (text.size() > kMaxShown) {
        std::size_t end = kMaxShown;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text.resize(end);
    }
    return text;
}

std::string LowerFirst(std::string_view name) {
    std::string text(name);
    if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
        text[0] = static_cast<char>(text[0] - 'A' + 'a');
    }
    return text;
}

bool IsTableName(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

bool InList(std::string_view list, std::string_view text) {
    while (!list.empty()) {
        std::size_t const end = std::min(list.find(", "), list.size());
        if (list.substr(0, end) == text) return true;
        list.remove_prefix(std::min(list.size(), end + 2));
    }
    return false;
}

class ConstraintChecker {
  public:
    std::string Run(Value const& json, Shape const& shape) {
        for (Field const& field : shape.fields) {
            Value const* value = Member(json, field.name);
            if (field.required && !value) {
                return "The parameter '" + std::string(field.name) +
                       "' is required but was not present in the request";
            }
            if (field.shape->old_table_rules && value &&
                (value->AsString().size() < 3 || value->AsString().size() > 255)) {
                return std::string(field.name) +
                       " must be at least 3 characters long and at most 255 characters long";
            }
        }
        CheckFields(json, shape, "");
        if (problems_.empty()) return {};
        std::string text = std::to_string(problems_.size()) + " validation error" +
                           (problems_.size() > 1 ? "s" : "") + " detected: ";
        for (std::size_t i = 0; i < problems_.size(); ++i)
            text += (i > 0 ? "; " : "") + problems_[i];
        return text;
    }

  private:
    void Add(Value const* value, std::string const& where, std::string const& constraint) {
        if (problems_.size() >= 10) return;
        problems_.push_back("Value " + (value ? "'" + Shown(*value) + "'" : std::string("null")) +
                            " at '" + where + "' failed to satisfy constraint: " + constraint);
    }

    void CheckFields(Value const& json, Shape const& shape, std::string const& parent) {
        for (Field const& field : shape.fields) {
            if (problems_.size() >= 10) return;
            std::string const where = (parent.empty() ? "" : parent + ".") + LowerFirst(field.name);
            Value const* value = Member(json, field.name);
            if (value) {
                CheckValue(*value, *field.shape, where);
            } else if (field.not_null) {
                Add(nullptr, where, "Member must not be null");
            }
        }
    }

    void CheckValue(Value const& json, Shape const& shape, std::string const& where) {
        if (shape.type == "AttributeValue") return;  // nothing to check, however deep
        if (shape.table_name_pattern && !IsTableName(json.AsString())) {
            Add(&json, where, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
        }
        auto const length =
            static_cast<long>(json.IsString() ? Utf16Length(json.AsString()) : json.Size());
        if (shape.min_length >= 0 && length < shape.min_length) {
            Add(&json, where,
                "Member must have length greater than or equal to " +
                    std::to_string(shape.min_length));
        }
        if (shape.max_length >= 0 && length > shape.max_length) {
            Add(&json, where,
                "Member must have length less than or equal to " +
                    std::to_string(shape.max_length));
        }
        if (shape.minimum >= 0 && ToInteger(json) < shape.minimum) {
            Add(&json, where,
                "Member must have value greater than or equal to " + std::to_string(shape.minimum));
        }
        if (shape.maximum >= 0 && ToInteger(json) > shape.maximum) {
            Add(&json, where,
                "Member must have value less than or equal to " + std::to_string(shape.maximum));
        }
        if (!shape.values.empty() && !InList(shape.values, json.AsString())) {
            Add(&json, where,
                "Member must satisfy enum value set: [" + std::string(shape.values) + "]");
        }
        CheckMapRules(json, shape, where);
        CheckChildren(json, shape, where);
    }

    void CheckMapRules(Value const& json, Shape const& shape, std::string const& where) {
        if (!json.IsObject()) return;
        if (shape.table_keys) {
            for (Value::Member const& member : json.AsObject()) {
                std::size_t const length = Utf16Length(member.name);
                if (length >= 3 && length <= 255 && IsTableName(member.name)) continue;
                Add(&json, where,
                    "Map keys must satisfy constraint: [Member must have length less than or equal "
                    "to "
                    "255, Member must have length greater than or equal to 3, Member must satisfy "
                    "regular expression pattern: [a-zA-Z0-9_.-]+]");
            }
        }
        if (shape.max_value_length >= 0) {
            for (Value::Member const& member : json.AsObject()) {
                auto const size = static_cast<long>(member.value.Size());
                if (size >= 1 && size <= shape.max_value_length) continue;
                Add(&json, where,
                    "Map value must satisfy constraint: [Member must have length less than or "
                    "equal "
                    "to " +
                        std::to_string(shape.max_value_length) +
                        ", Member must have length greater than or equal to 1]");
            }
        }
    }

    void CheckChildren(Value const& json, Shape const& shape, std::string const& where) {
        if (!shape.fields.empty()) CheckFields(json, shape, where);
        if (!shape.element) return;
        std::size_t index = 0;
        for (Value const& item : json.AsArray()) {
            ++index;
            if (!item.IsNull()) {
                CheckValue(item, *shape.element, where + "." + std::to_string(index) + ".member");
            }
        }
        for (Value::Member const& member : json.AsObject()) {
            if (!member.value.IsNull()) {
                CheckValue(member.value, *shape.element, where + "." + member.name + ".member");
            }
        }
    }

    std::vector<std::string> problems_{};
};

}  // namespace

Value const* Member(Value const& json, std::string_view name) {
    Value const* value = json.Find(name);
    return value && !value->IsNull() ? value : nullptr;
}

bool ToBool(Value const& json) {
    return json.IsString() ? WordToBool(json.AsString()).value_or(false) : json.AsBool();
}

std::int64_t ToInteger(Value const& json) {
    return Value(std::floor(json.AsDouble())).AsInt64();
}

std::string CheckTypes(Value const& json, Shape const& shape) {
    if (json.IsNull()) return {};
    switch (shape.kind) {
        case Kind::kBoolean:
        case Kind::kInteger:
        case Kind::kString:
        case Kind::kBlob:
            return CheckScalar(json, shape);
        default:
            break;
    }
    if (std::string problem = CheckContainer(json, shape); !problem.empty()) return problem;
    for (Field const& field : shape.fields) {
        Value const* value = Member(json, field.name);
        if (!value) continue;
        if (std::string problem = CheckTypes(*value, *field.shape); !problem.empty())
            return problem;
    }
    if (!shape.element) return {};
    for (Value const& item : json.AsArray()) {
        if (std::string problem = CheckTypes(item, *shape.element); !problem.empty())
            return problem;
    }
    for (Value::Member const& member : json.AsObject()) {
        if (std::string problem = CheckTypes(member.value, *shape.element); !problem.empty()) {
            return problem;
        }
    }
    return {};
}

std::string CheckConstraints(Value const& json, Shape const& shape) {
    return ConstraintChecker().Run(json, shape);
}

}  // namespace lddynamo::dynamodb::memory
