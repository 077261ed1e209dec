#include "commands.hpp"

namespace lddynamo::contract {
namespace {

struct Entry {
    std::string_view name;
    Result<std::string> (*run)(Subject const& subject, Fields const& parameters);
};

constexpr Entry kCommands[] = {
    {"evaluate", Evaluate},
    {"evaluateAll", EvaluateAll},
    {"secureModeHash", SecureModeHash},
    {"getBigSegmentStoreStatus", GetBigSegmentStoreStatus},
    {"identifyEvent", IdentifyEvent},
    {"customEvent", CustomEvent},
    {"flushEvents", FlushEvents},
    {"contextBuild", ContextBuild},
    {"contextConvert", ContextConvert},
    {"contextComparison", ContextComparison},
    {"migrationVariation", MigrationVariation},
    {"migrationOperation", MigrationOperation},
};

}  // namespace

Result<std::string> RunCommand(std::string_view name, Subject const& subject,
                               Fields const& parameters) {
    for (Entry const& entry : kCommands) {
        if (entry.name == name) return entry.run(subject, parameters);
    }
    return Fail(ErrorCode::kInvalidArgument, "no command '" + std::string(name) + "'");
}

}  // namespace lddynamo::contract
