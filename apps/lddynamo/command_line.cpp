#include "lddynamo/command_line.hpp"

#include "datasource/poll_source.hpp"

#include <lddynamo/version.hpp>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

namespace lddynamo::app {
namespace {

constexpr std::int64_t kMaxVersion = std::int64_t{1} << 53U;  // what JSON numbers hold exactly

CLI::Option* AddOptional(CLI::App& app, char const* name, std::optional<std::string>& target,
                         char const* help) {
    return app
        .add_option_function<std::string>(
            name, [&target](std::string const& value) { target = value; }, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

/// What a script's unset variable gives: it must not mean the real service.
std::string RefuseEmptyUri(std::string const& uri) {
    return uri.empty() ? "an empty URI" : std::string();
}

/// `--name` or `--name=false`.
void AddOptional(CLI::App& app, char const* name, std::optional<bool>& target, char const* help) {
    app.add_flag_function(
           name, [&target](std::int64_t value) { target = value > 0; }, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void AddCommonOptions(CLI::App& app, GivenOptions& given) {
    AddOptional(app, "--table", given.table, "the DynamoDB table [LDDYNAMO_TABLE]");
    AddOptional(app, "--prefix", given.prefix,
                "the environment's prefix inside the table; default none [LDDYNAMO_PREFIX]");
    AddOptional(app, "--region", given.region,
                "the AWS region; default AWS_REGION, AWS_DEFAULT_REGION, the profile's "
                "[LDDYNAMO_REGION]");
    AddOptional(app, "--region-from-instance", given.region_from_instance,
                "where nothing says the region, ask the EC2 instance metadata service "
                "[LDDYNAMO_REGION_FROM_INSTANCE]");
    AddOptional(app, "--profile", given.profile,
                "a profile of the AWS configuration files; default AWS_PROFILE [LDDYNAMO_PROFILE]");
    AddOptional(app, "--endpoint-url", given.endpoint_url,
                "talk to this URL instead of AWS [LDDYNAMO_ENDPOINT_URL]")
        ->check(RefuseEmptyUri);
    AddOptional(app, "--output", given.output, "text (default) or json [LDDYNAMO_OUTPUT]");
    AddOptional(app, "--log-level", given.log_level,
                "trace, debug, info, warn (default), error or off [LDDYNAMO_LOG_LEVEL]");
    AddOptional(app, "--chunk-oversize", given.chunk_oversize,
                "keep items over 400 KB as compressed chunks, and read such items "
                "[LDDYNAMO_CHUNK_OVERSIZE]");
}

/// CLI11 ends its message with a hint on a line of its own.
std::string OneLine(std::string text) {
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

/// An evaluation must start fast, and each command of the grammar costs its share.
bool IsPlainEval(int argc, char const* const* argv) {
    constexpr std::array<std::string_view, 8> kOthers = {"diff",   "delete", "migrate", "wipe",
                                                         "doctor", "sync",   "--help",  "-h"};
    bool eval = false;
    for (int i = 1; i < argc; ++i) {
        std::string_view const word = argv[i];
        if (std::find(kOthers.begin(), kOthers.end(), word) != kOthers.end()) return false;
        eval = eval || word == "eval";
    }
    return eval;
}

Status CheckSync(SyncArguments const& given) {
    if (given.timeout_given && !given.once) {
        return Fail(ErrorCode::kInvalidArgument, "sync: --timeout goes with --once");
    }
    if (!given.poll) {
        return given.interval_given
                   ? Fail(ErrorCode::kInvalidArgument, "sync: --interval goes with --poll")
                   : Status();
    }
    // LaunchDarkly's own servers are not to be asked more often; what others bear is theirs.
    if (given.base_uri.empty() && given.interval < datasource::kMinPollInterval) {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("sync: --interval: LaunchDarkly is polled every {} seconds at most",
                                datasource::kMinPollInterval.count()));
    }
    return {};
}

/// Holds the grammar and what it fills in.
class Grammar {
  public:
    /// @param quick  without the commands that look after a table.
    explicit Grammar(bool quick) {
        app_.name("lddynamo");
        app_.require_subcommand(0, 1);  // what follows the command may have a command's name
        app_.set_version_flag("--version", "lddynamo " + std::string(Version()),
                              "print the version and exit");
        app_.fallthrough();
        app_.failure_message(CLI::FailureMessage::simple);
        AddCommonOptions(app_, given_);

        auto* const table = app_.add_subcommand("table", "create or describe the table");
        table->fallthrough();
        Add(*table, "create",
            "create the table, wait until it is ACTIVE; fine when it exists with the right keys",
            Command::kTableCreate);
        Add(*table, "describe", "show the table's keys, status and size", Command::kTableDescribe);

        auto& import = Add(app_, "import",
                           "replace all flags and segments by those of a LaunchDarkly data file",
                           Command::kImport);
        import
            .add_option("FILE", arguments_.file,
                        "{\"flags\":{...},\"segments\":{...}}; - for stdin")
            ->required();
        Add(app_, "export", "print all flags and segments in the form that import reads",
            Command::kExport);

        Add(app_, "flags", "list the flags", Command::kList);
        Add(app_, "segments", "list the segments", Command::kList, DataKind::kSegments);

        auto* const get = app_.add_subcommand("get", "print an item's stored JSON");
        get->fallthrough();
        for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            bool const flag = kind == DataKind::kFeatures;
            auto& one = Add(*get, flag ? "flag" : "segment",
                            flag ? "print a flag's stored JSON" : "print a segment's stored JSON",
                            Command::kGet, kind);
            one.add_option("KEY", arguments_.key, "the key")->required();
        }

        auto& eval = Add(app_, "eval", "evaluate one flag, or all, for a context", Command::kEval);
        eval.add_option("FLAG", arguments_.key, "the flag's key");
        eval.add_option("--context", arguments_.context_json,
                        "the context's JSON, such as {\"kind\":\"user\",\"key\":\"bob\"}")
            ->required();
        eval.add_option_function<std::string>(
            "--default", [this](std::string const& json) { arguments_.default_json = json; },
            "the JSON value to give when the flag has none; default null");
        eval.add_flag("--detail", arguments_.detail,
                      "also print the variation index and the reason");
        eval.add_flag("--explain", arguments_.explain,
                      "print a table for people: flag, value, why");
        eval.add_flag("--all", arguments_.all, "evaluate every flag, instead of FLAG");

        if (!quick) AddUpkeep();

        auto& local =
            Add(app_, "local", "serve a DynamoDB in memory on 127.0.0.1, for development and tests",
                Command::kLocal);
        local.add_option("--port", arguments_.port, "the TCP port, 0 for any; default 8000");
        local
            .add_option("--data", arguments_.data_file,
                        "keep the tables in this file, which survives crashes")
            ->check([](std::string const& file) {  // an unset variable must not lose the data
                return file.empty() ? "an empty file name" : std::string();
            });
        local.add_flag("--verify-signatures", arguments_.verify_signatures,
                       "refuse requests not signed with the keys of the environment");
        local.add_option("--fault", arguments_.faults,
                         "faults to have, for tests, such as throttle=0.5,delay=50ms,seed=7");
        local.add_option_function<std::uint64_t>(
            "--fault-seed", [this](std::uint64_t seed) { arguments_.fault_seed = seed; },
            "the same seed and requests have the same faults; default 0");
        local.add_flag("--fault-control", arguments_.fault_control,
                       "let clients read and set the faults over HTTP");
    }

    ParsedCommandLine Parse(int argc, char const* const* argv, Environment const& environment) {
        ParsedCommandLine parsed;
        try {
            app_.parse(argc, argv);
        } catch (CLI::ParseError const& error) {
            std::ostringstream out;
            std::ostringstream err;
            int const code = app_.exit(error, out, err);
            parsed.exit_code = code == 0 ? kDone : kUsage;
            parsed.out = out.str();
            parsed.err = OneLine(err.str());
            return parsed;
        }
        auto const fail = [&](std::string message) {
            parsed.exit_code = kUsage;
            parsed.err = std::move(message);
            return parsed;
        };
        // Not CLI11's require_subcommand: it hides the name of an unknown one.
        if (!chosen_) {
            auto const incomplete = app_.get_subcommands();
            return fail(incomplete.empty()
                            ? std::string("a subcommand is required: see lddynamo --help")
                            : fmt::format("{0}: a subcommand is required: see lddynamo {0} --help",
                                          incomplete.front()->get_name()));
        }
        auto common = ResolveCommonOptions(given_, environment);
        if (!common) return fail(common.error().message);
        arguments_.common = std::move(*common);
        if (arguments_.command == Command::kEval && arguments_.all == !arguments_.key.empty()) {
            return fail("eval: give either FLAG or --all");
        }
        if (arguments_.command == Command::kEval && arguments_.all && arguments_.default_json) {
            return fail("eval: --default goes with FLAG, not with --all");
        }
        if (arguments_.common.table.empty() && arguments_.command != Command::kLocal &&
            arguments_.command != Command::kDoctor) {
            return fail("no table: give --table or set LDDYNAMO_TABLE");
        }
        if (arguments_.command == Command::kSync) {
            if (auto const checked = CheckSync(arguments_.sync); !checked) {
                return fail(checked.error().message);
            }
        }
        // A variable that is set for other commands makes no table.
        arguments_.makes_table = given_.table.has_value();
        parsed.arguments = std::move(arguments_);
        return parsed;
    }

  private:
    CLI::App& Add(CLI::App& parent, char const* name, char const* help, Command command,
                  DataKind kind = DataKind::kFeatures) {
        auto* const sub = parent.add_subcommand(name, help);
        sub->fallthrough();
        sub->callback([this, command, kind] {
            chosen_ = true;
            arguments_.command = command;
            arguments_.kind = kind;
        });
        return *sub;
    }

    /// What looks after a table.
    void AddUpkeep() {
        auto& diff =
            Add(app_, "diff", "compare a LaunchDarkly data file with the table", Command::kDiff);
        diff.add_option("FILE", arguments_.file, "as import reads it; - for stdin")->required();

        auto* const erase = app_.add_subcommand("delete", "mark an item as deleted");
        erase->fallthrough();
        for (auto const kind : {DataKind::kFeatures, DataKind::kSegments}) {
            bool const flag = kind == DataKind::kFeatures;
            auto& one = Add(*erase, flag ? "flag" : "segment",
                            flag ? "mark a flag as deleted" : "mark a segment as deleted",
                            Command::kDelete, kind);
            one.add_option("KEY", arguments_.key, "the key")->required();
            one.add_option_function<std::int64_t>(
                   "--version", [this](std::int64_t version) { arguments_.version = version; },
                   "the version of the deletion; default the stored one plus 1")
                ->check(CLI::Range(std::int64_t{0}, kMaxVersion));
        }

        auto& migrate = Add(app_, "migrate",
                            "turn rows of the older Go package into rows that every SDK can read",
                            Command::kMigrate);
        migrate.add_flag("--dry-run", arguments_.dry_run, "only tell what there is to do");
        migrate.add_flag("--drop-old-attributes", arguments_.drop_older_attributes,
                         "afterwards remove what only the older package reads");

        auto& wipe = Add(app_, "wipe", "delete all flags and segments of the prefix, for good",
                         Command::kWipe);
        wipe.add_flag("--yes", arguments_.yes, "do not ask");
        wipe.add_flag("--big-segments", arguments_.big_segments,
                      "also the prefix's Big Segments: metadata and memberships");

        auto& doctor = Add(app_, "doctor", "check credentials, connection, table and every row",
                           Command::kDoctor);
        doctor
            .add_option("--max-rows", arguments_.max_rows,
                        "look at so many rows at most; default 100000")
            ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40U));

        AddSync();
    }

    void AddSync() {
        auto& sync = Add(app_, "sync", "keep the table as LaunchDarkly's data are", Command::kSync);
        auto& given = arguments_.sync;
        sync.add_flag("--poll", given.poll,
                      "ask LaunchDarkly again and again instead of following its stream");
        sync.add_flag("--once", given.once, "fill the table once and exit");
        sync.add_option_function<std::uint32_t>(
                "--timeout",
                [&given](std::uint32_t seconds) {
                    given.timeout = std::chrono::seconds(seconds);
                    given.timeout_given = true;
                },
                "seconds that --once may take, 0 for any; default 300")
            ->check(CLI::Range(0U, 86400U));
        sync.add_option_function<std::uint32_t>(
                "--interval",
                [&given](std::uint32_t seconds) {
                    given.interval = std::chrono::seconds(seconds);
                    given.interval_given = true;
                },
                "seconds between polls; default and least 30, with --base-uri least 1")
            ->check(CLI::Range(1U, 86400U));
        sync.add_option("--sdk-key-file", given.sdk_key_file,
                        "a file with the SDK key; default the variable LDDYNAMO_SDK_KEY or "
                        "LAUNCHDARKLY_SDK_KEY");
        sync.add_option("--base-uri", given.base_uri,
                        "ask this server, such as a Relay Proxy, instead of LaunchDarkly's")
            ->check(RefuseEmptyUri);
        sync.add_option("--filter", given.filter, "the key of a payload filter");
    }

    CLI::App app_{"LaunchDarkly feature flags out of Amazon DynamoDB"};
    GivenOptions given_;
    Arguments arguments_;
    bool chosen_ = false;
};

}  // namespace

ParsedCommandLine ParseCommandLine(int argc, char const* const* argv,
                                   Environment const& environment) {
    return Grammar(IsPlainEval(argc, argv)).Parse(argc, argv, environment);
}

}  // namespace lddynamo::app
