// Reads the whole table at the start, then evaluates every flag without another request.
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
    auto client = lddynamo::Client::Create({
        .data_store = std::move(*store),
        .daemon_mode = true,
        .cache = {.mode = lddynamo::CacheOptions::Mode::kInfinite},
        .load = lddynamo::LoadMode::kPreload,
    });
    if (!client) return Failed(client.error());
    auto user = lddynamo::Context::FromJson(R"({"kind":"user","key":"bob","country":"de"})");
    if (!user) return Failed(user.error());
    if (auto loaded = (*client)->Preload(); !loaded) return Failed(loaded.error());
    std::printf("%s\n", (*client)->AllFlags(*user).ToJson().c_str());
}
