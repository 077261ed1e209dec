#include "callback.hpp"
#include "commands.hpp"

#include <lddynamo/migrator.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace lddynamo::contract {
namespace {

using TextMigrator = Migrator<std::string, std::string>;

std::optional<MigrationReadOrder> ParseOrder(std::string_view text) {
    if (text == "serial") return MigrationReadOrder::kSerial;
    if (text == "random") return MigrationReadOrder::kRandom;
    if (text == "concurrent") return MigrationReadOrder::kConcurrent;
    return {};
}

std::optional<MigrationStage> DefaultStage(Fields const& parameters) {
    auto const stage = ParseMigrationStage(parameters.String("defaultStage"));
    if (!stage) parameters.Note("defaultStage", "expected a stage of a migration");
    return stage;
}

// Each of the two systems is an endpoint of the harness.
TextMigrator::Function Endpoint(std::shared_ptr<HttpTransport> callbacks, std::string uri) {
    return [endpoint = Callback(std::move(callbacks), std::move(uri))](std::string const& payload) {
        return endpoint.Post(payload, "text/plain");
    };
}

}  // namespace

Result<std::string> MigrationVariation(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    auto const flag = parameters.String("key");
    auto const stage = DefaultStage(parameters);
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    auto const result = subject.client.MigrationVariation(flag, *context, *stage);
    return Value::Object({{"result", ToString(result.stage)}}).ToJson();
}

Result<std::string> MigrationOperation(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    auto const flag = parameters.String("key");
    auto const stage = DefaultStage(parameters);
    auto const order = ParseOrder(parameters.String("readExecutionOrder"));
    if (!order) parameters.Note("readExecutionOrder", "expected serial, random or concurrent");
    auto const operation = parameters.String("operation");
    if (operation != "read" && operation != "write") {
        parameters.Note("operation", "expected read or write");
    }
    auto const payload = parameters.OptionalString("payload").value_or("");
    TextMigrator::Functions functions;
    functions.read_old = Endpoint(subject.callbacks, parameters.String("oldEndpoint"));
    functions.read_new = Endpoint(subject.callbacks, parameters.String("newEndpoint"));
    functions.write_old = functions.read_old;
    functions.write_new = functions.read_new;
    if (parameters.Bool("trackConsistency")) functions.compare = std::equal_to<std::string>();
    MigratorOptions options;
    options.track_latency = parameters.Bool("trackLatency");
    options.track_errors = parameters.Bool("trackErrors");
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    options.read_order = *order;

    auto const migrator =
        TextMigrator::Create(subject.client, std::move(functions), std::move(options));
    if (!migrator) return Fail(migrator.error());
    auto const result = operation == "read"
                            ? migrator->Read(flag, *context, *stage, payload).result
                            : migrator->Write(flag, *context, *stage, payload).authoritative.result;
    auto const text = result ? *result : result.error().message;
    return Value::Object({{"result", text}}).ToJson();
}

}  // namespace lddynamo::contract
