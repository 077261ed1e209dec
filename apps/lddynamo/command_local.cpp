#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "http/http_server.hpp"

#include <lddynamo/testing/memory_dynamodb.hpp>

#include <fmt/format.h>

namespace lddynamo::app {

int RunLocal(Session const& session) {
    test_support::MemoryDynamoDb database;
    auto const handler = [&database](http::ServerRequest const& request) {
        std::string const* const target = request.Header("X-Amz-Target");
        return database.HandleWire(target != nullptr ? *target : std::string(), request.body);
    };
    http::HttpServerOptions options;
    options.port = session.Args().port;
    options.stop_on_signals = true;  // before the line below tells a script that we are there
    auto server = http::HttpServer::Create(handler, options);
    if (!server) return Report(server.error());
    // Scripts read this line to learn the port.
    auto const line = fmt::format("listening on http://127.0.0.1:{}\n", (*server)->Port());
    if (int const code = Print(line); code != kDone) return code;
    WriteNote("a DynamoDB in memory, for development and tests; data are lost at the end");
    (*server)->Run();
    return kDone;
}

}  // namespace lddynamo::app
