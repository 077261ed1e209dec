// What every BigSegmentStore does: in memory, and in DynamoDB on rows as the Relay Proxy writes
// them.
#include "conformance/store_factory.hpp"
#include "support/results.hpp"

#include <lddynamo/dynamodb_big_segment_store.hpp>
#include <lddynamo/memory_big_segment_store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo::conformance {
namespace {

using test_support::FailureOf;
using ::testing::HasSubstr;

using Refs = std::vector<std::string>;

std::string Named(std::string const& prefix, std::string const& name) {
    return prefix.empty() ? name : prefix + ":" + name;
}

/// Writes Big Segments and makes stores that read them.
class BigSegmentPlace {
  public:
    BigSegmentPlace() = default;
    BigSegmentPlace(BigSegmentPlace const&) = delete;
    BigSegmentPlace& operator=(BigSegmentPlace const&) = delete;
    virtual ~BigSegmentPlace() = default;
    virtual void PutTime(std::int64_t milliseconds) = 0;
    virtual void PutMember(std::string const& hash, Refs const& in, Refs const& out) = 0;
    [[nodiscard]] virtual BigSegmentStore& Store() = 0;
};

class InMemory final : public BigSegmentPlace {
  public:
    void PutTime(std::int64_t milliseconds) override {
        store_.SetMetadata(BigSegmentTime(std::chrono::milliseconds(milliseconds)));
    }
    void PutMember(std::string const& hash, Refs const& in, Refs const& out) override {
        store_.SetMembership(hash, BigSegmentMembership::Make(in, out));
    }
    [[nodiscard]] BigSegmentStore& Store() override { return store_; }

  private:
    MemoryBigSegmentStore store_;
};

class InTable final : public BigSegmentPlace {
  public:
    InTable(std::unique_ptr<TablePlace> place, std::string prefix)
        : place_(std::move(place)), prefix_(std::move(prefix)) {
        auto made = DynamoDbBigSegmentStore::Create(
            {.table = place_->Table(), .prefix = prefix_, .client = place_->Client()});
        if (!made) throw std::runtime_error(made.error().message);
        store_ = std::move(*made);
    }
    void PutTime(std::int64_t milliseconds) override {
        auto const name = Named(prefix_, "big_segments_metadata");
        place_->PutRow({{"namespace", AttributeValue::S(name)},
                        {"key", AttributeValue::S(name)},
                        {"lastVersion", AttributeValue::S("cursor")},
                        {"synchronizedOn", AttributeValue::N(milliseconds)}});
    }
    void PutMember(std::string const& hash, Refs const& in, Refs const& out) override {
        Item row = {{"namespace", AttributeValue::S(Named(prefix_, "big_segments_user"))},
                    {"key", AttributeValue::S(hash)}};
        if (!in.empty()) row.emplace("included", AttributeValue::SS(in));
        if (!out.empty()) row.emplace("excluded", AttributeValue::SS(out));
        place_->PutRow(std::move(row));
    }
    [[nodiscard]] BigSegmentStore& Store() override { return *store_; }

