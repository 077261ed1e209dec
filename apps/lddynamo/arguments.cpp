#include "lddynamo/arguments.hpp"

#include <fmt/format.h>

#include <utility>

namespace lddynamo::app {
namespace {

struct Setting {
    std::string value{};
    std::string origin{};  // for messages: "--output" or "LDDYNAMO_OUTPUT"
};

Setting Pick(std::optional<std::string> const& given, char const* option, char const* variable,
             Environment const& environment) {
    if (given) return {*given, option};
    if (auto value = environment.GetNonEmpty(variable)) return {*value, variable};
    return {};
}

Result<bool> Truth(std::optional<bool> given, char const* variable,
                   Environment const& environment) {
    if (given) return *given;
    auto const text = environment.GetNonEmpty(variable).value_or("false");
    if (text == "true" || text == "false") return text == "true";
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: '{}' is neither true nor false", variable, text));
}

}  // namespace

ExitCode ExitCodeOf(Error const& error) noexcept {
    switch (error.code) {
        case ErrorCode::kCredentials:
            return kCredentials;
        case ErrorCode::kNotFound:
            return kNotFoundOrNotInitialized;
        case ErrorCode::kInvalidArgument:
            // Refused before anything was sent: what the user asked for cannot be done.
            return error.http_status == 0 ? kUsage : kFailed;
        default:
            return kFailed;
    }
}

Result<CommonOptions> ResolveCommonOptions(GivenOptions const& given,
                                           Environment const& environment) {
    CommonOptions options;
    options.table = Pick(given.table, "--table", "LDDYNAMO_TABLE", environment).value;
    options.prefix = Pick(given.prefix, "--prefix", "LDDYNAMO_PREFIX", environment).value;
    auto const set = [&](std::string& value, std::string& origin, Setting picked) {
        if (!picked.value.empty()) origin = std::move(picked.origin);
        value = std::move(picked.value);
    };
    set(options.region, options.region_origin,
        Pick(given.region, "--region", "LDDYNAMO_REGION", environment));
    set(options.profile, options.profile_origin,
        Pick(given.profile, "--profile", "LDDYNAMO_PROFILE", environment));
    set(options.endpoint_url, options.endpoint_origin,
        Pick(given.endpoint_url, "--endpoint-url", "LDDYNAMO_ENDPOINT_URL", environment));

    auto const output = Pick(given.output, "--output", "LDDYNAMO_OUTPUT", environment);
    if (output.value == "json") {
        options.output = OutputFormat::kJson;
    } else if (!output.value.empty() && output.value != "text") {
        return Fail(ErrorCode::kInvalidArgument,
                    fmt::format("{}: '{}' is neither text nor json", output.origin, output.value));
    }

    auto const level = Pick(given.log_level, "--log-level", "LDDYNAMO_LOG_LEVEL", environment);
    if (level.value == "off") {
        options.log_level.reset();
    } else if (!level.value.empty()) {
        bool known = false;
        for (auto const candidate : {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo,
                                     LogLevel::kWarn, LogLevel::kError}) {
            if (ToString(candidate) != level.value) continue;
            options.log_level = candidate;
            known = true;
        }
        if (!known) {
            return Fail(ErrorCode::kInvalidArgument,
                        fmt::format("{}: '{}' is none of trace, debug, info, warn, error, off",
                                    level.origin, level.value));
        }
    }

    auto const from_instance =
        Truth(given.region_from_instance, "LDDYNAMO_REGION_FROM_INSTANCE", environment);
    if (!from_instance) return Fail(from_instance.error());
    options.region_from_instance = *from_instance;
    auto const chunk = Truth(given.chunk_oversize, "LDDYNAMO_CHUNK_OVERSIZE", environment);
    if (!chunk) return Fail(chunk.error());
    options.chunk_oversize = *chunk;
    return options;
}

}  // namespace lddynamo::app
