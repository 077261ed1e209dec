#include "dynamodb/memory/evaluator.hpp"

#include "dynamodb/memory/values.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

std::optional<std::size_t> SizeOf(AttributeValue const& value) {
    if (value.AsS()) return Utf16Length(*value.AsS());
    if (AsB(value)) return AsB(value)->size();
    if (value.AsL()) return value.AsL()->size();
    if (value.AsM()) return value.AsM()->size();
    if (auto const* set = std::get_if<AttributeValue::StringSet>(&value.Get())) {
        return set->items.size();
    }
    if (auto const* set = std::get_if<AttributeValue::NumberSet>(&value.Get())) {
        return set->items.size();
    }
    if (auto const* set = std::get_if<AttributeValue::BinarySet>(&value.Get())) {
        return set->items.size();
    }
    return std::nullopt;
}

/// The value of an operand: a view into the item or the expression, or one made on the spot.
class Operand {
  public:
    Operand(Node const& node, Item const& item) {
        if (node.op == Operator::kValue) {
            value_ = &node.value;
        } else if (node.op == Operator::kPath) {
            value_ = Resolve(node.path, item);
        } else if (node.op == Operator::kSize && !node.operands.empty()) {
            Operand const inner(node.operands[0], item);
            if (!inner.Get()) return;
            if (auto const size = SizeOf(*inner.Get())) {
                made_ = AttributeValue::N(static_cast<std::int64_t>(*size));
                value_ = &made_;
            }
        }
    }
    Operand(Operand const&) = delete;
    Operand& operator=(Operand const&) = delete;

    [[nodiscard]] AttributeValue const* Get() const { return value_; }

  private:
    AttributeValue made_{};
    AttributeValue const* value_ = nullptr;
};

bool InSet(std::vector<std::string> const& items, std::string const& text) {
    return std::find(items.begin(), items.end(), text) != items.end();
}

bool Contains(AttributeValue const& whole, AttributeValue const& part) {
    if (auto const* list = whole.AsL()) {
        return std::any_of(list->begin(), list->end(),
                           [&](AttributeValue const& item) { return SameValue(item, part); });
    }
    if (part.AsS()) {
        if (whole.AsS()) return whole.AsS()->find(*part.AsS()) != std::string::npos;
        auto const* set = std::get_if<AttributeValue::StringSet>(&whole.Get());
        return set && InSet(set->items, *part.AsS());
    }
    if (part.AsN()) {
        auto const* set = std::get_if<AttributeValue::NumberSet>(&whole.Get());
        return set && InSet(set->items, *part.AsN());
    }
    if (AsB(part)) {
        if (AsB(whole)) return AsB(whole)->find(*AsB(part)) != std::string::npos;
        auto const* set = std::get_if<AttributeValue::BinarySet>(&whole.Get());
        return set && InSet(set->items, *AsB(part));
    }
    return false;
}

bool BeginsWith(AttributeValue const& whole, AttributeValue const& part) {
    if (whole.AsS() && part.AsS()) return whole.AsS()->starts_with(*part.AsS());
    return AsB(whole) && AsB(part) && AsB(whole)->starts_with(*AsB(part));
}

bool Compare(Operator op, AttributeValue const& a, AttributeValue const& b) {
    auto const order = CompareValues(a, b);
    if (!order) return false;
    switch (op) {
        case Operator::kLess:
            return *order < 0;
        case Operator::kLessOrEqual:
            return *order <= 0;
        case Operator::kGreater:
            return *order > 0;
        default:
            return *order >= 0;
    }
}

/// What to keep of a value: all of it, or some members and elements.
struct Selection {
    bool all = false;
    std::map<std::string, Selection, std::less<>> members{};
    std::map<std::size_t, Selection> elements{};
};

