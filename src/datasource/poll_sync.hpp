/// @file
/// PollSync: keeps a FeatureStore as LaunchDarkly's data are, by polling.
/// Layer: datasource.
#pragma once

#include "base/random.hpp"
#include "datasource/poller.hpp"

#include <lddynamo/clock.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/http_transport.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace lddynamo::datasource {

/// Less is more than LaunchDarkly wants to be asked.
inline constexpr std::chrono::seconds kMinPollInterval{30};

struct PollSyncOptions {
    /// From the beginning of one poll to that of the next. Not checked against kMinPollInterval:
    /// that is for whoever takes it from a user.
    std::chrono::milliseconds interval = kMinPollInterval;
    /// After the n-th failure in a row: retry_base * 2^(n-1), at most `interval`, less up to half
    /// of it by chance.
    std::chrono::milliseconds retry_base{1000};
    Clock* clock = nullptr;  ///< nullptr: the machine's.
    base::RandomFraction random = base::RandomUnit;
};

enum class SyncState : std::uint8_t {
    kInitializing,  ///< The store was never filled here.
    kValid,         ///< The store has the newest data that were seen.
    kInterrupted,   ///< It may lag behind: see the error.
    kOff,           ///< As kInterrupted, and for good.
};

/// What one step did.
struct SyncStep {
    struct Filled {
        InitReport report{};
        std::size_t flags = 0;
        std::size_t segments = 0;
    };
    std::optional<Filled>
        filled{};  ///< New data, or data that could not be written before, are in.
    std::vector<ItemNote> skipped{};  ///< Of new data: items that no store takes.
    std::optional<Error> poll_error{};
    std::optional<Error> store_error{};
    SyncState state = SyncState::kInitializing;
    /// When to call Step again; nothing when `state` is kOff.
    std::chrono::steady_clock::time_point next{};

    [[nodiscard]] bool Failed() const noexcept { return poll_error || store_error; }
};

/// Data that a store did not take are kept and written again with the next step, whatever
/// LaunchDarkly answers then, unless it has newer ones. A first step always fills the store, so
/// that what an earlier process did not finish is done.
/// @par Thread safety  None.
/// @par Blocking       Step blocks as transport and store do.
class PollSync {
  public:
    /// @param transport, store  must outlive this object.
    PollSync(Poller poller, HttpTransport& transport, FeatureStore& store,
             PollSyncOptions options = {});

    /// One poll and, when there is something to write, one Init.
    [[nodiscard]] SyncStep Step();

  private:
    void Poll(SyncStep& step, bool& permanent);
    void Fill(SyncStep& step);
    [[nodiscard]] std::chrono::milliseconds RetryPause();

    Poller poller_;
    HttpTransport& transport_;
    FeatureStore& store_;
    PollSyncOptions options_;
    Clock& clock_;
    std::optional<StoreData> pending_{};  // read, and not yet in the store
    bool was_filled_ = false;
    int failures_ = 0;  // in a row
};

}  // namespace lddynamo::datasource