  private:
    std::unique_ptr<TablePlace> place_;
    std::string prefix_;
    std::unique_ptr<DynamoDbBigSegmentStore> store_;
};

struct Maker {
    std::string name;
    std::function<std::unique_ptr<BigSegmentPlace>()> make;
};
void PrintTo(Maker const& maker, std::ostream* out) {
    *out << maker.name;
}

class BigSegmentConformance : public ::testing::TestWithParam<Maker> {
  protected:
    std::unique_ptr<BigSegmentPlace> place_ = GetParam().make();
};

TEST_P(BigSegmentConformance, NothingWrittenIsNoTimeAndNoMembership) {
    EXPECT_EQ(place_->Store().GetMetadata().value(), std::nullopt);
    auto const membership = place_->Store().GetMembership(BigSegmentContextHash("bob")).value();
    EXPECT_TRUE(membership.IsEmpty());
    EXPECT_EQ(membership.Check("s.g1"), std::nullopt);
    EXPECT_TRUE(place_->Store().GetMembership("").value().IsEmpty());
    EXPECT_TRUE(place_->Store().GetMembership("\xff").value().IsEmpty());
}

TEST_P(BigSegmentConformance, SaysWhenItWasUpToDate) {
    for (std::int64_t const time : {std::int64_t{0}, std::int64_t{1'700'000'000'123}}) {
        place_->PutTime(time);
        EXPECT_EQ(place_->Store().GetMetadata().value().value().time_since_epoch().count(), time);
    }
}

TEST_P(BigSegmentConformance, IncludedWinsOverExcluded) {
    auto const bob = BigSegmentContextHash("bob");
    place_->PutMember(bob, {"in.g1", "both.g2"}, {"out.g1", "both.g2"});
    auto const membership = place_->Store().GetMembership(bob).value();
    EXPECT_EQ(membership.Check("in.g1"), true);
    EXPECT_EQ(membership.Check("out.g1"), false);
    EXPECT_EQ(membership.Check("both.g2"), true);
    EXPECT_EQ(membership.Check("in.g2"), std::nullopt) << "another generation";
    EXPECT_FALSE(membership.IsEmpty());
    EXPECT_TRUE(place_->Store().GetMembership(BigSegmentContextHash("eve")).value().IsEmpty());
    place_->PutMember(bob, {}, {"out.g1"});
    EXPECT_EQ(place_->Store().GetMembership(bob).value(),
              BigSegmentMembership::Make({}, Refs{"out.g1"}));
}

std::unique_ptr<TablePlace> TableOf(std::vector<TablePlaceMaker> const& makers) {
    return makers.front().make();
}
std::vector<Maker> InProcessMakers() {
    return {
        {"Memory", [] { return std::make_unique<InMemory>(); }},
        {"Table", [] { return std::make_unique<InTable>(TableOf(TablesInProcess()), ""); }},
        {"TablePrefix", [] { return std::make_unique<InTable>(TableOf(TablesInProcess()), "p"); }}};
}
std::vector<Maker> ServerMakers() {
    if (TablesOnServer().empty()) return {};
    return {{"Table", [] { return std::make_unique<InTable>(TableOf(TablesOnServer()), "p"); }}};
}
std::string NameOf(::testing::TestParamInfo<Maker> const& info) {
    return info.param.name;
}
INSTANTIATE_TEST_SUITE_P(InProcess, BigSegmentConformance, ::testing::ValuesIn(InProcessMakers()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Server, BigSegmentConformance, ::testing::ValuesIn(ServerMakers()),
                         NameOf);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BigSegmentConformance);

TEST(BigSegmentStoreTest, NamesAreThoseOfTheOfficialSdks) {
    // printf bob | openssl dgst -sha256 -binary | base64
    EXPECT_EQ(BigSegmentContextHash("bob"), "gbY32PzSxtpjWeaWMROhFw3nleS3JbhNHgtM/Z7FjOk=");
    EXPECT_EQ(BigSegmentRef("beta", 12), "beta.g12");
}

class BigSegmentRowsTest : public ::testing::Test {
  protected:
    std::unique_ptr<TablePlace> place_ = TableOf(TablesInProcess());
    std::unique_ptr<DynamoDbBigSegmentStore> store_ = std::move(
        DynamoDbBigSegmentStore::Create({.table = place_->Table(), .client = place_->Client()})
            .value());
};

TEST_F(BigSegmentRowsTest, WhatCannotBeUnderstoodIsAnErrorThatSaysSo) {
    auto const put = [&](std::string const& ns, std::string const& key, std::string const& name,
                         AttributeValue value) {
        place_->PutRow({{"namespace", AttributeValue::S(ns)},
                        {"key", AttributeValue::S(key)},
                        {name, std::move(value)}});
    };
    std::string const metadata = "big_segments_metadata";
    for (auto const& value :
         {AttributeValue::S("1700000000000"), AttributeValue::N("-1"), AttributeValue::N("1.5"),
          AttributeValue::N("99999999999999999999999999999"), AttributeValue()}) {
        put(metadata, metadata, "synchronizedOn", value);
        auto const time = store_->GetMetadata();
        ASSERT_FALSE(time.has_value());
        EXPECT_EQ(time.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(time.error().message, HasSubstr("`synchronizedOn`"));
        EXPECT_THAT(time.error().message, HasSubstr(place_->Table()));
    }
    put(metadata, metadata, "lastVersion", AttributeValue::S("x"));
    EXPECT_EQ(store_->GetMetadata().value(), std::nullopt);
    for (std::string const name : {"included", "excluded"}) {
        put("big_segments_user", "hash", name, AttributeValue::S("s.g1"));
        auto const membership = store_->GetMembership("hash");
        ASSERT_FALSE(membership.has_value());
        EXPECT_EQ(membership.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(membership.error().message, HasSubstr("`" + name + "` is of type S, not SS"));
    }
}

TEST_F(BigSegmentRowsTest, OneConsistentRequestACall) {
    place_->Fake().on_get = [&](GetItemRequest const& request) {
        EXPECT_TRUE(request.consistent_read);
        return place_->Server().GetItem(request);
    };
    ASSERT_TRUE(store_->GetMetadata().has_value());
    ASSERT_TRUE(store_->GetMembership("hash").has_value());
    EXPECT_EQ(place_->Fake().Calls(), (std::vector<std::string>{"GetItem", "GetItem"}));
}

TEST_F(BigSegmentRowsTest, CreateRefusesBadNamesAndAMissingTableIsNamed) {
    EXPECT_EQ(FailureOf(DynamoDbBigSegmentStore::Create("")).code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(FailureOf(DynamoDbBigSegmentStore::Create(
                            DynamoDbBigSegmentStoreOptions{.table = "t", .prefix = "a:b"}))
                  .code,
              ErrorCode::kInvalidArgument);
    auto const error =
        FailureOf(DynamoDbBigSegmentStore::Create({.table = "no-such", .client = place_->Client()})
                      .value()
                      ->GetMetadata());
    EXPECT_EQ(error.code, ErrorCode::kNotFound);
    EXPECT_THAT(error.message, HasSubstr("table no-such does not exist"));
}

}  // namespace
}  // namespace lddynamo::conformance
