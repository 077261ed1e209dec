#include <lddynamo/migrator.hpp>

#include "base/random.hpp"

#include <chrono>
#include <system_error>
#include <thread>

namespace lddynamo {
namespace {

constexpr MigrationOrigin Other(MigrationOrigin origin) noexcept {
    return origin == MigrationOrigin::kOld ? MigrationOrigin::kNew : MigrationOrigin::kOld;
}

constexpr MigrationOrigin Authoritative(MigrationStage stage) noexcept {
    switch (stage) {
        case MigrationStage::kOff:
        case MigrationStage::kDualWrite:
        case MigrationStage::kShadow:
            return MigrationOrigin::kOld;
        case MigrationStage::kLive:
        case MigrationStage::kRampDown:
        case MigrationStage::kComplete:
            return MigrationOrigin::kNew;
    }
    return MigrationOrigin::kOld;
}

constexpr bool ReadsBoth(MigrationStage stage) noexcept {
    return stage == MigrationStage::kShadow || stage == MigrationStage::kLive;
}

constexpr bool WritesBoth(MigrationStage stage) noexcept {
    return stage != MigrationStage::kOff && stage != MigrationStage::kComplete;
}

}  // namespace

struct MigrationRunner::Measured {
    MigrationOrigin origin = MigrationOrigin::kOld;
    bool succeeded = false;
    std::chrono::nanoseconds latency{0};
};

MigrationRunner::MigrationRunner(std::shared_ptr<MigrationClient> client, MigratorOptions options)
    : client_(std::move(client)),
      options_(std::move(options)),
      clock_(options_.clock != nullptr ? options_.clock : &SystemClock()) {
    if (!options_.random) options_.random = base::RandomUnit;
}

MigrationRunner::Measured MigrationRunner::Measure(MigrationOrigin origin, Call const& call) const {
    auto const start = clock_->SteadyNow();
    bool const succeeded = call(origin);
    return {origin, succeeded, clock_->SteadyNow() - start};
}

bool MigrationRunner::Note(MigrationTracker& tracker, Measured const& measured) const {
    tracker.Invoked(measured.origin);
    if (options_.track_latency) tracker.Latency(measured.origin, measured.latency);
    if (options_.track_errors && !measured.succeeded) tracker.Error(measured.origin);
    return measured.succeeded;
}

bool MigrationRunner::ReadBoth(MigrationTracker& tracker, MigrationOrigin authoritative,
                               Call const& call) const {
    MigrationOrigin first = authoritative;
    if (options_.read_order == MigrationReadOrder::kRandom && options_.random() < 0.5) {
        first = Other(authoritative);
    }
    Measured second{Other(first)};
    std::jthread thread;  // joined whatever happens
    if (options_.read_order == MigrationReadOrder::kConcurrent) {
        try {
            thread = std::jthread([&] { second = Measure(second.origin, call); });
        } catch (std::system_error const&) {  // no thread to be had: one after the other
        }
    }
    Measured const measured = Measure(first, call);
    if (thread.joinable()) {
        thread.join();
    } else {
        second = Measure(second.origin, call);
    }
    bool const first_succeeded = Note(tracker, measured);
    return Note(tracker, second) && first_succeeded;
}

MigrationOrigin MigrationRunner::Read(std::string_view flag, Context const& context,
                                      MigrationStage default_stage, Call const& call,
                                      std::function<bool()> const& same) const {
    auto [stage, tracker] = client_->MigrationVariation(flag, context, default_stage);
    tracker.Operation(MigrationOperationKind::kRead);
    MigrationOrigin const authoritative = Authoritative(stage);
    if (!ReadsBoth(stage)) {
        Note(tracker, Measure(authoritative, call));
    } else if (ReadBoth(tracker, authoritative, call) && same) {
        tracker.Consistency(same);
    }
    client_->TrackMigration(tracker);
    return authoritative;
}

MigrationOrigin MigrationRunner::Write(std::string_view flag, Context const& context,
                                       MigrationStage default_stage, Call const& call) const {
    auto [stage, tracker] = client_->MigrationVariation(flag, context, default_stage);
    tracker.Operation(MigrationOperationKind::kWrite);
    MigrationOrigin const authoritative = Authoritative(stage);
    if (Note(tracker, Measure(authoritative, call)) && WritesBoth(stage)) {
        Note(tracker, Measure(Other(authoritative), call));
    }
    client_->TrackMigration(tracker);
    return authoritative;
}

}  // namespace lddynamo
