#include "base/worker.hpp"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <new>
#include <thread>

namespace lddynamo::base {
namespace {

using namespace std::chrono_literals;

TEST(Worker, EndsAThreadThatListens) {
    Worker worker;
    std::promise<void> ended;
    ASSERT_TRUE(worker.Start("test", [&](std::stop_token const& stop) {
        EXPECT_FALSE(SleepUntil(stop, std::chrono::steady_clock::now() + 1h));
        ended.set_value();
    }));
    EXPECT_TRUE(worker.Stop(20s));
    EXPECT_EQ(ended.get_future().wait_for(0s), std::future_status::ready);
    EXPECT_TRUE(worker.Stop());
}

TEST(Worker, LeavesAThreadThatDoesNot) {
    // Shared with a thread that outlives the worker.
    auto const go_on = std::make_shared<std::promise<void>>();
    auto const ended = std::make_shared<std::promise<void>>();
    auto const future = go_on->get_future().share();
    {
        Worker worker;
        ASSERT_TRUE(worker.Start("test", [future, ended](std::stop_token const&) {
            future.wait();
            ended->set_value();
        }));
        EXPECT_FALSE(worker.Stop(1ms));
        EXPECT_FALSE(worker.Stop(1h));  // nor by its destructor
    }
    go_on->set_value();
    EXPECT_EQ(ended->get_future().wait_for(20s), std::future_status::ready);
}

TEST(Worker, GivesUpWhatTheThreadOwnedBeforeItCountsAsEnded) {
    auto const owned = std::make_shared<int>(1);
    Worker worker;
    ASSERT_TRUE(worker.Start("test", [owned](std::stop_token const&) {}));
    ASSERT_TRUE(worker.Stop(20s));
    EXPECT_EQ(owned.use_count(), 1);
}

TEST(Worker, IsStoppedByManyAtOnce) {
    for (int i = 0; i < 200; ++i) {
        Worker worker;
        ASSERT_TRUE(worker.Start("test", [](std::stop_token const& stop) {
            (void)SleepUntil(stop, std::chrono::steady_clock::now() + 1h);
        }));
        std::atomic<int> ended{0};
        std::thread other([&] { ended += worker.Stop(20s) ? 1 : 0; });
        ended += worker.Stop(20s) ? 1 : 0;
        other.join();
        EXPECT_EQ(ended, 2);
    }
}

TEST(Worker, DoesNotWaitForItself) {
    auto const worker = std::make_shared<Worker>();
    std::promise<bool> stopped;
    ASSERT_TRUE(worker->Start(
        "test", [&](std::stop_token const&) { stopped.set_value(worker->Stop(1h)); }));
    auto future = stopped.get_future();
    ASSERT_EQ(future.wait_for(20s), std::future_status::ready);
    EXPECT_FALSE(future.get());
}

TEST(Worker, LeavesSignalsToTheProgramsOwnThreads) {
    sigset_t before;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
    Worker worker;
    std::promise<sigset_t> seen;
    ASSERT_TRUE(worker.Start("test", [&](std::stop_token const&) {
        sigset_t mine;
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mine);
        seen.set_value(mine);
    }));
    sigset_t const mine = seen.get_future().get();
    EXPECT_TRUE(::sigismember(&mine, SIGTERM));
    EXPECT_TRUE(::sigismember(&mine, SIGUSR1));
    EXPECT_FALSE(::sigismember(&mine, SIGSEGV));
    EXPECT_TRUE(worker.Stop(20s));
    sigset_t after;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
    EXPECT_EQ(::sigismember(&after, SIGTERM), ::sigismember(&before, SIGTERM));
}

TEST(Worker, IsNobodysInAForkedChild) {
    Worker worker;
    ASSERT_TRUE(worker.Start("test", [](std::stop_token const& stop) {
        (void)SleepUntil(stop, std::chrono::steady_clock::now() + 1h);
    }));
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(worker.Stop(1h) ? 1 : 0);
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(worker.Stop(20s));
}

/// Sets `flag` when this thread has given back all that it held.
void TellsItsEnd(std::atomic<bool>& flag) {
    struct AtExit {
        std::atomic<bool>* flag = nullptr;
        ~AtExit() { flag->store(true); }
    };
    thread_local AtExit at_exit;
    at_exit.flag = &flag;
}

/// One that has ended by itself leaves no state of its thread's behind.
TEST(Worker, CanBeDestroyedInAForkedChildAfterItsEnd) {
    auto worker = std::make_unique<Worker>();
    std::atomic<bool> ended{false};
    ASSERT_TRUE(worker->Start("test", [&](std::stop_token const&) { TellsItsEnd(ended); }));
    while (!ended) std::this_thread::yield();
    pid_t const child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        worker.reset();
        // Not _exit, at which ThreadSanitizer misses the parent's threads.
        ::syscall(SYS_exit_group, 0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(worker->Stop(20s));
}

TEST(Worker, SurvivesWhatItsWorkThrows) {
    Worker worker;
    ASSERT_TRUE(worker.Start("test", [](std::stop_token const&) { throw std::bad_alloc(); }));
    EXPECT_TRUE(worker.Stop(20s));
}

TEST(Worker, NeverStartedIsStopped) {
    Worker worker;
    EXPECT_TRUE(worker.Stop());
}

}  // namespace
}  // namespace lddynamo::base
