#include "dynamodb/memory/update_apply.hpp"

#include "dynamodb/memory/decimal.hpp"
#include "dynamodb/memory/evaluator.hpp"
#include "dynamodb/memory/values.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kWrongType =
    "An operand in the update expression has an incorrect data type";
constexpr std::string_view kNoAttribute =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kBadPath =
    "The document path provided in the update expression is invalid for update";

std::string Evaluate(Node const& node, Item const& item, AttributeValue& result) {
    auto const copy = [&](AttributeValue const* value) -> std::string {
        if (!value) return std::string(kNoAttribute);
        result = *value;
        return {};
    };
    if (node.op == Operator::kValue) return copy(&node.value);
    if (node.op == Operator::kPath) return copy(Resolve(node.path, item));
    if (node.op == Operator::kIfNotExists) {
        if (auto const* value = Resolve(node.operands[0].path, item)) return copy(value);
        return Evaluate(node.operands[1], item, result);
    }
    AttributeValue a;
    AttributeValue b;
    if (std::string problem = Evaluate(node.operands[0], item, a); !problem.empty()) return problem;
    if (std::string problem = Evaluate(node.operands[1], item, b); !problem.empty()) return problem;
    if (node.op == Operator::kListAppend) {
        if (!a.AsL() || !b.AsL()) return std::string(kWrongType);
        AttributeValue::List joined = *a.AsL();
        joined.insert(joined.end(), b.AsL()->begin(), b.AsL()->end());
        result = AttributeValue::L(std::move(joined));
        return {};
    }
    if (!a.AsN() || !b.AsN()) return std::string(kWrongType);
    return AddNumbers(a, b, node.op == Operator::kMinus, result);
}

/// Where an action's last step applies: the map or list that holds it.
struct Place {
    Item* map = nullptr;
    AttributeValue::List* list = nullptr;
};

Place FindPlace(Path const& path, Item& item) {
    Item* map = &item;
    AttributeValue::List* list = nullptr;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        AttributeValue* next = nullptr;
        if (auto const* name = std::get_if<std::string>(&path[i])) {
            if (!map) return {};
            auto const it = map->find(*name);
            next = it == map->end() ? nullptr : &it->second;
        } else {
            auto const index = std::get<std::size_t>(path[i]);
            next = list && index < list->size() ? &(*list)[index] : nullptr;
        }
        if (!next) return {};
        map = std::get_if<AttributeValue::Map>(&next->Get());
        list = std::get_if<AttributeValue::List>(&next->Get());
    }
    // The last step must suit its holder.
    return std::holds_alternative<std::string>(path.back()) ? Place{map, nullptr}
                                                            : Place{nullptr, list};
}

AttributeValue* Existing(Place const& place, PathStep const& step) {
    if (place.map) {
        auto const it = place.map->find(std::get<std::string>(step));
        return it == place.map->end() ? nullptr : &it->second;
    }
    auto const index = std::get<std::size_t>(step);
    return index < place.list->size() ? &(*place.list)[index] : nullptr;
}

void Set(Place const& place, PathStep const& step, AttributeValue value) {
    if (place.map) {
        place.map->insert_or_assign(std::get<std::string>(step), std::move(value));
        return;
    }
    auto const index = std::get<std::size_t>(step);
    if (index < place.list->size()) {
        (*place.list)[index] = std::move(value);
    } else {
        place.list->push_back(std::move(value));  // past the end means at the end
    }
}

std::string ApplyAddOrDelete(UpdateAction const& action, Place const& place) {
    bool const remove = action.kind == UpdateAction::Kind::kDelete;
    AttributeValue const& change = action.operand.value;
    AttributeValue* existing = Existing(place, action.path.back());
    if (!existing) {
        if (!remove) Set(place, action.path.back(), change);
        return {};
    }
    if (!remove && change.AsN()) {
        if (!existing->AsN()) return std::string(kWrongType);
        AttributeValue const before = *existing;
        return AddNumbers(before, change, false, *existing);
    }
    if (!ChangeSet(*existing, change, remove)) return std::string(kWrongType);
    if (IsEmptySet(*existing)) {
        if (place.map) {
            place.map->erase(std::get<std::string>(action.path.back()));
        } else {
            place.list->erase(place.list->begin() + static_cast<std::ptrdiff_t>(
                                                        std::get<std::size_t>(action.path.back())));
        }
    }
    return {};
}

