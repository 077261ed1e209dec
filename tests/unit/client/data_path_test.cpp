#include "client/data_path.hpp"

#include "support/capturing_sink.hpp"
#include "support/fake_clock.hpp"
#include "support/scripted_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

using test_support::ScriptedStore;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Clock = std::chrono::steady_clock;
using State = DataSourceState;

constexpr std::chrono::seconds kLong{20};
/// Ending is promised within a second; sanitizers and busy machines take longer.
constexpr std::chrono::seconds kSoon{5};

SerializedItem Item(int version) {
    return {version, false, R"({"key":"f","version":)" + std::to_string(version) + "}"};
}

StoreData Data(int version) {
    StoreData data;
    data.features["f"] = Item(version);
    return data;
}

/// Writes down what it is given, and what the store had by then.
class FakeTarget final : public DataTarget {
  public:
    explicit FakeTarget(ScriptedStore& store) noexcept : store_(store) {}

    [[nodiscard]] bool Receive(StoreData const& data) override {
        Note("all " + std::to_string(data.features.at("f").version));
        if (throws) throw std::bad_alloc();
        if (!takes_long) return true;
        std::unique_lock lock(mutex_);
        receiving_ = true;
        changed_.notify_all();
        EXPECT_TRUE(changed_.wait_for(lock, kLong, [this] { return abandoned_; }));
        return false;
    }
    void Receive(DataKind kind, std::string_view key, SerializedItem const& item) override {
        Note("item " + Name(kind, key, item));
    }
    void ReceiveIfNewer(DataKind kind, std::string_view key, SerializedItem const& item) override {
        Note("unstored " + Name(kind, key, item));
    }
    [[nodiscard]] Reading StartReading() override {
        Note("reading");
        return {7, 8};
    }
    void ReceiveRead(Reading const& reading, DataKind kind, std::string_view key,
                     Result<std::optional<SerializedItem>> const& found) override {
        EXPECT_EQ(reading.number, 7U);
        EXPECT_EQ(reading.started, 8);
        if (!found) {
            Note("malformed");
        } else {
            Note(*found ? "found " + Name(kind, key, **found) : "absent");
        }
    }
    void SetReady() override { Note("ready"); }
    void Abandon() noexcept override {
        std::scoped_lock const lock(mutex_);
        abandoned_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] bool Abandoned() {
        std::scoped_lock const lock(mutex_);
        return abandoned_;
    }
    void AwaitReceiving() {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, kLong, [this] { return receiving_; }));
    }

    std::vector<std::string> lines;
    bool throws = false;
    bool takes_long = false;  // Receive of everything ends when it is abandoned

  private:
    static std::string Name(DataKind kind, std::string_view key, SerializedItem const& item) {
        return std::string(ToString(kind)) + "/" + std::string(key) + " " +
               std::to_string(item.version);
    }
    void Note(std::string const& line) {
        auto const item = store_.Data().Get(DataKind::kFeatures, "f");
        lines.push_back(line + " (stored: " +
                        (item && *item ? std::to_string((*item)->version) : "none") + ")");
    }

    ScriptedStore& store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool receiving_ = false;  // guarded by mutex_
    bool abandoned_ = false;  // guarded by mutex_
};

