#include "dynamodb/local/faults.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::local {
namespace {

constexpr std::string_view kKnown =
    "throttle, error500, drop, reset, half, crc, unprocessed, delay, skew, stop_after, operations, "
    "seed";
constexpr std::int64_t kMaxMillis = std::int64_t{365} * 24 * 3600 * 1000;

tl::unexpected<Error> Wrong(std::string_view name, std::string_view value, std::string_view want) {
    return Fail(ErrorCode::kInvalidArgument, "fault '" + std::string(name) + "': '" +
                                                 std::string(value.substr(0, 100)) + "' is not " +
                                                 std::string(want));
}

Result<double> ToNumber(std::string_view name, std::string_view text, std::string_view want) {
    double number = 0;
    auto const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (read.ec != std::errc() || read.ptr != end || !std::isfinite(number)) {
        return Wrong(name, text, want);
    }
    return number;
}

Result<std::chrono::milliseconds> ToDuration(std::string_view name, std::string_view text) {
    constexpr std::string_view kWant = "a time such as 50ms, 3s, 10m or -1h";
    constexpr std::pair<std::string_view, double> kUnits[] = {
        {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    for (auto const& [unit, millis] : kUnits) {
        if (!text.ends_with(unit)) continue;
        auto const number = ToNumber(name, text.substr(0, text.size() - unit.size()), kWant);
        if (!number) return Wrong(name, text, kWant);
        double const total = *number * millis;
        if (std::fabs(total) > static_cast<double>(kMaxMillis)) {
            return Wrong(name, text, "a time within a year");
        }
        return std::chrono::milliseconds(std::llround(total));
    }
    return Wrong(name, text, kWant);
}

Result<std::uint64_t> ToCount(std::string_view name, std::string_view text) {
    std::uint64_t number = 0;
    auto const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, number);
    if (read.ec != std::errc() || read.ptr != end) return Wrong(name, text, "a whole number");
    return number;
}

/// One setting, its value as text; names of operations are joined by '+'.
Status Apply(FaultSettings& settings, std::string_view name, std::string_view value) {
    if (name == "delay" || name == "skew") {
        auto const time = ToDuration(name, value);
        if (!time) return Fail(time.error());
        if (name == "skew") {
            settings.skew = *time;
            return {};
        }
        if (time->count() < 0) return Wrong(name, value, "a time from now on");
        settings.delay = *time;
        settings.shares[static_cast<std::size_t>(FaultKind::kDelay)] = time->count() > 0 ? 1 : 0;
        return {};
    }
    if (name == "seed" || name == "stop_after") {
        auto const count = ToCount(name, value);
        if (!count) return Fail(count.error());
        if (name == "seed") {
            settings.seed = *count;
        } else {
            settings.stop_after = *count;
        }
        return {};
    }
    if (name == "operations") {
        settings.operations.clear();
        while (!value.empty()) {
            std::size_t const end = std::min(value.find('+'), value.size());
            settings.operations.emplace(value.substr(0, end));
            value.remove_prefix(std::min(end + 1, value.size()));
        }
        return {};
    }
    auto const it = std::find(kFaultNames.begin(), kFaultNames.end(), name);
    if (it == kFaultNames.end()) {
        return Fail(ErrorCode::kInvalidArgument, "unknown fault '" +
                                                     std::string(name.substr(0, 100)) +
                                                     "': there are " + std::string(kKnown));
    }
    constexpr std::string_view kWant = "a share from 0 to 1";
    auto const share = ToNumber(name, value, kWant);
    if (!share) return Fail(share.error());
    if (*share < 0 || *share > 1) return Wrong(name, value, kWant);
    settings.shares[static_cast<std::size_t>(it - kFaultNames.begin())] = *share;
    return {};
}

std::string MillisText(std::chrono::milliseconds time) {
    return std::to_string(time.count()) + "ms";
}

}  // namespace

Result<FaultSettings> ParseFaults(std::string_view text) {
    FaultSettings settings;
    while (!text.empty()) {
        std::size_t const end = std::min(text.find(','), text.size());
        std::string_view const part = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::size_t const equals = part.find('=');
        if (equals == std::string_view::npos) {
            return Fail(ErrorCode::kInvalidArgument, "fault '" + std::string(part.substr(0, 100)) +
                                                         "' has no value: name=value");
        }
        auto const applied = Apply(settings, part.substr(0, equals), part.substr(equals + 1));
        if (!applied) return Fail(applied.error());
    }
    return settings;
}

Result<FaultSettings> FaultsFromJson(Value const& json) {
    if (!json.IsObject()) {
        return Fail(ErrorCode::kInvalidArgument, "faults must be a JSON object");
    }
    FaultSettings settings;
    for (auto const& [name, value] : json.AsObject()) {
        std::string text = value.IsString() ? std::string(value.AsString()) : value.ToJson();
        if (value.IsArray()) {
            text.clear();
            for (Value const& one : value.AsArray()) {
                if (!text.empty()) text += '+';
                text += one.AsString();
            }
        }
        if (value.IsNull()) continue;
        auto const applied = Apply(settings, name, text);
        if (!applied) return Fail(applied.error());
    }
    return settings;
}

Value FaultsToJson(FaultSettings const& settings) {
    std::vector<Value::Member> members;
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
        if (i == static_cast<std::size_t>(FaultKind::kDelay)) continue;
        members.push_back({std::string(kFaultNames[i]), settings.shares[i]});
    }
    members.push_back({"delay", MillisText(settings.delay)});
    members.push_back({"skew", MillisText(settings.skew)});
    members.push_back({"stop_after", settings.stop_after
                                         ? Value(std::to_string(*settings.stop_after))
                                         : Value()});
    std::vector<Value> operations;
    for (std::string const& operation : settings.operations) operations.emplace_back(operation);
    members.push_back({"operations", Value::Array(std::move(operations))});
    members.push_back({"seed", std::to_string(settings.seed)});
    return Value::Object(std::move(members));
}

