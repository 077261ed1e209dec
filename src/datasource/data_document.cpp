#include "datasource/data_document.hpp"

#include "json/raw_json.hpp"
#include "model/flag.hpp"
#include "model/segment.hpp"
#include "store/item_text.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::datasource {
namespace {

/// What DynamoDB allows for the sort key that an item's key becomes.
constexpr std::size_t kMaxKeyBytes = 1024;
/// Of a key that no store takes, and that may be of any length.
constexpr std::size_t kMaxNotedKeyBytes = 64;

/// Decodes as an SDK would. @return the version that it finds.
Result<std::int64_t> DecodedVersion(DataKind kind, std::string_view json) {
    if (kind == DataKind::kFeatures) {
        auto const flag = model::DecodeFlag(json);
        if (!flag) return Fail(flag.error());
        return (*flag)->version;
    }
    auto const segment = model::DecodeSegment(json);
    if (!segment) return Fail(segment.error());
    return (*segment)->version;
}

tl::unexpected<Error> Bad(std::string message) {
    return Fail(ErrorCode::kInvalidData, std::move(message));
}

Status AddItems(DataKind kind, std::string_view member, std::string_view text,
                DocumentRules const& rules, DataDocument& document) {
    std::string const name(member);
    auto const split = json::SplitValidObject(text);
    if (!split) return Bad("'" + name + "' must be an object of key to item");
    ItemMap& items = document.data.Of(kind);
    for (auto const& [key, raw] : *split) {
        auto const fail = [&, &of = key](std::string_view why) {
            return Bad(name + ": '" + of.substr(0, 64) + (of.size() > 64 ? "..." : "") +
                       "': " + std::string(why));
        };
        if (auto why = WhyUnstorable(key); !why.empty()) {
            if (!rules.from_service) return fail(why);
            document.skipped.push_back(MakeLeftOut(kind, key, std::move(why)));
            continue;
        }
        std::string json = rules.minify ? json::Minify(raw) : std::string(raw);
        auto item = rules.from_service ? TakeItem(kind, key, std::move(json))
                                       : ReadItem(kind, key, std::move(json));
        if (!item) return fail(item.error().message);
        if (!items.emplace(key, std::move(*item)).second) return fail("the key stands here twice");
    }
    return {};
}

Result<DataDocument> Read(std::vector<json::RawMember> const& members, DocumentRules const& rules) {
    DataDocument document;
    bool seen_flags = false;
    bool seen_segments = false;
    for (auto const& [member, raw] : members) {
        bool const flags = member == "flags";
        if (!flags && member != "segments") {
            document.unknown_members.push_back(member);
            continue;
        }
        bool& seen = flags ? seen_flags : seen_segments;
        if (seen) return Bad("'" + member + "' stands here twice");
        seen = true;
        auto const kind = flags ? DataKind::kFeatures : DataKind::kSegments;
        if (raw == "null") continue;  // Go writes an absent map so
        if (auto added = AddItems(kind, member, raw, rules, document); !added) {
            return Fail(std::move(added.error()));
        }
    }
    if (!seen_flags && !seen_segments) {
        return Bad("no LaunchDarkly data: neither 'flags' nor 'segments'");
    }
    return document;
}

}  // namespace

Result<SerializedItem> ReadItem(DataKind kind, std::string_view key, std::string json) {
    auto item = store::MakeItemOfValidJson(key, std::move(json));
    if (!item) return item;
    if (auto const decodes = DecodedVersion(kind, item->json); !decodes) {
        return Fail(decodes.error());
    }
    return item;
}

Result<SerializedItem> TakeItem(DataKind kind, std::string_view key, std::string json) {
    auto const facts = store::ReadFacts(json, store::KnownValid::kYes);
    if (!facts) return Fail(facts.error());
    bool const deleted = facts->deleted;
    if (!facts->key) json = WithKey(key, json);
    auto const version = DecodedVersion(kind, json);
    if (!version) return Fail(version.error());
    if (*version < 0) return Bad("`version` is negative");
    return SerializedItem{.version = *version, .deleted = deleted, .json = std::move(json)};
}

std::string WithKey(std::string_view key, std::string_view json) {
    auto const members = json::SplitValidObject(json);
    if (!members || std::any_of(members->begin(), members->end(),
                                [](auto const& member) { return member.first == "key"; })) {
        return std::string(json);
    }
    std::string with_key = R"({"key":)";
    json::AppendQuoted(with_key, key);
    if (!members->empty()) with_key += ',';
    return with_key.append(json.substr(json.find('{') + 1));
}

std::string WhyUnstorable(std::string_view key) {
    if (key.empty()) return "an empty key cannot be stored";
    if (key.size() <= kMaxKeyBytes) return {};
    return "a key of " + std::to_string(key.size()) + " bytes; DynamoDB takes " +
           std::to_string(kMaxKeyBytes);
}

ItemNote MakeLeftOut(DataKind kind, std::string_view key, std::string why) {
    std::size_t end = std::min(key.size(), kMaxNotedKeyBytes);
    // Not within a character.
    while (end > 0 && end < key.size() && (static_cast<unsigned char>(key[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    return {kind, std::string(key.substr(0, end)), std::move(why)};
}

Result<DataDocument> ParseDataDocument(std::string_view text, DocumentRules const& rules) {
    auto const members = json::SplitObject(text);
    if (!members) return Fail(members.error());
    return Read(*members, rules);
}

Result<DataDocument> ParseValidDataDocument(std::string_view text, DocumentRules const& rules) {
    auto const members = json::SplitValidObject(text);
    if (!members) return Bad("LaunchDarkly's data are no object");
    return Read(*members, rules);
}

std::string DescribeLeftOut(ItemNote const& note) {
    return "left out: " + std::string(ToString(note.kind)) + ": '" + note.key + "': " + note.what;
}

void LogLeftOut(Logger const& logger, std::vector<ItemNote> const& skipped) {
    for (auto const& note : skipped) logger.Warn(DescribeLeftOut(note));
}

}  // namespace lddynamo::datasource