class DataPathTest : public ::testing::Test {
  protected:
    [[nodiscard]] std::shared_ptr<DataPath> Make(bool infinite = false, bool with_store = true) {
        DataPath::Options options;
        if (with_store) options.store = store_;
        options.cache_is_infinite = infinite;
        options.probe_interval = std::chrono::milliseconds(1);
        options.logger = Logger(sink_);
        options.on_stream_init = [this](datasource::StreamInit const&) { ++stream_inits_; };
        auto made = std::make_shared<DataPath>(std::move(options), target_, status_, [this] {
            std::scoped_lock const lock(mutex_);
            ++refreshes_;
            changed_.notify_all();
        });
        made_.push_back(made);
        return made;
    }
    /// A prober may still hold one.
    void TearDown() override {
        for (auto const& weak : made_) {
            if (auto const path = weak.lock()) path->Close();
        }
    }
    /// How many openings of streams were passed on.
    int stream_inits_ = 0;
    [[nodiscard]] bool AwaitRefreshes(int count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, kLong, [&] { return refreshes_ >= count; });
    }
    [[nodiscard]] int Refreshes() {
        std::scoped_lock const lock(mutex_);
        return refreshes_;
    }
    [[nodiscard]] bool Upsert(DataPath& path, int version) {
        return path.Upsert(DataKind::kFeatures, "f", Item(version));
    }

    std::shared_ptr<ScriptedStore> store_ = std::make_shared<ScriptedStore>();
    std::shared_ptr<test_support::CapturingSink> sink_ =
        std::make_shared<test_support::CapturingSink>();
    test_support::FakeClock clock_;
    FakeTarget target_{*store_};
    std::shared_ptr<SourceStatus> status_ =
        std::make_shared<SourceStatus>(State::kInitializing, nullptr, clock_, Logger());

  private:
    std::vector<std::weak_ptr<DataPath>> made_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int refreshes_ = 0;  // guarded by mutex_
};

TEST_F(DataPathTest, WritesToTheStoreFirst) {
    auto const path = Make();
    EXPECT_FALSE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_TRUE(path->Init(Data(1)));
    EXPECT_TRUE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_TRUE(Upsert(*path, 2));
    EXPECT_THAT(target_.lines, ElementsAre("all 1 (stored: 1)", "ready (stored: 1)",
                                           "item features/f 2 (stored: 2)"));
    EXPECT_EQ(store_->Calls("CheckAvailable"), 0U);
}

TEST_F(DataPathTest, WithoutAStoreNobodyHasDecided) {
    auto const path = Make(false, false);
    EXPECT_TRUE(path->Init(Data(1)));
    EXPECT_TRUE(Upsert(*path, 2));
    EXPECT_THAT(target_.lines, ElementsAre("all 1 (stored: none)", "ready (stored: none)",
                                           "unstored features/f 2 (stored: none)"));
}

TEST_F(DataPathTest, AStaleItemMakesItReadWhatTheStoreHas) {
    auto const path = Make();
    ASSERT_TRUE(path->Init(Data(5)));
    target_.lines.clear();
    EXPECT_TRUE(Upsert(*path, 4));
    EXPECT_THAT(target_.lines,
                ElementsAre("reading (stored: 5)", "found features/f 5 (stored: 5)"));
    // Gone since: another writer's Init.
    store_->AnswerUpserts(UpsertOutcome::kStale);
    ASSERT_TRUE(store_->Data().Init({}).has_value());
    target_.lines.clear();
    EXPECT_TRUE(Upsert(*path, 6));
    EXPECT_THAT(target_.lines, ElementsAre("reading (stored: none)", "absent (stored: none)"));
    store_->MalformRows();
    target_.lines.clear();
    EXPECT_TRUE(Upsert(*path, 7));
    EXPECT_THAT(target_.lines, Contains("malformed (stored: none)"));
    EXPECT_EQ(store_->Calls("CheckAvailable"), 0U);
}

TEST_F(DataPathTest, AStaleItemThatCannotBeReadIsALoss) {
    auto const path = Make();
    ASSERT_TRUE(path->Init(Data(5)));
    path->OnStatus(State::kValid, std::nullopt);
    store_->CloseGate("Upsert");
    std::thread source([&] { EXPECT_FALSE(Upsert(*path, 4)); });
    ASSERT_TRUE(store_->AwaitAtGate());
    store_->Break();
    store_->OpenGates();
    source.join();
    EXPECT_EQ(status_->Get().state, State::kInterrupted);
    EXPECT_THAT(target_.lines, Contains("reading (stored: 5)"));
    EXPECT_EQ(target_.lines.size(), 3U);
    store_->Heal();
    EXPECT_TRUE(AwaitRefreshes(1));
}

