#include "http_client_fixture.hpp"

#include <lddynamo/value.hpp>
#include <lddynamo/version.hpp>

#include <stdexcept>

namespace lddynamo::dynamodb {
namespace {

using test_support::FakeTransport;
using test_support::JsonAnswer;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

TEST_F(HttpClientTest, SendsASignedRequest) {
    transport_->Add(Ok(R"({"Item":{"key":{"S":"k"}}})"));
    auto const got = Client().GetItem(Get());
    ASSERT_TRUE(got) << got.error().Describe();
    EXPECT_EQ(got->item, (Item{{"key", AttributeValue::S("k")}}));
    auto const sent = transport_->SentRequests();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].request.method, "POST");
    EXPECT_EQ(sent[0].request.url, "http://localhost:8000/");
    EXPECT_EQ(sent[0].request.body, R"({"TableName":"flags","Key":{"key":{"S":"k"}}})");
    EXPECT_EQ(Header(0, "Content-Type"), "application/x-amz-json-1.0");
    EXPECT_EQ(Header(0, "X-Amz-Target"), "DynamoDB_20120810.GetItem");
    EXPECT_EQ(Header(0, "Host"), "localhost:8000");
    EXPECT_EQ(Header(0, "X-Amz-Date"), "20231114T221320Z");
    EXPECT_EQ(Header(0, "X-Amz-Security-Token"), kToken);
    EXPECT_EQ(Header(0, "Accept-Encoding"), "identity");
    EXPECT_EQ(Header(0, "User-Agent"), "lddynamo/" + std::string(Version()));
    EXPECT_THAT(Header(0, "amz-sdk-invocation-id"), MatchesRegex("[0-9a-f-]{36}"));
    EXPECT_EQ(Header(0, "X-Amzn-Trace-Id"), "(none)");
    EXPECT_THAT(
        Header(0, "Authorization"),
        HasSubstr("Credential=AKIDEXAMPLE/20231114/us-east-1/dynamodb/aws4_request, "
                  "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "
                  "Signature="));
}

TEST_F(HttpClientTest, LooksNothingUpBeforeTheFirstOperation) {
    variables_ = {};
    auto const got = Client().GetItem(Get());  // made without a fault
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(got.error().message, HasSubstr("no region"));
    variables_ = {};
    for (auto const& answer : Client().QueryMany(std::vector<QueryRequest>(2))) {
        EXPECT_THAT(answer.error().message, HasSubstr("no region"));
    }
    EXPECT_EQ(transport_->SentCount(), 0U);
}

TEST_F(HttpClientTest, NoCredentials) {
    variables_.erase("AWS_ACCESS_KEY_ID");
    variables_.erase("AWS_SECRET_ACCESS_KEY");
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
    EXPECT_THAT(
        got.error().message,
        HasSubstr("no AWS credentials; tried: environment: AWS_ACCESS_KEY_ID is not set; "));
    EXPECT_EQ(transport_->SentCount(), 0U);
}

TEST_F(HttpClientTest, BadOptionsAreToldAtOnce) {
    auto const make = [](auto const& set) {
        DynamoDbClientOptions options;
        set(options);
        return MakeDynamoDbClient(std::move(options));
    };
    auto const is_bad = [](auto const& client) {
        return !client && client.error().code == ErrorCode::kInvalidArgument;
    };
    EXPECT_TRUE(make([](auto&) {}));
    EXPECT_TRUE(is_bad(make([](auto& o) { o.aws.region = "a/b"; })));
    EXPECT_TRUE(is_bad(make([](auto& o) { o.aws.endpoint_url = "localhost"; })));
    EXPECT_TRUE(is_bad(make([](auto& o) { o.aws.max_attempts = -1; })));
    EXPECT_TRUE(is_bad(make([](auto& o) { o.total_timeout = std::chrono::milliseconds(0); })));
    EXPECT_TRUE(
        is_bad(make([](auto& o) { o.http.attempt_timeout = std::chrono::milliseconds(-1); })));
    EXPECT_TRUE(
        is_bad(make([](auto& o) { o.http.connect_timeout = std::chrono::milliseconds(0); })));
}

