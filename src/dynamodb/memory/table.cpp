#include "dynamodb/memory/table.hpp"

#include <utility>

namespace lddynamo::dynamodb::memory {
namespace {

constexpr std::string_view kInvalidPrefix = "One or more parameter values were invalid: ";
constexpr std::size_t kMaxPartitionKeyBytes = 2048;
constexpr std::size_t kMaxSortKeyBytes = 1024;

}  // namespace

Table::Table(TableSettings settings, double creation_time, std::string id)
    : settings_(std::move(settings)), creation_time_(creation_time), id_(std::move(id)) {
}

std::string Table::Arn() const {
    return "arn:aws:dynamodb:us-east-1:000000000000:table/" + settings_.name;
}

std::string Table::CheckKeyBytes(AttributeValue const& value, std::string_view attribute,
                                 std::string_view empty_prefix) const {
    std::string const* bytes = value.AsS() ? value.AsS() : AsB(value);
    if (!bytes) return {};
    if (bytes->empty()) {
        return std::string(empty_prefix) +
               "The AttributeValue for a key attribute cannot contain an empty " +
               (value.AsS() ? "string" : "binary") + " value. Key: " + std::string(attribute);
    }
    if (attribute == Keys().partition_key) {
        if (bytes->size() > kMaxPartitionKeyBytes) {
            return std::string(kInvalidPrefix) +
                   "Size of hashkey has exceeded the maximum size limit of2048 bytes";
        }
    } else if (bytes->size() > kMaxSortKeyBytes) {
        return std::string(kInvalidPrefix) +
               "Aggregated size of all range keys has exceeded the size limit of 1024 bytes";
    }
    return {};
}

std::string Table::CheckKey(Item const& key) const {
    if (key.size() != (HasSortKey() ? 2U : 1U)) return std::string(kKeyMismatch);
    auto const check = [&](std::string const& name, std::string const& type) -> std::string {
        AttributeValue const* value = FindAttribute(key, name);
        if (!value || value->TypeName() != type) return std::string(kKeyMismatch);
        return CheckKeyBytes(*value, name, kNotValid);
    };
    std::string problem = check(Keys().partition_key, Keys().partition_type);
    if (problem.empty() && HasSortKey()) problem = check(Keys().sort_key, Keys().sort_type);
    return problem;
}

std::string Table::CheckItem(Item const& item) const {
    auto const check = [&](std::string const& name, std::string const& type) -> std::string {
        AttributeValue const* value = FindAttribute(item, name);
        if (!value) return std::string(kInvalidPrefix) + "Missing the key " + name + " in the item";
        if (value->TypeName() != type) {
            return std::string(kInvalidPrefix) + "Type mismatch for key " + name +
                   " expected: " + type + " actual: " + std::string(value->TypeName());
        }
        return CheckKeyBytes(*value, name, kNotValid);
    };
    std::string problem = check(Keys().partition_key, Keys().partition_type);
    if (problem.empty() && HasSortKey()) problem = check(Keys().sort_key, Keys().sort_type);
    return problem;
}

RowKey Table::KeyOf(Item const& item) const {
    RowKey key;
    if (auto const* value = FindAttribute(item, Keys().partition_key)) {
        key.partition = SortableKey(*value);
    }
    if (auto const* value = HasSortKey() ? FindAttribute(item, Keys().sort_key) : nullptr) {
        key.sort = SortableKey(*value);
    }
    return key;
}

Item Table::KeyAttributes(Item const& item) const {
    Item key;
    for (std::string const* name : {&Keys().partition_key, &Keys().sort_key}) {
        if (auto const* value = FindAttribute(item, *name)) key.emplace(*name, *value);
    }
    return key;
}

Row const* Table::Find(RowKey const& key) const {
    auto const partition = partitions_.find(key.partition);
    if (partition == partitions_.end()) return nullptr;
    auto const row = partition->second.find(key.sort);
    return row == partition->second.end() ? nullptr : &row->second;
}

void Table::Put(RowKey const& key, Item item) {
    auto const [it, added] = partitions_[key.partition].try_emplace(key.sort);
    Row& row = it->second;
    count_ += added ? 1 : 0;
    bytes_ -= row.bytes;
    row.bytes = ItemSize(item);
    row.item = std::move(item);
    bytes_ += row.bytes;
}

void Table::Erase(RowKey const& key) {
    auto const partition = partitions_.find(key.partition);
    if (partition == partitions_.end()) return;
    auto const row = partition->second.find(key.sort);
    if (row == partition->second.end()) return;
    --count_;
    bytes_ -= row->second.bytes;
    partition->second.erase(row);
    if (partition->second.empty()) partitions_.erase(partition);
}

}  // namespace lddynamo::dynamodb::memory
