// Brings its own DynamoDB client (here the one in memory), store options and logger.
#include <lddynamo/lddynamo.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace {

class PrintingSink final : public lddynamo::LogSink {
  public:
    bool Enabled(lddynamo::LogLevel level) const noexcept override {
        return level >= lddynamo::LogLevel::kWarn;
    }
    void Write(lddynamo::LogLevel, std::string_view message) noexcept override {
        std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
    }
};

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main() {
    auto database = std::make_shared<lddynamo::test_support::MemoryDynamoDb>();
    lddynamo::Logger const logger(std::make_shared<PrintingSink>());
    if (auto created = lddynamo::CreateFeatureTable(*database, "flags"); !created) {
        return Failed(created.error());
    }

    auto made = lddynamo::DynamoDbFeatureStore::Create(
        {.table = "flags", .prefix = "production", .client = database, .logger = logger});
    if (!made) return Failed(made.error());
    std::shared_ptr<lddynamo::FeatureStore> const store = std::move(*made);

    auto const flag = lddynamo::MakeSerializedItem(
        "banner", R"({"key":"banner","version":1,"on":true,"variations":["hello","bye"],
                      "fallthrough":{"variation":0}})");
    if (!flag) return Failed(flag.error());
    if (auto report = store->Init({.features = {{"banner", *flag}}}); !report) {
        return Failed(report.error());
    }

    auto client =
        lddynamo::Client::Create({.data_store = store, .daemon_mode = true, .logger = logger});
    if (!client) return Failed(client.error());
    auto user = lddynamo::Context::User("bob");
    if (!user) return Failed(user.error());
    auto const detail = (*client)->StringVariationDetail("banner", *user, "none");
    std::printf("%s %s\n", detail.value.c_str(), detail.reason.ToJson().c_str());
}
