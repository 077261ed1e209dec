#include "store/older_layout.hpp"

#include "json/raw_json.hpp"
#include "store/names.hpp"

#include <lddynamo/value.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace lddynamo::store {
namespace {

constexpr std::array<std::string_view, 13> kProperties = {
    "on",       "variations", "salt",          "rules", "fallthrough", "offVariation", "targets",
    "included", "excluded",   "prerequisites", "sel",   "trackEvents", "clientSide"};

/// What its flags and segments have beside those; these alone do not tell the layout.
constexpr std::array<std::string_view, 3> kFurtherProperties = {"deleted", "trackEventsFallthrough",
                                                                "debugEventsUntilDate"};

/// Where in a flag we are: it decides what a NULL means.
enum class Place {
    kTop,
    kStructure,  // a NULL is an empty string or list
    kClauses,
    kValues,  // user data: a NULL may be a JSON null
};

Place Inside(Place place, std::string_view name) {
    if (place == Place::kValues) return Place::kValues;
    if (place == Place::kTop && name == "variations") return Place::kValues;
    if (place == Place::kClauses && name == "values") return Place::kValues;
    if (name == "clauses") return Place::kClauses;
    return place == Place::kClauses ? Place::kClauses : Place::kStructure;
}

bool IsNull(AttributeValue const& value) {
    return std::holds_alternative<AttributeValue::Null>(value.Get());
}

/// What a NULL stands for by the name of the property: that layout wrote it for everything empty,
/// and some SDKs (Python's) do not take a clause without `attribute` or `values`. Empty: leave it
/// out.
std::string_view EmptyOf(std::string_view name) {
    constexpr std::array<std::string_view, 4> kTexts = {"attribute", "op", "salt", "sel"};
    constexpr std::array<std::string_view, 8> kLists = {"clauses",       "excluded",  "included",
                                                        "prerequisites", "rules",     "targets",
                                                        "values",        "variations"};
    if (std::find(kTexts.begin(), kTexts.end(), name) != kTexts.end()) return R"("")";
    if (std::find(kLists.begin(), kLists.end(), name) != kLists.end()) return "[]";
    return name == "fallthrough" ? "{}" : "";
}

/// Appends one attribute as JSON. False: a type that cannot be.
class Rebuilder {
  public:
    explicit Rebuilder(std::string& out) : out_(out) {}

    bool Members(Item const& members, Place place) {
        out_ += '{';
        bool first = true;
        for (auto const& [name, value] : members) {
            if (place == Place::kTop && name == kNamespace) continue;
            bool const empty = place != Place::kValues && IsNull(value);
            auto const written = empty ? EmptyOf(name) : std::string_view();
            if (empty && written.empty()) continue;
            if (!first) out_ += ',';
            first = false;
            json::AppendQuoted(out_, name);
            out_ += ':';
            out_ += written;
            if (!empty && !Any(value, Inside(place, name))) return false;
        }
        out_ += '}';
        return true;
    }

  private:
    bool Any(AttributeValue const& value, Place place) {
        return std::visit([&](auto const& content) { return One(content, place); }, value.Get());
    }
    bool One(AttributeValue::Null const&, Place) {
        out_ += "null";
        return true;
    }
    bool One(bool value, Place) {
        out_ += value ? "true" : "false";
        return true;
    }
    bool One(std::string const& text, Place) {
        json::AppendQuoted(out_, text);
        return true;
    }
    bool One(AttributeValue::Number const& number, Place) { return Number(number.text); }
    bool One(AttributeValue::Map const& map, Place place) { return Members(map, place); }
    bool One(AttributeValue::List const& list, Place place) {
        out_ += '[';
        bool first = true;
        for (auto const& element : list) {
            if (place != Place::kValues && IsNull(element)) continue;
            if (!first) out_ += ',';
            first = false;
            if (!Any(element, place)) return false;
        }
        out_ += ']';
        return true;
    }
    bool One(AttributeValue::StringSet const& set, Place) {
        return Set(set.items, [this](std::string const& text) {
            json::AppendQuoted(out_, text);
            return true;
        });
    }
    bool One(AttributeValue::NumberSet const& set, Place) {
        return Set(set.items, [this](std::string const& text) { return Number(text); });
    }
    bool One(AttributeValue::Binary const&, Place) { return false; }
    bool One(AttributeValue::BinarySet const&, Place) { return false; }

    bool Number(std::string const& text) {
        auto const parsed = Value::Parse(text);
        if (!parsed || !parsed->IsNumber()) return false;
        out_ += text;
        return true;
    }
    template <class Append>
    bool Set(std::vector<std::string> const& items, Append append) {
        out_ += '[';
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (i > 0) out_ += ',';
            if (!append(items[i])) return false;
        }
        out_ += ']';
        return true;
    }

    std::string& out_;
};

}  // namespace

bool IsOlderLayout(Item const& row) noexcept {
    return std::any_of(kProperties.begin(), kProperties.end(),
                       [&](std::string_view property) { return row.find(property) != row.end(); });
}

bool IsOlderAttribute(std::string_view name) noexcept {
    auto const is_name = [&](std::string_view property) { return property == name; };
    return std::any_of(kProperties.begin(), kProperties.end(), is_name) ||
           std::any_of(kFurtherProperties.begin(), kFurtherProperties.end(), is_name);
}

Result<std::string> JsonFromOlderLayout(Item const& row) {
    std::string json;
    if (!Rebuilder(json).Members(row, Place::kTop)) {
        return Fail(ErrorCode::kInvalidData,
                    "a row of the older layout has an attribute that JSON cannot express");
    }
    return json;
}

}  // namespace lddynamo::store
