/// @file
/// Client::Core: what a Client is made of.
/// Layer: client.
#pragma once

#include "client/big_segment_view.hpp"
#include "client/big_segments.hpp"
#include "client/cache.hpp"
#include "client/cache_lookup.hpp"
#include "client/data_target.hpp"
#include "client/flights.hpp"
#include "client/item_decoder.hpp"
#include "client/store_health.hpp"
#include "client/store_reader.hpp"
#include "evaluation/evaluator.hpp"

#include <lddynamo/client.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

namespace lddynamo {

namespace client {

/// Takes an evaluation's outcome, while all that it points to is there. Must not block.
class OutcomeSink {
  public:
    OutcomeSink() = default;
    OutcomeSink(OutcomeSink const&) = delete;
    OutcomeSink& operator=(OutcomeSink const&) = delete;
    /// Before each attempt, of which only the last counts.
    virtual void Begin() {}
    /// Told of the prerequisites; nullptr: nobody wants to know.
    [[nodiscard]] virtual evaluation::PrerequisiteObserver* Observer() { return nullptr; }
    /// @param flag  nullptr: there is none, or none that can be used.
    virtual void Take(model::FeatureFlag const* flag, evaluation::Outcome const& outcome) = 0;

  protected:
    ~OutcomeSink() = default;
};
}  // namespace client

/// Decides, for each call, what is good enough and what must be read, and reads it.
///
/// The quick path takes a guard, looks the flag up and evaluates it; it is left as soon as
/// something is missing or too old. The slow path reads what is needed outside of any guard, into
/// an overlay of its own and into the cache, and tries again: one read for each level of
/// references, until the evaluation asks for nothing new.
class Client::Core final : public client::DataTarget {
  public:
    /// Whom flags are read from, and when there are any.
    enum class Source {
        kStore,     ///< A store that others fill: whatever is in it counts.
        kReceived,  ///< What Receive is given, and a store that keeps it.
        kMemory,    ///< What Receive is given, kept here.
    };
    /// @param big_segments  nullptr: none. Outlives this object.
    Core(ClientOptions const& options, Source source, client::BigSegments* big_segments);

    /// Calls `sink` once, unless it throws (for want of memory).
    void Evaluate(std::string_view key, Context const& context, client::OutcomeSink& sink);
    [[nodiscard]] AllFlagsState AllFlags(Context const& context, AllFlagsOptions const& options);
    [[nodiscard]] Result<std::size_t> Preload();
    [[nodiscard]] Result<bool> Initialized();  ///< As Client has it.
    /// Whether evaluations have data; for a store, whether someone filled it is asked now and then.
    [[nodiscard]] bool IsReady();

    // Not for Source::kStore.
    [[nodiscard]] bool Receive(StoreData const& data) override;
    void Receive(DataKind kind, std::string_view key, SerializedItem const& item) override;
    void ReceiveIfNewer(DataKind kind, std::string_view key, SerializedItem const& item) override;
    [[nodiscard]] Reading StartReading() override { return {cache_.StartRead(), Now()}; }
    void ReceiveRead(Reading const& reading, DataKind kind, std::string_view key,
                     Result<std::optional<SerializedItem>> const& found) override;
    void SetReady() noexcept override { ready_.store(true, std::memory_order_release); }
    void Abandon() noexcept override { abandoned_.store(true, std::memory_order_relaxed); }

  private:
    using Mode = CacheOptions::Mode;

    /// One call: of one flag for one context.
    struct Call {
        std::string_view key{};
        Context const& context;
        client::OutcomeSink& sink;
        client::BigSegmentView* view = nullptr;  ///< nullptr: there are no Big Segments.
    };
    enum class Attempt {
        kDone,
        kNeedsRead,        ///< Of the store; the sink was not called.
        kNeedsMembership,  ///< Of Big Segments; the sink was not called.
    };
    [[nodiscard]] static Attempt TryEvaluate(client::CacheLookup const& lookup, Call const& call);
    void Evaluate(Call const& call);
    /// With what is in the cache, if that is good enough.
    [[nodiscard]] Attempt EvaluateQuickly(Call const& call);
    void EvaluateSlowly(Call const& call);
    /// With a complete generation, which must have been ensured before.
    void EvaluateFrozen(Call const& call);
    [[nodiscard]] bool AskWhetherReady();
    /// Empty: `view` has to fetch something first.
    [[nodiscard]] std::optional<AllFlagsState> TryAllFlags(Context const& context,
                                                           AllFlagsOptions const& options,
                                                           client::BigSegmentView* view) const;

    /// Reads what is needed, or waits for those who do.
    void Fetch(client::Needs const& needs, client::Overlay& overlay);
    void FetchUncached(client::Needs const& needs, client::Overlay& overlay);
    /// Makes expired keys this thread's to read; others go on with what is there.
    [[nodiscard]] std::vector<ItemKey> Claim(std::vector<ItemKey> const& expired,
                                             client::Nanoseconds horizon) const;
    /// What others put into the cache since it was found missing.
    [[nodiscard]] std::vector<client::ReadItem> ReadMeanwhile(std::vector<ItemKey>& keys) const;

    /// Makes sure that there is a complete generation, as fresh as the cache's mode asks for.
    /// @return false when there is none, and none could be read.
    [[nodiscard]] bool EnsureComplete();
    [[nodiscard]] Result<std::size_t> LoadEverything(bool keep_known);
    [[nodiscard]] bool IsComplete() const noexcept;

    [[nodiscard]] client::Nanoseconds Now() const noexcept {
        return clock_.SteadyNow().time_since_epoch() / std::chrono::nanoseconds(1);
    }
    [[nodiscard]] client::Nanoseconds CoarseNow() const noexcept {
        return clock_.CoarseSteadyNow().time_since_epoch() / std::chrono::nanoseconds(1);
    }
    /// When something that is being read from `started` on will be too old.
    [[nodiscard]] client::Nanoseconds ExpiryFrom(client::Nanoseconds started) const noexcept;

    std::shared_ptr<FeatureStore> const store_;  // shared with the caller; nullptr: kMemory
    client::BigSegments* const big_segments_;
    Source const source_;
    bool const offline_;
    Mode const mode_;
    client::Nanoseconds const ttl_;
    bool const preload_;
    Clock const& clock_;
    client::Cache cache_;
    client::StoreHealth health_;
    client::ItemDecoder decoder_;
    std::optional<client::StoreReader> reader_;  // empty: in memory
    client::Flights flights_;
    Logger const logger_;
    std::atomic<bool> abandoned_{false};
    std::atomic<bool> ready_;
    std::mutex ready_mutex_;
    std::condition_variable ready_answered_;
    std::thread::id ready_asker_{};                        // guarded by ready_mutex_; none: nobody
    client::Nanoseconds ask_ready_at_ = client::kExpired;  // guarded by ready_mutex_
};

}  // namespace lddynamo
