// Clients that keep what the stream brings in a store, which others write to as well.
#include "stream_fixture.hpp"

#include <algorithm>
#include <future>
#include <thread>

namespace lddynamo {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr int kTtl = 10000;

class ReceivedModeTest : public StreamTest {
  protected:
    static constexpr Mode kModes[] = {Mode::kOff, Mode::kTtl, Mode::kInfinite};

    [[nodiscard]] std::unique_ptr<Client> MakeStoredIn(Mode mode) {
        CacheOptions cache = Ttl(kTtl);
        cache.mode = mode;
        return MakeStored(cache);
    }
    void PutFlag(int version, std::string const& value) {
        server_.Put(Member("f", FlagJson("f", version, value)));
    }
    void Forget() { table_ = std::make_shared<test_support::ScriptedStore>(); }
    [[nodiscard]] static bool IsIn(Client& client, DataSourceState state) {
        return Eventually([&] { return client.GetDataSourceStatus().state == state; });
    }
    [[nodiscard]] static std::string Name(Mode mode) {
        return mode == Mode::kOff ? "off" : mode == Mode::kTtl ? "ttl" : "infinite";
    }
};

TEST_F(ReceivedModeTest, WhatComesIsStoredAndUsed) {
    for (Mode const mode : kModes) {
        Forget();
        server_.Put(Member("f", FlagJson("f", 1, "\"outside\"", RuleFor({"s"}))) + "," +
                        Member("g", FlagJson("g", 1, "\"g\"")),
                    Member("s", SegmentJson("s", 1, "nobody")));
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong)) << Name(mode);
        EXPECT_EQ(Get(*client, "f"), "outside");
        EXPECT_TRUE(table_->Data().Initialized().value());
        EXPECT_EQ(StoredVersion(DataKind::kSegments, "s"), 1);
        server_.Patch("/segments/s", SegmentJson("s", 2, "bob"));
        server_.Patch("/flags/g", FlagJson("g", 2, "\"g2\""));
        Settle(*client);
        EXPECT_EQ(Get(*client, "f"), "off");
        EXPECT_EQ(Get(*client, "g"), "g2");
        EXPECT_EQ(StoredVersion(DataKind::kSegments, "s"), 2);
        server_.Delete("/flags/g", 3);
        server_.Patch("/flags/g", FlagJson("g", 3, "\"g3\""));
        Settle(*client);
        EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kFlagNotFound) << Name(mode);
    }
}

TEST_F(ReceivedModeTest, DroppedFlagsAreGone) {
    for (Mode const mode : kModes) {
        Forget();
        server_.Put(Member("f", FlagJson("f", 1, "\"a\"")) + "," +
                    Member("g", FlagJson("g", 1, "\"g\"")));
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(Gets(*client, "g", "g"));
        PutFlag(2, "\"b\"");
        ASSERT_TRUE(Gets(*client, "f", "b"));
        EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kFlagNotFound) << Name(mode);
        EXPECT_EQ(client->AllFlags(bob_).Find("g"), nullptr) << Name(mode);
    }
}

TEST_F(ReceivedModeTest, AMissDoesNotHideAnUpdate) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        EXPECT_EQ(ErrorOf(*client, "g"), ErrorKind::kFlagNotFound);
        server_.Patch("/flags/g", FlagJson("g", 1, "\"g\""));
        EXPECT_TRUE(Gets(*client, "g", "g")) << Name(mode);
    }
}

TEST_F(ReceivedModeTest, WhatAnotherWriterAddedIsFoundWhenFirstAskedFor) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        WriteFlag("g", 1, "\"g\"");
        EXPECT_EQ(Get(*client, "g"), "g") << Name(mode);
        EXPECT_EQ(client->AllFlags(bob_).ValueOf("g"), Value("g")) << Name(mode);
    }
}

TEST_F(ReceivedModeTest, WhatAnotherWriterChangedIsSeenAsSoonAsTheCacheAllows) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        EXPECT_EQ(Get(*client, "f"), "a");
        WriteFlag("f", 2, "\"b\"");
        EXPECT_EQ(Get(*client, "f"), mode == Mode::kOff ? "b" : "a") << Name(mode);
        Pass(kTtl);
        EXPECT_EQ(Get(*client, "f"), mode == Mode::kInfinite ? "a" : "b") << Name(mode);
    }
}

