#include <lddynamo/flags_state.hpp>

#include "json/raw_json.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace lddynamo {
namespace {

void AppendInteger(std::string& out, std::int64_t number) {
    char digits[24];
    auto const end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

/// `"name":`, after a comma when it is not the first.
void AppendName(std::string& out, std::string_view name) {
    if (out.back() != '{') out += ',';
    json::AppendQuoted(out, name);
    out += ':';
}

/// The properties and their order are the Go SDK's; what is absent is left out.
void AppendState(std::string& out, FlagState const& flag) {
    out += '{';
    if (flag.variation_index) {
        AppendName(out, "variation");
        AppendInteger(out, *flag.variation_index);
    }
    if (!flag.omit_details) {
        AppendName(out, "version");
        AppendInteger(out, flag.version);
        if (flag.reason) {
            AppendName(out, "reason");
            flag.reason->ToValue().AppendJson(out);
        }
    }
    if (flag.track_events) {
        AppendName(out, "trackEvents");
        out += "true";
    }
    if (flag.track_reason) {
        AppendName(out, "trackReason");
        out += "true";
    }
    if (flag.debug_events_until && *flag.debug_events_until > 0) {
        AppendName(out, "debugEventsUntilDate");
        AppendInteger(out, *flag.debug_events_until);
    }
    if (!flag.prerequisites.empty()) {
        AppendName(out, "prerequisites");
        char separator = '[';
        for (auto const& key : flag.prerequisites) {
            out += separator;
            json::AppendQuoted(out, key);
            separator = ',';
        }
        out += ']';
    }
    out += '}';
}

}  // namespace

AllFlagsState::AllFlagsState(bool valid, std::vector<FlagState> flags)
    : valid_(valid), flags_(std::move(flags)) {
    auto const by_key = [](FlagState const& a, FlagState const& b) { return a.key < b.key; };
    if (!std::is_sorted(flags_.begin(), flags_.end(), by_key)) {
        std::sort(flags_.begin(), flags_.end(), by_key);
    }
}

FlagState const* AllFlagsState::Find(std::string_view key) const noexcept {
    auto const found = std::lower_bound(
        flags_.begin(), flags_.end(), key,
        [](FlagState const& flag, std::string_view wanted) { return flag.key < wanted; });
    return found != flags_.end() && found->key == key ? &*found : nullptr;
}

Value AllFlagsState::ValueOf(std::string_view key) const noexcept {
    FlagState const* const flag = Find(key);
    return flag == nullptr ? Value() : flag->value;
}

Value AllFlagsState::ToValuesMap() const {
    std::vector<Value::Member> members;
    members.reserve(flags_.size());
    for (FlagState const& flag : flags_) members.push_back({flag.key, flag.value});
    return Value::Object(std::move(members));
}

std::string AllFlagsState::ToJson() const {
    std::string out = "{\"$valid\":";
    out += valid_ ? "true" : "false";
    for (FlagState const& flag : flags_) {
        AppendName(out, flag.key);
        flag.value.AppendJson(out);
    }
    AppendName(out, "$flagsState");
    out += '{';
    for (FlagState const& flag : flags_) {
        AppendName(out, flag.key);
        AppendState(out, flag);
    }
    return out += "}}";
}

}  // namespace lddynamo
