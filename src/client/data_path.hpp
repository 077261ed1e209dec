/// @file
/// DataPath: takes what a data source brings into the store and into the cache.
/// Layer: client.
#pragma once

#include "base/worker.hpp"
#include "client/data_target.hpp"
#include "client/source_status.hpp"
#include "datasource/data_source.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string_view>

namespace lddynamo::client {

/// Writes to the store first and, what the store has, to the cache. With an infinite cache, the
/// cache is given also what the store did not take, as in the Go SDK. Once the store failed, it is
/// asked every half second whether it answers again, on a thread of its own, and then the data
/// source brings everything anew: only that makes up for what was lost. A store that answers and
/// yet does not take that (one that may only be read) is asked less and less often.
/// @par Thread safety  As DataSink; Close from any thread.
class DataPath final : public datasource::DataSink, public std::enable_shared_from_this<DataPath> {
  public:
    static constexpr std::chrono::milliseconds kProbeInterval{500};
    static constexpr std::chrono::milliseconds kLongestProbeInterval{30000};

    struct Options {
        std::shared_ptr<FeatureStore> store{};  ///< Shared with the user; nullptr: in memory.
        bool cache_is_infinite = false;
        std::chrono::milliseconds probe_interval = kProbeInterval;
        /// Takes how each opening of a stream went; not after Close. May be empty.
        std::function<void(datasource::StreamInit const&)> on_stream_init{};
        Logger logger{};
    };

    /// @param target   outlives Close; the destructor does not touch it.
    /// @param refresh  asks the data source to bring everything again; not after Close; must not
    ///                 block.
    DataPath(Options options, DataTarget& target, std::shared_ptr<SourceStatus> status,
             std::function<void()> refresh);
    ~DataPath() override = default;  // on the prober's thread when that was the last owner

    [[nodiscard]] bool Init(StoreData data) override;
    [[nodiscard]] bool Upsert(DataKind kind, std::string_view key, SerializedItem item) override;
    void OnStatus(DataSourceState state, std::optional<Error> error) override;
    void OnEnvironmentId(std::string_view id) override { status_->SetEnvironmentId(id); }
    void OnStreamInit(datasource::StreamInit const& init) override;

    /// From then on neither the target nor `refresh` is called. Harmless when repeated, and in the
    /// child of a fork.
    void Close() noexcept;

  private:
    /// Calls `use` with the target. @return false: closed, or there was no memory for it.
    template <class Use>
    [[nodiscard]] bool WithTarget(Use&& use);
    /// Reads what another writer put there, and gives it to the target.
    [[nodiscard]] bool ReadAgain(DataKind kind, std::string_view key);
    /// The store lacks something now; asks it until it answers again.
    void Lost(Error const& error);
    static void Probe(std::weak_ptr<DataPath> const& weak, std::stop_token const& stop);

    Options const options_;
    std::shared_ptr<SourceStatus> const status_;  // shared with the client
    std::function<void()> const refresh_;
    pid_t const process_ = ::getpid();
    std::mutex mutex_;
    std::atomic<DataTarget*> open_target_;      // to abandon what it is at; nullptr: closed
    DataTarget* target_;                        // guarded by mutex_; nullptr: closed
    std::chrono::milliseconds probe_interval_;  // guarded by mutex_; grows while nothing helps
    bool lost_ = false;                         // guarded by mutex_; until the next good Init
    bool probing_ = false;                      // guarded by mutex_; the prober has more to do
    std::unique_ptr<base::Worker> prober_;      // guarded by mutex_
};

}  // namespace lddynamo::client
