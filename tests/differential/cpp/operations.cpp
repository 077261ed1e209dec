#include "operations.hpp"

#include <lddynamo/flags_state.hpp>
#include <lddynamo/migration.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace lddynamo::differential {
namespace {

/// One evaluation, by the method that the type and `detail` ask for.
struct Variation {
    Client& client;
    Value const& operation;
    Context const& context;

    template <class T, class Plain, class Detailed>
    [[nodiscard]] Value Run(Plain plain, Detailed detailed, T default_value) const {
        auto const flag = operation["flag"].AsString();
        if (!operation["detail"].AsBool()) {
            return Value::Object(
                {{"value", std::invoke(plain, client, flag, context, std::move(default_value))}});
        }
        EvaluationDetail<T> const detail =
            std::invoke(detailed, client, flag, context, std::move(default_value));
        return Value::Object(
            {{"value", detail.value},
             {"variationIndex", detail.variation_index ? Value(*detail.variation_index) : Value()},
             {"reason", detail.reason.ToValue()}});
    }
};

Result<Value> Evaluate(Client& client, Value const& operation, Context const& context) {
    Variation const variation{client, operation, context};
    auto const type = operation["type"].AsString();
    Value const& otherwise = operation["default"];
    if (type == "bool") {
        return variation.Run(&Client::BoolVariation, &Client::BoolVariationDetail,
                             otherwise.AsBool());
    }
    if (type == "int") {
        return variation.Run(&Client::IntVariation, &Client::IntVariationDetail,
                             otherwise.AsInt64());
    }
    if (type == "double") {
        return variation.Run(&Client::DoubleVariation, &Client::DoubleVariationDetail,
                             otherwise.AsDouble());
    }
    if (type == "string") {
        return variation.Run(&Client::StringVariation, &Client::StringVariationDetail,
                             std::string(otherwise.AsString()));
    }
    if (type == "json") {
        return variation.Run(&Client::JsonVariation, &Client::JsonVariationDetail, otherwise);
    }
    return Fail(ErrorCode::kInvalidArgument, "no type " + std::string(type));
}

Result<Value> AllFlags(Client& client, Value const& operation, Context const& context) {
    AllFlagsOptions options;
    options.with_reasons = operation["withReasons"].AsBool();
    options.client_side_only = operation["clientSideOnly"].AsBool();
    options.details_only_for_tracked_flags = operation["detailsOnlyForTrackedFlags"].AsBool();
    auto state = Value::Parse(client.AllFlags(context, options).ToJson());
    if (!state) return Fail(std::move(state.error()));
    return Value::Object({{"state", *std::move(state)}});
}

MigrationOrigin OriginOf(std::string_view name) {
    return name == "old" ? MigrationOrigin::kOld : MigrationOrigin::kNew;
}

void Measure(MigrationTracker& tracker, Value const& measured) {
    auto const operation = measured["operation"].AsString();
    if (operation == "read") tracker.Operation(MigrationOperationKind::kRead);
    if (operation == "write") tracker.Operation(MigrationOperationKind::kWrite);
    for (auto const& origin : measured["invoked"].AsArray()) {
        tracker.Invoked(OriginOf(origin.AsString()));
    }
    for (auto const& origin : measured["errors"].AsArray()) {
        tracker.Error(OriginOf(origin.AsString()));
    }
    for (auto const& [origin, latency] : measured["latencies"].AsObject()) {
        using Milliseconds = std::chrono::duration<double, std::milli>;
        tracker.Latency(OriginOf(origin), std::chrono::duration_cast<std::chrono::nanoseconds>(
                                              Milliseconds(latency.AsDouble())));
    }
    Value const& consistent = measured["consistent"];
    if (consistent.IsBool()) tracker.Consistency([&] { return consistent.AsBool(); });
}

Result<Value> Migrate(Client& client, Value const& operation, Context const& context) {
    auto const stage = ParseMigrationStage(operation["default"].AsString());
    if (!stage) return Fail(ErrorCode::kInvalidArgument, "no such stage of a migration");
    auto result = client.MigrationVariation(operation["flag"].AsString(), context, *stage);
    if (Value const& measured = operation["migration"]; !measured.IsNull()) {
        Measure(result.tracker, measured);
        client.TrackMigration(result.tracker);
    }
    return Value::Object({{"value", ToString(result.stage)}});
}

void Track(Client& client, Value const& operation, Context const& context) {
    std::optional<double> metric;
    if (operation["metric"].IsNumber()) metric = operation["metric"].AsDouble();
    client.Track(operation["key"].AsString(), context, operation["data"], metric);
}

}  // namespace

Result<Value> RunOperation(Client& client, Value const& operation, Context const& context) {
    auto const op = operation["op"].AsString();
    if (op == "variation") return Evaluate(client, operation, context);
    if (op == "allFlags") return AllFlags(client, operation, context);
    if (op == "migration") return Migrate(client, operation, context);
    if (op == "identify") {
        client.Identify(context);
    } else if (op == "track") {
        Track(client, operation, context);
    } else {
        return Fail(ErrorCode::kInvalidArgument, "no operation " + std::string(op));
    }
    return Value::Object({});
}

}  // namespace lddynamo::differential
