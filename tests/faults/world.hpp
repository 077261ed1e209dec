/// @file
/// World: the table of a history, every state it ever had, and the rules that it must obey.
#pragma once

#include "faults/history.hpp"
#include "faults/scheduler.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include "support/fake_clock.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lddynamo::faults {

/// A clock whose pauses are all short, so that a history does not depend on random pauses.
class SteadyClock final : public Clock {
  public:
    [[nodiscard]] std::chrono::system_clock::time_point Now() const noexcept override {
        return clock_.Now();
    }
    [[nodiscard]] std::chrono::steady_clock::time_point SteadyNow() const noexcept override {
        return clock_.SteadyNow();
    }
    void Sleep(std::chrono::nanoseconds) override { clock_.Advance(std::chrono::milliseconds(1)); }
    void Advance(std::chrono::nanoseconds duration) { clock_.Advance(duration); }

  private:
    test_support::FakeClock clock_;
};

/// Partition and key.
using RowId = std::pair<std::string, std::string>;
/// What a row holds; the marker holds nothing.
using RowState = std::optional<SerializedItem>;

/// A request that reached the table, in the hands of whoever may spoil it.
enum class Fate { kNormal, kThrottle, kLostBefore, kLostAfter, kLate, kKilledBefore, kKilledAfter };

/// @par Thread safety  For the holder of the scheduler's baton.
class World {
  public:
    World(Random& random, FaultPlan plan, bool guarded, bool chunked, Tally& tally, bool trace);

    // What actors do
    /// Waits for its turn and decides what becomes of a request.
    [[nodiscard]] Fate Meet(std::size_t actor, std::string_view request);
    /// Lets others go between two parts of a request.
    void Between(std::size_t actor) {
        scheduler_.Gate(actor);
        ++step_;
    }
    [[nodiscard]] bool IsDead(std::size_t actor) const { return dead_.count(actor) != 0; }
    /// How many of a batch's requests the table leaves unprocessed.
    [[nodiscard]] std::size_t Unprocessed(std::size_t of);
    /// Does a request, or a part of one, and looks at what it changed.
    void Apply(std::size_t operation, std::function<void(test_support::MemoryDynamoDb&)> request);
    /// Does it at some later step.
    void ApplyLate(std::size_t operation,
                   std::function<void(test_support::MemoryDynamoDb&)> request);
    void NoteQuery(std::size_t operation);
    void Calm();  ///< No faults from now on; what is late comes now.

    [[nodiscard]] Operation& Begin(Operation operation);
    [[nodiscard]] Operation& At(std::size_t number) { return operations_[number]; }
    /// The operation that an actor is in.
    std::map<std::size_t, std::size_t> current{};

    // What callers were told
    void CheckInit(Operation const& operation, InitReport const& report);
    void CheckUpsert(Operation const& operation, UpsertOutcome outcome);
    void CheckRead(Operation const& operation, ItemKey const& key, RowState const& seen);
    void CheckAll(Operation const& operation, DataKind kind, ItemMap const& seen);
    void CheckInitialized(Operation const& operation, bool seen);
    /// There is no chunk that no head names.
    void CheckChunks();
    /// The table is exactly that.
    void CheckExactly(StoreData const& data);

    void Violation(std::string what);
    [[nodiscard]] std::string const& Verdict() const { return verdict_; }
    [[nodiscard]] std::string TraceText() const;
    void Trace(std::string const& line);

    [[nodiscard]] Random& Rng() { return random_; }
    [[nodiscard]] SteadyClock& Time() { return clock_; }
    [[nodiscard]] std::shared_ptr<test_support::MemoryDynamoDb> Memory() { return memory_; }
    [[nodiscard]] Scheduler& Turns() { return scheduler_; }
    [[nodiscard]] std::size_t Requests() const { return tally_.requests; }

  private:
    struct Event {
        std::size_t step;
        std::size_t operation;
        RowState after;
    };
    struct Late {
        std::size_t operation;
        std::function<void(test_support::MemoryDynamoDb&)> request;
    };

    /// What a head row held for a while. An official row may have hidden it: a reader that met the
    /// official row before that was written, and the head after it, takes the chunked item.
    struct HeadState {
        std::size_t from;
        std::size_t until;
        std::size_t operation;
        std::string generation;
        RowState item;  ///< Nothing: retired.
    };

    /// Last change of an official row, where it may be hidden by a chunked item.
    struct OfficialChange {
        std::size_t step;
        std::size_t operation;
        RowState after;
    };

    /// What readers are to take for the items, and the marker.
    std::map<RowId, RowState> LookAtTable(std::size_t operation);
    [[nodiscard]] SerializedItem Unpack(Item const& row);
    void NoteHead(std::size_t operation, RowId const& id, Item const& row);
    [[nodiscard]] bool IsLeftOut(ItemKey const& key, SerializedItem const& item) const;
    /// Whether an Init uncovered what another wrote since it looked; that one did it, then.
    [[nodiscard]] bool IsUncovered(Operation const& operation, RowId const& row,
                                   RowState const& after);
    void ComeLate(std::size_t percent);
    void Look(std::size_t operation);
    void CheckChange(std::size_t operation, RowId const& row, RowState const& before,
                     RowState const& after);
    void CheckInitPut(Operation& operation, RowId const& row, SerializedItem const& after);
    [[nodiscard]] bool SawVersion(Operation const& operation, RowId const& row,
                                  std::int64_t version) const;
    /// Whether an Init that changes an official row looked at it as it was, though a chunked item
    /// may have hidden it then.
    [[nodiscard]] bool SawOfficial(Operation const& operation, RowId const& row,
                                   RowState const& before) const;
    /// Whether the row came to be as the operation wants it, or was changed by another.
    [[nodiscard]] bool IsSettled(Operation const& operation, RowId const& row,
                                 RowState const& wanted) const;
    void CheckSettled(Operation const& operation, std::string const& when);
    /// Whether some state of the row in [from, now] satisfies.
    [[nodiscard]] bool Ever(RowId const& row, std::size_t from,
                            std::function<bool(RowState const&)> const& satisfies) const;

    Random& random_;
    FaultPlan plan_;
    bool const guarded_;
    bool const chunked_;
    Tally& tally_;
    bool const trace_;
    std::shared_ptr<test_support::MemoryDynamoDb> memory_;
    Scheduler scheduler_;
    SteadyClock clock_;
    std::size_t step_ = 0;
    std::map<std::size_t, bool> dead_;
    std::deque<Operation> operations_;
    std::map<RowId, RowState> table_;
    std::map<RowId, std::vector<Event>> events_;
    std::map<RowId, OfficialChange> official_;  // of chunked histories
    std::map<RowId, std::vector<HeadState>> heads_;
    /// When a head came under whose cover the official row was deleted since.
    std::map<RowId, std::vector<std::size_t>> lost_under_head_;
    std::map<RowId, OfficialChange> replaced_;        // rows that this step changed, as they were
    std::map<std::string, SerializedItem> unpacked_;  // by generation
    std::vector<Late> late_;
    std::string verdict_;
    std::vector<std::string> lines_;
};

/// "features", "segments".
[[nodiscard]] RowId RowOf(ItemKey const& key);
/// Whether the official SDKs' estimate says that it does not fit.
[[nodiscard]] bool IsOversize(ItemKey const& key, SerializedItem const& item);

}  // namespace lddynamo::faults