TEST_F(DataPathTest, WhatIsTooLargeIsLogged) {
    auto const path = Make();
    store_->Oversize({{DataKind::kSegments, "big", "500000 bytes"}});
    EXPECT_TRUE(path->Init(Data(1)));
    EXPECT_THAT(sink_->Lines(), ElementsAre("warn not stored: segments 'big': 500000 bytes"));
    store_->AnswerUpserts(UpsertOutcome::kOversize);
    target_.lines.clear();
    EXPECT_TRUE(Upsert(*path, 2));
    EXPECT_THAT(sink_->Lines().back(), "warn not stored: features 'f': too large");
    // The older row is what others see, so it is what we see.
    EXPECT_THAT(target_.lines,
                ElementsAre("reading (stored: 1)", "found features/f 1 (stored: 1)"));
}

TEST_F(DataPathTest, WhatAFailedStoreDidNotTakeIsNotUsed) {
    auto const path = Make();
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_FALSE(Upsert(*path, 2));
    EXPECT_THAT(target_.lines, IsEmpty());
    EXPECT_FALSE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_EQ(status_->Get().state, State::kInitializing);
    EXPECT_EQ(status_->Get().last_error->code, ErrorCode::kUnavailable);
    EXPECT_EQ(status_->Get().last_error->message, "the feature store: the table is out of order");
}

TEST_F(DataPathTest, AnInfiniteCacheTakesItAllTheSame) {
    auto const path = Make(true);
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_TRUE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_FALSE(Upsert(*path, 2));
    EXPECT_THAT(target_.lines, ElementsAre("all 1 (stored: none)", "ready (stored: none)",
                                           "unstored features/f 2 (stored: none)"));
}

TEST_F(DataPathTest, AFailureInterruptsAndOnlyAnInitEndsThat) {
    auto const path = Make();
    ASSERT_TRUE(path->Init(Data(1)));
    path->OnStatus(State::kValid, std::nullopt);
    store_->Break();
    EXPECT_FALSE(Upsert(*path, 2));
    EXPECT_EQ(status_->Get().state, State::kInterrupted);
    store_->Heal();
    EXPECT_TRUE(AwaitRefreshes(1));
    // A patch works, but version 2 is still lost.
    EXPECT_TRUE(path->Upsert(DataKind::kFeatures, "g", Item(1)));
    path->OnStatus(State::kValid, std::nullopt);
    EXPECT_EQ(status_->Get().state, State::kInterrupted);
    EXPECT_TRUE(path->Init(Data(2)));
    path->OnStatus(State::kValid, std::nullopt);
    EXPECT_EQ(status_->Get().state, State::kValid);
    EXPECT_EQ(status_->Get().last_error->code, ErrorCode::kUnavailable);
}

TEST_F(DataPathTest, OtherStatusesPassThrough) {
    auto const path = Make();
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    path->OnStatus(State::kOff, std::nullopt);
    EXPECT_EQ(status_->Get().state, State::kOff);
    path->OnEnvironmentId("env");
    EXPECT_EQ(status_->EnvironmentId(), "env");
}

TEST_F(DataPathTest, AsksForEverythingOnceTheStoreAnswersAgain) {
    auto const path = Make();
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_FALSE(Upsert(*path, 2));  // one prober for both
    EXPECT_TRUE(store_->AwaitCalls("CheckAvailable", 3));
    EXPECT_EQ(Refreshes(), 0);
    store_->Heal();
    EXPECT_TRUE(AwaitRefreshes(1));
    auto const calls = store_->Calls("CheckAvailable");
    EXPECT_TRUE(path->Init(Data(3)));
    path->Close();  // a prober would be joined here
    EXPECT_EQ(Refreshes(), 1);
    EXPECT_EQ(store_->Calls("CheckAvailable"), calls);
}

