// Keeps the table "some-table" as LaunchDarkly's data are while it runs, and evaluates a flag. The
// SDK key comes from LAUNCHDARKLY_SDK_KEY; an argument names a Relay Proxy, or a server for tests,
// in LaunchDarkly's place.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

int main(int argc, char** argv) {
    char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY");
    if (sdk_key == nullptr) {
        std::fprintf(stderr, "LAUNCHDARKLY_SDK_KEY is not set\n");
        return 1;
    }
    lddynamo::ServiceEndpoints endpoints;
    if (argc > 1) endpoints = {.streaming = argv[1], .polling = argv[1], .events = argv[1]};

    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().Describe().c_str());
        return 1;
    }
    auto client = lddynamo::Client::Create({
        .sdk_key = lddynamo::Secret(sdk_key),
        .data_store = std::move(*store),
        .endpoints = endpoints,
    });
    if (!client) {
        std::fprintf(stderr, "%s\n", client.error().Describe().c_str());
        return 1;
    }
    if (!(*client)->WaitForInitialization(std::chrono::seconds(5))) {
        std::fprintf(stderr, "no data of LaunchDarkly yet: the table's count, if it has any\n");
    }
    auto user = lddynamo::Context::User("bob");
    if (!user) {
        std::fprintf(stderr, "%s\n", user.error().Describe().c_str());
        return 1;
    }
    bool const on = (*client)->BoolVariation("new-checkout", *user, false);
    std::printf("new-checkout is %s\n", on ? "on" : "off");
}
