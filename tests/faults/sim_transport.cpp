// The real DynamoDB client over a network that loses things.
#include "faults/sim_client.hpp"

#include "dynamodb/http_client.hpp"
#include "support/fake_dynamodb_client.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/http_transport.hpp>

#include <cstdlib>
#include <utility>
#include <variant>
#include <vector>

namespace lddynamo::faults {
namespace {

using test_support::ErrorOf;
using test_support::MemoryDynamoDb;

Environment const& FakeCredentials() {
    static MapEnvironment const* const environment =
        new MapEnvironment({{"AWS_REGION", "us-east-1"},
                            {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                            {"AWS_SECRET_ACCESS_KEY", "secret"}});
    return *environment;
}

class SimTransport final : public HttpTransport {
  public:
    SimTransport(World& world, std::size_t actor) : world_(world), actor_(actor) {}

    void Run(HttpRequestSource& source) override {
        std::vector<HttpRequestSource::Exchange> under_way;
        for (;;) {
            auto next = HttpRequestSource::Next(HttpRequestSource::WaitForAnswer{});
            if (under_way.size() < kConnections) next = source.GetNext(world_.Time().SteadyNow());
            if (auto* const exchange = std::get_if<HttpRequestSource::Exchange>(&next)) {
                under_way.push_back(std::move(*exchange));
                continue;
            }
            if (under_way.empty()) {
                auto const* const wait = std::get_if<HttpRequestSource::WaitUntil>(&next);
                if (wait == nullptr) return;
                world_.Time().Advance(wait->time - world_.Time().SteadyNow());
                continue;
            }
            auto const one = under_way.begin() +
                             static_cast<std::ptrdiff_t>(Below(world_.Rng(), under_way.size()));
            auto const exchange = std::move(*one);
            under_way.erase(one);
            source.OnAnswer(exchange.tag, Answer(exchange.request));
        }
    }

  private:
    static constexpr std::size_t kConnections = 4;

    Result<HttpResponse> Answer(HttpRequest const& request) {
        if (world_.IsDead(actor_)) return Fail(KilledError());
        std::string target;
        for (auto const& [name, value] : request.headers) {
            if (name == "X-Amz-Target") target = value;
        }
        std::size_t const operation = world_.current[actor_];
        Fate const fate = world_.Meet(actor_, target);
        HttpResponse response;
        std::size_t const left =
            target.ends_with("BatchWriteItem") || target.ends_with("BatchGetItem")
                ? world_.Unprocessed(3)
                : 0;
        auto const run = [&world = world_, operation, target, body = request.body,
                          left](MemoryDynamoDb& memory) {
            if (target.ends_with(".Query")) world.NoteQuery(operation);
            memory.SetFaults([left](std::string_view) {
                MemoryDynamoDb::Fault fault;
                fault.unprocessed = left;
                return fault;
            });
            auto answer = memory.HandleWire(target, body);
            memory.SetFaults(nullptr);
            return answer;
        };
        auto const apply = [&] {
            world_.Apply(operation, [&](MemoryDynamoDb& memory) { response = run(memory); });
        };
        switch (fate) {
            case Fate::kNormal:
                apply();
                return response;
            case Fate::kThrottle:
                response.status = 400;
                response.body =
                    R"({"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"})";
                return response;
            case Fate::kLostBefore:
                if (Chance(world_.Rng(), 50)) return Fail(ErrorOf(ErrorCode::kConnection));
                response.status = 503;
                return response;
            case Fate::kLostAfter:
                apply();
                switch (Below(world_.Rng(), 4)) {
                    case 0:
                        return Fail(ErrorOf(ErrorCode::kConnection));
                    case 1:
                        return Fail(ErrorOf(ErrorCode::kTimeout));
                    case 2:  // a broken answer
                        response.headers = {{"x-amz-crc32", "1"}};
                        return response;
                    default:
                        response = {};
                        response.status = 500;
                        response.body =
                            R"({"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"})";
                        return response;
                }
            case Fate::kLate:
                world_.ApplyLate(operation, [run](MemoryDynamoDb& memory) { (void)run(memory); });
                return Fail(ErrorOf(ErrorCode::kTimeout));
            case Fate::kKilledAfter:
                apply();
                return Fail(KilledError());
            case Fate::kKilledBefore:
                break;
        }
        return Fail(KilledError());
    }

    World& world_;
    std::size_t const actor_;
};

}  // namespace

std::shared_ptr<DynamoDbClient> MakeSimHttpClient(World& world, std::size_t actor) {
    DynamoDbClientOptions options;
    options.aws.environment = &FakeCredentials();
    options.aws.clock = &world.Time();
    options.aws.endpoint_url = "http://localhost:8000";
    options.transport = std::make_shared<SimTransport>(world, actor);
    auto client = dynamodb::MakeHttpDynamoDbClient(std::move(options), [&world] {
        return static_cast<double>(Below(world.Rng(), 1000)) / 1000.0;
    });
    if (!client) std::abort();
    return std::move(*client);
}

}  // namespace lddynamo::faults