TEST_F(DataPathTest, AFailureOfWhatARefreshBroughtIsWatchedAgain) {
    auto const path = Make();
    for (int round = 1; round <= 3; ++round) {
        store_->Break();
        EXPECT_FALSE(path->Init(Data(round)));
        store_->Heal();
        EXPECT_TRUE(AwaitRefreshes(round));
    }
    EXPECT_TRUE(path->Init(Data(4)));
}

// A table that may be read and not written: everything would be streamed again twice a second.
TEST_F(DataPathTest, AStoreThatAnswersAndTakesNothingIsAskedLessAndLess) {
    auto const path = Make();
    auto const begin = Clock::now();
    constexpr int kRounds = 8;  // pauses of 1, 2, 4, ... ms
    for (int round = 1; round <= kRounds; ++round) {
        store_->Break();
        EXPECT_FALSE(path->Init(Data(round)));
        store_->Heal();
        ASSERT_TRUE(AwaitRefreshes(round));
    }
    EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds((1 << kRounds) - 1));
}

TEST_F(DataPathTest, NobodyIsAskedForWhatCameByItself) {
    auto const path = Make();
    store_->CloseGate("CheckAvailable");
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    ASSERT_TRUE(store_->AwaitAtGate());
    store_->Heal();
    EXPECT_TRUE(path->Init(Data(1)));  // the data source reconnected
    store_->OpenGates();
    path->Close();
    EXPECT_EQ(Refreshes(), 0);
}

TEST_F(DataPathTest, PassesOnHowStreamsWereOpened) {
    auto const path = Make();
    path->OnStreamInit({});
    EXPECT_EQ(stream_inits_, 1);
    path->Close();
    path->OnStreamInit({});
    EXPECT_EQ(stream_inits_, 1);
}

TEST_F(DataPathTest, ClosingGivesUpWhatIsBeingReceived) {
    auto const path = Make();
    target_.takes_long = true;
    std::thread source([&] { EXPECT_FALSE(path->Init(Data(1))); });
    target_.AwaitReceiving();
    path->Close();
    source.join();
    EXPECT_THAT(target_.lines, ElementsAre("all 1 (stored: 1)"));  // and not ready
    EXPECT_FALSE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
}

TEST_F(DataPathTest, AThrowingStoreIsAFailingStore) {
    class Throwing final : public FeatureStore {
        Result<InitReport> Init(StoreData const&) override { throw std::runtime_error("odd"); }
        Result<bool> Initialized() override { throw std::runtime_error("odd"); }
        Result<std::optional<SerializedItem>> Get(DataKind, std::string_view) override {
            throw std::runtime_error("odd");
        }
        Result<AllItems> All(DataKind) override { throw std::runtime_error("odd"); }
        Result<UpsertOutcome> Upsert(DataKind, std::string_view, SerializedItem const&) override {
            throw std::runtime_error("odd");
        }
    };
    DataPath::Options options;
    options.store = std::make_shared<Throwing>();
    auto const path = std::make_shared<DataPath>(options, target_, status_, [] {});
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_FALSE(Upsert(*path, 1));
    EXPECT_THAT(status_->Get().last_error->message, HasSubstr("odd"));
    EXPECT_THAT(target_.lines, IsEmpty());
}

TEST_F(DataPathTest, ATargetWithoutMemoryHasNotTakenIt) {
    auto const path = Make();
    target_.throws = true;
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_FALSE(status_->WaitUntilInitialized(std::chrono::milliseconds(0)));
    EXPECT_THAT(sink_->Lines(), ElementsAre(HasSubstr("cannot be kept")));
}

