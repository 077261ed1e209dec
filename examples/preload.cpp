// Reads the whole table at the start, then evaluates every flag without another request.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>

int main() {
    auto store = lddynamo::DynamoDbFeatureStore::Create("some-table");
    if (!store) return 1;
    auto client = lddynamo::Client::Create({
        .data_store = std::move(*store),
        .daemon_mode = true,
        .cache = {.mode = lddynamo::CacheOptions::Mode::kInfinite},
        .load = lddynamo::LoadMode::kPreload,
    });
    auto user = lddynamo::Context::FromJson(R"({"kind":"user","key":"bob","country":"de"})");
    if (!client || !user) return 1;
    if (auto loaded = (*client)->Preload(); !loaded) {
        std::fprintf(stderr, "%s\n", loaded.error().Describe().c_str());
        return 1;
    }
    std::printf("%s\n", (*client)->AllFlags(*user).ToJson().c_str());
}
