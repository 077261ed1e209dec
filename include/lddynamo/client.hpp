/// @file
/// Client: evaluates feature flags.
/// Layer: client.
#pragma once

#include <lddynamo/clock.hpp>
#include <lddynamo/context.hpp>
#include <lddynamo/evaluation_detail.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/flags_state.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/secret.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lddynamo {

/// How long what was read from the store is used without asking again.
struct CacheOptions {
    enum class Mode : std::uint8_t {
        kOff,       ///< Every evaluation reads the store.
        kTtl,       ///< Reads again after `ttl`.
        kInfinite,  ///< Reads each item once; never sees later changes.
    };
    Mode mode = Mode::kTtl;
    /// As the official SDKs. Spread by up to a tenth, so that clients do not read in step.
    std::chrono::milliseconds ttl{15000};
    /// Most absent keys (and keys of rows that cannot be understood) that are remembered; more are
    /// looked up each time.
    std::size_t max_absent_keys = 10000;
};

enum class LoadMode : std::uint8_t {
    kLazy,  ///< Reads a flag when it is first asked for, with what it needs: at most one read per
            ///< level of prerequisites.
    /// Reads everything at the first evaluation (or Preload), in one parallel round of queries, and
    /// again after `ttl`. Without a cache (CacheOptions::Mode::kOff) as kLazy.
    kPreload,
};

struct ClientOptions {
    Secret sdk_key{};  ///< Not needed in daemon mode, nor sent anywhere.
    /// Required: where flags are.
    std::shared_ptr<FeatureStore> data_store{};  // shared: the caller may go on writing to it
    /// Only read flags from the store, never call LaunchDarkly. The only mode of this version.
    bool daemon_mode = true;
    CacheOptions cache{};
    LoadMode load = LoadMode::kLazy;
    Logger logger{};
    Clock* clock = nullptr;  ///< nullptr: the machine's. Must outlive the client.
};

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
    /// Checks the options; reads nothing.
    /// @retval ErrorCode::kInvalidArgument  no data_store, daemon_mode false, or a ttl below 1 ms.
    [[nodiscard]] static Result<std::unique_ptr<Client>> Create(ClientOptions options);
    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// Whether the store was ever filled. "Could not tell" is the error. Evaluations do not need
    /// it: a flag that is in the table is evaluated, as in the Go SDK's daemon mode.
    [[nodiscard]] Result<bool> Initialized();
    /// Reads everything now, so that no evaluation has to wait.
    /// @return how many rows could not be understood and were left out.
    /// @retval others  as FeatureStore::LoadAll; what was cached before stays in use.
    [[nodiscard]] Result<std::size_t> Preload();

    [[nodiscard]] bool BoolVariation(std::string_view flag, Context const& context,
                                     bool default_value) noexcept;
    /// A fraction is truncated towards zero, as in the Go SDK; clamped to the range of int64.
    [[nodiscard]] std::int64_t IntVariation(std::string_view flag, Context const& context,
                                            std::int64_t default_value) noexcept;
    [[nodiscard]] double DoubleVariation(std::string_view flag, Context const& context,
                                         double default_value) noexcept;
    [[nodiscard]] std::string StringVariation(std::string_view flag, Context const& context,
                                              std::string default_value) noexcept;
    /// Any type.
    [[nodiscard]] Value JsonVariation(std::string_view flag, Context const& context,
                                      Value default_value) noexcept;

    [[nodiscard]] EvaluationDetail<bool> BoolVariationDetail(std::string_view flag,
                                                             Context const& context,
                                                             bool default_value) noexcept;
    [[nodiscard]] EvaluationDetail<std::int64_t> IntVariationDetail(
        std::string_view flag, Context const& context, std::int64_t default_value) noexcept;
    [[nodiscard]] EvaluationDetail<double> DoubleVariationDetail(std::string_view flag,
                                                                 Context const& context,
                                                                 double default_value) noexcept;
    [[nodiscard]] EvaluationDetail<std::string> StringVariationDetail(
        std::string_view flag, Context const& context, std::string default_value) noexcept;
    [[nodiscard]] EvaluationDetail<Value> JsonVariationDetail(std::string_view flag,
                                                              Context const& context,
                                                              Value default_value) noexcept;

    /// Every flag's value for the context. Not valid when the store could not be read and nothing
    /// is cached.
    [[nodiscard]] AllFlagsState AllFlags(Context const& context,
                                         AllFlagsOptions const& options = {}) noexcept;

  private:
    class Core;
    explicit Client(std::unique_ptr<Core> core) noexcept;
    std::unique_ptr<Core> core_;
};

}  // namespace lddynamo
