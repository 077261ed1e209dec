// What a function in AWS Lambda does: flags out of the table "some-table" in daemon mode, and
// events delivered before it answers. Each line of stdin stands for an invocation; in Lambda the
// runtime's client calls Handle. SDK key and argument as in read_write.cpp.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

/// At the cold start, once. Sends nothing yet.
lddynamo::Result<std::unique_ptr<lddynamo::Client>> MakeClient(char const* events) {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) return lddynamo::Fail(std::move(store.error()));
    lddynamo::ClientOptions options;
    options.data_store = std::move(*store);
    options.daemon_mode = true;
    if (char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY")) {
        options.sdk_key = lddynamo::Secret(sdk_key);
        options.events.enabled = true;
        options.events.diagnostics = false;
    }
    if (events != nullptr) options.endpoints.events = events;
    return lddynamo::Client::Create(std::move(options));
}

std::string Handle(lddynamo::Client& client, std::string const& payload) {
    auto const user = lddynamo::Context::FromJson(payload);
    if (!user) return R"({"error":"no context"})";
    bool const on = client.BoolVariation("new-checkout", *user, false);
    // Whatever was not sent when the answer is given waits, frozen, for the next invocation.
    bool const told = client.FlushAndWait(std::chrono::milliseconds(500));
    return lddynamo::Value::Object({{"newCheckout", on}, {"told", told}}).ToJson();
}

}  // namespace

int main(int argc, char** argv) {
    auto const client = MakeClient(argc > 1 ? argv[1] : nullptr);
    if (!client) {
        std::cerr << client.error().Describe() << '\n';
        return 1;
    }
    for (std::string payload; std::getline(std::cin, payload);) {
        std::cout << Handle(**client, payload) << std::endl;
    }
}
