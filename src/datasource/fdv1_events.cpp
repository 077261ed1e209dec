#include "datasource/fdv1_events.hpp"

#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace lddynamo::datasource {
namespace {

tl::unexpected<Error> Bad(std::string_view event, std::string_view what) {
    return Fail(ErrorCode::kInvalidData, std::string(event) + " event: " + std::string(what));
}

/// The members of an event that mean something, as JSON; empty: missing.
struct Members {
    std::string_view path{};
    std::string_view data{};
    std::string_view version{};
};

Result<Members> Split(std::string_view event, std::string_view text) {
    auto const split = json::SplitObject(text);
    if (!split) return Bad(event, split.error().message);
    Members members;
    for (auto const& [name, raw] : *split) {
        if (name == "path") members.path = raw;
        if (name == "data") members.data = raw;
        if (name == "version") members.version = raw;
    }
    return members;
}

Result<std::string> ReadPath(std::string_view event, std::string_view raw) {
    auto const value = Value::Parse(raw);
    if (!value || !value->IsString()) return Bad(event, "no `path` that is a string");
    return std::string(value->AsString());
}

struct ItemPath {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
};

/// Everything behind the kind is the key, as LaunchDarkly's SDKs read it: not escaped.
std::optional<ItemPath> ReadItemPath(std::string_view path) {
    for (auto const& [prefix, kind] :
         {std::pair(std::string_view("/flags/"), DataKind::kFeatures),
          std::pair(std::string_view("/segments/"), DataKind::kSegments)}) {
        if (path.starts_with(prefix)) {
            return ItemPath{kind, std::string(path.substr(prefix.size()))};
        }
    }
    return std::nullopt;
}

Result<StreamEvent> ReadPut(Members const& members) {
    if (!members.path.empty()) {
        auto const path = ReadPath("put", members.path);
        if (!path) return Fail(path.error());
        if (!path->empty() && *path != "/") return IgnoredEvent{};
    }
    if (members.data.empty()) return Bad("put", "no `data`");
    auto document = ParseValidDataDocument(members.data, {.from_service = true});
    if (!document) return Bad("put", document.error().message);
    return PutEvent{std::move(*document)};
}

Result<SerializedItem> ReadPatchItem(ItemPath const& path, std::string_view data) {
    if (data.empty()) return Bad("patch", "no `data`");
    auto item = TakeItem(path.kind, path.key, std::string(data));
    if (!item) return Bad("patch", item.error().message);
    return item;
}

Result<SerializedItem> ReadTombstone(ItemPath const& path, std::string_view text) {
    auto const version = text.empty() ? Result<Value>(Value()) : Value::Parse(text);
    // The whole part, as of an item's.
    if (!version || !version->IsNumber() || version->AsInt64() < 0) {
        return Bad("delete", "no `version` that is a number of 0 or more");
    }
    return MakeTombstone(path.key, version->AsInt64());
}

Result<StreamEvent> ReadItemEvent(std::string_view event, Members const& members) {
    auto const text = ReadPath(event, members.path);
    if (!text) return Fail(text.error());
    auto path = ReadItemPath(*text);
    if (!path) return IgnoredEvent{};
    if (auto why = WhyUnstorable(path->key); !why.empty()) {
        return LeftOutEvent{MakeLeftOut(path->kind, path->key, std::move(why))};
    }
    auto item = event == "patch" ? ReadPatchItem(*path, members.data)
                                 : ReadTombstone(*path, members.version);
    if (!item) return Fail(std::move(item.error()));
    return ItemEvent{path->kind, std::move(path->key), std::move(*item)};
}

}  // namespace

Result<StreamEvent> ReadStreamEvent(std::string_view event, std::string_view data) {
    bool const put = event == "put";
    if (!put && event != "patch" && event != "delete") return IgnoredEvent{};
    auto const members = Split(event, data);
    if (!members) return Fail(members.error());
    return put ? ReadPut(*members) : ReadItemEvent(event, *members);
}

}  // namespace lddynamo::datasource
