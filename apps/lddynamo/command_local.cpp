#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "dynamodb/local/local_service.hpp"
#include "dynamodb/memory/wire.hpp"
#include "http/http_server.hpp"

#include <lddynamo/aws.hpp>
#include <lddynamo/environment.hpp>

#include <fmt/format.h>
#include <signal.h>

namespace lddynamo::app {
namespace {

using dynamodb::local::SignatureCheck;

/// Of the environment's keys and region: arguments can be seen by everyone on a machine.
Result<SignatureCheck> MakeSignatureCheck(Arguments const& arguments) {
    Environment const& environment = ProcessEnvironment();
    auto credentials = MakeEnvironmentCredentials(environment)->GetCredentials();
    if (!credentials) return Fail(credentials.error());
    if (!*credentials) {
        return Fail(ErrorCode::kCredentials,
                    "--verify-signatures needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    std::string region = arguments.common.region;
    for (char const* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
        if (region.empty()) region = environment.GetNonEmpty(name).value_or("");
    }
    return SignatureCheck(std::move(**credentials), std::move(region));
}

}  // namespace

int RunLocal(Session const& session) {
    Arguments const& arguments = session.Args();
    dynamodb::local::LocalServiceOptions service_options;
    auto faults = dynamodb::local::ParseFaults(arguments.faults);
    if (!faults) {
        WriteNote("--fault: " + faults.error().message);
        return kUsage;
    }
    if (arguments.fault_seed) faults->seed = *arguments.fault_seed;
    service_options.faults = std::move(*faults);
    service_options.fault_control = arguments.fault_control;
    if (arguments.verify_signatures) {
        auto check = MakeSignatureCheck(arguments);
        if (!check) return Report(check.error());
        service_options.signatures.emplace(std::move(*check));
    }
    service_options.data_file = arguments.data_file;
    service_options.on_note = [](std::string const& note) { WriteNote(note); };
    ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of write
    auto const service = dynamodb::local::LocalService::Create(std::move(service_options));
    if (!service) return Report(service.error());

    http::HttpServerOptions options;
    options.port = arguments.port;
    options.max_body_bytes = dynamodb::memory::kMaxBodyBytes;
    options.stop_on_signals = true;  // before the line below tells a script that we are there
    if (!arguments.data_file.empty()) options.commit = [&] { return (*service)->Commit(); };
    auto server = http::HttpServer::Create(
        [&](http::ServerRequest const& request) { return (*service)->Handle(request); },
        std::move(options));
    if (!server) return Report(server.error());
    // Scripts read this line to learn the port.
    auto const line = fmt::format("listening on http://127.0.0.1:{}\n", (*server)->Port());
    if (int const code = Print(line); code != kDone) return code;
    WriteNote("a DynamoDB in memory, a tool for development and tests; " +
              (arguments.data_file.empty() ? "data are lost at the end"
                                           : "data are kept in " + arguments.data_file));
    (*server)->Run();
    return kDone;
}

}  // namespace lddynamo::app
