// Polls by a proxy and with roots of one's own: network BASE-URI [PROXY [CA-FILE]]. The SDK key
// comes from LAUNCHDARKLY_SDK_KEY.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace {

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY");
    if (sdk_key == nullptr || argc < 2) {
        std::fprintf(stderr, "LAUNCHDARKLY_SDK_KEY=... network BASE-URI [PROXY [CA-FILE]]\n");
        return 2;
    }
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
    if (!client) return Failed(client.error());
    if (!(*client)->WaitForInitialization(std::chrono::seconds(10))) {
        auto const error = (*client)->GetDataSourceStatus().last_error;
        return error ? Failed(*error) : Failed({lddynamo::ErrorCode::kTimeout, "no data yet"});
    }
    auto user = lddynamo::Context::User("bob");
    if (!user) return Failed(user.error());
    std::printf("%s\n", (*client)->AllFlags(*user).ToValuesMap().ToJson().c_str());
}
