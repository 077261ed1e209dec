#include "commands.hpp"

#include <functional>
#include <utility>
#include <vector>

namespace lddynamo::contract {
namespace {

/// One evaluation, with the method of the client that the type and `detail` ask for.
struct Evaluation {
    Client& client;
    std::string const& flag;
    Context const& context;
    bool detail = false;

    template <class T, class Plain, class Detailed>
    [[nodiscard]] std::string Run(Plain plain, Detailed detailed, T default_value) const {
        if (!detail) {
            Value value = std::invoke(plain, client, flag, context, std::move(default_value));
            return Value::Object({{"value", std::move(value)}}).ToJson();
        }
        EvaluationDetail<T> const answer =
            std::invoke(detailed, client, flag, context, std::move(default_value));
        std::vector<Value::Member> members = {{"value", answer.value},
                                              {"reason", answer.reason.ToValue()}};
        if (answer.variation_index) members.push_back({"variationIndex", *answer.variation_index});
        return Value::Object(std::move(members)).ToJson();
    }
};

void CheckType(Fields const& parameters, Value::Type type, std::string_view expected) {
    Value const& given = parameters.Any("defaultValue");
    if (!given.IsNull() && given.GetType() != type) parameters.Note("defaultValue", expected);
}

}  // namespace

Result<std::string> Evaluate(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    auto const flag = parameters.String("flagKey");
    auto const type = parameters.OptionalString("valueType").value_or("any");
    bool const detail = parameters.Bool("detail");
    if (type == "bool") {
        CheckType(parameters, Value::Type::kBool, "expected true or false");
    } else if (type == "int" || type == "double") {
        CheckType(parameters, Value::Type::kNumber, "expected a number");
    } else if (type == "string") {
        CheckType(parameters, Value::Type::kString, "expected a string");
    } else if (type != "any") {
        parameters.Note("valueType", "expected bool, int, double, string or any");
    }
    if (auto const known = parameters.Check(); !known) return Fail(known.error());

    Value const& otherwise = parameters.Any("defaultValue");
    Evaluation const evaluation{subject.client, flag, *context, detail};
    if (type == "bool") {
        return evaluation.Run(&Client::BoolVariation, &Client::BoolVariationDetail,
                              otherwise.AsBool());
    }
    if (type == "int") {
        return evaluation.Run(&Client::IntVariation, &Client::IntVariationDetail,
                              otherwise.AsInt64());
    }
    if (type == "double") {
        return evaluation.Run(&Client::DoubleVariation, &Client::DoubleVariationDetail,
                              otherwise.AsDouble());
    }
    if (type == "string") {
        return evaluation.Run(&Client::StringVariation, &Client::StringVariationDetail,
                              std::string(otherwise.AsString()));
    }
    return evaluation.Run(&Client::JsonVariation, &Client::JsonVariationDetail, otherwise);
}

Result<std::string> EvaluateAll(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    AllFlagsOptions options;
    options.with_reasons = parameters.Bool("withReasons");
    options.client_side_only = parameters.Bool("clientSideOnly");
    options.details_only_for_tracked_flags = parameters.Bool("detailsOnlyForTrackedFlags");
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    return R"({"state":)" + subject.client.AllFlags(*context, options).ToJson() + "}";
}

Result<std::string> SecureModeHash(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    return Value::Object({{"result", subject.client.SecureModeHash(*context)}}).ToJson();
}

Result<std::string> GetBigSegmentStoreStatus(Subject const& subject, Fields const& parameters) {
    (void)parameters;
    auto const status = subject.client.GetBigSegmentStoreStatus();
    return Value::Object({{"available", status.available}, {"stale", status.stale}}).ToJson();
}

}  // namespace lddynamo::contract
