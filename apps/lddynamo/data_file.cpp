#include "lddynamo/data_file.hpp"

#include "lddynamo/console.hpp"

#include "json/raw_json.hpp"
#include "model/flag.hpp"
#include "model/segment.hpp"
#include "store/item_text.hpp"

#include <lddynamo/environment.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lddynamo::app {
namespace {

/// What DynamoDB allows for the sort key that an item's key becomes.
constexpr std::size_t kMaxKeyBytes = 1024;

constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20U;

Result<std::string> ReadStdin() {
    std::string content;
    char buffer[65536];
    for (;;) {
        ssize_t const count = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return Fail(ErrorCode::kIo, fmt::format("stdin: {}", std::strerror(errno)));
        if (count == 0) return content;
        content.append(buffer, static_cast<std::size_t>(count));
        if (content.size() > kMaxFileBytes) {
            return Fail(ErrorCode::kTooLarge, fmt::format("stdin: over {} bytes", kMaxFileBytes));
        }
    }
}

Status CheckDecodes(DataKind kind, std::string_view json) {
    if (kind == DataKind::kFeatures) {
        if (auto flag = model::DecodeFlag(json); !flag) return Fail(flag.error());
    } else {
        if (auto segment = model::DecodeSegment(json); !segment) return Fail(segment.error());
    }
    return {};
}

Status AddItems(std::string_view name, DataKind kind, std::string_view text, ItemMap& items) {
    char const* const member = kind == DataKind::kFeatures ? "flags" : "segments";
    auto const fail = [&](std::string_view key, std::string_view why) {
        return Fail(ErrorCode::kInvalidData,
                    fmt::format("{}: {}: '{}': {}", name, member, key, why));
    };
    auto const split = json::SplitValidObject(text);
    if (!split) {
        return Fail(ErrorCode::kInvalidData,
                    fmt::format("{}: '{}' must be an object of key to item", name, member));
    }
    for (auto const& [key, raw] : *split) {
        if (key.empty()) return fail(key, "an empty key cannot be stored");
        if (key.size() > kMaxKeyBytes) {
            return fail(
                key.substr(0, 64) + "...",
                fmt::format("a key of {} bytes; DynamoDB takes {}", key.size(), kMaxKeyBytes));
        }
        auto item = store::MakeItemOfValidJson(key, json::Minify(raw));
        if (!item) return fail(key, item.error().message);
        if (auto const decodes = CheckDecodes(kind, item->json); !decodes) {
            return fail(key, decodes.error().message);
        }
        if (!items.emplace(key, std::move(*item)).second)
            return fail(key, "the key stands here twice");
    }
    return {};
}

}  // namespace

Result<DataFile> ParseDataFile(std::string_view name, std::string_view text) {
    auto const members = json::SplitObject(text);
    if (!members) {
        return Fail(ErrorCode::kInvalidData, fmt::format("{}: {}", name, members.error().message));
    }
    DataFile file;
    bool seen_flags = false;
    bool seen_segments = false;
    for (auto const& [member, raw] : *members) {
        bool const flags = member == "flags";
        if (!flags && member != "segments") {
            file.warnings.push_back(fmt::format("{}: member '{}' is ignored", name, member));
            continue;
        }
        bool& seen = flags ? seen_flags : seen_segments;
        if (seen) {
            return Fail(ErrorCode::kInvalidData,
                        fmt::format("{}: '{}' stands here twice", name, member));
        }
        seen = true;
        auto const kind = flags ? DataKind::kFeatures : DataKind::kSegments;
        if (raw == "null") continue;  // Go writes an absent map so
        if (auto const added = AddItems(name, kind, raw, file.data.Of(kind)); !added) {
            return Fail(added.error());
        }
    }
    if (!seen_flags && !seen_segments) {
        return Fail(ErrorCode::kInvalidData,
                    fmt::format("{}: no LaunchDarkly data: neither 'flags' nor 'segments'", name));
    }
    return file;
}

std::optional<DataFile> ReadDataFile(std::string const& file) {
    bool const from_stdin = file == "-";
    auto const text = from_stdin ? ReadStdin() : ProcessEnvironment().ReadFile(file, kMaxFileBytes);
    auto parsed = text ? ParseDataFile(from_stdin ? "stdin" : file, *text)
                       : Result<DataFile>(Fail(text.error()));
    if (!parsed) {
        WriteNote(parsed.error().Describe());
        return std::nullopt;
    }
    for (auto const& warning : parsed->warnings) WriteNote(warning);
    return std::move(*parsed);
}

}  // namespace lddynamo::app
