#include "dynamodb/http_client.hpp"

#include <lddynamo/value.hpp>

#include "aws/clock_skew.hpp"
#include "aws/resolved_aws.hpp"
#include "aws/sigv4.hpp"
#include "dynamodb/call_source.hpp"
#include "dynamodb/request_writer.hpp"
#include "dynamodb/response_reader.hpp"

#include <mutex>
#include <utility>

namespace lddynamo {
namespace dynamodb {
namespace {

class HttpDynamoDbClient final : public DynamoDbClient {
  public:
    HttpDynamoDbClient(DynamoDbClientOptions options, base::RandomFraction random)
        : options_(std::move(options)),
          environment_(options_.aws.environment != nullptr ? *options_.aws.environment
                                                           : ProcessEnvironment()),
          clock_(options_.aws.clock != nullptr ? *options_.aws.clock : SystemClock()),
          random_(std::move(random)),
          limiter_(aws::ToRateSeconds(clock_.SteadyNow())) {}

    Result<GetItemResponse> GetItem(GetItemRequest const& request) override {
        return One<GetItemResponse>("GetItem", request, ReadGetItem);
    }
    Result<QueryResponse> Query(QueryRequest const& request) override {
        return One<QueryResponse>("Query", request, ReadQuery);
    }
    Result<ScanResponse> Scan(ScanRequest const& request) override {
        return One<ScanResponse>("Scan", request, ReadQuery);
    }
    Result<BatchGetItemResponse> BatchGetItem(BatchGetItemRequest const& request) override {
        return One<BatchGetItemResponse>("BatchGetItem", request, ReadBatchGetItem);
    }
    Result<BatchWriteItemResponse> BatchWriteItem(BatchWriteItemRequest const& request) override {
        return One<BatchWriteItemResponse>("BatchWriteItem", request, ReadBatchWriteItem);
    }
    std::vector<Result<QueryResponse>> QueryMany(std::span<QueryRequest const> requests) override {
        return Many<QueryResponse>("Query", requests, ReadQuery);
    }
    std::vector<Result<BatchGetItemResponse>> BatchGetItemMany(
        std::span<BatchGetItemRequest const> requests) override {
        return Many<BatchGetItemResponse>("BatchGetItem", requests, ReadBatchGetItem);
    }
    std::vector<Result<BatchWriteItemResponse>> BatchWriteItemMany(
        std::span<BatchWriteItemRequest const> requests) override {
        return Many<BatchWriteItemResponse>("BatchWriteItem", requests, ReadBatchWriteItem);
    }
    std::vector<Result<WriteResponse>> PutItemMany(
        std::span<PutItemRequest const> requests) override {
        return WriteMany("PutItem", requests);
    }
    std::vector<Result<WriteResponse>> DeleteItemMany(
        std::span<DeleteItemRequest const> requests) override {
        return WriteMany("DeleteItem", requests);
    }
    Result<WriteResponse> PutItem(PutItemRequest const& request) override {
        return Write("PutItem", request);
    }
    Result<WriteResponse> DeleteItem(DeleteItemRequest const& request) override {
        return Write("DeleteItem", request);
    }
    Status TransactWriteItems(TransactWriteItemsRequest const& request) override {
        auto answer = One<Nothing>("TransactWriteItems", request, ReadNothing);
        if (!answer) return Fail(std::move(answer.error()));
        return {};
    }
    Result<TableDescription> CreateTable(CreateTableRequest const& request) override {
        return One<TableDescription>("CreateTable", request, ReadTableDescription);
    }
    Result<TableDescription> DescribeTable(std::string const& table) override {
        Call call{"DescribeTable", table, WriteTableName(table)};
        return Read<TableDescription>("DescribeTable", table, RunOne(std::move(call)),
                                      ReadTableDescription);
    }
    Status DeleteTable(std::string const& table) override {
        Call call{"DeleteTable", table, WriteTableName(table)};
        auto answer = Read<Nothing>("DeleteTable", table, RunOne(std::move(call)), ReadNothing);
        if (!answer) return Fail(std::move(answer.error()));
        return {};
    }

  private:
    template <class Response>
    using Reader = Result<Response> (*)(Value const&);
    struct Nothing {};
    static Result<Nothing> ReadNothing(Value const&) { return Nothing{}; }
    /// Looked up at the first operation.
    struct Ready {
        aws::ResolvedAws aws{};
        std::shared_ptr<HttpTransport> transport{};
    };

    template <class Request>
    static Call MakeCall(std::string const& operation, Request const& request) {
        return {operation, request.table, WriteBody(request)};
    }

    template <class Response, class Request>
    Result<Response> One(std::string const& operation, Request const& request,
                         Reader<Response> reader) {
        return Read<Response>(operation, request.table, RunOne(MakeCall(operation, request)),
                              reader);
    }

    template <class Response, class Request>
    std::vector<Result<Response>> Many(std::string const& operation,
                                       std::span<Request const> requests, Reader<Response> reader) {
        std::vector<Result<Response>> answers;
        std::vector<CallOutcome> outcomes = RunMany(operation, requests);
        answers.reserve(outcomes.size());
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            answers.push_back(
                Read<Response>(operation, requests[i].table, std::move(outcomes[i]), reader));
        }
        return answers;
    }

