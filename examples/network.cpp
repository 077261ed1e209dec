// Polls by a proxy and with roots of one's own: network BASE-URI [PROXY [CA-FILE]]. The SDK key
// comes from LAUNCHDARKLY_SDK_KEY.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

int main(int argc, char** argv) {
    char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY");
    if (sdk_key == nullptr || argc < 2) return 2;
    lddynamo::ClientOptions options;
    options.sdk_key = lddynamo::Secret(sdk_key);
    options.data_source = lddynamo::PollingOptions{.interval = std::chrono::minutes(1)};
    options.endpoints.polling = argv[1];
    options.endpoints.events = argv[1];
    options.http.connect_timeout = std::chrono::seconds(2);
    if (argc > 2) options.http.proxy = argv[2];    // else as the environment says
    if (argc > 3) options.http.ca_file = argv[3];  // else the system's roots
    options.application = {.id = "shop", .version = "1.4.2"};
    auto client = lddynamo::Client::Create(std::move(options));
    if (!client || !(*client)->WaitForInitialization(std::chrono::seconds(10))) return 1;
    auto user = lddynamo::Context::User("bob");
    if (!user) return 1;
    std::printf("%s\n", (*client)->AllFlags(*user).ToValuesMap().ToJson().c_str());
}