TEST_F(ReceivedModeTest, AStaleUpdateMakesItTakeWhatTheStoreHas) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        EXPECT_EQ(Get(*client, "f"), "a");
        WriteFlag("f", 10, "\"other\"");
        server_.Patch("/flags/f", FlagJson("f", 5, "\"late\""));
        Settle(*client);
        EXPECT_EQ(Get(*client, "f"), "other") << Name(mode);
        EXPECT_EQ(StoredVersion(DataKind::kFeatures, "f"), 10);
    }
}

TEST_F(ReceivedModeTest, AStoreFilledByAnotherIsUsedUntilDataCome) {
    for (Mode const mode : kModes) {
        Forget();
        StoreData data;
        data.features["f"] = ItemOf("f", FlagJson("f", 1, "\"stored\""));
        ASSERT_TRUE(table_->Data().Init(data).has_value());
        test_support::FakeLaunchDarkly silent;
        auto options = Options();
        silent.PointTo(options.endpoints);
        options.data_store = table_;
        options.cache.mode = mode;
        auto const client = MakeOf(std::move(options));
        EXPECT_EQ(Get(*client, "f"), "stored") << Name(mode);
        EXPECT_TRUE(client->AllFlags(bob_).Valid());
        EXPECT_TRUE(client->Initialized().value());
        EXPECT_FALSE(client->WaitForInitialization(std::chrono::milliseconds(0)));
        EXPECT_THAT(sink_->Lines(), Contains(HasSubstr("out of the store")));
        silent.Put(Member("f", FlagJson("f", 2, "\"sent\"")));
        EXPECT_TRUE(client->WaitForInitialization(kLong));
        EXPECT_EQ(Get(*client, "f"), "sent") << Name(mode);
    }
}

// The first request to a store can take long: whoever comes meanwhile waits for its answer.
TEST_F(ReceivedModeTest, ThreadsWaitForTheOneThatAsksWhetherTheStoreIsFilled) {
    StoreData data;
    data.features["f"] = ItemOf("f", FlagJson("f", 1, "\"stored\""));
    ASSERT_TRUE(table_->Data().Init(data).has_value());
    auto const client = MakeStoredIn(Mode::kTtl);
    table_->CloseGate("Initialized");
    auto const ask = [&] { return Get(*client, "f"); };
    auto first = std::async(std::launch::async, ask);
    ASSERT_TRUE(table_->AwaitAtGate());
    auto second = std::async(std::launch::async, ask);
    auto all = std::async(std::launch::async, [&] { return client->AllFlags(bob_).Valid(); });
    EXPECT_EQ(second.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    EXPECT_EQ(all.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
    table_->OpenGates();
    EXPECT_EQ(first.get(), "stored");
    EXPECT_EQ(second.get(), "stored");
    EXPECT_TRUE(all.get());
    EXPECT_EQ(table_->Calls("Initialized"), 1U);
}

TEST_F(ReceivedModeTest, NobodyWaitsForTheOneThatAsksAgainWhetherTheStoreIsFilled) {
    auto const client = MakeStoredIn(Mode::kTtl);
    ASSERT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    Pass(1000);
    table_->CloseGate("Initialized");
    auto first = std::async(std::launch::async, [&] { return Get(*client, "f"); });
    ASSERT_TRUE(table_->AwaitAtGate());
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    table_->OpenGates();
    EXPECT_EQ(first.get(), "default");
    EXPECT_EQ(table_->Calls("Initialized"), 2U);
}

TEST_F(ReceivedModeTest, AStoreThatCannotSayWhetherItIsFilledIsLoggedOnce) {
    table_->Break();
    auto const client = MakeStoredIn(Mode::kTtl);
    for (int second = 0; second < 3; ++second) {
        EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
        Pass(1000);
    }
    EXPECT_EQ(table_->Calls("Initialized"), 3U);
    auto const lines = sink_->Lines();
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](std::string const& line) {
                                return line.find("the table is out of order") != std::string::npos;
                            }),
              1);
}

TEST_F(ReceivedModeTest, ItemsWithoutTheMarkOfAnInitDoNotCount) {
    WriteFlag("f", 1, "\"stored\"");
    for (Mode const mode : kModes) {
        test_support::FakeLaunchDarkly silent;
        auto options = Options();
        silent.PointTo(options.endpoints);
        options.data_store = table_;
        options.cache.mode = mode;
        auto const client = MakeOf(std::move(options));
        EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady) << Name(mode);
        EXPECT_FALSE(client->AllFlags(bob_).Valid());
        EXPECT_FALSE(client->Initialized().value());
    }
}