TEST_F(HttpClientTest, EveryOperationHasItsTarget) {
    transport_->SetHandler([](HttpRequest const&) { return Ok(R"({"Table":{"TableName":"t"}})"); });
    (void)Client().Query({});
    (void)Client().BatchGetItem({});
    (void)Client().BatchWriteItem({});
    (void)Client().PutItem({});
    (void)Client().DeleteItem({});
    EXPECT_TRUE(Client().TransactWriteItems({}));
    EXPECT_EQ(Client().DescribeTable("t")->name, "t");
    EXPECT_EQ(Client().CreateTable({})->name, "t");
    EXPECT_TRUE(Client().DeleteTable("t"));
    std::vector<std::string> targets;
    for (std::size_t i = 0; i < transport_->SentCount(); ++i) {
        targets.push_back(Header(i, "X-Amz-Target").substr(18));
    }
    EXPECT_THAT(targets,
                ElementsAre("Query", "BatchGetItem", "BatchWriteItem", "PutItem", "DeleteItem",
                            "TransactWriteItems", "DescribeTable", "CreateTable", "DeleteTable"));
}

TEST_F(HttpClientTest, ErrorsNameOperationTableAndRequest) {
    transport_->Add(ServiceFault(400, "ResourceNotFoundException", "Requested resource not found",
                                 {{"x-amzn-RequestId", "R1"}}));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().Describe(),
              "not-found: GetItem on table \"flags\": Requested resource not found "
              "(ResourceNotFoundException, HTTP 400, request R1)");
    EXPECT_FALSE(got.error().retryable);
}

TEST_F(HttpClientTest, AnswersThatAreNotDynamoDbs) {
    for (auto const& [body, what] : std::vector<std::pair<std::string, std::string>>{
             {"<html><body>Login</body></html>",
              "it looks like HTML or XML, it starts with '<html>"},
             {"", "it is empty"},
             {"[]", "it starts with '[]'"},
             {"{\"Item\":", "it starts with '{\"Item\":'"}}) {
        transport_->Add(Ok(body));
        auto const got = Client().GetItem(Get());
        ASSERT_FALSE(got) << body;
        EXPECT_EQ(got.error().code, ErrorCode::kInvalidData);
        EXPECT_EQ(got.error().http_status, 200);
        EXPECT_THAT(got.error().message,
                    AllOf(HasSubstr("is not DynamoDB's JSON"), HasSubstr(what)));
        transport_->Add(Ok(body));
        EXPECT_FALSE(Client().PutItem(Put())) << "a write that nobody acknowledged: " << body;
    }
    transport_->Add(Ok(R"({"Item":{"version":{"N":7}}})"));
    auto const got = Client().GetItem(Get());
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kInvalidData);
    EXPECT_EQ(got.error().http_status, 200) << "tells it from a row that cannot be understood";
    EXPECT_THAT(got.error().message,
                AllOf(HasSubstr("GetItem on table \"flags\""), HasSubstr("version")));
    EXPECT_EQ(transport_->ScriptLeft(), 0U);
}

TEST_F(HttpClientTest, AFailedConditionIsAnOutcome) {
    transport_->Add(JsonAnswer(400,
                               R"({"__type":"x#ConditionalCheckFailedException","message":"m",)"
                               R"("Item":{"version":{"N":"3"}}})"));
    auto const got = Client().PutItem(Put());
    ASSERT_TRUE(got);
    EXPECT_TRUE(got->condition_failed);
    EXPECT_FALSE(got->ambiguous);
    ASSERT_TRUE(got->old_item);
    EXPECT_EQ(*FindAttribute(*got->old_item, "version")->AsN(), "3");
    transport_->Add(ServiceFault(400, "ConditionalCheckFailedException"));
    DeleteItemRequest erase;
    auto const erased = Client().DeleteItem(erase);
    ASSERT_TRUE(erased);
    EXPECT_TRUE(erased->condition_failed);
    EXPECT_FALSE(erased->old_item);
    transport_->Add(Ok());
    EXPECT_FALSE(Client().PutItem(Put())->condition_failed);
}

