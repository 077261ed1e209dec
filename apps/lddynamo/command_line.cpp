#include "lddynamo/command_line.hpp"

#include <lddynamo/version.hpp>

#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sstream>

namespace lddynamo::app {
namespace {

void AddOptional(CLI::App& app, char const* name, std::optional<std::string>& target,
                 char const* help) {
    app.add_option_function<std::string>(
           name, [&target](std::string const& value) { target = value; }, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void AddCommonOptions(CLI::App& app, GivenOptions& given) {
    AddOptional(app, "--table", given.table, "the DynamoDB table [LDDYNAMO_TABLE]");
    AddOptional(app, "--prefix", given.prefix,
                "the environment's prefix inside the table; default none [LDDYNAMO_PREFIX]");
    AddOptional(app, "--region", given.region,
                "the AWS region; default AWS_REGION, then the profile's [LDDYNAMO_REGION]");
    AddOptional(app, "--profile", given.profile,
                "a profile of the AWS configuration files; default AWS_PROFILE [LDDYNAMO_PROFILE]");
    AddOptional(app, "--endpoint-url", given.endpoint_url,
                "talk to this URL instead of AWS [LDDYNAMO_ENDPOINT_URL]");
    AddOptional(app, "--output", given.output, "text (default) or json [LDDYNAMO_OUTPUT]");
    AddOptional(app, "--log-level", given.log_level,
                "trace, debug, info, warn (default), error or off [LDDYNAMO_LOG_LEVEL]");
}

/// CLI11 ends its message with a hint on a line of its own.
std::string OneLine(std::string text) {
    for (char& c : text) {
        if (c == '\n') c = ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

/// Holds the grammar and what it fills in.
class Grammar {
  public:
    Grammar() {
        app_.name("lddynamo");
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

        auto& local =
            Add(app_, "local", "serve a DynamoDB in memory on 127.0.0.1, for development and tests",
                Command::kLocal);
        local.add_option("--port", arguments_.port, "the TCP port, 0 for any; default 8000");
        local.add_option("--data", arguments_.data_file,
                         "keep the tables in this file, which survives crashes");
        local.add_flag("--verify-signatures", arguments_.verify_signatures,
                       "refuse requests not signed with the keys of the environment");
        local.add_option("--fault", arguments_.faults,
                         "faults to have, for tests, such as throttle=0.5,delay=50ms,reset=0.02");
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
        if (arguments_.command != Command::kLocal && arguments_.common.table.empty()) {
            return fail("no table: give --table or set LDDYNAMO_TABLE");
        }
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

    CLI::App app_{"LaunchDarkly feature flags out of Amazon DynamoDB"};
    GivenOptions given_;
    Arguments arguments_;
    bool chosen_ = false;
};

}  // namespace

ParsedCommandLine ParseCommandLine(int argc, char const* const* argv,
                                   Environment const& environment) {
    return Grammar().Parse(argc, argv, environment);
}

}  // namespace lddynamo::app
