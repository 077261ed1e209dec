#include <lddynamo/migration.hpp>

#include "base/random.hpp"

#include <utility>

namespace lddynamo {
namespace {

constexpr std::pair<MigrationStage, std::string_view> kStages[] = {
    {MigrationStage::kOff, "off"},           {MigrationStage::kDualWrite, "dualwrite"},
    {MigrationStage::kShadow, "shadow"},     {MigrationStage::kLive, "live"},
    {MigrationStage::kRampDown, "rampdown"}, {MigrationStage::kComplete, "complete"},
};

}  // namespace

std::string_view ToString(MigrationStage stage) noexcept {
    for (auto const& [known, text] : kStages) {
        if (known == stage) return text;
    }
    return "off";
}

std::optional<MigrationStage> ParseMigrationStage(std::string_view text) noexcept {
    for (auto const& [stage, known] : kStages) {
        if (known == text) return stage;
    }
    return std::nullopt;
}

std::string_view ToString(MigrationOrigin origin) noexcept {
    return origin == MigrationOrigin::kOld ? "old" : "new";
}

std::string_view ToString(MigrationOperationKind kind) noexcept {
    return kind == MigrationOperationKind::kRead ? "read" : "write";
}

MigrationTracker::MigrationTracker(Context const& context, Evaluated evaluated,
                                   std::function<double()> random)
    : context_(context),
      evaluated_(std::move(evaluated)),
      random_(random ? std::move(random) : base::RandomUnit) {
}

void MigrationTracker::Invoked(MigrationOrigin origin) noexcept {
    MutableSide(origin).invoked = true;
}

void MigrationTracker::Error(MigrationOrigin origin) noexcept {
    MutableSide(origin).error = true;
}

void MigrationTracker::Latency(MigrationOrigin origin, std::chrono::nanoseconds latency) noexcept {
    MutableSide(origin).latency = latency;
}

void MigrationTracker::Consistency(std::function<bool()> const& is_consistent) noexcept {
    std::int64_t const ratio = evaluated_.check_ratio;
    try {
        if (ratio < 1 || (ratio > 1 && random_() * static_cast<double>(ratio) >= 1)) return;
        consistent_ = is_consistent();
    } catch (...) {  // what cannot be compared is neither consistent nor inconsistent
    }
}

std::string MigrationTracker::WhyNotTold() const {
    if (evaluated_.flag_key.empty()) return "migration operation cannot contain an empty key";
    if (!old_.invoked && !new_.invoked) return "no origins were recorded as being invoked";
    if (!operation_) return "migration operation not specified";
    for (MigrationOrigin const origin : {MigrationOrigin::kOld, MigrationOrigin::kNew}) {
        Side const& side = Of(origin);
        if (side.invoked || (!side.latency && !side.error)) continue;
        std::string why = side.latency ? "provided latency for '" : "provided error for '";
        return why.append(ToString(origin)).append("' without recording invocation");
    }
    if (consistent_ && !(old_.invoked && new_.invoked)) {
        return "provided consistency without recording both invocations";
    }
    return {};
}

}  // namespace lddynamo