TEST_F(HttpClientTest, ManyRunAtOnceAndAnswerInOrder) {
    transport_->SetHandler(
        [](HttpRequest const& request) {
            auto const body = Value::Parse(request.body).value();
            return Ok(R"({"Items":[{"table":{"S":")" + std::string(body["TableName"].AsString()) +
                      R"("}}]})");
        },
        std::chrono::milliseconds(5));
    std::vector<QueryRequest> requests(10);
    for (std::size_t i = 0; i < requests.size(); ++i) requests[i].table = "t" + std::to_string(i);
    auto const answers = Client().QueryMany(requests);
    ASSERT_EQ(answers.size(), 10U);
    for (std::size_t i = 0; i < answers.size(); ++i) {
        EXPECT_EQ(*FindAttribute(answers[i]->items.at(0), "table")->AsS(), "t" + std::to_string(i));
    }
    EXPECT_EQ(transport_->PeakInFlight(), 10U);
    EXPECT_EQ(clock_.Elapsed(), std::chrono::milliseconds(5));
    EXPECT_TRUE(Client().QueryMany({}).empty());
    EXPECT_EQ(Client().BatchGetItemMany(std::vector<BatchGetItemRequest>(3)).size(), 3U);
    EXPECT_EQ(Client().BatchWriteItemMany(std::vector<BatchWriteItemRequest>(3)).size(), 3U);
    EXPECT_EQ(transport_->SentCount(), 16U);
}

TEST_F(HttpClientTest, ManyConditionalWritesRunAtOnceAndEachHasItsOwnOutcome) {
    transport_->Add(Ok(), std::chrono::milliseconds(30));
    transport_->Add(ServiceFault(400, "ConditionalCheckFailedException"),
                    std::chrono::milliseconds(20));
    transport_->Add(ServiceFault(400, "ValidationException"), std::chrono::milliseconds(10));
    auto const puts = Client().PutItemMany(std::vector<PutItemRequest>(3, Put()));
    ASSERT_EQ(puts.size(), 3U);
    EXPECT_EQ(transport_->PeakInFlight(), 3U);
    EXPECT_FALSE(puts[0].value().condition_failed);
    EXPECT_TRUE(puts[1].value().condition_failed);
    EXPECT_FALSE(puts[1].value().ambiguous);
    EXPECT_EQ(puts[2].error().code, ErrorCode::kInvalidArgument);

    transport_->AddFailure(ErrorCode::kConnection, "reset");
    transport_->Add(Ok());
    transport_->Add(ServiceFault(400, "ConditionalCheckFailedException"));
    DeleteItemRequest remove;
    remove.table = "flags";
    remove.key = Put().item;
    auto const deletes = Client().DeleteItemMany(std::vector<DeleteItemRequest>(2, remove));
    ASSERT_EQ(deletes.size(), 2U);
    EXPECT_TRUE(deletes[0].value().ambiguous) << "the first sending may have been done";
    EXPECT_FALSE(deletes[1].value().condition_failed);
    EXPECT_TRUE(Client().PutItemMany({}).empty());
    EXPECT_TRUE(Client().DeleteItemMany({}).empty());
}

