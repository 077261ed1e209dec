#include "dynamodb/local/local_service.hpp"

#include "dynamodb/memory/wire.hpp"
#include "http/answer_text.hpp"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::dynamodb::local {
namespace {

constexpr std::string_view kNoData =
    "The data file failed; this local server must be started again";

bool MayAddRows(std::string_view operation) {
    for (std::string_view const adds :
         {"PutItem", "UpdateItem", "BatchWriteItem", "TransactWriteItems"}) {
        if (operation == adds) return true;
    }
    return false;
}

HttpResponse Refusal(std::string_view code, std::string message = {}, int status = 400) {
    memory::ServiceError error;
    error.code = code;
    error.message = std::move(message);
    error.http_status = status;
    return memory::ToHttp(error);
}

HttpResponse Throttled(std::string_view operation, bool other_code) {
    // Table operations know only the first.
    if (other_code || operation.ends_with("Table") || operation.ends_with("Tables")) {
        return Refusal("ThrottlingException",
                       "Rate exceeded: a fault that this server was asked to have");
    }
    return Refusal("ProvisionedThroughputExceededException",
                   "The level of configured provisioned throughput for the table was exceeded. "
                   "Consider increasing your provisioning level with the UpdateTable API.");
}

/// Keys or writes of a batch; 0 for other operations.
std::size_t EntriesOf(std::string_view operation, Value const& parameters) {
    bool const reads = operation == "BatchGetItem";
    if (!reads && operation != "BatchWriteItem") return 0;
    std::size_t count = 0;
    for (auto const& [table, requests] : parameters["RequestItems"].AsObject()) {
        count += (reads ? requests["Keys"] : requests).AsArray().size();
    }
    return count;
}

void SpoilChecksum(HttpResponse& response) {
    for (auto& [name, value] : response.headers) {
        if (name != "x-amz-crc32") continue;
        std::uint32_t sum = 0;
        std::from_chars(value.data(), value.data() + value.size(), sum);
        value = std::to_string(sum ^ 1U);
    }
}

/// What is no operation at all, in the service's words; load balancers ask the first.
HttpResponse NoOperation(std::string_view method) {
    HttpResponse response;
    bool const healthy = method == "GET" || method == "HEAD";
    response.status = healthy ? 200 : 404;
    response.body =
        healthy ? "healthy: dynamodb.us-east-1.amazonaws.com " : "<UnknownOperationException/>\n";
    return response;
}

http::ServerAnswer Deliver(HttpResponse response, Fate const& fate) {
    using Delivery = http::ServerAnswer::Delivery;
    http::ServerAnswer answer(std::move(response));
    answer.delay = fate.delay;
    if (fate.fault == FaultKind::kDrop) answer.delivery = Delivery::kHold;
    if (fate.fault == FaultKind::kReset) answer.delivery = Delivery::kReset;
    if (fate.fault == FaultKind::kCrc) SpoilChecksum(answer.response);
    if (fate.fault == FaultKind::kHalf) {
        answer.delivery = Delivery::kCut;
        answer.body_bytes =
            static_cast<std::size_t>(fate.cut * static_cast<double>(answer.response.body.size()));
    }
    return answer;
}

HttpResponse JsonAnswer(int status, Value const& json) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = json.ToJson() + "\n";
    return response;
}

}  // namespace

LocalService::LocalService(LocalServiceOptions options)
    : options_(std::move(options)),
      clock_(options_.clock != nullptr ? *options_.clock : SystemClock()),
      dice_(std::move(options_.faults)) {
}

Result<std::unique_ptr<LocalService>> LocalService::Create(LocalServiceOptions options) {
    std::unique_ptr<LocalService> service(new LocalService(std::move(options)));
    LocalServiceOptions const& kept = service->options_;
    if (kept.data_file.empty()) return service;
    auto file = DataFile::Open(kept.data_file, service->engine_, kept.data_file_options);
    if (!file) return Fail(std::move(file.error()));
    service->data_file_ = std::move(*file);
    service->PassNotesOn();
    return service;
}

