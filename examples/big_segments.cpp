// Evaluates a flag that needs a Big Segment, which the Relay Proxy keeps in the flags' table.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <string>
#include <utility>

namespace {

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) return Failed(store.error());
    auto members = lddynamo::DynamoDbBigSegmentStore::Create("some-table");
    if (!members) return Failed(members.error());
    auto client = lddynamo::Client::Create({
        .data_store = std::move(*store),
        .daemon_mode = true,
        .big_segments = {.store = std::move(*members)},
    });
    if (!client) return Failed(client.error());
    auto user = lddynamo::Context::User("bob");
    if (!user) return Failed(user.error());
    auto const detail = (*client)->BoolVariationDetail("new-checkout", *user, false);
    std::printf("%s %s\n", detail.value ? "on" : "off", detail.reason.ToJson().c_str());
}