void FaultDice::Set(FaultSettings settings) {
    settings_ = std::move(settings);
    state_ = settings_.seed;
    requests_ = 0;
    counts_ = {};
}

// SplitMix64 (public domain, Sebastiano Vigna): the same on every machine.
double FaultDice::Fraction() {
    std::uint64_t bits = (state_ += 0x9E3779B97F4A7C15U);
    bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBU;
    bits ^= bits >> 31U;
    return static_cast<double>(bits >> 11U) * 0x1.0p-53;
}

Fate FaultDice::Throw(std::string_view operation, std::size_t entries) {
    Fate fate;
    if (!settings_.operations.empty() && !settings_.operations.contains(operation)) return fate;
    ++requests_;
    // All dice are thrown for every request, so that one share does not change the others' hits.
    std::array<bool, kFaultKinds> hits{};
    for (std::size_t i = 0; i < kFaultKinds; ++i) hits[i] = Fraction() < settings_.shares[i];
    bool const before = Fraction() < 0.5;
    double const place = Fraction();
    auto const is_hit = [&](FaultKind kind) { return hits[static_cast<std::size_t>(kind)]; };
    if (is_hit(FaultKind::kDelay)) {
        fate.delay = settings_.delay;
        Hit(FaultKind::kDelay);
    }
    if (settings_.stop_after && requests_ > *settings_.stop_after) {
        fate.fault = FaultKind::kDrop;
        fate.does_operation = false;
        Hit(FaultKind::kDrop);
        return fate;
    }
    for (FaultKind const kind : {FaultKind::kThrottle, FaultKind::kError500, FaultKind::kDrop,
                                 FaultKind::kReset, FaultKind::kHalf, FaultKind::kCrc}) {
        if (!is_hit(kind)) continue;
        fate.fault = kind;
        Hit(kind);
        bool const either =
            kind == FaultKind::kError500 || kind == FaultKind::kDrop || kind == FaultKind::kReset;
        fate.does_operation = kind != FaultKind::kThrottle && !(either && before);
        fate.other_code = before;
        fate.cut = place;
        break;
    }
    if (fate.does_operation && entries > 1 && is_hit(FaultKind::kUnprocessed)) {
        fate.unprocessed = 1 + static_cast<std::size_t>(place * static_cast<double>(entries - 1));
        Hit(FaultKind::kUnprocessed);
    }
    return fate;
}

}  // namespace lddynamo::dynamodb::local
