#include "service.hpp"

#include "capabilities.hpp"
#include "commands.hpp"
#include "fields.hpp"

#include <lddynamo/version.hpp>

#include <utility>
#include <vector>

namespace lddynamo::contract {
namespace {

constexpr std::string_view kClients = "/clients/";

HttpResponse Answer(int status, std::string body = {}, std::string_view type = "text/plain") {
    HttpResponse response;
    response.status = status;
    if (!body.empty()) response.headers = {{"Content-Type", std::string(type)}};
    response.body = std::move(body);
    return response;
}

HttpResponse JsonAnswer(std::string json) {
    return Answer(200, std::move(json), "application/json");
}

HttpResponse Refuse(Error const& error) {
    return Answer(400, error.message);
}

std::shared_ptr<HttpTransport> MakeCallbackTransport() {
    HttpTransportOptions options;
    options.proxy = "";  // the harness is on this machine
    return MakeHttpTransport(std::move(options));
}

}  // namespace

Service::Service(ServiceOptions options)
    : options_(std::move(options)), callbacks_(MakeCallbackTransport()) {
}

HttpResponse Service::Handle(http::ServerRequest const& request) {
    std::string_view const path = request.target;
    if (path.starts_with(kClients)) return HandleClient(request, path.substr(kClients.size()));
    if (path != "/") return Answer(404, "no such resource");
    if (request.method == "GET") return Status();
    if (request.method == "POST") return CreateClient(request.body);
    if (request.method != "DELETE") return Answer(405, "GET, POST or DELETE");
    if (options_.stop) options_.stop();
    return Answer(200);
}

HttpResponse Service::Status() const {
    std::vector<Value> capabilities;
    for (std::string_view const name : Capabilities(options_.retry_conformance)) {
        capabilities.emplace_back(name);
    }
    return JsonAnswer(Value::Object({{"name", "lddynamo"},
                                     {"clientVersion", Version()},
                                     {"capabilities", Value::Array(std::move(capabilities))}})
                          .ToJson());
}

HttpResponse Service::CreateClient(std::string_view body) {
    auto const request = Value::Parse(body);
    if (!request) return Refuse(request.error());
    Problem problem;
    Fields const fields(*request, "", problem);
    if (!fields.Has("configuration")) fields.Note("configuration", "missing");
    Surroundings surroundings;
    surroundings.callbacks = callbacks_;
    surroundings.logger = options_.logger;
    if (options_.retry_conformance) surroundings.refused = RefusedPolicy::kRetrySlowly;
    auto configuration = ReadConfiguration(fields.Object("configuration"), surroundings);
    if (!configuration) return Refuse(configuration.error());
    auto client = Client::Create(std::move(configuration->options));
    if (!client) return Refuse(client.error());
    // A client that is not ready can be used all the same, and tests of outages do.
    (void)(*client)->WaitForInitialization(configuration->start_wait);
    auto number = std::to_string(++last_client_);
    HttpResponse created = Answer(201);
    created.headers.emplace_back("Location", std::string(kClients) + number);
    clients_.emplace(std::move(number), *std::move(client));
    return created;
}

HttpResponse Service::HandleClient(http::ServerRequest const& request, std::string_view number) {
    auto const found = clients_.find(number);
    if (found == clients_.end()) return Answer(404, "no such client");
    if (request.method == "DELETE") {
        clients_.erase(found);
        return Answer(200);
    }
    if (request.method != "POST") return Answer(405, "POST or DELETE");
    auto const body = Value::Parse(request.body);
    if (!body) return Refuse(body.error());
    Problem problem;
    Fields const fields(*body, "", problem);
    auto const command = fields.String("command");
    Fields const parameters = fields.Object(command);
    if (auto const known = fields.Check(); !known) return Refuse(known.error());
    auto answer = RunCommand(command, Subject{*found->second, callbacks_}, parameters);
    if (!answer) return Refuse(answer.error());
    return answer->empty() ? Answer(202) : JsonAnswer(*std::move(answer));
}

}  // namespace lddynamo::contract
