#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/client.hpp>

#include <fmt/format.h>

#include <memory>
#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

using ErrorKind = EvaluationReason::ErrorKind;

std::vector<std::string> Heading() {
    return {"FLAG", "VALUE", "WHY"};
}

/// A reason as a person would say it.
std::string Explain(EvaluationReason const& reason) {
    using Kind = EvaluationReason::Kind;
    std::string text;
    switch (reason.kind) {
        case Kind::kOff:
            text = "the flag is off";
            break;
        case Kind::kFallthrough:
            text = "no target or rule matched: the default rule";
            break;
        case Kind::kTargetMatch:
            text = "the context is targeted by its key";
            break;
        case Kind::kRuleMatch:
            text = fmt::format("rule {} matched", reason.rule_index + 1);
            if (!reason.rule_id.empty()) text += fmt::format(" ({})", reason.rule_id);
            break;
        case Kind::kPrerequisiteFailed:
            text = fmt::format("prerequisite {} failed", reason.prerequisite_key);
            break;
        case Kind::kError:
            text = fmt::format("error: {}", ToString(reason.error_kind));
            break;
    }
    if (reason.in_experiment) text += ", in an experiment";
    return text;
}

Value DetailValue(Value value, std::optional<int> index, EvaluationReason const& reason) {
    return Value::Object({{"value", std::move(value)},
                          {"variationIndex", index ? Value(*index) : Value()},
                          {"reason", reason.ToValue()}});
}

Result<std::unique_ptr<Client>> MakeClient(Session const& session,
                                           std::shared_ptr<FeatureStore> store) {
    ClientOptions options;
    options.daemon_mode = true;
    options.data_store = std::move(store);
    options.daemon_mode = true;
    options.cache.mode = CacheOptions::Mode::kInfinite;  // one evaluation, then the end
    options.logger = session.Log();
    return Client::Create(std::move(options));
}

int EvaluateOne(Session const& session, FeatureStore& store, Client& client, Context const& context,
                Value default_value) {
    auto const& arguments = session.Args();
    auto const detail =
        client.JsonVariationDetail(arguments.key, context, std::move(default_value));
    auto const& reason = detail.reason;
    std::string out;
    if (arguments.explain) {
        out = FormatTable({Heading(), {arguments.key, detail.value.ToJson(), Explain(reason)}});
    } else if (arguments.detail) {
        out = DetailValue(detail.value, detail.variation_index, reason).ToJson() + "\n";
    } else {
        out = detail.value.ToJson() + "\n";
    }
    if (int const code = Print(out); code != kDone) return code;
    if (reason.kind != EvaluationReason::Kind::kError) return kDone;

    if (reason.error_kind == ErrorKind::kException) {
        // The client logged the cause; asking again here gives it as an error, and its exit code.
        auto const item = store.Get(DataKind::kFeatures, arguments.key);
        return item ? kFailed : Report(item.error());
    }
    if (reason.error_kind != ErrorKind::kFlagNotFound) {
        WriteNote(fmt::format("flag '{}': {}", arguments.key, ToString(reason.error_kind)));
        return kFailed;
    }
    auto const initialized = store.Initialized();
    if (initialized && !*initialized) return NotInitialized(session);
    WriteNote(fmt::format("flag '{}' is not in table {}", arguments.key, arguments.common.table));
    return kNotFoundOrNotInitialized;
}

int EvaluateAll(Session const& session, FeatureStore& store, Client& client,
                Context const& context) {
    auto const& arguments = session.Args();
    // Before AllFlags, so that an error of the store is one here, with its exit code.
    auto const loaded = client.Preload();
    if (!loaded) return Report(loaded.error());
    auto const state =
        client.AllFlags(context, {.with_reasons = arguments.detail || arguments.explain});
    if (state.Flags().empty()) {
        auto const initialized = store.Initialized();
        if (!initialized) return Report(initialized.error());
        if (!*initialized) return NotInitialized(session);
    }
    if (*loaded > 0) {
        WriteNote(fmt::format("{} rows could not be understood and are left out", *loaded));
    }
    if (arguments.explain) {
        std::vector<std::vector<std::string>> rows{Heading()};
        for (auto const& flag : state.Flags()) {
            rows.push_back(
                {flag.key, flag.value.ToJson(), flag.reason ? Explain(*flag.reason) : ""});
        }
        return Print(FormatTable(rows));
    }
    if (!arguments.detail) return Print(state.ToValuesMap().ToJson() + "\n");

    std::vector<Value::Member> members;
    for (auto const& flag : state.Flags()) {
        members.push_back({flag.key, DetailValue(flag.value, flag.variation_index,
                                                 flag.reason.value_or(EvaluationReason{}))});
    }
    return Print(Value::Object(std::move(members)).ToJson() + "\n");
}

}  // namespace

int RunEval(Session const& session) {
    auto const& arguments = session.Args();
    auto const context = Context::FromJson(arguments.context_json);
    if (!context) {
        WriteNote(fmt::format("--context: {}", context.error().message));
        return kUsage;
    }
    Value default_value;
    if (arguments.default_json) {
        auto parsed = Value::Parse(*arguments.default_json);
        if (!parsed) {
            WriteNote(fmt::format("--default: {}", parsed.error().message));
            return kUsage;
        }
        default_value = std::move(*parsed);
    }
    auto made = session.MakeStore();
    if (!made) return Report(made.error());
    std::shared_ptr<FeatureStore> const store = std::move(*made);
    auto client = MakeClient(session, store);
    if (!client) return Report(client.error());
    return arguments.all
               ? EvaluateAll(session, *store, **client, *context)
               : EvaluateOne(session, *store, **client, *context, std::move(default_value));
}

}  // namespace lddynamo::app
