#include "dynamodb/memory/values.hpp"

#include "dynamodb/base64.hpp"
#include "dynamodb/memory/decimal.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kInvalidPrefix = "One or more parameter values were invalid: ";

bool HasDuplicate(std::vector<std::string> const& items) {
    std::set<std::string_view> seen;
    return std::any_of(items.begin(), items.end(),
                       [&](std::string const& item) { return !seen.insert(item).second; });
}

std::string Listed(std::vector<std::string> const& items) {
    std::string text = "[";
    for (std::string const& item : items) {
        if (text.size() > 1) text += ", ";
        text += item;
        if (text.size() > 1000) return text + "...]";
    }
    return text + "]";
}

struct Normalizer {
    std::size_t depth;

    std::string operator()(AttributeValue::Null&) const { return {}; }
    std::string operator()(std::string&) const { return {}; }
    std::string operator()(AttributeValue::Binary&) const { return {}; }
    std::string operator()(bool&) const { return {}; }
    std::string operator()(AttributeValue::Number& number) const {
        return NormalizeNumber(number.text);
    }
    std::string operator()(AttributeValue::StringSet& set) const {
        if (set.items.empty())
            return std::string(kInvalidPrefix) + "An string set  may not be empty";
        if (HasDuplicate(set.items)) {
            return std::string(kInvalidPrefix) + "Input collection " + Listed(set.items) +
                   " contains duplicates.";
        }
        return {};
    }
    std::string operator()(AttributeValue::NumberSet& set) const {
        if (set.items.empty())
            return std::string(kInvalidPrefix) + "An number set  may not be empty";
        for (std::string& item : set.items) {
            if (std::string flaw = NormalizeNumber(item); !flaw.empty()) return flaw;
        }
        return HasDuplicate(set.items) ? "Input collection contains duplicates" : std::string();
    }
    std::string operator()(AttributeValue::BinarySet& set) const {
        if (set.items.empty())
            return std::string(kInvalidPrefix) + "Binary sets should not be empty";
        if (HasDuplicate(set.items)) {
            std::vector<std::string> texts;
            for (std::string const& item : set.items) {
                AppendBase64(texts.emplace_back(), item);
            }
            return std::string(kInvalidPrefix) + "Input collection " + Listed(texts) +
                   "of type BS contains duplicates.";
        }
        return {};
    }
    std::string operator()(AttributeValue::List& list) const {
        if (depth >= kMaxNesting) return std::string(kTooNested);
        for (AttributeValue& item : list) {
            if (std::string flaw = std::visit(Normalizer{depth + 1}, item.Get()); !flaw.empty()) {
                return flaw;
            }
        }
        return {};
    }
    std::string operator()(AttributeValue::Map& map) const {
        if (depth >= kMaxNesting) return std::string(kTooNested);
        for (auto& [name, value] : map) {
            if (std::string flaw = std::visit(Normalizer{depth + 1}, value.Get()); !flaw.empty()) {
                return flaw;
            }
        }
        return {};
    }
};

std::size_t NumberSize(std::string const& text) {
    Decimal const number = Decimal::Parse(text).value_or(Decimal());
    if (number.IsZero()) return 1;
    std::size_t const digits = number.Digits().size();
    // Digits go in pairs; an even count may straddle one more pair, as the exponent falls.
    bool const straddles = digits % 2 == 0 && number.Exponent() % 2 == 0;
    return 1 + (digits + 1) / 2 + (straddles ? 1U : 0U) + (number.IsNegative() ? 1U : 0U);
}

struct Sizer {
    std::size_t operator()(AttributeValue::Null const&) const { return 1; }
    std::size_t operator()(std::string const& text) const { return text.size(); }
    std::size_t operator()(AttributeValue::Number const& number) const {
        return NumberSize(number.text);
    }
    std::size_t operator()(AttributeValue::Binary const& binary) const {
        return binary.bytes.size();
    }
    std::size_t operator()(bool) const { return 1; }
    std::size_t operator()(AttributeValue::StringSet const& set) const { return Bytes(set.items); }
    std::size_t operator()(AttributeValue::NumberSet const& set) const {
        std::size_t sum = 0;
        for (std::string const& item : set.items) sum += NumberSize(item);
        return sum;
    }
    std::size_t operator()(AttributeValue::BinarySet const& set) const { return Bytes(set.items); }
    std::size_t operator()(AttributeValue::List const& list) const {
        std::size_t sum = 3;
        for (AttributeValue const& item : list) sum += 1 + ValueSize(item);
        return sum;
    }
    std::size_t operator()(AttributeValue::Map const& map) const {
        return 3 + map.size() + ItemSize(map);
    }

