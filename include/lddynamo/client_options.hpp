/// @file
/// ClientOptions: what a Client is made of and how it behaves.
/// Layer: client.
#pragma once

#include <lddynamo/big_segment_store.hpp>
#include <lddynamo/clock.hpp>
#include <lddynamo/data_source_status.hpp>
#include <lddynamo/environment.hpp>
#include <lddynamo/event_options.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/file_data.hpp>
#include <lddynamo/hook.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/secret.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace lddynamo {

/// How long what was read from the store is used without asking again. Without a data_store it does
/// not matter: everything is in memory.
struct CacheOptions {
    enum class Mode : std::uint8_t {
        kOff,       ///< Every evaluation reads the store.
        kTtl,       ///< Reads again after `ttl`.
        kInfinite,  ///< Reads each item once; never sees later changes but those it is sent itself.
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

/// LaunchDarkly's services, or a Relay Proxy or test server in their place. Each may have a path; a
/// slash at the end is ignored.
struct ServiceEndpoints {
    std::string streaming = "https://stream.launchdarkly.com";
    std::string polling = "https://sdk.launchdarkly.com";
    std::string events = "https://events.launchdarkly.com";
};

/// Flag data by LaunchDarkly's stream: changes arrive within a second.
struct StreamingOptions {
    /// Before the first reconnection; doubled with each further one, less up to half of it by
    /// chance, at most 30 s; begins anew after a minute of a good connection. Not negative; 0 is
    /// 1 ms.
    std::chrono::milliseconds initial_reconnect_delay{1000};
    /// A stream that brings nothing for so long (LaunchDarkly sends a comment every 3 minutes at
    /// most) is dropped and opened anew. 1 ms or more; over a year is a year.
    std::chrono::milliseconds read_timeout{300000};
};

/// Flag data by asking again and again.
struct PollingOptions {
    std::chrono::milliseconds interval{30000};  ///< Less than 30 s is 30 s, over a year is a year.
};

/// What to do when LaunchDarkly refuses for a reason that asking again hardly mends (401, 403, and
/// all other 4xx but 400, 408 and 429).
enum class RefusedPolicy : std::uint8_t {
    kStop,         ///< For good, as the Go SDK does: the state becomes kOff.
    kRetrySlowly,  ///< Ask again every 5 minutes, less up to half of it by chance.
};

/// Two texts that LaunchDarkly shows with what this client sends. Up to 64 characters of
/// [A-Za-z0-9._-]; one that breaks this is left out, and logged.
struct ApplicationInfo {
    std::string id{};
    std::string version{};
};

/// A library around this one, named in a header. A version without a name is not sent.
struct WrapperInfo {
    std::string name{};
    std::string version{};
};

/// How LaunchDarkly is reached. Proxies and trusted roots come from the environment where nothing
/// is said: see HttpTransportOptions.
struct HttpOptions {
    std::chrono::milliseconds connect_timeout{3000};
    std::string ca_file{};  ///< File of trusted PEM roots in place of the system's.
    std::optional<std::string> proxy{};
    std::optional<std::string> no_proxy{};
    /// false: accept any certificate. For tests of your own only: anyone in between can then read
    /// the SDK key and change flags.
    bool verify_peer = true;
    Environment const* environment = nullptr;  ///< nullptr: the process's. Must outlive the client.
};

/// How the Big Segments store is doing.
struct BigSegmentStoreStatus {
    bool available = false;  ///< It answered when last asked.
    bool stale = false;      ///< Its data were last up to date longer ago than `stale_after`.
    friend bool operator==(BigSegmentStoreStatus const&, BigSegmentStoreStatus const&) = default;
};

/// Segments of so many contexts that they are kept in a store of their own. The values are those of
/// the Go SDK.
struct BigSegmentOptions {
    /// nullptr: flags that need Big Segments say NOT_CONFIGURED and go by the segments' rules.
    std::shared_ptr<BigSegmentStore> store{};  // shared: the caller may use it for more
    std::size_t context_cache_size = 1000;     ///< Contexts; the least recently used one goes.
    std::chrono::milliseconds context_cache_time{5000};
    std::chrono::milliseconds status_poll_interval{5000};
    std::chrono::milliseconds stale_after{120000};
    /// Told of each change, on a thread of the client's; must return soon, and must not destroy
    /// the client.
    std::function<void(BigSegmentStoreStatus const&)> on_status{};
};

struct ClientOptions {
    /// Needed, except offline and, unless events are asked for, in daemon mode and with files.
    Secret sdk_key{};
    /// Where flags are kept. nullptr: in memory. Required in daemon mode.
    std::shared_ptr<FeatureStore> data_store{};  // shared: the caller may go on writing to it
    /// Only read flags from the store; never ask LaunchDarkly for them.
    bool daemon_mode = false;
    /// Calls nobody; every evaluation gives its default with CLIENT_NOT_READY.
    bool offline = false;

    /// Where flag data come from, unless daemon_mode or offline.
    std::variant<StreamingOptions, PollingOptions, FileDataOptions> data_source{};
    RefusedPolicy refused = RefusedPolicy::kStop;
    /// Key of a payload filter: [A-Za-z0-9] and then any of [A-Za-z0-9._-]. Another is left out,
    /// and logged. Empty: everything.
    std::string payload_filter{};
    /// Told of each change, on a thread of the client's; must return soon, and must not destroy
    /// the client.
    std::function<void(DataSourceStatus const&)> on_data_source_status{};

    CacheOptions cache{};
    LoadMode load = LoadMode::kLazy;  ///< For daemon mode.
    BigSegmentOptions big_segments{};
    EventOptions events{};
    std::vector<std::shared_ptr<Hook>> hooks{};  ///< Called in this order; see Hook.

    ServiceEndpoints endpoints{};
    ApplicationInfo application{};
    WrapperInfo wrapper{};
    HttpOptions http{};

    Logger logger{};
    Clock* clock = nullptr;  ///< nullptr: the machine's. Must outlive the client.
};

}  // namespace lddynamo