/// Whether an action can be done, without doing it; empty: it can.
std::string CheckAction(UpdateAction const& action, Item& item) {
    Place const place = FindPlace(action.path, item);
    if (!place.map && !place.list) return std::string(kBadPath);
    bool const remove = action.kind == UpdateAction::Kind::kDelete;
    if (!remove && action.kind != UpdateAction::Kind::kAdd) return {};
    AttributeValue const* existing = Existing(place, action.path.back());
    if (!existing) return {};
    AttributeValue const& change = action.operand.value;
    bool const fits = !remove && change.AsN() ? existing->AsN() != nullptr
                                              : existing->Get().index() == change.Get().index();
    return fits ? std::string() : std::string(kWrongType);
}

/// Removals and appends change the indexes of what follows them: they come last, in an order in
/// which every index still means what it meant in the item as it was.
struct ByPlace {
    bool operator()(UpdateAction const* a, UpdateAction const* b) const {
        bool const remove_a = a->kind == UpdateAction::Kind::kRemove;
        bool const remove_b = b->kind == UpdateAction::Kind::kRemove;
        if (remove_a != remove_b) return !remove_a;
        return remove_a ? b->path < a->path : a->path < b->path;
    }
};

bool AllSets(std::vector<std::string>* items, std::vector<std::string> const* change, bool remove) {
    if (!items || !change) return false;
    std::set<std::string_view> const changed(change->begin(), change->end());
    if (remove) {
        std::erase_if(*items, [&](std::string const& item) { return changed.contains(item); });
        return true;
    }
    std::set<std::string> const known(items->begin(), items->end());
    for (std::string const& item : *change) {
        if (!known.contains(item)) items->push_back(item);
    }
    return true;
}

template <class Set>
bool ChangeSetOf(AttributeValue& set, AttributeValue const& change, bool remove) {
    auto* items = std::get_if<Set>(&set.Get());
    auto const* changed = std::get_if<Set>(&change.Get());
    return items && changed && AllSets(&items->items, &changed->items, remove);
}

}  // namespace

std::string AddNumbers(AttributeValue const& a, AttributeValue const& b, bool subtract,
                       AttributeValue& sum) {
    Decimal const left = Decimal::Parse(*a.AsN()).value_or(Decimal());
    Decimal const right = Decimal::Parse(*b.AsN()).value_or(Decimal());
    std::string text = left.Plus(subtract ? right.Negated() : right).ToText();
    if (std::string problem = NormalizeNumber(text); !problem.empty()) return problem;
    sum = AttributeValue::N(std::move(text));
    return {};
}

bool ChangeSet(AttributeValue& set, AttributeValue const& change, bool remove) {
    return ChangeSetOf<AttributeValue::StringSet>(set, change, remove) ||
           ChangeSetOf<AttributeValue::NumberSet>(set, change, remove) ||
           ChangeSetOf<AttributeValue::BinarySet>(set, change, remove);
}

bool IsEmptySet(AttributeValue const& value) {
    auto const& variant = value.Get();
    if (auto const* set = std::get_if<AttributeValue::StringSet>(&variant))
        return set->items.empty();
    if (auto const* set = std::get_if<AttributeValue::NumberSet>(&variant))
        return set->items.empty();
    auto const* set = std::get_if<AttributeValue::BinarySet>(&variant);
    return set && set->items.empty();
}

std::string Apply(Update const& update, Item& item) {
    std::map<UpdateAction const*, AttributeValue> values;
    std::vector<UpdateAction const*> order;
    for (UpdateAction const& action : update.actions) {
        order.push_back(&action);
        if (action.kind != UpdateAction::Kind::kSet) continue;
        if (std::string problem = Evaluate(action.operand, item, values[&action]);
            !problem.empty()) {
            return problem;
        }
    }
    // The first action at fault, in the order of the text, is the one reported.
    for (UpdateAction const& action : update.actions) {
        if (std::string problem = CheckAction(action, item); !problem.empty()) return problem;
    }
    std::stable_sort(order.begin(), order.end(), ByPlace{});
    for (UpdateAction const* action : order) {
        Place const place = FindPlace(action->path, item);
        if (!place.map && !place.list) return std::string(kBadPath);
        if (action->kind == UpdateAction::Kind::kSet) {
            Set(place, action->path.back(), std::move(values[action]));
        } else if (action->kind == UpdateAction::Kind::kRemove) {
            if (place.map) {
                place.map->erase(std::get<std::string>(action->path.back()));
            } else if (auto const index = std::get<std::size_t>(action->path.back());
                       index < place.list->size()) {
                place.list->erase(place.list->begin() + static_cast<std::ptrdiff_t>(index));
            }
        } else if (std::string problem = ApplyAddOrDelete(*action, place); !problem.empty()) {
            return problem;
        }
    }
    return {};
}

}  // namespace lddynamo::dynamodb::memory
