#include "events/event_recorder.hpp"

#include "events/context_formatter.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace lddynamo::events {
namespace {

template <class Shard, std::size_t... kIndex>
std::array<Shard, sizeof...(kIndex)> MakeShards(std::size_t contexts, std::uint64_t fresh_for,
                                                std::index_sequence<kIndex...>) {
    return {((void)kIndex, Shard(contexts, fresh_for))...};
}

EvaluationReason ReasonOf(FlagEvaluation const& evaluation, EvaluationResult const& result) {
    EvaluationReason reason;
    if (result.wrong_type) {
        reason.error_kind = EvaluationReason::ErrorKind::kWrongType;
    } else if (evaluation.outcome != nullptr) {
        reason = evaluation.outcome->Reason();
    }
    return reason;
}

}  // namespace

EventRecorder::EventRecorder(EventOptions const& options, base::RandomFraction random,
                             Logger logger)
    : omit_anonymous_(options.omit_anonymous_contexts),
      sampler_(std::move(random)),
      logger_(std::move(logger)),
      // The list that counts forgets a context after as many others as it has room for.
      shards_(MakeShards<Shard>(std::min(options.context_keys_capacity, kShardContexts),
                                options.context_keys_capacity / 2,
                                std::make_index_sequence<kShards>())),
      buffer_(options.capacity),
      told_(options.context_keys_capacity) {
}

EventRecorder::Shard& EventRecorder::ShardOfThisThread() noexcept {
    return shards_[std::hash<std::thread::id>()(std::this_thread::get_id()) % kShards];
}

template <class Add>
void EventRecorder::WithBuffer(Add const& add) {
    bool warn = false;
    {
        std::scoped_lock const lock(mutex_);
        add();
        warn = buffer_.ShouldWarn();
    }
    if (warn) {
        logger_.Warn(
            "events: more than the capacity of the event buffer happened between two deliveries; "
            "what finds no room is dropped");
    }
}

bool EventRecorder::IsDebugged(FlagEvaluation const& evaluation,
                               UnixMilliseconds now) const noexcept {
    auto const* const flag = evaluation.flag;
    if (flag == nullptr || !flag->debug_events_until) return false;
    // This machine's clock may be wrong; LaunchDarkly's of a while ago tells at least what is past.
    return *flag->debug_events_until > now && *flag->debug_events_until > server_time_.load();
}

bool EventRecorder::Count(Context const& context, FlagEvaluation const& evaluation,
                          EvaluationResult const& result, UnixMilliseconds now) {
    bool const counted = evaluation.flag == nullptr || !evaluation.flag->exclude_from_summaries;
    Shard& shard = ShardOfThisThread();
    bool room = true;
    bool told = false;
    {
        std::scoped_lock const lock(shard.mutex);
        room = !counted || shard.summarizer.Count(context, evaluation, result, now);
        if (!room) ++shard.statistics.dropped;
        told = shard.told.Notice(context.FullyQualifiedKey(),
                                 noticed_.load(std::memory_order_relaxed));
        if (told) ++shard.statistics.deduplicated;
    }
    if (!room && !uncounted_.exchange(true)) {
        logger_.Warn(
            "events: evaluations of more flags, versions and values than there is room for "
            "happened between two deliveries; those are not counted");
    }
    return told;
}

EvaluationEvent EventRecorder::MakeEvent(Context const& context, FlagEvaluation const& evaluation,
                                         EvaluationResult const& result, bool with_reason) {
    EvaluationEvent event{.context = context};
    event.key = evaluation.key;
    event.version = evaluation.flag->version;
    event.variation = result.variation;
    event.value = result.CopyValue();
    if (evaluation.default_value != nullptr) event.default_value = *evaluation.default_value;
    if (evaluation.prerequisite_of != nullptr) {
        event.prerequisite_of = evaluation.prerequisite_of->key;
    }
    if (with_reason) event.reason = ReasonOf(evaluation, result);
    event.sampling_ratio = evaluation.flag->sampling_ratio.value_or(1);
    return event;
}

std::optional<Context> EventRecorder::Introduction(Context const& context) const {
    return omit_anonymous_ ? WithoutAnonymous(context) : context;
}

