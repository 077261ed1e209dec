#include "dynamodb/answer_checksum.hpp"
#include "dynamodb/local/faults.hpp"
#include "dynamodb/local/local_service.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace lddynamo::dynamodb::local {
namespace {

using ::testing::HasSubstr;
using Delivery = http::ServerAnswer::Delivery;

http::ServerRequest Wire(std::string_view operation, std::string body) {
    http::ServerRequest request;
    request.method = "POST";
    request.target = "/";
    request.headers = {{"X-Amz-Target", "DynamoDB_20120810." + std::string(operation)}};
    request.body = std::move(body);
    return request;
}

http::ServerRequest Control(std::string method, std::string body = {}) {
    http::ServerRequest request;
    request.method = std::move(method);
    request.target = kFaultPath;
    request.body = std::move(body);
    return request;
}

LocalServiceOptions WithFaults(std::string_view text) {
    LocalServiceOptions options;
    options.faults = ParseFaults(text).value();
    options.fault_control = true;
    return options;
}

constexpr char kCreate[] =
    R"({"TableName":"tab","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],)"
    R"("AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],)"
    R"("BillingMode":"PAY_PER_REQUEST"})";

/// Whether a row is there, whatever faults there are.
bool HasRow(LocalService& service, std::string const& key) {
    (void)service.Handle(Control("POST", "{}"));
    auto const answer =
        service.Handle(Wire("GetItem", R"({"TableName":"tab","Key":{"k":{"S":")" + key + "\"}}}"));
    EXPECT_EQ(answer.response.status, 200) << answer.response.body;
    return answer.response.body.find("Item") != std::string::npos;
}

TEST(FaultSettingsTest, ReadsAllThereAre) {
    auto const faults = ParseFaults(
        "throttle=0.5,error500=0.01,drop=0.02,reset=0.03,half=0.04,crc=1,unprocessed=0.3,"
        "delay=50ms,skew=-10m,stop_after=7,operations=PutItem+Query,seed=9");
    ASSERT_TRUE(faults.has_value()) << faults.error().message;
    EXPECT_EQ(faults->Share(FaultKind::kThrottle), 0.5);
    EXPECT_EQ(faults->Share(FaultKind::kError500), 0.01);
    EXPECT_EQ(faults->Share(FaultKind::kCrc), 1);
    EXPECT_EQ(faults->delay, std::chrono::milliseconds(50));
    EXPECT_EQ(faults->skew, -std::chrono::minutes(10));
    EXPECT_EQ(faults->stop_after, 7U);
    EXPECT_EQ(faults->seed, 9U);
    EXPECT_THAT(faults->operations, ::testing::ElementsAre("PutItem", "Query"));
    auto const again = FaultsFromJson(FaultsToJson(*faults));
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_EQ(again->shares, faults->shares);
    EXPECT_EQ(again->delay, faults->delay);
    EXPECT_EQ(again->skew, faults->skew);
    EXPECT_EQ(again->stop_after, faults->stop_after);
    EXPECT_EQ(again->operations, faults->operations);
    EXPECT_EQ(again->seed, faults->seed);
}

