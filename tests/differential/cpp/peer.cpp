// lddynamo's side of the differential run: does what a case says and prints one JSON line per
// context and per operation, as ../go does. Events go to a sink of the runner's.
//
//   differential_peer CASE.json DATA.json http://127.0.0.1:PORT

#include "operations.hpp"

#include <lddynamo/environment.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::differential {
namespace {

constexpr std::chrono::seconds kWait{120};  // only a machine that is stopped takes so long
constexpr std::chrono::hours kNever{24};

Result<Value> ReadJson(char const* path) {
    std::ifstream file(path, std::ios::binary);
    std::string const text(std::istreambuf_iterator<char>(file), {});
    if (!file) return Fail(ErrorCode::kInvalidArgument, std::string(path) + " cannot be read");
    return Value::Parse(text);
}

ClientOptions OptionsOf(Value const& wanted, std::string data, std::string sink) {
    static MapEnvironment const no_environment;
    ClientOptions options;
    options.sdk_key = Secret("differential");
    options.data_source = FileDataOptions{.paths = {std::move(data)}};
    options.endpoints.events = std::move(sink);
    options.http.environment = &no_environment;
    options.events.enabled = true;
    options.events.diagnostics = false;
    options.events.flush_interval = kNever;
    options.events.context_keys_flush_interval = kNever;
    options.events.all_attributes_private = wanted["allAttributesPrivate"].AsBool();
    options.events.omit_anonymous_contexts = wanted["omitAnonymousContexts"].AsBool();
    options.events.capacity = static_cast<std::size_t>(wanted["capacity"].AsInt64());
    options.events.context_keys_capacity =
        static_cast<std::size_t>(wanted["contextKeysCapacity"].AsInt64());
    for (auto const& reference : wanted["privateAttributes"].AsArray()) {
        options.events.private_attributes.emplace_back(reference.AsString());
    }
    return options;
}

Value Described(Client const& client, Context const& context) {
    auto const json = Value::Parse(context.ToJson());
    return Value::Object({{"context", json ? *json : Value()},
                          {"fullKey", context.FullyQualifiedKey()},
                          {"hash", client.SecureModeHash(context)}});
}

void Print(Value const& line) {
    std::cout << line.ToJson() << '\n';
}

Status Run(char** arguments) {
    auto const wanted = ReadJson(arguments[0]);
    if (!wanted) return Fail(wanted.error());
    auto const client = Client::Create(OptionsOf((*wanted)["options"], arguments[1], arguments[2]));
    if (!client) return Fail(client.error());
    if (!(*client)->WaitForInitialization(kWait)) {
        auto const error = (*client)->GetDataSourceStatus().last_error;
        Print(Value::Object({{"refused", error ? error->message : "no data"}}));
        return {};
    }
    std::vector<std::optional<Context>> contexts;
    for (auto const& json : (*wanted)["contexts"].AsArray()) {
        auto context = Context::FromJson(json.ToJson());
        if (context) {
            Print(Described(**client, *context));
            contexts.emplace_back(std::move(*context));
        } else {
            Print(Value::Object({{"invalid", context.error().message}}));
            contexts.emplace_back();
        }
    }
    for (auto const& operation : (*wanted)["operations"].AsArray()) {
        if (operation["op"].AsString() == "flush") {
            (*client)->Track("flush", *Context::User("flush"));  // as the Go program does
            Print(Value::Object({{"flushed", (*client)->FlushAndWait(kWait)}}));
            continue;
        }
        auto const& context = contexts.at(static_cast<std::size_t>(operation["context"].AsInt64()));
        if (!context) {
            Print(Value::Object({{"skipped", true}}));
            continue;
        }
        auto const line = RunOperation(**client, operation, *context);
        if (!line) return Fail(line.error());
        Print(*line);
    }
    std::cout.flush();
    return {};
}

}  // namespace
}  // namespace lddynamo::differential

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: differential_peer CASE DATA SINK\n";
        return 2;
    }
    std::ios::sync_with_stdio(false);
    if (auto const done = lddynamo::differential::Run(argv + 1); !done) {
        std::cerr << "differential_peer: " << done.error().Describe() << '\n';
        return 1;
    }
    return 0;
}
