/// @file
/// Client: evaluates feature flags.
/// Layer: client.
#pragma once

#include <lddynamo/client_options.hpp>
#include <lddynamo/context.hpp>
#include <lddynamo/data_source_status.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/flags_state.hpp>
#include <lddynamo/migration.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo {

/// Evaluates flags out of a store.
///
/// An evaluation never fails and never throws: when something is wrong the default comes back, and
/// the detail's reason says why. When the store fails, the last values that were read go on being
/// used, however old; a flag of which nothing is known, or that needs something of which nothing is
/// known, gives the default with EXCEPTION. A store that failed is left alone for a while, growing
/// with each failure: up to 0.1 s to 1 s for what has no value and when there is no cache, up to 1
/// s to the ttl (a minute at most) for what has one. One line is logged when an outage starts, one
/// when it ends. A row that cannot be understood is logged once; the flag keeps the value it had
/// before, and without one gives MALFORMED_FLAG. As a prerequisite or segment without a value
/// before, it counts as absent.
/// @par Thread safety  All methods may be called from any thread at once. Reading a cached flag
/// takes no lock.
/// @par Blocking       An evaluation blocks when it must read the store, and not at all for a
/// cached flag.
///                     Threads that need the same item at the same time share one read (not with
///                     CacheOptions::Mode::kOff, where each reads for itself). When a cached item
///                     is too old, one thread reads it again; the others use it meanwhile and do
///                     not wait.
/// @par Lifetime       Returned values are independent of the client.
class Client {
  public:
    /// Checks the options and starts what they ask for: the data source, event delivery. Waits for
    /// none of them (see WaitForInitialization); in daemon mode nothing is read and, without events
    /// and Big Segments, no thread started.
    /// @retval ErrorCode::kInvalidArgument  daemon_mode without a data_store; an sdk_key that is
    ///                                      needed and missing, or cannot be sent; a ttl below 1
    ///                                      ms; an endpoint that is no http or https URL.
    /// @retval ErrorCode::kInternal         no thread can be started, or no memory is left.
    [[nodiscard]] static Result<std::unique_ptr<Client>> Create(ClientOptions options);
    /// Close.
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// Waits until evaluations have data of the data source, it gave up for good, or time is up.
    /// Daemon mode and offline do not wait.
    /// @return whether they have; true in daemon mode and offline.
    /// @par Blocking  For up to `timeout`.
    [[nodiscard]] bool WaitForInitialization(std::chrono::milliseconds timeout) noexcept;
    /// Whether evaluations have data of the data source; true when offline. In daemon mode, and
    /// before the data source delivered: whether the store was ever filled, by whomever, or the
    /// store's error. Evaluations do not need it in daemon mode: a flag
    /// that is in the table is evaluated, as in the Go SDK.
    /// @retval others  as FeatureStore::Initialized: a missing region, table or permission shows
    ///                 here, while evaluations give their defaults.
    [[nodiscard]] Result<bool> Initialized();
    /// How the connection to LaunchDarkly is: kValid in daemon mode, kOff offline.
    [[nodiscard]] DataSourceStatus GetDataSourceStatus() const;
    /// Asks the Big Segments store when it was not asked yet. Not available without one.
    [[nodiscard]] BigSegmentStoreStatus GetBigSegmentStoreStatus();
    /// Reads everything in the store now, so that no evaluation has to wait.
    /// @return how many rows could not be understood and were left out.
    /// @retval others  as FeatureStore::LoadAll; what was cached before stays in use.
    [[nodiscard]] Result<std::size_t> Preload();
    /// Ends every thread and connection of the client; what events there are is sent, for at most
    /// half a second. Evaluations go on with what is cached. Harmless when repeated, and from any
    /// thread but one that a callback or hook of this client runs on.
    /// @par Blocking  For up to a second. A call into a store that lasts longer is left to end by
    ///                itself; it keeps the store, and nothing else of the client.
    void Close() noexcept;

