#include "store/item_text.hpp"

#include "json/raw_json.hpp"
#include "store/names.hpp"

#include <lddynamo/value.hpp>

namespace lddynamo {
namespace store {
namespace {

std::vector<std::string> ReadPrerequisites(std::string_view text) {
    std::vector<std::string> keys;
    auto const list = Value::Parse(text);
    if (!list) return keys;
    for (Value const& prerequisite : list->AsArray()) {
        Value const& key = prerequisite["key"];
        if (key.IsString()) keys.emplace_back(key.AsString());
    }
    return keys;
}

}  // namespace

Result<ItemFacts> ReadFacts(std::string_view json, KnownValid known) {
    auto const members =
        known == KnownValid::kYes ? json::SplitValidObject(json) : json::SplitObject(json);
    if (!members) return Fail(members.error());
    ItemFacts facts;
    for (auto const& [name, text] : *members) {
        if (name == kKey) {
            auto const value = Value::Parse(text);
            facts.key.reset();
            if (value && value->IsString()) facts.key.emplace(value->AsString());
        } else if (name == kVersion) {
            auto const value = Value::Parse(text);
            facts.has_version = true;
            facts.version.reset();
            if (value && value->IsInt() && value->AsInt64() >= 0) facts.version = value->AsInt64();
        } else if (name == kDeleted) {
            facts.deleted = text == "true";
        } else if (name == "prerequisites") {
            facts.prerequisites = text;
        }
    }
    return facts;
}

Result<PreparedItem> PrepareForWrite(DataKind kind, std::string_view key,
                                     SerializedItem const& item) {
    if (auto checked = CheckKey(kind, key); !checked) return Fail(std::move(checked.error()));
    auto const facts = ReadFacts(item.json);
    if (!facts && !item.deleted) {
        return Fail(ErrorCode::kInvalidData, Describe(kind, key) + ": " + facts.error().message);
    }
    PreparedItem prepared;
    if (facts && (facts->deleted || !item.deleted)) {
        prepared.item = item;
        prepared.item.deleted = facts->deleted;
        if (!facts->deleted && kind == DataKind::kFeatures && !facts->prerequisites.empty()) {
            prepared.prerequisites = ReadPrerequisites(facts->prerequisites);
        }
    } else {
        prepared.item = MakeTombstone(key, item.version);
    }
    return prepared;
}

namespace {

Result<SerializedItem> MakeItem(std::string_view key, std::string json, KnownValid known) {
    auto const facts = ReadFacts(json, known);
    if (!facts) return Fail(facts.error());
    if (!facts->key) return Fail(ErrorCode::kInvalidData, "no `key` that is a string");
    if (!key.empty() && *facts->key != key) {
        std::string message = "its `key` is ";
        json::AppendQuoted(message, *facts->key);
        message += ", not ";
        json::AppendQuoted(message, key);
        return Fail(ErrorCode::kInvalidData, std::move(message));
    }
    if (facts->has_version && !facts->version) {
        return Fail(ErrorCode::kInvalidData, "`version` is not an integer of 0 to 2^53");
    }
    return SerializedItem{
        .version = facts->version.value_or(0), .deleted = facts->deleted, .json = std::move(json)};
}

}  // namespace

Result<SerializedItem> MakeItemOfValidJson(std::string_view key, std::string json) {
    return MakeItem(key, std::move(json), KnownValid::kYes);
}

}  // namespace store

SerializedItem MakeTombstone(std::string_view key, std::int64_t version) {
    std::string json = "{\"key\":";
    json::AppendQuoted(json, key);
    json += ",\"version\":" + std::to_string(version) + ",\"deleted\":true}";
    return {.version = version, .deleted = true, .json = std::move(json)};
}

Result<SerializedItem> MakeSerializedItem(std::string_view key, std::string json) {
    return store::MakeItem(key, std::move(json), store::KnownValid::kNo);
}

}  // namespace lddynamo
