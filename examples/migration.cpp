// Moves from one database to another by the stages of a migration flag; the flag is in memory here.
#include <lddynamo/lddynamo.hpp>

#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace {

/// Stands for a database.
class Orders {
  public:
    explicit Orders(std::map<int, std::string> orders) : orders_(std::move(orders)) {}
    lddynamo::Result<std::string> Find(int id) const {
        auto const found = orders_.find(id);
        if (found == orders_.end()) {
            return lddynamo::Fail(lddynamo::ErrorCode::kNotFound, "no such order");
        }
        return found->second;
    }

  private:
    std::map<int, std::string> orders_;
};

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main() {
    auto store = std::make_shared<lddynamo::MemoryFeatureStore>();
    auto flag = lddynamo::MakeSerializedItem(
        "orders-db", R"({"key":"orders-db","version":1,"on":true,"fallthrough":{"variation":3},
            "variations":["off","dualwrite","shadow","live","rampdown","complete"]})");
    if (!flag) return Failed(flag.error());
    auto const stored = store->Init({.features = {{"orders-db", *flag}}});
    if (!stored) return Failed(stored.error());
    auto client = lddynamo::Client::Create({.data_store = store, .daemon_mode = true});
    auto user = lddynamo::Context::User("bob");
    if (!client) return Failed(client.error());
    if (!user) return Failed(user.error());

    Orders const old_orders({{7, "three apples"}});
    Orders const new_orders({{7, "3 apples"}});
    auto const orders = lddynamo::Migrator<int, std::string>::Create(
        **client, {.read_old = [&](int id) { return old_orders.Find(id); },
                   .read_new = [&](int id) { return new_orders.Find(id); },
                   .compare = std::equal_to<std::string>()});
    if (!orders) return Failed(orders.error());
    auto const read = orders->Read("orders-db", *user, lddynamo::MigrationStage::kOff, 7);
    if (!read.result) return Failed(read.result.error());
    std::printf("%s database: %s\n", std::string(lddynamo::ToString(read.origin)).c_str(),
                read.result->c_str());
}
