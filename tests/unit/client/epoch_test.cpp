#include "client/epoch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace lddynamo::client {
namespace {

struct Tracked final : Retirable {
    explicit Tracked(std::atomic<int>& count) : alive(count) { ++alive; }
    ~Tracked() override {
        value = -1;
        --alive;
    }
    std::atomic<int>& alive;
    int value = 7;
};

TEST(EpochTest, DeletesAtOnceWithoutReaders) {
    std::atomic<int> alive{0};
    Epochs epochs;
    epochs.Retire(new Tracked(alive));
    epochs.Retire(new Tracked(alive));
    epochs.Retire(nullptr);
    EXPECT_EQ(alive, 2);
    EXPECT_TRUE(epochs.Collect());
    EXPECT_EQ(alive, 0);
}

TEST(EpochTest, KeepsWhatAReaderMaySee) {
    std::atomic<int> alive{0};
    Epochs epochs;
    auto reader = std::make_unique<Epochs::Guard>(epochs);
    epochs.Retire(new Tracked(alive));
    EXPECT_FALSE(epochs.Collect());
    EXPECT_FALSE(epochs.Collect());
    EXPECT_EQ(alive, 1);
    reader.reset();
    EXPECT_TRUE(epochs.Collect());
    EXPECT_EQ(alive, 0);
}

TEST(EpochTest, LaterReadersDoNotKeepIt) {
    std::atomic<int> alive{0};
    Epochs epochs;
    auto early = std::make_unique<Epochs::Guard>(epochs);
    epochs.Retire(new Tracked(alive));
    EXPECT_FALSE(epochs.Collect());
    Epochs::Guard const late(epochs);
    early.reset();
    EXPECT_TRUE(epochs.Collect());
    EXPECT_EQ(alive, 0);
}

TEST(EpochTest, OverlappingReadersDoNotStarveTheWriter) {
    std::atomic<int> alive{0};
    Epochs epochs;
    auto reader = std::make_unique<Epochs::Guard>(epochs);
    for (int round = 0; round < 100; ++round) {
        epochs.Retire(new Tracked(alive));
        (void)epochs.Collect();
        // There is never a moment without a reader.
        auto next = std::make_unique<Epochs::Guard>(epochs);
        reader = std::move(next);
        (void)epochs.Collect();
    }
    EXPECT_LE(alive, 4);
}

TEST(EpochTest, GuardsMayBeNested) {
    std::atomic<int> alive{0};
    Epochs epochs;
    std::optional<Epochs::Guard> outer(std::in_place, epochs);
    {
        Epochs::Guard const inner(epochs);
        epochs.Retire(new Tracked(alive));
    }
    EXPECT_FALSE(epochs.Collect());
    outer.reset();
    EXPECT_TRUE(epochs.Collect());
}

TEST(EpochTest, DestructorDeletesTheRest) {
    std::atomic<int> alive{0};
    {
        Epochs epochs;
        {
            Epochs::Guard const reader(epochs);
            epochs.Retire(new Tracked(alive));
            EXPECT_FALSE(epochs.Collect());
            epochs.Retire(new Tracked(alive));
        }
    }
    EXPECT_EQ(alive, 0);
}

TEST(EpochTest, ReadersNeverSeeADeletedObject) {
    std::atomic<int> alive{0};
    Epochs epochs;
    std::atomic<Tracked*> shared{new Tracked(alive)};
    std::atomic<bool> stop{false};
    std::atomic<long> bad{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) {
        readers.emplace_back([&] {
            while (!stop.load()) {
                Epochs::Guard const guard(epochs);
                Tracked const* const object = shared.load(std::memory_order_seq_cst);
                for (int look = 0; look < 10; ++look) {
                    if (object->value != 7) ++bad;
                }
            }
        });
    }
    for (int i = 0; i < 20000; ++i) {
        epochs.Retire(shared.exchange(new Tracked(alive)));
        (void)epochs.Collect();
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(bad, 0);
    EXPECT_TRUE(epochs.Collect());
    EXPECT_EQ(alive, 1);
    delete shared.load();
}

}  // namespace
}  // namespace lddynamo::client