TEST(FaultSettingsTest, NamesWhatIsWrong) {
    for (auto const& [text, part] : std::vector<std::pair<std::string, std::string>>{
             {"throtle=0.5", "unknown fault 'throtle'"},
             {"throttle", "'throttle' has no value"},
             {"throttle=1.5", "'1.5' is not a share"},
             {"drop=-0.1", "'-0.1' is not a share"},
             {"drop=nan", "'nan' is not a share"},
             {"delay=50", "'50' is not a time"},
             {"delay=-1s", "'-1s' is not a time from now on"},
             {"skew=9000000h", "within a year"},
             {"seed=-1", "'-1' is not a whole number"},
             {"throttle=0.5,,", "'' has no value"}}) {
        auto const faults = ParseFaults(text);
        ASSERT_FALSE(faults.has_value()) << text;
        EXPECT_EQ(faults.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(faults.error().message, HasSubstr(part));
    }
    EXPECT_FALSE(FaultsFromJson(Value::Parse("[1]").value()).has_value());
    EXPECT_FALSE(FaultsFromJson(Value::Parse(R"({"drop":true})").value()).has_value());
}

TEST(FaultDiceTest, TheSameSeedHasTheSameFaults) {
    auto const run = [](std::string_view text) {
        FaultDice dice(ParseFaults(text).value());
        std::vector<int> hits;
        for (int i = 0; i < 200; ++i) {
            Fate const fate = dice.Throw("PutItem", 0);
            hits.push_back(fate.fault ? static_cast<int>(*fate.fault) : -1);
        }
        return hits;
    };
    auto const first = run("throttle=0.2,reset=0.2,seed=1");
    EXPECT_EQ(first, run("throttle=0.2,reset=0.2,seed=1"));
    EXPECT_NE(first, run("throttle=0.2,reset=0.2,seed=2"));
    // Another fault does not move the throttled ones.
    auto const fewer = run("throttle=0.2,seed=1");
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_EQ(first[i] == 0, fewer[i] == 0) << i;
}

TEST(FaultDiceTest, HitsItsShareOfTheRequests) {
    FaultDice dice(ParseFaults("throttle=0.25,unprocessed=0.5,delay=1ms").value());
    for (int i = 0; i < 10000; ++i) {
        Fate const fate = dice.Throw("BatchWriteItem", 25);
        EXPECT_LT(fate.unprocessed, 25U);  // one at least is done
    }
    EXPECT_NEAR(static_cast<double>(dice.Count(FaultKind::kThrottle)), 2500, 200);
    EXPECT_NEAR(static_cast<double>(dice.Count(FaultKind::kUnprocessed)), 3750, 250);
    EXPECT_EQ(dice.Count(FaultKind::kDelay), 10000U);
    EXPECT_EQ(dice.Requests(), 10000U);
}

TEST(FaultDiceTest, SparesOtherOperations) {
    FaultDice dice(ParseFaults("throttle=1,operations=PutItem").value());
    EXPECT_FALSE(dice.Throw("GetItem", 0).fault.has_value());
    EXPECT_EQ(dice.Throw("PutItem", 0).fault, FaultKind::kThrottle);
    EXPECT_EQ(dice.Requests(), 1U);
}

TEST(LocalServiceFaultsTest, ThrottlesBeforeTheOperation) {
    auto const service_owner = LocalService::Create(WithFaults("throttle=1,operations=PutItem"));
    LocalService& service = **service_owner;
    ASSERT_EQ(service.Handle(Wire("CreateTable", kCreate)).response.status, 200);
    bool provisioned = false;
    bool throttling = false;
    for (int i = 0; i < 64; ++i) {
        auto const answer =
            service.Handle(Wire("PutItem", R"({"TableName":"tab","Item":{"k":{"S":"a"}}})"));
        EXPECT_EQ(answer.response.status, 400);
        EXPECT_EQ(answer.delivery, Delivery::kWhole);
        std::string const& body = answer.response.body;
        provisioned |= body.find("ProvisionedThroughputExceededException") != std::string::npos;
        throttling |= body.find("ThrottlingException") != std::string::npos;
    }
    EXPECT_TRUE(provisioned && throttling);
    EXPECT_FALSE(HasRow(service, "a"));
}

TEST(LocalServiceFaultsTest, LosesAnswersBeforeAndAfterTheOperation) {
    for (auto const& [fault, delivery] :
         std::vector<std::pair<std::string, Delivery>>{{"drop", Delivery::kHold},
                                                       {"reset", Delivery::kReset},
                                                       {"error500", Delivery::kWhole}}) {
        int done = 0;
        for (int seed = 0; seed < 20; ++seed) {
            auto const service_owner = LocalService::Create(
                WithFaults(fault + "=1,operations=PutItem,seed=" + std::to_string(seed)));
            LocalService& service = **service_owner;
            ASSERT_EQ(service.Handle(Wire("CreateTable", kCreate)).response.status, 200);
            auto const answer =
                service.Handle(Wire("PutItem", R"({"TableName":"tab","Item":{"k":{"S":"a"}}})"));
            EXPECT_EQ(answer.delivery, delivery);
            EXPECT_EQ(answer.response.status == 500, fault == "error500" || !HasRow(service, "a"));
            if (HasRow(service, "a")) ++done;
        }
        EXPECT_GT(done, 0) << fault;
        EXPECT_LT(done, 20) << fault;
    }
}

TEST(LocalServiceFaultsTest, SpoilsAnswersOfWhatWasDone) {
    auto const service_owner =
        LocalService::Create(WithFaults("half=1,operations=PutItem+GetItem"));
    LocalService& service = **service_owner;
    ASSERT_EQ(service.Handle(Wire("CreateTable", kCreate)).response.status, 200);
    auto const half =
        service.Handle(Wire("PutItem", R"({"TableName":"tab","Item":{"k":{"S":"a"}}})"));
    EXPECT_EQ(half.delivery, Delivery::kCut);
    EXPECT_LT(half.body_bytes, half.response.body.size());
    EXPECT_TRUE(HasRow(service, "a"));

    (void)service.Handle(Control("POST", R"({"crc":1})"));
    auto const list = service.Handle(Wire("ListTables", "{}"));
    EXPECT_EQ(list.response.status, 200);
    EXPECT_FALSE(HasMatchingChecksum(list.response));
}

TEST(LocalServiceFaultsTest, LeavesEntriesOfEveryBatch) {
    auto const service_owner = LocalService::Create(WithFaults("unprocessed=1"));
    LocalService& service = **service_owner;
    ASSERT_EQ(service.Handle(Wire("CreateTable", kCreate)).response.status, 200);
    std::string writes;
    std::string keys;
    for (char const c : {'a', 'b', 'c', 'd'}) {
        std::string const key = std::string(R"({"k":{"S":")") + c + "\"}}";
        writes += (writes.empty() ? "" : ",") + (R"({"PutRequest":{"Item":)" + key + "}}");
        keys += (keys.empty() ? "" : ",") + key;
    }
    auto const wrote =
        service.Handle(Wire("BatchWriteItem", R"({"RequestItems":{"tab":[)" + writes + "]}}"));
    EXPECT_THAT(wrote.response.body, HasSubstr(R"("UnprocessedItems":{"tab":[)"));
    auto const read =
        service.Handle(Wire("BatchGetItem", R"({"RequestItems":{"tab":{"Keys":[)" + keys + "]}}}"));
    EXPECT_THAT(read.response.body, HasSubstr(R"("UnprocessedKeys":{"tab":)"));
    auto const single = service.Handle(Wire(
        "BatchWriteItem", R"({"RequestItems":{"tab":[{"PutRequest":{"Item":{"k":{"S":"x"}}}}]}})"));
    EXPECT_THAT(single.response.body, HasSubstr(R"("UnprocessedItems":{})"));
}

TEST(LocalServiceFaultsTest, ShiftsItsClock) {
    test_support::FakeClock clock(std::chrono::system_clock::from_time_t(784111777));
    auto options = WithFaults("skew=10m,delay=3s");
    options.clock = &clock;
    auto const service_owner = LocalService::Create(std::move(options));
    LocalService& service = **service_owner;
    auto const answer = service.Handle(Wire("ListTables", "{}"));
    EXPECT_EQ(*answer.response.Header("Date"), "Sun, 06 Nov 1994 08:59:37 GMT");
    EXPECT_EQ(answer.delay, std::chrono::seconds(3));
}

TEST(LocalServiceFaultsTest, StopsAfterSoManyRequests) {
    auto const service_owner = LocalService::Create(WithFaults("stop_after=2"));
    LocalService& service = **service_owner;
    EXPECT_EQ(service.Handle(Wire("CreateTable", kCreate)).delivery, Delivery::kWhole);
    EXPECT_EQ(service.Handle(Wire("ListTables", "{}")).delivery, Delivery::kWhole);
    EXPECT_EQ(
        service.Handle(Wire("PutItem", R"({"TableName":"tab","Item":{"k":{"S":"a"}}})")).delivery,
        Delivery::kHold);
    EXPECT_FALSE(HasRow(service, "a"));
}

TEST(LocalServiceFaultsTest, IsControlledOverHttp) {
    auto const service_owner = LocalService::Create(WithFaults("throttle=1"));
    LocalService& service = **service_owner;
    EXPECT_EQ(service.Handle(Wire("ListTables", "{}")).response.status, 400);
    auto const counts = Value::Parse(service.Handle(Control("GET")).response.body).value();
    EXPECT_EQ(counts["faults"]["throttle"].AsDouble(), 1);
    EXPECT_EQ(counts["done"]["throttle"].AsDouble(), 1);
    EXPECT_EQ(counts["done"]["requests"].AsDouble(), 1);

    auto const bad = service.Handle(Control("POST", R"({"throttle":2})"));
    EXPECT_EQ(bad.response.status, 400);
    EXPECT_THAT(bad.response.body, HasSubstr("throttle"));
    EXPECT_EQ(service.Handle(Control("POST", "{")).response.status, 400);
    EXPECT_EQ(service.Handle(Control("PUT", "{}")).response.status, 405);
    EXPECT_EQ(service.Handle(Wire("ListTables", "{}")).response.status, 400);  // as before

    EXPECT_EQ(service.Handle(Control("POST", "{}")).response.status, 200);
    EXPECT_EQ(service.Handle(Wire("ListTables", "{}")).response.status, 200);

    auto const closed_owner = LocalService::Create();
    LocalService& closed = **closed_owner;
    EXPECT_THAT(closed.Handle(Control("GET")).response.body, HasSubstr("healthy"));
}

}  // namespace
}  // namespace lddynamo::dynamodb::local