TEST_F(HttpClientTest, OneOfManyMayFailAlone) {
    transport_->SetMaxInFlight(2);
    transport_->SetHandler([](HttpRequest const& request) {
        if (request.body.find("bad") != std::string::npos) {
            return ServiceFault(400, "ResourceNotFoundException");
        }
        return Ok();
    });
    std::vector<QueryRequest> requests(5);
    for (auto& request : requests) request.table = "good";
    requests[3].table = "bad";
    auto const answers = Client().QueryMany(requests);
    for (std::size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(answers[i].has_value(), i != 3) << i;
    EXPECT_EQ(answers[3].error().code, ErrorCode::kNotFound);
    EXPECT_EQ(transport_->PeakInFlight(), 2U);
}

TEST_F(HttpClientTest, LambdasTraceIdIsPassedOn) {
    variables_["_X_AMZN_TRACE_ID"] = "Root=1-5759e988;Parent=53\n\xC3\xA9 /";
    transport_->Add(Ok());
    (void)Client().GetItem(Get());
    EXPECT_EQ(Header(0, "X-Amzn-Trace-Id"), "(none)");
}

TEST_F(HttpClientTest, LambdasTraceIdIsEncodedAndUnsigned) {
    variables_["AWS_LAMBDA_FUNCTION_NAME"] = "f";
    variables_["_X_AMZN_TRACE_ID"] = "Root=1-5759e988;Parent=53\n\xC3\xA9 /";
    transport_->Add(Ok());
    (void)Client().GetItem(Get());
    EXPECT_EQ(Header(0, "X-Amzn-Trace-Id"), "Root=1-5759e988;Parent=53%0A%C3%A9%20%2F");
    EXPECT_THAT(Header(0, "Authorization"), ::testing::Not(HasSubstr("trace")));
}

TEST_F(HttpClientTest, ATransportThatThrowsOrForgetsIsAnError) {
    class Broken final : public HttpTransport {
      public:
        void Run(HttpRequestSource& source) override {
            (void)source.GetNext({});
            source.OnAnswer(99, Ok());  // a tag that nobody gave out
            if (throws) throw std::runtime_error("user's");
        }
        bool throws = false;
    };
    for (bool const throws : {false, true}) {
        MapEnvironment const environment(Usual());
        auto const broken = std::make_shared<Broken>();
        broken->throws = throws;
        DynamoDbClientOptions options;
        options.aws.environment = &environment;
        options.transport = broken;
        auto const client = MakeDynamoDbClient(options).value();
        auto const got = client->GetItem(Get());
        ASSERT_FALSE(got);
        EXPECT_EQ(got.error().code, ErrorCode::kInternal);
    }
}

/// Only the pure virtual functions: the defaults do the rest.
class OneByOneClient final : public DynamoDbClient {
  public:
    Result<GetItemResponse> GetItem(GetItemRequest const&) override { return {}; }
    Result<QueryResponse> Query(QueryRequest const& request) override {
        QueryResponse response;
        response.items = {{{"table", AttributeValue::S(request.table)}}};
        return response;
    }
    Result<BatchGetItemResponse> BatchGetItem(BatchGetItemRequest const&) override {
        return Fail(ErrorCode::kThrottled, "slow");
    }
    Result<WriteResponse> PutItem(PutItemRequest const&) override { return {}; }
    Result<WriteResponse> DeleteItem(DeleteItemRequest const&) override { return {}; }
    Result<BatchWriteItemResponse> BatchWriteItem(BatchWriteItemRequest const& request) override {
        BatchWriteItemResponse response;
        response.unprocessed = request.writes;
        return response;
    }
    Status TransactWriteItems(TransactWriteItemsRequest const&) override { return {}; }
    Result<TableDescription> DescribeTable(std::string const&) override { return {}; }
    Result<TableDescription> CreateTable(CreateTableRequest const&) override { return {}; }
    Status DeleteTable(std::string const&) override { return {}; }
};

TEST(DynamoDbClientTest, TheDefaultsCallOneAfterAnother) {
    OneByOneClient client;
    std::vector<QueryRequest> queries(2);
    queries[1].table = "second";
    auto const answers = client.QueryMany(queries);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(*FindAttribute(answers[1]->items[0], "table")->AsS(), "second");
    EXPECT_EQ(client.BatchGetItemMany(std::vector<BatchGetItemRequest>(2))[1].error().code,
              ErrorCode::kThrottled);
    std::vector<BatchWriteItemRequest> writes(2);
    writes[1].writes.resize(3);
    EXPECT_EQ(client.BatchWriteItemMany(writes)[1]->unprocessed.size(), 3U);
    auto const scan = client.Scan({.table = "t"});
    ASSERT_FALSE(scan);
    EXPECT_EQ(scan.error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace lddynamo::dynamodb
