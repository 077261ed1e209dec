// Reads one flag out of the table "some-table". AWS credentials and region come from the usual
// environment.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>

namespace {

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) return Failed(store.error());
    auto client = lddynamo::Client::Create({.data_store = std::move(*store), .daemon_mode = true});
    if (!client) return Failed(client.error());
    auto user = lddynamo::Context::Builder("user", "bob").Set("plan", "gold").Build();
    if (!user) return Failed(user.error());
    bool const on = (*client)->BoolVariation("new-checkout", *user, false);
    // One more request, which says why the table cannot be read: no region, no such table, ...
    if (auto const filled = (*client)->Initialized(); !filled) return Failed(filled.error());
    std::printf("new-checkout is %s\n", on ? "on" : "off");
}