TEST_F(DataPathTest, AfterCloseTheTargetIsNotTouched) {
    auto const path = Make(true);
    path->Close();
    path->Close();
    EXPECT_FALSE(path->Init(Data(1)));
    EXPECT_FALSE(Upsert(*path, 2));
    EXPECT_FALSE(Upsert(*path, 1));
    store_->Break();
    EXPECT_FALSE(path->Init(Data(3)));
    EXPECT_FALSE(Upsert(*path, 4));
    EXPECT_THAT(target_.lines, IsEmpty());
    EXPECT_EQ(store_->Calls("CheckAvailable"), 0U);
}

/// The last owner may be a thread that outlives the target.
TEST_F(DataPathTest, DestructionDoesNotTouchTheTarget) {
    Make().reset();
    EXPECT_FALSE(target_.Abandoned());
}

/// Closes while a call of the store hangs, and lets it end afterwards.
TEST_F(DataPathTest, CloseReturnsWhileTheStoreHangs) {
    for (bool const infinite : {false, true}) {
        for (std::string_view const method : {"Init", "Upsert", "Get"}) {
            auto const path = Make(infinite);
            store_->CloseGate(method);
            store_->AnswerUpserts(method == "Get" ? std::optional(UpsertOutcome::kStale)
                                                  : std::nullopt);
            std::thread source([&] {
                if (method == "Init") {
                    EXPECT_FALSE(path->Init(Data(1)));
                } else {
                    EXPECT_FALSE(Upsert(*path, 1));
                }
            });
            ASSERT_TRUE(store_->AwaitAtGate());
            target_.lines.clear();  // "reading"
            auto const start = Clock::now();
            path->Close();
            EXPECT_LT(Clock::now() - start, kSoon) << method;
            store_->OpenGates();
            source.join();
            EXPECT_THAT(target_.lines, IsEmpty()) << method;
        }
    }
}

TEST_F(DataPathTest, CloseReturnsWhileTheProberHangs) {
    auto path = Make();
    store_->CloseGate("CheckAvailable");
    store_->Break();
    EXPECT_FALSE(path->Init(Data(1)));
    ASSERT_TRUE(store_->AwaitAtGate());
    store_->Heal();
    auto const start = Clock::now();
    path->Close();
    EXPECT_LT(Clock::now() - start, kSoon);
    std::weak_ptr<DataPath> const weak = path;
    path.reset();
    store_->OpenGates();
    // The prober is the last to hold it.
    while (!weak.expired() && Clock::now() - start < kLong) std::this_thread::yield();
    EXPECT_TRUE(weak.expired());
    EXPECT_EQ(Refreshes(), 0);
}

TEST_F(DataPathTest, IsDestroyedWhileItProbes) {
    for (int i = 0; i < 50; ++i) {
        auto path = Make();
        store_->Break();
        EXPECT_FALSE(path->Init(Data(1)));
        if (i % 2 == 0) store_->Heal();
        if (i % 3 == 0) std::this_thread::yield();
        path.reset();
        store_->Heal();
    }
}

TEST_F(DataPathTest, ClosesAtAnyMoment) {
    for (int i = 0; i < 100; ++i) {
        auto const path = Make(i % 2 == 0);
        std::atomic<bool> closed{false};
        std::atomic<int> rounds{0};
        std::thread source([&] {
            for (int version = 1; !closed; ++version) {
                if (version % 3 == 0) store_->Break();
                (void)path->Init(Data(version));
                (void)Upsert(*path, version);      // stale
                (void)Upsert(*path, version + 1);  // written
                path->OnStatus(State::kValid, std::nullopt);
                store_->Heal();
                ++rounds;
            }
        });
        while (rounds < i % 4) std::this_thread::yield();
        auto const start = Clock::now();
        path->Close();
        EXPECT_LT(Clock::now() - start, kSoon);
        // The source may be in a call, but not in the target.
        auto const lines = target_.lines.size();
        closed = true;
        source.join();
        EXPECT_EQ(target_.lines.size(), lines);
        target_.lines.clear();
    }
}

}  // namespace
}  // namespace lddynamo::client
