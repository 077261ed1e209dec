#include "commands.hpp"

namespace lddynamo::contract {

Result<std::string> MigrationVariation(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    auto const flag = parameters.String("key");
    auto const stage = ParseMigrationStage(parameters.String("defaultStage"));
    if (!stage) parameters.Note("defaultStage", "expected a stage of a migration");
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    auto const result = subject.client.MigrationVariation(flag, *context, *stage);
    return Value::Object({{"result", ToString(result.stage)}}).ToJson();
}

}  // namespace lddynamo::contract
