#include "dynamodb/memory/legacy_update.hpp"

#include "dynamodb/memory/update_apply.hpp"

#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kInvalidPrefix = "One or more parameter values were invalid: ";
constexpr std::string_view kMismatch = "Type mismatch for attribute to update";

bool IsSet(std::string_view type) {
    return type == "SS" || type == "NS" || type == "BS";
}

std::string Add(AttributeValue const& value, std::string const& name, Item& item) {
    auto const it = item.find(name);
    if (it == item.end()) {
        item.emplace(name, value);
        return {};
    }
    AttributeValue& existing = it->second;
    if (value.AsN()) {
        if (!existing.AsN()) return std::string(kMismatch);
        AttributeValue const before = existing;
        return AddNumbers(before, value, false, existing);
    }
    if (auto const* more = value.AsL()) {
        auto* list = std::get_if<AttributeValue::List>(&existing.Get());
        if (!list) return std::string(kMismatch);
        list->insert(list->end(), more->begin(), more->end());
        return {};
    }
    return ChangeSet(existing, value, false) ? std::string() : std::string(kMismatch);
}

std::string Delete(AttributeValue const& value, std::string const& name, Item& item) {
    auto const it = item.find(name);
    if (it == item.end()) return {};
    if (!ChangeSet(it->second, value, true)) return std::string(kMismatch);
    if (IsEmptySet(it->second)) item.erase(it);
    return {};
}

}  // namespace

std::string CheckLegacyUpdates(LegacyUpdates const& updates) {
    for (auto const& [name, update] : updates) {
        if (!update.value) {
            if (update.action == "DELETE") continue;
            return std::string(kInvalidPrefix) +
                   "Only DELETE action is allowed when no attribute value is specified";
        }
        if (!update.value->flaw.empty()) return update.value->flaw;
        std::string const type(update.value->value.TypeName());
        if (update.action == "DELETE" && !IsSet(type)) {
            return std::string(kInvalidPrefix) +
                   "DELETE action with value is not supported for the type " + type;
        }
        if (update.action == "ADD" && !IsSet(type) && type != "N" && type != "L") {
            return std::string(kInvalidPrefix) + "ADD action is not supported for the type " + type;
        }
    }
    return {};
}

std::string ApplyLegacyUpdates(LegacyUpdates const& updates, Item& item) {
    for (auto const& [name, update] : updates) {
        std::string problem;
        if (!update.value) {
            item.erase(name);
        } else if (update.action == "ADD") {
            problem = Add(update.value->value, name, item);
        } else if (update.action == "DELETE") {
            problem = Delete(update.value->value, name, item);
        } else {
            item.insert_or_assign(name, update.value->value);
        }
        if (!problem.empty()) return problem;
    }
    return {};
}

}  // namespace lddynamo::dynamodb::memory