    // The value of a flag for a context, by type. For each of these, and of the Detail ones: the
    // default when there is no such flag, no data yet, or its value is of another type
    // (WRONG_TYPE); counted for the events, and seen by the hooks.

    /// The flag's value, a boolean.
    [[nodiscard]] bool BoolVariation(std::string_view flag, Context const& context,
                                     bool default_value) noexcept;
    /// The flag's value, a number. A fraction is truncated towards zero, as in the Go SDK; clamped
    /// to the range of int64.
    [[nodiscard]] std::int64_t IntVariation(std::string_view flag, Context const& context,
                                            std::int64_t default_value) noexcept;
    /// The flag's value, a number.
    [[nodiscard]] double DoubleVariation(std::string_view flag, Context const& context,
                                         double default_value) noexcept;
    /// The flag's value, a string.
    [[nodiscard]] std::string StringVariation(std::string_view flag, Context const& context,
                                              std::string default_value) noexcept;
    /// The flag's value, of any type.
    [[nodiscard]] Value JsonVariation(std::string_view flag, Context const& context,
                                      Value default_value) noexcept;

    /// As BoolVariation, and which variation it is and why. Events then carry the reason, too.
    [[nodiscard]] EvaluationDetail<bool> BoolVariationDetail(std::string_view flag,
                                                             Context const& context,
                                                             bool default_value) noexcept;
    /// As IntVariation, likewise.
    [[nodiscard]] EvaluationDetail<std::int64_t> IntVariationDetail(
        std::string_view flag, Context const& context, std::int64_t default_value) noexcept;
    /// As DoubleVariation, likewise.
    [[nodiscard]] EvaluationDetail<double> DoubleVariationDetail(std::string_view flag,
                                                                 Context const& context,
                                                                 double default_value) noexcept;
    /// As StringVariation, likewise.
    [[nodiscard]] EvaluationDetail<std::string> StringVariationDetail(
        std::string_view flag, Context const& context, std::string default_value) noexcept;
    /// As JsonVariation, likewise.
    [[nodiscard]] EvaluationDetail<Value> JsonVariationDetail(std::string_view flag,
                                                              Context const& context,
                                                              Value default_value) noexcept;

    /// Every flag's value for the context. Not valid, and empty, before there are data, and when
    /// the store could not be read and all of it never was.
    [[nodiscard]] AllFlagsState AllFlags(Context const& context,
                                         AllFlagsOptions const& options = {}) noexcept;

    /// The stage of a migration. A value that is no stage counts as of the wrong type.
    [[nodiscard]] MigrationVariationResult MigrationVariation(
        std::string_view flag, Context const& context, MigrationStage default_stage) noexcept;
    /// Tells LaunchDarkly of a migration's operation; one that is not consistent is logged and not
    /// sent.
    void TrackMigration(MigrationTracker const& tracker) noexcept;

    /// Tells LaunchDarkly that there is this context.
    void Identify(Context const& context) noexcept;
    /// Tells LaunchDarkly of something that happened.
    /// @param data    null: none.
    /// @param metric  for experiments on a number.
    void Track(std::string_view event, Context const& context, Value data = {},
               std::optional<double> metric = {}) noexcept;
    /// Sends the events that there are soon. Returns at once.
    void Flush() noexcept;
    /// Sends the events that there are. @return whether all were delivered in time; true when none
    /// are to be sent at all.
    [[nodiscard]] bool FlushAndWait(std::chrono::milliseconds timeout) noexcept;
    /// What LaunchDarkly's JavaScript SDK takes as `hash` in secure mode: the hexadecimal
    /// HMAC-SHA-256 of the context's fully qualified key, by the SDK key. A client without an
    /// sdk_key (daemon mode) uses the empty key, as the Go SDK does: anybody can compute that hash,
    /// so it proves nothing. Give such a client the sdk_key where hashes are needed.
    [[nodiscard]] std::string SecureModeHash(Context const& context) const;

  private:
    class Core;
    class Parts;
    explicit Client(std::unique_ptr<Parts> parts) noexcept;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lddynamo