TEST_F(ReceivedModeTest, WhetherAnotherFilledTheStoreIsAskedOnceASecond) {
    auto const client = MakeStoredIn(Mode::kTtl);
    for (int second = 1; second <= 3; ++second) {
        for (int i = 0; i < 100; ++i) {
            EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
            (void)client->AllFlags(bob_);
        }
        EXPECT_EQ(table_->Calls("Initialized"), static_cast<std::size_t>(second));
        Pass(1000);
    }
    EXPECT_EQ(table_->Calls("Get") + table_->Calls("All"), 0U);
    ASSERT_TRUE(table_->Data().Init({}).has_value());
    WriteFlag("f", 1, "\"a\"");
    EXPECT_EQ(Get(*client, "f"), "a");
    auto const calls = table_->Calls("Initialized");
    Pass(5000);
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_EQ(table_->Calls("Initialized"), calls);
}

// A thread has read the old row, and is held up on its way into the cache.
// A read of one flag or of all of them, and an update by a patch or by everything anew.
TEST_F(ReceivedModeTest, AReadBegunBeforeAnUpdateDoesNotBringBackOldItems) {
    for (bool const reads_all : {false, true}) {
        for (bool const update_is_all : {false, true}) {
            SCOPED_TRACE(std::to_string(reads_all) + std::to_string(update_is_all));
            Forget();
            PutFlag(1, "\"a\"");
            auto const client = MakeStoredIn(Mode::kTtl);
            ASSERT_TRUE(client->WaitForInitialization(kLong));
            EXPECT_EQ(Get(*client, "f"), "a");
            Pass(kTtl);
            table_->CloseGate(reads_all ? "All" : "Get");
            std::thread reader([&] {
                if (reads_all) {
                    (void)client->AllFlags(bob_);
                } else {
                    (void)Get(*client, "f");
                }
            });
            ASSERT_TRUE(table_->AwaitAtGate());
            if (update_is_all) {
                PutFlag(2, "\"b\"");
            } else {
                server_.Patch("/flags/f", FlagJson("f", 2, "\"b\""));
            }
            EXPECT_TRUE(Gets(*client, "f", "b"));
            table_->OpenGates();
            reader.join();
            EXPECT_EQ(Get(*client, "f"), "b");
            EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value("b"));
        }
    }
}

TEST_F(ReceivedModeTest, AMissBegunBeforeAnUpdateDoesNotHideIt) {
    for (Mode const mode : {Mode::kTtl, Mode::kInfinite}) {
        for (bool const all : {false, true}) {
            Forget();
            PutFlag(1, "\"a\"");
            auto const client = MakeStoredIn(mode);
            ASSERT_TRUE(client->WaitForInitialization(kLong));
            table_->CloseGate("Get");
            std::thread reader([&] { (void)Get(*client, "g"); });
            ASSERT_TRUE(table_->AwaitAtGate());
            if (all) {
                server_.Put(Member("g", FlagJson("g", 1, "\"g\"")));
            } else {
                server_.Patch("/flags/g", FlagJson("g", 1, "\"g\""));
            }
            EXPECT_TRUE(
                Eventually([&] { return client->AllFlags(bob_).ValueOf("g") == Value("g"); }));
            table_->OpenGates();
            reader.join();
            EXPECT_EQ(Get(*client, "g"), "g") << Name(mode);
        }
    }
}

// Its read was begun before another writer's update, of which a stale update of ours tells.
TEST_F(ReceivedModeTest, AReadBegunBeforeAStaleUpdateDoesNotBringBackTheOldItem) {
    PutFlag(1, "\"a\"");
    auto const client = MakeStoredIn(Mode::kTtl);
    ASSERT_TRUE(client->WaitForInitialization(kLong));
    Pass(kTtl);
    table_->CloseGate("Get");
    std::thread reader([&] { (void)Get(*client, "f"); });
    ASSERT_TRUE(table_->AwaitAtGate());
    WriteFlag("f", 10, "\"other\"");
    server_.Patch("/flags/f", FlagJson("f", 5, "\"late\""));
    ASSERT_TRUE(table_->AwaitAtGate(2));
    table_->OpenGates();
    reader.join();
    Settle(*client);
    EXPECT_EQ(Get(*client, "f"), "other");
}

