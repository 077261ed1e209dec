#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace lddynamo::base {
namespace {

TEST(RandomUuidTest, HasTheFormOfVersion4) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        std::string const uuid = RandomUuid();
        ASSERT_EQ(uuid.size(), 36U);
        for (std::size_t at = 0; at < uuid.size(); ++at) {
            bool const dash = at == 8 || at == 13 || at == 18 || at == 23;
            ASSERT_EQ(uuid[at] == '-', dash) << uuid;
            if (!dash) {
                ASSERT_NE(std::string_view("0123456789abcdef").find(uuid[at]),
                          std::string_view::npos)
                    << uuid;
            }
        }
        EXPECT_EQ(uuid[14], '4') << uuid;
        EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos) << uuid;
        EXPECT_TRUE(seen.insert(uuid).second) << uuid;
    }
}

TEST(RandomUnitTest, IsSpreadOverZeroToOne) {
    int buckets[10] = {};
    for (int i = 0; i < 10000; ++i) {
        double const value = RandomUnit();
        ASSERT_GE(value, 0.0);
        ASSERT_LT(value, 1.0);
        ++buckets[static_cast<int>(value * 10)];
    }
    // 1000 expected; 800 is more than six standard deviations away.
    for (int const count : buckets) EXPECT_GT(count, 800);
}

TEST(RandomBitsTest, DiffersBetweenThreads) {
    std::mutex mutex;
    std::set<std::uint64_t> seen;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i) {
                std::scoped_lock const lock(mutex);
                seen.insert(RandomBits());
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(seen.size(), 400U);
}

TEST(RandomBitsTest, DiffersBetweenAProcessAndItsFork) {
    [[maybe_unused]] auto const seeded = RandomBits();
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        std::uint64_t const bits = RandomBits();
        ::_exit(::write(ends[1], &bits, sizeof bits) == sizeof bits ? 0 : 1);
    }
    std::uint64_t const ours = RandomBits();
    std::uint64_t theirs = ours;
    EXPECT_EQ(::read(ends[0], &theirs, sizeof theirs), static_cast<ssize_t>(sizeof theirs));
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_NE(ours, theirs);
    ::close(ends[0]);
    ::close(ends[1]);
}

}  // namespace
}  // namespace lddynamo::base
