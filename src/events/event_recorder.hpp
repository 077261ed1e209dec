/// @file
/// EventRecorder: decides what is told of what happens, and keeps it until it is sent.
/// Layer: events.
///
/// No I/O, no clock and no thread of its own: the rules of the Go SDK's event processor, for many
/// threads at once.
///
/// What most evaluations do is count: a flag without event tracking, a context that is known. That
/// path allocates nothing and takes one lock, of one of eight shards that threads are spread over,
/// so that threads seldom meet; each shard has its own counts and its own short list of contexts
/// known to have been told. What is new or tracked takes the one lock of the buffer and of the list
/// that counts, after the shard's lock is given back; so does now and then what a shard knows, or
/// else that list would forget the contexts that are evaluated most. No lock is held while anything
/// is written, sent or logged.
///
/// Memory is bounded: by EventOptions::capacity, context_keys_capacity, and the limits of a
/// Summarizer in each shard.
#pragma once

#include "base/random.hpp"
#include "events/context_deduplicator.hpp"
#include "events/event_buffer.hpp"
#include "events/event_sink.hpp"
#include "events/sampler.hpp"
#include "events/summarizer.hpp"

#include <lddynamo/event_options.hpp>
#include <lddynamo/logger.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

namespace lddynamo::events {

/// @par Thread safety  All methods may be called from any thread at once.
class EventRecorder {
  public:
    struct Payload {
        std::vector<Event> events{};
        Summary summary{};
        /// Events of the batch, the summary being one.
        [[nodiscard]] std::size_t Size() const noexcept {
            return events.size() + (summary.Empty() ? 0U : 1U);
        }
    };
    struct Statistics {
        std::uint64_t dropped = 0;
        std::uint64_t deduplicated = 0;  ///< Contexts that needed no index event.
    };

    EventRecorder(EventOptions const& options, base::RandomFraction random, Logger logger);

    void Evaluated(Context const& context, FlagEvaluation const& evaluation, UnixMilliseconds now);
    void Identified(Context const& context, UnixMilliseconds now);
    void Tracked(Context const& context, std::string_view key, Value const& data,
                 std::optional<double> metric, UnixMilliseconds now);
    void Migrated(Context const& context, MigrationOperation const& operation,
                  UnixMilliseconds now);

    /// All that there is; counting begins anew.
    [[nodiscard]] Payload Take();
    /// Since it was last asked.
    [[nodiscard]] Statistics TakeStatistics();
    /// Contexts are told again when they are seen again.
    void ForgetContexts();
    /// What LaunchDarkly's clock said last: debugging of a flag ends by it, too.
    void SetServerTime(UnixMilliseconds time) noexcept { server_time_.store(time); }
    /// From now on nothing is kept.
    void Stop() noexcept { stopped_.store(true); }
    [[nodiscard]] bool Stopped() const noexcept { return stopped_.load(); }

  private:
    static constexpr std::size_t kShards = 8;
    static constexpr std::size_t kShardContexts = 256;

    struct alignas(64) Shard {
        Shard(std::size_t contexts, std::uint64_t fresh_for) : told(contexts, fresh_for) {}
        std::mutex mutex;
        // Guarded by mutex:
        Summarizer summarizer;
        ContextDeduplicator told;
        Statistics statistics;
    };

    [[nodiscard]] Shard& ShardOfThisThread() noexcept;
    [[nodiscard]] bool IsDebugged(FlagEvaluation const& evaluation,
                                  UnixMilliseconds now) const noexcept;
    /// Counts; and tells whether the context was told before, as far as the shard knows.
    [[nodiscard]] bool Count(Context const& context, FlagEvaluation const& evaluation,
                             EvaluationResult const& result, UnixMilliseconds now);
    [[nodiscard]] static EvaluationEvent MakeEvent(Context const& context,
                                                   FlagEvaluation const& evaluation,
                                                   EvaluationResult const& result,
                                                   bool with_reason);
    /// The context to introduce it with; empty when none of it may be.
    [[nodiscard]] std::optional<Context> Introduction(Context const& context) const;
    /// told_.Notice. The caller holds mutex_.
    [[nodiscard]] bool NoticeLocked(Context const& context);
    /// Adds an index event unless the context is known. The caller holds mutex_.
    void IntroduceLocked(Context const& context, UnixMilliseconds now);
    /// Runs `add`, which adds to the buffer, under the lock.
    template <class Add>
    void WithBuffer(Add const& add);

    bool const omit_anonymous_;
    Sampler const sampler_;
    Logger const logger_;
    std::atomic<bool> stopped_{false};
    std::atomic<bool> uncounted_{false};  // was warned of
    std::atomic<UnixMilliseconds> server_time_{std::numeric_limits<UnixMilliseconds>::min()};
    std::atomic<std::uint64_t> noticed_{0};  // calls of told_.Notice, counted under mutex_
    std::array<Shard, kShards> shards_;
    std::mutex mutex_;
    // Guarded by mutex_:
    EventBuffer buffer_;
    ContextDeduplicator told_;
    std::uint64_t deduplicated_ = 0;
};

}  // namespace lddynamo::events
