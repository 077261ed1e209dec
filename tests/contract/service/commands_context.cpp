#include "commands.hpp"

namespace lddynamo::contract {
namespace {

// What is wrong with a context is what the harness wants to hear, not a failure of the command.
std::string Describe(Result<Context> const& context) {
    if (!context) return Value::Object({{"error", context.error().message}}).ToJson();
    return Value::Object({{"output", context->ToJson()}}).ToJson();
}

/// A context of one kind, or of several: `single` or `multi`, each kind made by `build_one`.
template <class BuildOne>
Result<Context> Build(Fields const& fields, BuildOne build_one) {
    if (fields.Has("single")) return build_one(fields.Object("single"));
    if (!fields.Has("multi")) fields.Note("single", "missing, and so is multi");
    MultiContextBuilder builder = Context::MultiBuilder();
    for (Fields const& kind : fields.Objects("multi")) {
        auto const one = build_one(kind);
        if (!one) return one;
        builder.Add(*one);
    }
    return builder.Build();
}

Result<Context> BuildOne(Fields const& fields) {
    ContextBuilder builder =
        Context::Builder(fields.OptionalString("kind").value_or("user"), fields.String("key"));
    if (auto const name = fields.OptionalString("name")) builder.Name(*name);
    builder.Anonymous(fields.Bool("anonymous"));
    for (auto const& reference : fields.Strings("private")) builder.Private(reference);
    for (auto const& [name, value] : fields.Members("custom")) builder.Set(name, value);
    return builder.Build();
}

Result<Context> BuildCompared(Fields const& fields) {
    ContextBuilder builder = Context::Builder(fields.String("kind"), fields.String("key"));
    for (Fields const& attribute : fields.Objects("attributes")) {
        builder.Set(attribute.String("name"), attribute.Any("value"));
    }
    for (Fields const& attribute : fields.Objects("privateAttributes")) {
        auto const text = attribute.String("value");
        builder.Private(attribute.Bool("literal") ? AttributeRef::Literal(text)
                                                  : AttributeRef::Parse(text));
    }
    return builder.Build();
}

}  // namespace

Result<std::string> ContextBuild(Subject const& subject, Fields const& parameters) {
    (void)subject;
    auto const context = Build(parameters, BuildOne);
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    return Describe(context);
}

Result<std::string> ContextConvert(Subject const& subject, Fields const& parameters) {
    (void)subject;
    auto const text = parameters.String("input");
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    return Describe(Context::FromJson(text));
}

Result<std::string> ContextComparison(Subject const& subject, Fields const& parameters) {
    (void)subject;
    auto const first = Build(parameters.Object("context1"), BuildCompared);
    if (!first) parameters.Note("context1", first.error().message);
    auto const second = Build(parameters.Object("context2"), BuildCompared);
    if (!second) parameters.Note("context2", second.error().message);
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    return Value::Object({{"equals", *first == *second}}).ToJson();
}

}  // namespace lddynamo::contract
