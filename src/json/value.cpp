#include <lddynamo/value.hpp>

#include "json/value_node.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace lddynamo {
namespace {

/// Never destroyed: a Value may be read while the program ends.
template <class T>
union Immortal {
    T value;
    constexpr Immortal() noexcept : value() {}
    constexpr ~Immortal() {}
};
constinit Immortal<std::vector<Value>> const kNoItems;
constinit Immortal<std::vector<Value::Member>> const kNoMembers;
constinit Immortal<Value> const kNull;

constexpr double kMaxSafeInteger = 9007199254740992.0;  // 2^53

}  // namespace

Value::ObjectNode::ObjectNode(std::vector<Member> named_values)
    : Container(false), members(std::move(named_values)) {
    if (members.size() < kIndexedSize) {
        RemoveDuplicatesOfFew();
    } else {
        BuildIndex();
    }
}

void Value::ObjectNode::RemoveDuplicatesOfFew() {
    for (std::size_t i = 1; i < members.size();) {
        auto const end = members.begin() + static_cast<std::ptrdiff_t>(i);
        auto const first = std::find_if(members.begin(), end, [&](Member const& member) {
            return member.name == members[i].name;
        });
        if (first == end) {
            ++i;
        } else {
            first->value = std::move(members[i].value);
            members.erase(end);
        }
    }
}

void Value::ObjectNode::BuildIndex() {
    by_name.resize(members.size());
    std::iota(by_name.begin(), by_name.end(), 0U);
    auto const name = [this](std::uint32_t i) -> std::string const& { return members[i].name; };
    std::sort(by_name.begin(), by_name.end(), [&](std::uint32_t a, std::uint32_t b) {
        int const order = name(a).compare(name(b));
        return order < 0 || (order == 0 && a < b);
    });
    std::vector<bool> removed;  // allocated only when there is a duplicate
    for (std::size_t first = 0, i = 1; i < by_name.size(); ++i) {
        if (name(by_name[i]) != name(by_name[first])) {
            first = i;
            continue;
        }
        if (removed.empty()) removed.resize(members.size());
        members[by_name[first]].value = std::move(members[by_name[i]].value);
        removed[by_name[i]] = true;
    }
    if (removed.empty()) return;
    std::vector<Member> kept;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (!removed[i]) kept.push_back(std::move(members[i]));
    }
    members = std::move(kept);
    by_name.clear();
    if (members.size() >= kIndexedSize) BuildIndex();
}

Value const* Value::ObjectNode::Find(std::string_view name) const noexcept {
    if (by_name.empty()) {
        for (Member const& member : members) {
            if (member.name == name) return &member.value;
        }
        return nullptr;
    }
    auto const it = std::lower_bound(
        by_name.begin(), by_name.end(), name,
        [this](std::uint32_t i, std::string_view wanted) { return members[i].name < wanted; });
    if (it == by_name.end() || members[*it].name != name) return nullptr;
    return &members[*it].value;
}

Value::Value(std::string_view text) : type_(Type::kString) {
    data_.string = text.empty() ? nullptr : StringNode::Make(text);
}

Value Value::Array(std::vector<Value> items) {
    Value value;
    value.data_.array = items.empty() ? nullptr : new ArrayNode(std::move(items));
    value.type_ = Type::kArray;
    return value;
}

Value Value::Object(std::vector<Member> members) {
    Value value;
    value.data_.object = members.empty() ? nullptr : new ObjectNode(std::move(members));
    value.type_ = Type::kObject;
    return value;
}

void Value::Retain() const noexcept {
    if (data_.string == nullptr) return;
    switch (type_) {
        case Type::kString:
            data_.string->references.Add();
            break;
        case Type::kArray:
            data_.array->references.Add();
            break;
        case Type::kObject:
            data_.object->references.Add();
            break;
        case Type::kNull:
        case Type::kBool:
        case Type::kNumber:
            break;
    }
}

void Value::Release() noexcept {
    json::Container* dead = nullptr;
    auto const bury = [&dead](json::Container* container) noexcept {
        if (container == nullptr || !container->references.Drop()) return;
        container->next = dead;
        dead = container;
    };
    auto const drop = [&bury](Value& value) noexcept {
        switch (value.type_) {
            case Type::kString:
                if (value.data_.string != nullptr && value.data_.string->references.Drop()) {
                    StringNode::Destroy(value.data_.string);
                }
                break;
            case Type::kArray:
                bury(value.data_.array);
                break;
            case Type::kObject:
                bury(value.data_.object);
                break;
            case Type::kNull:
            case Type::kBool:
            case Type::kNumber:
                break;
        }
        value.type_ = Type::kNull;
    };
    drop(*this);
    while (dead != nullptr) {
        json::Container* const container = std::exchange(dead, dead->next);
        if (container->is_array) {
            auto* const array = static_cast<ArrayNode*>(container);
            for (Value& item : array->items) drop(item);
            delete array;
        } else {
            auto* const object = static_cast<ObjectNode*>(container);
            for (Member& member : object->members) drop(member.value);
            delete object;
        }
    }
}

bool Value::IsInt() const noexcept {
    return IsNumber() && std::fabs(data_.number) <= kMaxSafeInteger &&
           std::trunc(data_.number) == data_.number;
}

std::int64_t Value::AsInt64() const noexcept {
    if (!IsNumber() || std::isnan(data_.number)) return 0;
    constexpr double kLimit = 9223372036854775808.0;  // 2^63
    if (data_.number >= kLimit) return std::numeric_limits<std::int64_t>::max();
    if (data_.number < -kLimit) return std::numeric_limits<std::int64_t>::min();
    return static_cast<std::int64_t>(data_.number);
}

std::string_view Value::AsString() const noexcept {
    if (!IsString() || data_.string == nullptr) return {};
    return data_.string->View();
}

std::vector<Value> const& Value::AsArray() const noexcept {
    if (!IsArray() || data_.array == nullptr) return kNoItems.value;
    return data_.array->items;
}

std::vector<Value::Member> const& Value::AsObject() const noexcept {
    if (!IsObject() || data_.object == nullptr) return kNoMembers.value;
    return data_.object->members;
}

Value const& Value::operator[](std::string_view name) const noexcept {
    Value const* const found = Find(name);
    return found != nullptr ? *found : kNull.value;
}

Value const* Value::Find(std::string_view name) const noexcept {
    if (!IsObject() || data_.object == nullptr) return nullptr;
    return data_.object->Find(name);
}

std::size_t Value::Size() const noexcept {
    if (IsArray()) return AsArray().size();
    if (IsObject()) return AsObject().size();
    return 0;
}

bool operator==(Value const& a, Value const& b) noexcept {
    if (a.type_ != b.type_) return false;
    switch (a.type_) {
        case Value::Type::kNull:
            return true;
        case Value::Type::kBool:
            return a.data_.boolean == b.data_.boolean;
        case Value::Type::kNumber:
            return a.data_.number == b.data_.number;
        case Value::Type::kString:
            return a.data_.string == b.data_.string || a.AsString() == b.AsString();
        case Value::Type::kArray:
            return a.data_.array == b.data_.array || a.AsArray() == b.AsArray();
        case Value::Type::kObject:
            break;
    }
    if (a.data_.object == b.data_.object) return true;
    if (a.Size() != b.Size()) return false;
    return std::all_of(a.AsObject().begin(), a.AsObject().end(), [&b](Value::Member const& member) {
        Value const* const other = b.Find(member.name);
        return other != nullptr && member.value == *other;
    });
}

}  // namespace lddynamo