    /// Reads a 2xx answer.
    template <class Response>
    static Result<Response> Read(std::string const& operation, std::string const& table,
                                 CallOutcome outcome, Reader<Response> reader) {
        if (!outcome.answer) return Fail(std::move(outcome.answer.error()));
        auto answer = reader(*outcome.answer);
        if (!answer) {
            Error error;
            error.code = ErrorCode::kInvalidData;
            error.message = operation + " on table \"" + table + "\": " + answer.error().message;
            error.http_status = 200;  // a server's answer is at fault, not a row
            return Fail(std::move(error));
        }
        return answer;
    }

    template <class Request>
    Result<WriteResponse> Write(std::string const& operation, Request const& request) {
        return ReadWrite(operation, request.table, RunOne(MakeCall(operation, request)));
    }

    template <class Request>
    std::vector<Result<WriteResponse>> WriteMany(std::string const& operation,
                                                 std::span<Request const> requests) {
        std::vector<Result<WriteResponse>> answers;
        std::vector<CallOutcome> outcomes = RunMany(operation, requests);
        answers.reserve(outcomes.size());
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            answers.push_back(ReadWrite(operation, requests[i].table, std::move(outcomes[i])));
        }
        return answers;
    }

    /// A condition that failed is an answer too.
    static Result<WriteResponse> ReadWrite(std::string const& operation, std::string const& table,
                                           CallOutcome outcome) {
        if (!outcome.answer && outcome.answer.error().code == ErrorCode::kConditionFailed) {
            return WriteResponse{true, std::move(outcome.item), outcome.is_ambiguous};
        }
        auto answer = Read<Nothing>(operation, table, std::move(outcome), ReadNothing);
        if (!answer) return Fail(std::move(answer.error()));
        return WriteResponse{};
    }

    template <class Request>
    std::vector<CallOutcome> RunMany(std::string const& operation,
                                     std::span<Request const> requests) {
        if (requests.empty()) return {};
        std::vector<Call> calls;
        calls.reserve(requests.size());
        for (Request const& request : requests) calls.push_back(MakeCall(operation, request));
        return Run(std::move(calls));
    }

    CallOutcome RunOne(Call call) {
        std::vector<Call> calls;
        calls.push_back(std::move(call));
        return std::move(Run(std::move(calls)).front());
    }

    std::vector<CallOutcome> Run(std::vector<Call> calls) {
        auto const ready = GetReady();
        if (!ready) {
            Error error = ready.error();
            if (options_.stop.stop_requested()) error.code = ErrorCode::kCancelled;
            std::vector<CallOutcome> outcomes(calls.size());
            for (CallOutcome& outcome : outcomes) outcome.answer = Fail(error);
            return outcomes;
        }
        CallContext const context{(*ready)->aws,
                                  signer_,
                                  quota_,
                                  limiter_,
                                  skew_,
                                  clock_,
                                  environment_,
                                  options_.aws.logger,
                                  options_.total_timeout,
                                  options_.stop,
                                  options_.http.attempt_timeout,
                                  random_};
        CallSource source(context, std::move(calls));
        try {
            (*ready)->transport->Run(source);
        } catch (...) {
            // The user's transport or credentials provider; what it left undone fails below.
            options_.aws.logger.Error("dynamodb: the HTTP transport threw an exception");
        }
        return source.TakeOutcomes();
    }

    /// Failures are not remembered: the next operation looks again.
    Result<std::shared_ptr<Ready const>> GetReady() {
        std::scoped_lock const lock(mutex_);
        if (ready_) return ready_;
        auto aws = aws::ResolveAws(options_.aws, environment_, clock_, nullptr, options_.stop);
        if (!aws) return Fail(std::move(aws.error()));
        auto ready = std::make_shared<Ready>();
        ready->aws = std::move(*aws);
        ready->transport = options_.transport;
        if (!ready->transport) {
            HttpTransportOptions http = options_.http;
            if (http.environment == nullptr) http.environment = &environment_;
            if (http.ca_file.empty()) http.ca_file = ready->aws.ca_file;
            if (!http.stop.stop_possible()) http.stop = options_.stop;
            if (!http.logger.Enabled(LogLevel::kError)) http.logger = options_.aws.logger;
            ready->transport = MakeHttpTransport(std::move(http));
        }
        ready_ = std::move(ready);
        return ready_;
    }

    DynamoDbClientOptions const options_;  // constant after construction
    Environment const& environment_;       // constant after construction
    Clock& clock_;                         // constant after construction
    base::RandomFraction const random_;    // constant after construction
    aws::RequestSigner signer_;
    aws::RetryQuota quota_;
    aws::ClientRateLimiter limiter_;
    aws::ClockSkew skew_;
    std::mutex mutex_;
    std::shared_ptr<Ready const> ready_;  // guarded by mutex_; shared with operations under way
};

}  // namespace

Result<std::shared_ptr<DynamoDbClient>> MakeHttpDynamoDbClient(DynamoDbClientOptions options,
                                                               base::RandomFraction random) {
    if (auto status = aws::CheckAwsConfig(options.aws); !status) {
        return Fail(std::move(status.error()));
    }
    if (options.total_timeout.count() <= 0 || options.http.attempt_timeout.count() <= 0 ||
        options.http.connect_timeout.count() <= 0) {
        return Fail(ErrorCode::kInvalidArgument, "timeouts must be longer than 0 ms");
    }
    return std::make_shared<HttpDynamoDbClient>(std::move(options), std::move(random));
}

}  // namespace dynamodb

Result<std::shared_ptr<DynamoDbClient>> MakeDynamoDbClient(DynamoDbClientOptions options) {
    return dynamodb::MakeHttpDynamoDbClient(std::move(options), base::RandomUnit);
}

}  // namespace lddynamo
