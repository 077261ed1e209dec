#include "datasource/flag_file.hpp"

#include "datasource/data_document.hpp"
#include "datasource/yaml_text.hpp"
#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace lddynamo::datasource {
namespace {

/// The order is that in which the Go SDK reads them.
constexpr std::array<std::string_view, 3> kMembers = {"flags", "flagValues", "segments"};

tl::unexpected<Error> Bad(std::string message) {
    return Fail(ErrorCode::kInvalidData, std::move(message));
}

std::string Quoted(std::string_view key) {
    return "'" + std::string(key.substr(0, 64)) + (key.size() > 64 ? "..." : "") + "'";
}

/// A flag that is nothing but a value, as the Go SDK makes it.
std::string ValueFlag(std::string_view key, std::string_view value) {
    std::string json = R"({"key":)";
    json::AppendQuoted(json, key);
    json += R"(,"version":0,"on":false,"offVariation":0,"variations":[)";
    json += value;
    return json += "]}";
}

Status AddItems(std::string_view member, std::string_view json, FlagFile& file) {
    auto const items = json::SplitValidObject(json);
    if (!items) return Bad(Quoted(member) + " must be an object");
    DataKind const kind = member == "segments" ? DataKind::kSegments : DataKind::kFeatures;
    for (auto const& [key, text] : *items) {
        std::string why = WhyUnstorable(key);
        if (why.empty()) {
            auto item = ReadItem(
                kind, key, member == "flagValues" ? ValueFlag(key, text) : WithKey(key, text));
            if (item) {
                file.items.push_back({kind, key, std::move(*item)});
                continue;
            }
            why = std::move(item.error().message);
        }
        return Bad(std::string(member) + ": " + Quoted(key) + ": " + why);
    }
    return {};
}

/// @param json  valid.
Result<FlagFile> ReadJson(std::string_view json) {
    auto const members = json::SplitValidObject(json);
    if (!members) return Bad("not an object");
    FlagFile file;
    std::map<std::string_view, std::string_view> known;
    for (auto const& [name, text] : *members) {
        if (std::find(kMembers.begin(), kMembers.end(), name) == kMembers.end()) {
            file.unknown_members.push_back(name);
        } else if (!known.emplace(name, text).second) {
            return Bad(Quoted(name) + " stands here twice");
        }
    }
    for (std::string_view const name : kMembers) {
        auto const found = known.find(name);
        if (found == known.end() || found->second == "null") continue;
        if (auto added = AddItems(name, found->second, file); !added) {
            return Fail(std::move(added.error()));
        }
    }
    return file;
}

/// Puts files together.
class Merger {
  public:
    explicit Merger(FileDataOptions::DuplicateKeys rule) : rule_(rule) {}

    Status Add(std::string const& path, FlagFile file) {
        for (FlagFileItem& item : file.items) {
            auto const [place, is_new] =
                paths_.emplace(ItemKey{item.kind, std::move(item.key)}, &path);
            std::string const& key = place->first.key;
            if (is_new) {
                merged_.data.Of(item.kind).emplace(key, std::move(item.item));
            } else if (rule_ == FileDataOptions::DuplicateKeys::kFail) {
                std::string const& first = *place->second;
                return Bad((item.kind == DataKind::kFeatures ? "flag " : "segment ") + Quoted(key) +
                           (&first == &path ? " is twice in " + path
                                            : " is in both " + first + " and " + path));
            }
        }
        for (std::string const& member : file.unknown_members) {
            merged_.warnings.push_back(path + ": " + Quoted(member) + " is ignored");
        }
        return {};
    }
    [[nodiscard]] FlagFileData Take() { return std::move(merged_); }

  private:
    FileDataOptions::DuplicateKeys const rule_;
    FlagFileData merged_;
    std::map<ItemKey, std::string const*> paths_;  // where each item was first
};

}  // namespace

Result<FlagFile> ParseFlagFile(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t const start = text.find_first_not_of(" \t\r\n");
    if (start != std::string_view::npos && text[start] == '{') {
        if (auto valid = json::SplitObject(text); !valid) return Fail(std::move(valid.error()));
        return ReadJson(text);
    }
    auto const value = ParseYaml(text);
    if (!value) return Fail(value.error());
    if (value->IsNull()) return FlagFile();
    return ReadJson(value->ToJson());
}

Result<FlagFileData> ReadFlagFiles(FileDataOptions const& options, Environment const& environment) {
    Merger merger(options.duplicate_keys);
    for (std::string const& path : options.paths) {
        auto const text = environment.ReadFile(path, kMaxFlagFileBytes);
        if (!text) return Fail(text.error());
        auto file = ParseFlagFile(*text);
        if (!file) {
            Error error = std::move(file.error());
            error.message = path + ": " + error.message;
            return Fail(std::move(error));
        }
        if (auto added = merger.Add(path, std::move(*file)); !added) {
            return Fail(std::move(added.error()));
        }
    }
    return merger.Take();
}

}  // namespace lddynamo::datasource
