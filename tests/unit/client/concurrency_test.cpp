#include "client_fixture.hpp"

#include <atomic>
#include <thread>

namespace lddynamo {
namespace {

using ::testing::ElementsAre;

class ConcurrencyTest : public ClientTest {
  protected:
    static constexpr int kThreads = 8;

    /// Starts threads that all run `work`.
    template <class Work>
    static std::vector<std::thread> Start(int count, Work work) {
        std::vector<std::thread> threads;
        for (int i = 0; i < count; ++i) threads.emplace_back([work, i] { work(i); });
        return threads;
    }
    static void Join(std::vector<std::thread>& threads) {
        for (auto& thread : threads) thread.join();
    }
};

TEST_F(ConcurrencyTest, ThreadsShareOneRead) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    for (LoadMode const load : {LoadMode::kLazy, LoadMode::kPreload}) {
        auto const client = Make(Ttl(1000), load);
        store_->CloseGate();
        std::atomic<int> right{0};
        auto threads = Start(kThreads, [&](int) { right += Get(*client, "f") == "a" ? 1 : 0; });
        store_->AwaitReaders(1);
        store_->OpenGate();
        Join(threads);
        EXPECT_EQ(right, kThreads);
        EXPECT_EQ(Reads().size(), 1U);
    }
}

TEST_F(ConcurrencyTest, ThreadsShareOneFailure) {
    for (LoadMode const load : {LoadMode::kLazy, LoadMode::kPreload}) {
        auto const client = Make(Ttl(1000), load);
        store_->FailAsUnavailable();
        store_->CloseGate();
        std::atomic<int> failed{0};
        auto threads = Start(kThreads, [&](int) {
            failed += ErrorOf(*client, "f") == ErrorKind::kException ? 1 : 0;
        });
        store_->AwaitReaders(1);
        store_->OpenGate();
        Join(threads);
        EXPECT_EQ(failed, kThreads);
        EXPECT_EQ(Reads().size(), 1U);
        store_->Fail(std::nullopt);
    }
}

TEST_F(ConcurrencyTest, EachThreadReadsWhatNobodyElseReads) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p", "q"})));
    store_->PutFlag("p", 1, FlagJson("p", 1, "\"p\""));
    store_->PutFlag("q", 1, FlagJson("q", 1, "\"q\""));
    auto const client = Make(Of(Mode::kInfinite));
    store_->CloseGate();
    std::thread first([&] { EXPECT_EQ(Get(*client, "p"), "p"); });
    store_->AwaitReaders(1);
    std::thread second([&] { EXPECT_EQ(Get(*client, "f"), "a"); });
    store_->AwaitReaders(2);
    store_->OpenGate();
    first.join();
    second.join();
    std::size_t p_reads = 0;
    for (auto const& read : store_->Reads()) {
        for (auto const& key : read.keys) p_reads += key.key == "p" ? 1U : 0U;
    }
    EXPECT_EQ(p_reads, 1U);
}

TEST_F(ConcurrencyTest, OneThreadReadsAgainWhileOthersGoOn) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    for (LoadMode const load : {LoadMode::kLazy, LoadMode::kPreload}) {
        auto const client = Make(Ttl(1000), load);
        EXPECT_EQ(Get(*client, "f"), "a");
        store_->PutFlag("f", 2, FlagJson("f", 2, "\"b\""));
        Pass(1000);
        store_->CloseGate();
        std::thread reader([&] { EXPECT_EQ(Get(*client, "f"), "b"); });
        store_->AwaitReaders(1);
        // The gate is closed: whoever waited for the read would wait for ever.
        for (int i = 0; i < 10; ++i) EXPECT_EQ(Get(*client, "f"), "a");
        if (load == LoadMode::kPreload) {
            EXPECT_EQ(client->AllFlags(bob_).ValueOf("f"), Value("a"));
        }
        store_->OpenGate();
        reader.join();
        EXPECT_EQ(Get(*client, "f"), "b");
        store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    }
}

