// Reads one flag out of the table "some-table". AWS credentials and region come from the usual
// environment.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) {
        std::fprintf(stderr, "%s\n", store.error().Describe().c_str());
        return 1;
    }
    auto client = lddynamo::Client::Create({.data_store = std::move(*store), .daemon_mode = true});
    auto user = lddynamo::Context::Builder("user", "bob").Set("plan", "gold").Build();
    if (!client || !user) return 1;
    bool const on = (*client)->BoolVariation("new-checkout", *user, false);
    std::printf("new-checkout is %s\n", on ? "on" : "off");
}