bool EventRecorder::NoticeLocked(Context const& context) {
    noticed_.store(noticed_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    return told_.Notice(context.FullyQualifiedKey());
}

void EventRecorder::IntroduceLocked(Context const& context, UnixMilliseconds now) {
    if (NoticeLocked(context)) {
        ++deduplicated_;
        return;
    }
    if (auto introduced = Introduction(context)) {
        buffer_.Add({now, IndexEvent{std::move(*introduced)}});
    }
}

void EventRecorder::Evaluated(Context const& context, FlagEvaluation const& evaluation,
                              UnixMilliseconds now) {
    if (Stopped()) return;
    auto const result = ResultOf(evaluation);
    bool const told = Count(context, evaluation, result, now);
    auto const* const flag = evaluation.flag;
    bool const experiment = flag != nullptr && evaluation.outcome != nullptr &&
                            evaluation::IsExperiment(*flag, *evaluation.outcome);
    bool full = experiment || (flag != nullptr && flag->track_events);
    bool debug = IsDebugged(evaluation, now);
    if (told && !full && !debug) return;

    // Each by its own chance, as in the Go SDK.
    full = full && sampler_.Keeps(flag->sampling_ratio.value_or(1));
    debug = debug && sampler_.Keeps(flag->sampling_ratio.value_or(1));
    std::optional<EvaluationEvent> event;
    if (full || debug) {
        event = MakeEvent(context, evaluation, result, evaluation.with_reason || experiment);
    }
    WithBuffer([&] {
        if (!told) IntroduceLocked(context, now);
        if (full) buffer_.Add({now, *event});
        if (!debug) return;
        event->debug = true;
        buffer_.Add({now, std::move(*event)});
    });
}

void EventRecorder::Identified(Context const& context, UnixMilliseconds now) {
    if (Stopped()) return;
    auto introduced = Introduction(context);
    if (!introduced) return;
    WithBuffer([&] {
        // Of what was left out nobody has been told: as in the Go SDK, that is told still.
        static_cast<void>(NoticeLocked(*introduced));
        buffer_.Add({now, IdentifyEvent{std::move(*introduced)}});
    });
}

void EventRecorder::Tracked(Context const& context, std::string_view key, Value const& data,
                            std::optional<double> metric, UnixMilliseconds now) {
    if (Stopped()) return;
    CustomEvent event{.context = context, .key = std::string(key), .data = data, .metric = metric};
    WithBuffer([&] {
        IntroduceLocked(context, now);
        buffer_.Add({now, std::move(event)});
    });
}

void EventRecorder::Migrated(Context const& context, MigrationOperation const& operation,
                             UnixMilliseconds now) {
    if (Stopped() || operation.detail == nullptr) return;
    if (!sampler_.Keeps(operation.sampling_ratio)) return;
    MigrationEvent event{.context = context};
    event.operation = operation.operation;
    event.key = operation.key;
    event.default_stage = operation.default_stage;
    event.detail = *operation.detail;
    event.flag_version = operation.flag_version;
    event.sampling_ratio = operation.sampling_ratio;
    event.invoked_old = operation.invoked_old;
    event.invoked_new = operation.invoked_new;
    event.consistent = operation.consistent;
    event.consistency_check_ratio = operation.consistency_check_ratio;
    event.latency_old_ms = operation.latency_old_ms;
    event.latency_new_ms = operation.latency_new_ms;
    event.error_old = operation.error_old;
    event.error_new = operation.error_new;
    // The evaluation of the flag has introduced the context.
    WithBuffer([&] { buffer_.Add({now, std::move(event)}); });
}

EventRecorder::Payload EventRecorder::Take() {
    Payload payload;
    for (auto& shard : shards_) {
        Summary summary;
        {
            std::scoped_lock const lock(shard.mutex);
            summary = shard.summarizer.Take();
        }
        payload.summary.Add(std::move(summary));
    }
    std::scoped_lock const lock(mutex_);
    payload.events = buffer_.Take();
    return payload;
}

EventRecorder::Statistics EventRecorder::TakeStatistics() {
    Statistics statistics;
    for (auto& shard : shards_) {
        std::scoped_lock const lock(shard.mutex);
        auto const taken = std::exchange(shard.statistics, {});
        statistics.dropped += taken.dropped;
        statistics.deduplicated += taken.deduplicated;
    }
    std::scoped_lock const lock(mutex_);
    statistics.dropped += buffer_.TakeDropped();
    statistics.deduplicated += std::exchange(deduplicated_, 0);
    return statistics;
}

void EventRecorder::ForgetContexts() {
    // The one that counts goes first: a shard that still knows a context tells it later then.
    {
        std::scoped_lock const lock(mutex_);
        told_.Clear();
    }
    for (auto& shard : shards_) {
        std::scoped_lock const lock(shard.mutex);
        shard.told.Clear();
    }
}

}  // namespace lddynamo::events
