// Evaluates a flag that needs a Big Segment, which the Relay Proxy keeps in the flags' table.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <string>
#include <utility>

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    auto members = lddynamo::DynamoDbBigSegmentStore::Create("some-table");
    if (!store || !members) return 1;
    auto client = lddynamo::Client::Create({
        .data_store = std::move(*store),
        .daemon_mode = true,
        .big_segments = {.store = std::move(*members)},
    });
    auto user = lddynamo::Context::User("bob");
    if (!client || !user) return 1;
    auto const detail = (*client)->BoolVariationDetail("new-checkout", *user, false);
    std::printf("%s %s\n", detail.value ? "on" : "off", detail.reason.ToJson().c_str());
}