  private:
    static std::size_t Bytes(std::vector<std::string> const& items) {
        std::size_t sum = 0;
        for (std::string const& item : items) sum += item.size();
        return sum;
    }
};

/// Neither has duplicates.
bool SameSet(std::vector<std::string> const& a, std::vector<std::string> const& b) {
    if (a.size() != b.size()) return false;
    std::set<std::string_view> const in_a(a.begin(), a.end());
    return std::all_of(b.begin(), b.end(),
                       [&](std::string const& item) { return in_a.contains(item); });
}

}  // namespace

std::string NormalizeNumber(std::string& text) {
    if (text.empty()) return "The parameter cannot be converted to a numeric value";
    auto const number = Decimal::Parse(text);
    if (!number) {
        return "The parameter cannot be converted to a numeric value: " + text.substr(0, 1000);
    }
    if (number->Exponent() > 125) {
        return "Number overflow. Attempting to store a number with magnitude larger than supported "
               "range";
    }
    if (number->Exponent() < -130) {
        return "Number underflow. Attempting to store a number with magnitude smaller than "
               "supported "
               "range";
    }
    if (number->Digits().size() > 38) {
        return "Attempting to store more than 38 significant digits in a Number";
    }
    text = number->ToText();
    return {};
}

std::string Normalize(AttributeValue& value) {
    return std::visit(Normalizer{0}, value.Get());
}

CheckedValue Check(AttributeValue value) {
    CheckedValue checked{std::move(value), {}};
    checked.flaw = Normalize(checked.value);
    return checked;
}

CheckedItem Check(Item item) {
    CheckedItem checked{std::move(item), {}};
    for (auto& [name, value] : checked.item) {
        checked.flaw = Normalize(value);
        if (!checked.flaw.empty()) break;
    }
    return checked;
}

std::size_t ValueSize(AttributeValue const& value) {
    return std::visit(Sizer{}, value.Get());
}

std::size_t ItemSize(Item const& item) {
    std::size_t sum = 0;
    for (auto const& [name, value] : item) sum += name.size() + ValueSize(value);
    return sum;
}

bool SameValue(AttributeValue const& a, AttributeValue const& b) {
    if (a.Get().index() != b.Get().index()) return false;
    if (auto const* set = std::get_if<AttributeValue::StringSet>(&a.Get())) {
        return SameSet(set->items, std::get<AttributeValue::StringSet>(b.Get()).items);
    }
    if (auto const* set = std::get_if<AttributeValue::NumberSet>(&a.Get())) {
        return SameSet(set->items, std::get<AttributeValue::NumberSet>(b.Get()).items);
    }
    if (auto const* set = std::get_if<AttributeValue::BinarySet>(&a.Get())) {
        return SameSet(set->items, std::get<AttributeValue::BinarySet>(b.Get()).items);
    }
    if (auto const* list = a.AsL()) {
        return std::equal(list->begin(), list->end(), b.AsL()->begin(), b.AsL()->end(), SameValue);
    }
    if (auto const* map = a.AsM()) {
        return std::equal(map->begin(), map->end(), b.AsM()->begin(), b.AsM()->end(),
                          [](auto const& x, auto const& y) {
                              return x.first == y.first && SameValue(x.second, y.second);
                          });
    }
    return a == b;
}

std::optional<int> CompareValues(AttributeValue const& a, AttributeValue const& b) {
    if (a.AsS() && b.AsS()) return a.AsS()->compare(*b.AsS());
    if (AsB(a) && AsB(b)) return AsB(a)->compare(*AsB(b));
    if (a.AsN() && b.AsN()) {
        auto const left = Decimal::Parse(*a.AsN());
        auto const right = Decimal::Parse(*b.AsN());
        if (!left || !right) return std::nullopt;
        auto const order = left->Compare(*right);
        return order < 0 ? -1 : order > 0 ? 1 : 0;
    }
    return std::nullopt;
}

std::string SortableKey(AttributeValue const& value) {
    if (value.AsS()) return *value.AsS();
    if (AsB(value)) return *AsB(value);
    if (value.AsN()) return Decimal::Parse(*value.AsN()).value_or(Decimal()).ToSortable();
    return {};
}

std::size_t Utf16Length(std::string_view text) {
    std::size_t units = 0;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0U) != 0x80U) units += byte >= 0xF0U ? 2 : 1;
    }
    return units;
}

}  // namespace lddynamo::dynamodb::memory
