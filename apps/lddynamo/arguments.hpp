/// @file
/// What the user asked the program for, free of how it was spelled.
#pragma once

#include <lddynamo/environment.hpp>
#include <lddynamo/feature_store.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace lddynamo::app {

/// The program's exit codes; part of its contract (docs/cli.md).
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,
    kUsage = 2,
    kNotFoundOrNotInitialized = 3,
    kCredentials = 4,
    kDiffers = 5,  ///< `diff` alone: not a failure, and not to be taken for one.
};

/// The exit code that tells what kind of failure `error` is.
[[nodiscard]] ExitCode ExitCodeOf(Error const& error) noexcept;

enum class OutputFormat : std::uint8_t { kText, kJson };

enum class Command : std::uint8_t {
    kTableCreate,
    kTableDescribe,
    kImport,
    kExport,
    kList,
    kGet,
    kEval,
    kLocal,
    kDiff,
    kDelete,
    kMigrate,
    kWipe,
    kDoctor,
    kSync,
};

struct CommonOptions {
    std::string table{};
    std::string prefix{};
    std::string region{};
    std::string profile{};
    std::string endpoint_url{};
    OutputFormat output = OutputFormat::kText;
    bool region_from_instance = false;  ///< AwsConfig::region_from_instance_metadata
    bool chunk_oversize = false;        ///< DynamoDbFeatureStoreOptions::chunk_oversize_items
    std::optional<LogLevel> log_level = LogLevel::kWarn;  ///< Empty: nothing is logged.
    /// Where region, profile and endpoint_url were given: "--region", "LDDYNAMO_REGION"; else
    /// empty.
    std::string region_origin{}, profile_origin{}, endpoint_origin{};
};

/// Of `sync`.
struct SyncArguments {
    bool poll = false;
    bool once = false;
    std::chrono::seconds interval{30};
    bool interval_given = false;
    std::chrono::seconds timeout{300};  ///< With `once`, for all of it; 0: none.
    bool timeout_given = false;
    std::string sdk_key_file{};  ///< Empty: the key is in the environment.
    std::string base_uri{};      ///< Empty: LaunchDarkly's.
    std::string filter{};
};

struct Arguments {
    Command command = Command::kList;
    CommonOptions common{};
    DataKind kind = DataKind::kFeatures;        ///< kList, kGet
    std::string file{};                         ///< kImport, kDiff; "-" is stdin
    std::string key{};                          ///< kGet, kEval, kDelete
    std::string context_json{};                 ///< kEval
    std::optional<std::string> default_json{};  ///< kEval
    bool all = false;                           ///< kEval
    bool detail = false;                        ///< kEval
    bool explain = false;                       ///< kEval
    std::uint16_t port = 8000;                  ///< kLocal
    std::optional<std::int64_t> version{};      ///< kDelete
    bool dry_run = false;                       ///< kMigrate
    bool drop_older_attributes = false;         ///< kMigrate
    bool yes = false;                           ///< kWipe
    bool big_segments = false;                  ///< kWipe
    std::size_t max_rows = 100'000;             ///< kDoctor
    bool makes_table = false;                   ///< kLocal: --table was given
    std::string data_file{};                    ///< kLocal; empty: memory only
    std::string faults{};                       ///< kLocal
    std::optional<std::uint64_t> fault_seed{};  ///< kLocal
    bool verify_signatures = false;             ///< kLocal
    bool fault_control = false;                 ///< kLocal
    SyncArguments sync{};                       ///< kSync
};

/// The common options as given on the command line; an empty optional was not given.
struct GivenOptions {
    std::optional<std::string> table{}, prefix{}, region{}, profile{}, endpoint_url{}, output{},
        log_level{};
    std::optional<bool> region_from_instance{}, chunk_oversize{};
};

/// Completes what was not given from LDDYNAMO_TABLE, LDDYNAMO_PREFIX, LDDYNAMO_REGION,
/// LDDYNAMO_REGION_FROM_INSTANCE, LDDYNAMO_PROFILE, LDDYNAMO_ENDPOINT_URL, LDDYNAMO_OUTPUT,
/// LDDYNAMO_LOG_LEVEL and LDDYNAMO_CHUNK_OVERSIZE. Empty variables count as not set.
/// @retval ErrorCode::kInvalidArgument  an unknown output, log level or truth value; the message
/// says where it was set.
[[nodiscard]] Result<CommonOptions> ResolveCommonOptions(GivenOptions const& given,
                                                         Environment const& environment);

}  // namespace lddynamo::app