void LocalService::PassNotesOn() {
    if (!data_file_) return;
    for (std::string const& note : data_file_->TakeNotes()) {
        if (options_.on_note) options_.on_note(note);
    }
}

std::optional<HttpResponse> LocalService::Commit() {
    if (!data_file_) return std::nullopt;
    auto const synced = data_file_->Sync();
    PassNotesOn();
    if (synced) return std::nullopt;
    return Refusal("InternalServerError", std::string(kNoData), 500);
}

http::ServerAnswer LocalService::Handle(http::ServerRequest const& request) {
    if (options_.fault_control && request.target == kFaultPath) return ControlFaults(request);
    auto const now = Now();
    auto answer = request.method == "POST" ? HandleOperation(request) : NoOperation(request.method);
    // Reads wait too: what they saw may not be durable yet.
    answer.after_commit = data_file_ && data_file_->HasUnsynced();
    answer.response.headers.emplace_back("Date",
                                         http::HttpDate(std::chrono::system_clock::to_time_t(now)));
    return answer;
}

std::chrono::system_clock::time_point LocalService::Now() const {
    return clock_.Now() + dice_.Settings().skew;
}

http::ServerAnswer LocalService::HandleOperation(http::ServerRequest const& request) {
    std::string const* const target = request.Header("X-Amz-Target");
    std::string_view const operation =
        target != nullptr ? memory::OperationOf(*target) : std::string_view();
    auto const parameters =
        request.body.empty() ? Result<Value>(Value()) : Value::Parse(request.body);
    if (!parameters) return Refusal("SerializationException");
    if (operation.empty()) return Refusal("UnknownOperationException");
    if (options_.signatures) {
        if (auto const refusal = options_.signatures->Refusal(request, Now())) {
            return memory::ToHttp(*refusal);
        }
    }

    Fate const fate = dice_.Throw(operation, EntriesOf(operation, *parameters));
    HttpResponse response;
    if (fate.does_operation) response = Perform(operation, *parameters, fate.unprocessed);
    if (fate.fault == FaultKind::kThrottle) response = Throttled(operation, fate.other_code);
    if (fate.fault == FaultKind::kError500) {
        response = Refusal("InternalServerError", "Internal server error", 500);
    }
    if (response.status == 0) response.status = 500;  // held or reset: nobody will see it
    return Deliver(std::move(response), fate);
}

HttpResponse LocalService::Perform(std::string_view operation, Value const& parameters,
                                   std::size_t unprocessed) {
    // What is in memory may not be what is on the disk.
    if (data_file_ && !data_file_->IsUsable()) {
        return Refusal("InternalServerError", std::string(kNoData), 500);
    }
    if (MayAddRows(operation) && engine_.Bytes() >= options_.max_table_bytes) {
        return Refusal("ItemCollectionSizeLimitExceededException",
                       "The tables of this local server hold " + std::to_string(engine_.Bytes()) +
                           " bytes; it takes no more");
    }
    auto outcome = memory::Perform(engine_, operation, parameters, unprocessed);
    PassNotesOn();
    return outcome ? memory::ToHttp(std::move(*outcome)) : memory::ToHttp(outcome.error());
}

HttpResponse LocalService::ControlFaults(http::ServerRequest const& request) {
    if (request.method == "POST") {
        auto const json = Value::Parse(request.body);
        auto settings = json ? FaultsFromJson(*json) : tl::unexpected(json.error());
        if (!settings) {
            return JsonAnswer(400, Value::Object({{"error", settings.error().message}}));
        }
        dice_.Set(std::move(*settings));
    } else if (request.method != "GET") {
        return http::PlainAnswer(405);
    }
    std::vector<Value::Member> done{{"requests", dice_.Requests()}};
    for (std::size_t i = 0; i < kFaultKinds; ++i) {
        done.push_back({std::string(kFaultNames[i]), dice_.Count(static_cast<FaultKind>(i))});
    }
    return JsonAnswer(200, Value::Object({{"faults", FaultsToJson(dice_.Settings())},
                                          {"done", Value::Object(std::move(done))}}));
}

}  // namespace lddynamo::dynamodb::local
