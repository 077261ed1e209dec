#include "datasource/poll_sync.hpp"

#include "support/fake_clock.hpp"
#include "support/fake_transport.hpp"

#include <lddynamo/memory_feature_store.hpp>

#include <gtest/gtest.h>

#include <string>

namespace lddynamo::datasource {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test_support::FakeClock;
using test_support::FakeTransport;
using test_support::JsonAnswer;

/// Fails as long as it is told to.
class SwitchedStore final : public FeatureStore {
  public:
    Result<InitReport> Init(StoreData const& data) override {
        ++inits;
        if (down) return Fail(ErrorCode::kUnavailable, "the store is down");
        return store_.Init(data);
    }
    Result<bool> Initialized() override { return store_.Initialized(); }
    Result<std::optional<SerializedItem>> Get(DataKind kind, std::string_view key) override {
        return store_.Get(kind, key);
    }
    Result<AllItems> All(DataKind kind) override { return store_.All(kind); }
    Result<UpsertOutcome> Upsert(DataKind kind, std::string_view key,
                                 SerializedItem const& item) override {
        return store_.Upsert(kind, key, item);
    }

    bool down = false;
    int inits = 0;

  private:
    MemoryFeatureStore store_;
};

class PollSyncTest : public ::testing::Test {
  protected:
    static Poller MakePoller() {
        PollerOptions options;
        options.headers = *MakeServiceHeaders(Secret("sdk-key"));
        return *Poller::Create(std::move(options));
    }
    PollSyncOptions Options() {
        return {.clock = &clock_, .random = [this] { return random_; }};
    }
    /// Data of one flag of that version, with the version as ETag.
    void AddData(int version, milliseconds latency = {}) {
        transport_.Add(
            JsonAnswer(200,
                       R"({"flags":{"a":{"key":"a","version":)" + std::to_string(version) + "}}}",
                       {{"ETag", std::to_string(version)}}),
            latency);
    }
    std::int64_t StoredVersion() {
        auto const item = store_.Get(DataKind::kFeatures, "a");
        return item && *item ? (*item)->version : -1;
    }
    milliseconds Pause(SyncStep const& step) {
        return std::chrono::duration_cast<milliseconds>(step.next - clock_.SteadyNow());
    }