TEST_F(ReceivedModeTest, AllFlagsAreWhatCameUntilTheTtlIsOver) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        auto const loads = [this] { return table_->Calls("All"); };
        EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value("a"));
        EXPECT_EQ(loads(), mode == Mode::kOff ? 2U : 0U) << Name(mode);
        server_.Patch("/flags/f", FlagJson("f", 2, "\"b\""));
        EXPECT_TRUE(Eventually([&] { return client->AllFlags(bob_).ValueOf("f") == Value("b"); }));
        WriteFlag("h", 1, "\"h\"");
        auto const before = loads();
        Pass(kTtl);
        auto const state = client->AllFlags(bob_);
        EXPECT_EQ(state.ValueOf("f"), Value("b"));
        EXPECT_EQ(state.ValueOf("h"), mode == Mode::kInfinite ? Value() : Value("h"));
        EXPECT_EQ(loads(), before + (mode == Mode::kInfinite ? 0U : 2U)) << Name(mode);
    }
}

// An update gives its item a whole ttl; the load of everything still ends when it did.
TEST_F(ReceivedModeTest, AnUpdateDoesNotProlongAllFlags) {
    PutFlag(1, "\"a\"");
    auto const client = MakeStoredIn(Mode::kTtl);
    ASSERT_TRUE(client->WaitForInitialization(kLong));
    Pass(kTtl / 2);
    server_.Patch("/flags/f", FlagJson("f", 2, "\"b\""));
    ASSERT_TRUE(Gets(*client, "f", "b"));
    Pass(kTtl / 2);
    WriteFlag("f", 3, "\"c\"");
    EXPECT_EQ(Get(*client, "f"), "b");
    EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value("c"));
    // That load counts for single flags too.
    EXPECT_EQ(Get(*client, "f"), "c");
}

TEST_F(ReceivedModeTest, PreloadReadsTheStore) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(client->WaitForInitialization(kLong));
        WriteFlag("f", 2, "\"b\"");
        EXPECT_EQ(client->Preload().value(), 0U);
        EXPECT_EQ(Get(*client, "f"), "b") << Name(mode);
        table_->Break();
        EXPECT_EQ(client->Preload().error().code, ErrorCode::kUnavailable);
        EXPECT_EQ(Get(*client, "f"), "b") << Name(mode);
    }
}

TEST_F(ReceivedModeTest, ColdInAnOutage) {
    for (Mode const mode : kModes) {
        Forget();
        table_->Break();
        PutFlag(1, "\"a\"");
        auto const client = MakeStoredIn(mode);
        bool const infinite = mode == Mode::kInfinite;
        ASSERT_TRUE(table_->AwaitCalls("CheckAvailable", 1));
        EXPECT_EQ(client->WaitForInitialization(std::chrono::milliseconds(0)), infinite);
        if (infinite) {
            EXPECT_EQ(Get(*client, "f"), "a");
            EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
        } else {
            EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady) << Name(mode);
        }
        EXPECT_EQ(client->GetDataSourceStatus().state, DataSourceState::kInitializing);
        table_->Heal();
        EXPECT_TRUE(IsIn(*client, DataSourceState::kValid)) << Name(mode);
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_EQ(StoredVersion(DataKind::kFeatures, "f"), 1);
        EXPECT_TRUE(table_->Data().Initialized().value());
    }
}

TEST_F(ReceivedModeTest, WarmInAnOutage) {
    for (Mode const mode : kModes) {
        Forget();
        PutFlag(5, "\"a\"");
        auto const client = MakeStoredIn(mode);
        ASSERT_TRUE(IsIn(*client, DataSourceState::kValid));
        EXPECT_EQ(Get(*client, "f"), "a");
        bool const infinite = mode == Mode::kInfinite;
        table_->Break();
        server_.Patch("/flags/f", FlagJson("f", 6, "\"b\""));
        server_.Patch("/flags/f", FlagJson("f", 4, "\"older\""));
        EXPECT_TRUE(IsIn(*client, DataSourceState::kInterrupted)) << Name(mode);
        EXPECT_TRUE(table_->AwaitCalls("Upsert", 2));
        ASSERT_TRUE(table_->AwaitCalls("CheckAvailable", 1));
        EXPECT_EQ(Get(*client, "f"), infinite ? "b" : "a") << Name(mode);
        Pass(10 * kTtl);
        EXPECT_EQ(Get(*client, "f"), infinite ? "b" : "a") << Name(mode);
        EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value(infinite ? "b" : "a"));
        table_->Heal();
        // What was lost comes again with everything.
        EXPECT_TRUE(IsIn(*client, DataSourceState::kValid)) << Name(mode);
        EXPECT_TRUE(Eventually([&] { return StoredVersion(DataKind::kFeatures, "f") == 6; }));
        Pass(10 * kTtl);
        EXPECT_TRUE(Gets(*client, "f", "b")) << Name(mode);
    }
}

}  // namespace
}  // namespace lddynamo
