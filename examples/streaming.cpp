// Flags of LaunchDarkly's stream, kept in memory: evaluates one for each line of stdin, a user's
// key, and tells of the connection on stderr. SDK key and argument as in read_write.cpp.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>

namespace {

void Tell(lddynamo::DataSourceStatus const& status) {
    std::string line(lddynamo::ToString(status.state));
    if (status.last_error && status.state != lddynamo::DataSourceState::kValid) {
        line += ": " + status.last_error->Describe();
    }
    std::cerr << line + '\n';
}

}  // namespace

int main(int argc, char** argv) {
    char const* const sdk_key = std::getenv("LAUNCHDARKLY_SDK_KEY");
    if (sdk_key == nullptr) {
        std::cerr << "LAUNCHDARKLY_SDK_KEY is not set\n";
        return 1;
    }
    lddynamo::ClientOptions options;
    options.sdk_key = lddynamo::Secret(sdk_key);
    options.on_data_source_status = Tell;
    if (argc > 1) {
        options.endpoints = {.streaming = argv[1], .polling = argv[1], .events = argv[1]};
    }
    auto client = lddynamo::Client::Create(std::move(options));
    if (!client) {
        std::cerr << client.error().Describe() << '\n';
        return 1;
    }
    if (!(*client)->WaitForInitialization(std::chrono::seconds(5))) {
        auto const status = (*client)->GetDataSourceStatus();
        if (status.state == lddynamo::DataSourceState::kOff) return 1;  // refused: for good
        std::cerr << "not ready yet; evaluations give their defaults until then\n";
    }
    for (std::string key; std::getline(std::cin, key);) {
        auto const user = lddynamo::Context::User(key);
        if (!user) continue;
        std::cout << (*client)->StringVariation("banner", *user, "none") << std::endl;
    }
}
