// Flags out of the files that are named, for development: evaluates one for each line of stdin, a
// user's key.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
    lddynamo::FileDataOptions files;
    files.paths.assign(argv + 1, argv + argc);
    files.reload_interval = std::chrono::milliseconds(200);
    auto client = lddynamo::Client::Create({.data_source = files});
    if (!client) {
        std::cerr << client.error().Describe() << '\n';
        return 1;
    }
    if (!(*client)->WaitForInitialization(std::chrono::seconds(5))) {
        auto const error = (*client)->GetDataSourceStatus().last_error;
        std::cerr << (error ? error->Describe() : "no data yet") << '\n';
        return 1;
    }
    for (std::string key; std::getline(std::cin, key);) {
        auto const user = lddynamo::Context::User(key);
        if (!user) continue;
        std::cout << (*client)->StringVariation("banner", *user, "none") << std::endl;
    }
}