std::optional<AttributeValue> Select(Selection const& selection, AttributeValue const& value) {
    if (selection.all) return value;
    if (auto const* map = value.AsM()) {
        Item kept;
        for (auto const& [name, inner] : selection.members) {
            auto const it = map->find(name);
            if (it == map->end()) continue;
            if (auto part = Select(inner, it->second)) kept.emplace(name, std::move(*part));
        }
        if (!kept.empty()) return AttributeValue::M(std::move(kept));
    }
    if (auto const* list = value.AsL()) {
        AttributeValue::List kept;
        for (auto const& [index, inner] : selection.elements) {
            if (index >= list->size()) break;
            if (auto part = Select(inner, (*list)[index])) kept.push_back(std::move(*part));
        }
        if (!kept.empty()) return AttributeValue::L(std::move(kept));
    }
    return std::nullopt;
}

}  // namespace

AttributeValue const* Resolve(Path const& path, Item const& item) {
    AttributeValue const* value = FindAttribute(item, PathHead(path));
    for (std::size_t i = 1; value && i < path.size(); ++i) {
        if (auto const* name = std::get_if<std::string>(&path[i])) {
            value = value->AsM() ? FindAttribute(*value->AsM(), *name) : nullptr;
        } else {
            auto const index = std::get<std::size_t>(path[i]);
            auto const* list = value->AsL();
            value = list && index < list->size() ? &(*list)[index] : nullptr;
        }
    }
    return value;
}

bool Matches(Node const& condition, Item const& item) {
    auto const& operands = condition.operands;
    auto const matches = [&](Node const& node) { return Matches(node, item); };
    switch (condition.op) {
        case Operator::kAnd:
            return std::all_of(operands.begin(), operands.end(), matches);
        case Operator::kOr:
            return std::any_of(operands.begin(), operands.end(), matches);
        case Operator::kNot:
            return !matches(operands[0]);
        default:
            break;
    }
    Operand const first(operands[0], item);
    if (condition.op == Operator::kAttributeExists) return first.Get() != nullptr;
    if (condition.op == Operator::kAttributeNotExists) return first.Get() == nullptr;
    Operand const second(operands[1], item);
    AttributeValue const* a = first.Get();
    AttributeValue const* b = second.Get();
    switch (condition.op) {
        case Operator::kEqual:
            return a && b && SameValue(*a, *b);
        case Operator::kNotEqual:
            return !(a && b && SameValue(*a, *b));
        case Operator::kLess:
        case Operator::kLessOrEqual:
        case Operator::kGreater:
        case Operator::kGreaterOrEqual:
            return a && b && Compare(condition.op, *a, *b);
        case Operator::kBetween: {
            Operand const third(operands[2], item);
            return a && b && third.Get() && Compare(Operator::kGreaterOrEqual, *a, *b) &&
                   Compare(Operator::kLessOrEqual, *a, *third.Get());
        }
        case Operator::kIn:
            return a && std::any_of(operands.begin() + 1, operands.end(), [&](Node const& node) {
                       Operand const candidate(node, item);
                       return candidate.Get() && SameValue(*a, *candidate.Get());
                   });
        case Operator::kAttributeType:
            return a && b && b->AsS() && a->TypeName() == *b->AsS();
        case Operator::kBeginsWith:
            return a && b && BeginsWith(*a, *b);
        case Operator::kContains:
            return a && b && Contains(*a, *b);
        default:
            return false;
    }
}

Item Project(std::vector<Path> const& paths, Item const& item) {
    Selection root;
    for (Path const& path : paths) {
        Selection* at = &root;
        for (PathStep const& step : path) {
            if (auto const* name = std::get_if<std::string>(&step)) {
                at = &at->members[*name];
            } else {
                at = &at->elements[std::get<std::size_t>(step)];
            }
        }
        at->all = true;
    }
    Item kept;
    for (auto const& [name, selection] : root.members) {
        auto const it = item.find(name);
        if (it == item.end()) continue;
        if (auto part = Select(selection, it->second)) kept.emplace(name, std::move(*part));
    }
    return kept;
}

}  // namespace lddynamo::dynamodb::memory
