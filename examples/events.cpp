// Tells LaunchDarkly of a user, an evaluation and a purchase, and keeps some attributes to itself.
// SDK key and argument as in read_write.cpp.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace {

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY");
    if (sdk_key == nullptr) {
        std::fprintf(stderr, "LAUNCHDARKLY_SDK_KEY is not set\n");
        return 1;
    }
    lddynamo::ClientOptions options;
    options.sdk_key = lddynamo::Secret(sdk_key);
    if (argc > 1) {
        options.endpoints = {.streaming = argv[1], .polling = argv[1], .events = argv[1]};
    }
    options.events.private_attributes = {"email", "/address/street"};
    options.events.omit_anonymous_contexts = true;
    options.events.gzip = true;
    auto client = lddynamo::Client::Create(std::move(options));
    if (!client) return Failed(client.error());
    if (!(*client)->WaitForInitialization(std::chrono::seconds(5))) {
        auto const error = (*client)->GetDataSourceStatus().last_error;
        return error ? Failed(*error) : Failed({lddynamo::ErrorCode::kTimeout, "no data yet"});
    }

    auto address = lddynamo::Value::Object({{"street", "Main Street 1"}, {"city", "Springfield"}});
    auto user = lddynamo::Context::Builder("user", "bob")
                    .Set("email", "bob@example.com")
                    .Set("address", address)
                    .Set("salary", 50000)
                    .Private("salary")
                    .Build();
    if (!user) return Failed(user.error());
    (*client)->Identify(*user);
    if ((*client)->BoolVariation("new-checkout", *user, false)) {
        (*client)->Track("purchase", *user, lddynamo::Value::Object({{"items", 3}}), 59.90);
    }
    bool const told = (*client)->FlushAndWait(std::chrono::seconds(5));
    std::printf("%s\n", told ? "LaunchDarkly knows" : "not delivered");
}
