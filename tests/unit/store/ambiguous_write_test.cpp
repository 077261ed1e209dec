// A put whose answer is lost: store, client and the in-memory service's wire together.
#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <lddynamo/dynamodb_client.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace lddynamo {
namespace {

using test_support::FakeClock;
using test_support::FakeTransport;
using ::testing::ElementsAre;

constexpr auto kFlags = DataKind::kFeatures;

SerializedItem Version(std::int64_t version) {
    return {.version = version, .json = R"({"key":"k","version":)" + std::to_string(version) + "}"};
}

class AmbiguousWriteTest : public ::testing::Test {
  protected:
    AmbiguousWriteTest()
        : environment_({{"AWS_REGION", "us-east-1"},
                        {"AWS_ENDPOINT_URL", "http://localhost:8000"},
                        {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                        {"AWS_SECRET_ACCESS_KEY", "secret-of-the-test"}}) {
        CreateTableRequest table;
        table.table = "flags";
        table.keys = {"namespace", "S", "key", "S"};
        if (!service_.CreateTable(table)) throw std::runtime_error("no table");
        transport_->SetHandler([this](HttpRequest const& request) { return Serve(request); });

        DynamoDbClientOptions options;
        options.aws.environment = &environment_;
        options.aws.clock = &clock_;
        options.transport = transport_;
        DynamoDbFeatureStoreOptions wanted;
        wanted.table = "flags";
        wanted.client = MakeDynamoDbClient(options).value();
        wanted.clock = &clock_;
        store_ = DynamoDbFeatureStore::Create(wanted).value();
        // The same table, by another way.
        wanted.client = std::shared_ptr<DynamoDbClient>(&service_, [](DynamoDbClient*) {});
        other_writer_ = DynamoDbFeatureStore::Create(wanted).value();
    }

    /// Does what is asked; what becomes of the answer to the first put is up to the test.
    Result<HttpResponse> Serve(HttpRequest const& request) {
        HttpResponse headers;
        headers.headers = request.headers;
        std::string const target = *headers.Header("X-Amz-Target");
        operations_.push_back(target.substr(target.find('.') + 1));
        std::string body = request.body;
        // A service that knows nothing of ALL_OLD on a failed condition.
        constexpr std::string_view kAllOld = R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD")";
        std::size_t const at = body.find(kAllOld);
        if (!knows_all_old_ && at != std::string::npos) {
            body.replace(at, kAllOld.size(), R"("ReturnValuesOnConditionCheckFailure":"NONE")");
        }
        auto answer = service_.HandleWire(target, body);
        if (operations_.back() == "PutItem" && lose_) return std::exchange(lose_, nullptr)(answer);
        return answer;
    }

    FakeClock clock_;
    MapEnvironment environment_;
    test_support::MemoryDynamoDb service_;
    std::shared_ptr<FakeTransport> transport_ = std::make_shared<FakeTransport>(clock_);
    std::function<Result<HttpResponse>(HttpResponse)> lose_;
    bool knows_all_old_ = true;
    std::vector<std::string> operations_;
    std::unique_ptr<DynamoDbFeatureStore> store_;
    std::unique_ptr<DynamoDbFeatureStore> other_writer_;
};

TEST_F(AmbiguousWriteTest, OursIsFoundHoweverTheAnswerWasLost) {
    std::vector<std::function<Result<HttpResponse>(HttpResponse)>> const ways = {
        [](HttpResponse const&) { return Fail(ErrorCode::kConnection, "reset"); },
        [](HttpResponse const&) { return Fail(ErrorCode::kTimeout, "slow"); },
        [](HttpResponse const&) { return test_support::JsonAnswer(504, "<html>"); },
        [](HttpResponse answer) {  // a bit flipped on the way
            answer.body[0] = static_cast<char>(answer.body[0] ^ 1);
            return answer;
        },
    };
    std::int64_t version = 0;
    for (bool const knows : {true, false}) {
        knows_all_old_ = knows;
        for (auto const& way : ways) {
            operations_.clear();
            lose_ = way;
            auto const outcome = store_->Upsert(kFlags, "k", Version(++version));
            ASSERT_TRUE(outcome) << outcome.error().message;
            EXPECT_EQ(*outcome, UpsertOutcome::kWritten);
            EXPECT_EQ(other_writer_->Get(kFlags, "k").value(), Version(version));
            if (knows) {
                EXPECT_THAT(operations_, ElementsAre("PutItem", "PutItem"));
            } else {
                EXPECT_THAT(operations_, ElementsAre("PutItem", "PutItem", "GetItem"));
            }
        }
    }
}

TEST_F(AmbiguousWriteTest, AnothersNewerRowMakesItStale) {
    for (bool const knows : {true, false}) {
        knows_all_old_ = knows;
        std::int64_t const version = knows ? 1 : 10;
        lose_ = [&](HttpResponse const&) -> Result<HttpResponse> {
            EXPECT_EQ(other_writer_->Upsert(kFlags, "k", Version(version + 1)).value(),
                      UpsertOutcome::kWritten);
            return Fail(ErrorCode::kConnection, "reset");
        };
        EXPECT_EQ(store_->Upsert(kFlags, "k", Version(version)).value(), UpsertOutcome::kStale);
        EXPECT_EQ(other_writer_->Get(kFlags, "k").value(), Version(version + 1));
    }
}

TEST_F(AmbiguousWriteTest, AnAnswerThatIsNotLostLeavesNoDoubt) {
    EXPECT_EQ(other_writer_->Upsert(kFlags, "k", Version(5)).value(), UpsertOutcome::kWritten);
    // The same version again: not ours, however equal.
    EXPECT_EQ(store_->Upsert(kFlags, "k", Version(5)).value(), UpsertOutcome::kStale);
    EXPECT_THAT(operations_, ElementsAre("PutItem"));
}

TEST_F(AmbiguousWriteTest, WhatNeverArrivedIsWrittenByTheNextAttempt) {
    transport_->AddFailure(ErrorCode::kConnection, "refused");
    EXPECT_EQ(store_->Upsert(kFlags, "k", Version(1)).value(), UpsertOutcome::kWritten);
    EXPECT_THAT(operations_, ElementsAre("PutItem"));
    EXPECT_EQ(transport_->SentCount(), 2U);
}

}  // namespace
}  // namespace lddynamo
