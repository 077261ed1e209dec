// A stranger's program: only installed headers, a store in memory behind DynamoDB's interface.
#include <lddynamo/lddynamo.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <cstdio>
#include <memory>

int main() {
    auto const database = std::make_shared<lddynamo::test_support::MemoryDynamoDb>();
    if (!lddynamo::CreateFeatureTable(*database, "flags")) return 1;
    auto store = lddynamo::DynamoDbFeatureStore::Create({.table = "flags", .client = database});
    if (!store) return 1;
    auto const item = lddynamo::MakeSerializedItem(
        "new-checkout",
        R"({"key":"new-checkout","version":1,"on":true,"variations":[true,false],
            "targets":[{"variation":0,"values":["bob"]}],"fallthrough":{"variation":1}})");
    if (!item) return 1;
    lddynamo::StoreData data;
    data.features["new-checkout"] = *item;
    if (!(*store)->Init(data)) return 1;

    auto client = lddynamo::Client::Create({.data_store = std::move(*store), .daemon_mode = true});
    auto const bob = lddynamo::Context::Builder("user", "bob").Build();
    if (!client || !bob) return 1;
    auto const detail = (*client)->BoolVariationDetail("new-checkout", *bob, false);
    std::printf("new-checkout is %s for bob: %s\n", detail.value ? "on" : "off",
                std::string(lddynamo::ToString(detail.reason.kind)).c_str());
    return 0;
}