    FakeClock clock_;
    FakeTransport transport_{clock_};
    SwitchedStore store_;
    double random_ = 0;
    PollSync sync_{MakePoller(), transport_, store_, Options()};
};

TEST_F(PollSyncTest, FillsThenFollows) {
    AddData(1, milliseconds(400));
    transport_.Add(JsonAnswer(304, ""));
    AddData(2);
    auto step = sync_.Step();
    ASSERT_TRUE(step.filled);
    EXPECT_EQ(step.filled->flags, 1U);
    EXPECT_EQ(step.state, SyncState::kValid);
    EXPECT_EQ(Pause(step), milliseconds(29600));  // from the beginning of the poll
    EXPECT_EQ(StoredVersion(), 1);

    step = sync_.Step();
    EXPECT_FALSE(step.filled);
    EXPECT_EQ(step.state, SyncState::kValid);
    EXPECT_EQ(store_.inits, 1);

    EXPECT_TRUE(sync_.Step().filled);
    EXPECT_EQ(StoredVersion(), 2);
    EXPECT_EQ(transport_.ScriptLeft(), 0U);
}

TEST_F(PollSyncTest, BacksOffUpToTheInterval) {
    for (int i = 0; i < 8; ++i) transport_.Add(JsonAnswer(500, ""));
    for (int const pause : {1, 2, 4, 8, 16, 30, 30}) {
        auto const step = sync_.Step();
        EXPECT_TRUE(step.poll_error);
        EXPECT_EQ(step.state, SyncState::kInitializing);
        EXPECT_EQ(Pause(step), seconds(pause));
    }
    random_ = 0.5;
    EXPECT_EQ(Pause(sync_.Step()), milliseconds(22500));
}

TEST_F(PollSyncTest, ASuccessEndsTheBackOff) {
    transport_.Add(JsonAnswer(500, ""));
    transport_.AddFailure(ErrorCode::kConnection, "reset");
    AddData(1);
    transport_.Add(JsonAnswer(503, ""));
    static_cast<void>(sync_.Step());
    static_cast<void>(sync_.Step());
    EXPECT_EQ(sync_.Step().state, SyncState::kValid);
    auto const step = sync_.Step();
    EXPECT_EQ(step.state, SyncState::kInterrupted);
    EXPECT_EQ(Pause(step), seconds(1));
}

TEST_F(PollSyncTest, ARefusalIsForGood) {
    AddData(1);
    transport_.Add(JsonAnswer(401, ""));
    static_cast<void>(sync_.Step());
    auto const step = sync_.Step();
    EXPECT_EQ(step.state, SyncState::kOff);
    EXPECT_EQ(step.poll_error->code, ErrorCode::kCredentials);
    EXPECT_EQ(StoredVersion(), 1);
}

TEST_F(PollSyncTest, WhatTheStoreDidNotTakeIsWrittenLater) {
    AddData(1);
    AddData(2);
    transport_.Add(JsonAnswer(304, ""));
    transport_.Add(JsonAnswer(304, ""));
    transport_.Add(JsonAnswer(304, ""));
    static_cast<void>(sync_.Step());
    store_.down = true;
    auto step = sync_.Step();
    EXPECT_EQ(step.store_error->code, ErrorCode::kUnavailable);
    EXPECT_EQ(step.state, SyncState::kInterrupted);
    EXPECT_EQ(Pause(step), seconds(1));
    step = sync_.Step();
    EXPECT_TRUE(step.store_error);
    EXPECT_EQ(Pause(step), seconds(2));
    EXPECT_EQ(StoredVersion(), 1);
    store_.down = false;
    step = sync_.Step();
    EXPECT_TRUE(step.filled);
    EXPECT_EQ(step.state, SyncState::kValid);
    EXPECT_EQ(StoredVersion(), 2);
    EXPECT_FALSE(sync_.Step().filled);
    EXPECT_EQ(store_.inits, 4);
}

TEST_F(PollSyncTest, ItIsWrittenEvenWhenLaunchDarklyIsAwayThen) {
    AddData(1);
    transport_.Add(JsonAnswer(500, ""));
    store_.down = true;
    EXPECT_EQ(sync_.Step().state, SyncState::kInitializing);
    store_.down = false;
    auto const step = sync_.Step();
    EXPECT_TRUE(step.filled);
    EXPECT_TRUE(step.poll_error);
    EXPECT_EQ(step.state, SyncState::kInterrupted);
    EXPECT_EQ(StoredVersion(), 1);
}

TEST_F(PollSyncTest, NewerDataReplaceWhatWasNotWritten) {
    AddData(1);
    AddData(2);
    store_.down = true;
    static_cast<void>(sync_.Step());
    store_.down = false;
    static_cast<void>(sync_.Step());
    EXPECT_EQ(StoredVersion(), 2);
    EXPECT_EQ(store_.inits, 2);
}

TEST_F(PollSyncTest, MalformedDataLeaveTheStoreAlone) {
    AddData(1);
    transport_.Add(JsonAnswer(200, R"({"flags":true})", {{"ETag", "bad"}}));
    transport_.Add(JsonAnswer(304, ""));
    static_cast<void>(sync_.Step());
    EXPECT_EQ(sync_.Step().poll_error->code, ErrorCode::kInvalidData);
    EXPECT_EQ(store_.inits, 1);
    EXPECT_EQ(sync_.Step().state, SyncState::kValid);
}

TEST_F(PollSyncTest, TellsWhatWasLeftOut) {
    transport_.Add(JsonAnswer(200, R"({"flags":{"":{"key":"","version":0}}})"));
    auto const step = sync_.Step();
    EXPECT_EQ(step.skipped.size(), 1U);
    EXPECT_EQ(step.state, SyncState::kValid);
}

}  // namespace
}  // namespace lddynamo::datasource
