// Evaluates every flag of a table for every context on stdin, through the public API alone.
//
//   interop_eval --table T [--prefix P] [--endpoint-url URL] [--load] < contexts.jsonl
//
// One JSON line per context: {"details":{flag key:
// {"value":...,"variationIndex":...,"reason":{...}}}}, or {"error":"..."} for a context that is
// none. --load reads everything at once instead of by need.

#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Arguments {
    std::string table{};
    std::string prefix{};
    std::string endpoint_url{};
    bool load = false;
};

[[nodiscard]] bool ReadArguments(int argc, char** argv, Arguments& out) {
    for (int i = 1; i < argc; ++i) {
        std::string_view const name = argv[i];
        if (name == "--load") {
            out.load = true;
            continue;
        }
        if (i + 1 == argc) return false;
        std::string const value = argv[++i];
        if (name == "--table") {
            out.table = value;
        } else if (name == "--prefix") {
            out.prefix = value;
        } else if (name == "--endpoint-url") {
            out.endpoint_url = value;
        } else {
            return false;
        }
    }
    return !out.table.empty();
}

/// What an evaluation may log: an unreadable row or a failed read must not pass unseen.
class StderrSink final : public lddynamo::LogSink {
  public:
    [[nodiscard]] bool Enabled(lddynamo::LogLevel level) const noexcept override {
        return level >= lddynamo::LogLevel::kError;
    }
    void Write(lddynamo::LogLevel, std::string_view message) noexcept override {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
    }
};

std::string DetailsLine(lddynamo::Client& client, std::vector<std::string> const& keys,
                        lddynamo::Context const& context) {
    std::string line = R"({"details":{)";
    for (auto const& key : keys) {
        auto const detail = client.JsonVariationDetail(key, context, lddynamo::Value());
        if (line.back() != '{') line += ',';
        lddynamo::Value(key).AppendJson(line);
        line += R"(:{"value":)";
        detail.value.AppendJson(line);
        line += R"(,"variationIndex":)";
        line += detail.variation_index ? std::to_string(*detail.variation_index) : "null";
        line += R"(,"reason":)";
        line += detail.reason.ToJson();
        line += '}';
    }
    line += "}}";
    return line;
}

int Report(lddynamo::Error const& error) {
    std::cerr << "interop_eval: " << error.Describe() << '\n';
    return 1;
}

int Run(Arguments const& arguments) {
    lddynamo::DynamoDbFeatureStoreOptions options;
    options.table = arguments.table;
    options.prefix = arguments.prefix;
    options.aws.endpoint_url = arguments.endpoint_url;
    auto created = lddynamo::DynamoDbFeatureStore::Create(std::move(options));
    if (!created) return Report(created.error());
    std::shared_ptr<lddynamo::FeatureStore> const store = std::move(*created);

    auto const all = store->All(lddynamo::DataKind::kFeatures);
    if (!all) return Report(all.error());
    for (auto const& note : all->malformed) {
        std::cerr << "interop_eval: row of " << note.key << ": " << note.what << '\n';
    }
    std::vector<std::string> keys;
    for (auto const& [key, item] : all->items) keys.push_back(key);

    lddynamo::ClientOptions client_options;
    client_options.daemon_mode = true;
    client_options.data_store = store;
    client_options.daemon_mode = true;
    client_options.cache.mode = lddynamo::CacheOptions::Mode::kInfinite;
    client_options.load = arguments.load ? lddynamo::LoadMode::kPreload : lddynamo::LoadMode::kLazy;
    client_options.logger = lddynamo::Logger(std::make_shared<StderrSink>());
    auto const client = lddynamo::Client::Create(std::move(client_options));
    if (!client) return Report(client.error());

    std::string json;
    while (std::getline(std::cin, json)) {
        auto const context = lddynamo::Context::FromJson(json);
        if (context) {
            std::cout << DetailsLine(**client, keys, *context) << '\n';
        } else {
            std::cout << R"({"error":)" << lddynamo::Value(context.error().message).ToJson()
                      << "}\n";
        }
    }
    std::cout.flush();
    return std::cout && all->malformed.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    Arguments arguments;
    if (!ReadArguments(argc, argv, arguments)) {
        std::cerr << "usage: interop_eval --table T [--prefix P] [--endpoint-url URL] [--load]\n";
        return 2;
    }
    return Run(arguments);
}
