// One flag by lddynamo in daemon mode, with nothing but its public API.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <memory>

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("flags");
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().Describe().c_str());
        return 1;
    }
    lddynamo::ClientOptions options;
    options.daemon_mode = true;
    options.data_store = std::move(*store);
    auto const client = lddynamo::Client::Create(std::move(options));
    auto const context = lddynamo::Context::User("bob");
    if (!client || !context) return 1;
    auto const detail = (*client)->BoolVariationDetail("benchmark-flag", *context, false);
    if (!detail.value) std::fputs("the flag is not on\n", stderr);
    return detail.value ? 0 : 1;
}