TEST_F(ConcurrencyTest, AReadThatFailsIsTakenUpByTheNext) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    for (LoadMode const load : {LoadMode::kLazy, LoadMode::kPreload}) {
        auto const client = Make(Ttl(1000), load);
        EXPECT_EQ(Get(*client, "f"), "a");
        Pass(1000);
        store_->FailAsUnavailable();
        EXPECT_EQ(Get(*client, "f"), "a");
        store_->Fail(std::nullopt);
        Pass(1000);
        store_->ForgetReads();
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_EQ(Reads().size(), 1U);
    }
}

// The flag and its segment change together; whoever mixed two loads would get "odd".
TEST_F(ConcurrencyTest, PreloadsAreConsistentAndReadersSafe) {
    auto const write = [this](int generation) {
        StoreData data;
        std::string const member = generation % 2 == 0 ? "bob" : "nobody";
        std::string const value = generation % 2 == 0 ? "\"even\"" : "\"odd\"";
        // Members of the segment get variation 0, "even" or "odd"; the segment has bob only when
        // even.
        data.features["f"] = {
            generation, false,
            R"({"key":"f","version":1,"on":true,"salt":"s","variations":[)" + value +
                R"(,"outside"],"fallthrough":{"variation":1},"rules":[{"variation":0,)"
                R"("clauses":[{"op":"segmentMatch","attribute":"","values":["s"]}]}]})"};
        data.segments["s"] = {generation, false, SegmentJson("s", generation, member)};
        ASSERT_TRUE(store_->Init(data).has_value());
    };
    write(0);
    auto const client = Make(Ttl(1), LoadMode::kPreload);
    ASSERT_TRUE(client->Preload().has_value());
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    auto threads = Start(4, [&](int i) {
        while (!stop) {
            std::string const value = Get(*client, "f");
            // In an even generation bob is inside, in an odd one outside.
            if (value != "even" && value != "outside") ++wrong;
            if (i == 0) {
                auto const all = client->AllFlags(bob_);
                if (!all.Valid() ||
                    (all.ValueOf("f") != Value("even") && all.ValueOf("f") != Value("outside"))) {
                    ++wrong;
                }
            }
        }
    });
    for (int generation = 1; generation <= 60; ++generation) {
        write(generation);
        EXPECT_TRUE(client->Preload().has_value());
        Pass(1);
    }
    stop = true;
    Join(threads);
    EXPECT_EQ(wrong, 0);
}

TEST_F(ConcurrencyTest, LazyStress) {
    constexpr int kFlags = 50;
    auto const key_of = [](int i) { return "f" + std::to_string(i % kFlags); };
    for (int i = 0; i < kFlags; ++i) {
        store_->PutFlag(
            key_of(i), 1,
            FlagJson(
                key_of(i), 1, "\"a\"",
                i % 5 == 0 ? Prerequisites({key_of(i + 1), key_of(i + 2)}) + RuleFor({"s"}) : ""));
    }
    store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
    CacheOptions cache = Ttl(2);
    cache.max_absent_keys = 10;
    auto const client = Make(cache);
    std::atomic<int> wrong{0};
    std::atomic<int> running{4};
    auto threads = Start(4, [&](int thread) {
        for (int i = 0; i < 3000; ++i) {
            std::string const value = Get(*client, key_of(i * 7 + thread));
            if (value != "a" && value != "b") ++wrong;
            if (i % 10 == 0) (void)Get(*client, "none" + std::to_string(i % 100));
            if (i % 500 == 0 && !client->AllFlags(bob_).Valid()) ++wrong;
        }
        --running;
    });
    for (int i = 0; running > 0; ++i) {
        std::string const key = key_of(i);
        store_->PutFlag(key, i, FlagJson(key, i, i % 2 == 0 ? "\"a\"" : "\"b\""));
        if (i % 50 == 0) {
            EXPECT_TRUE(client->Preload().has_value());
        }
        Pass(1);
        std::this_thread::yield();
    }
    Join(threads);
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace lddynamo
