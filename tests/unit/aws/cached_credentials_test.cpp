#include "aws/cached_credentials.hpp"

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lddynamo {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test_support::FakeClock;
using Fetched = Result<CredentialsAnswer>;

/// Counts what it is asked, and answers what the test says.
class ScriptedProvider final : public CredentialsProvider {
  public:
    Fetched GetCredentials() override {
        ++calls;
        return answer();
    }
    [[nodiscard]] std::string Name() const override { return "scripted"; }
    std::function<Fetched()> answer;
    std::atomic<int> calls{0};
};

class CachedCredentialsTest : public ::testing::Test {
  protected:
    Fetched Fresh(std::string id, std::optional<std::chrono::nanoseconds> life) {
        AwsCredentials credentials;
        credentials.access_key_id = std::move(id);
        credentials.secret_access_key = Secret("secret");
        if (life) {
            credentials.expiration =
                clock_.Now() +
                std::chrono::duration_cast<std::chrono::system_clock::duration>(*life);
        }
        return credentials;
    }
    std::string Id() {
        auto const got = cached_->GetCredentials();
        if (!got) return "error: " + got.error().message;
        return *got ? (*got)->access_key_id : "none";
    }

    FakeClock clock_;
    std::shared_ptr<ScriptedProvider> inner_ = std::make_shared<ScriptedProvider>();
    std::shared_ptr<CredentialsProvider> cached_ = MakeCachedCredentials(inner_, clock_);
};

TEST_F(CachedCredentialsTest, AsksNothingBeforeItIsAsked) {
    EXPECT_EQ(inner_->calls, 0);
    EXPECT_EQ(cached_->Name(), "scripted");
}

TEST_F(CachedCredentialsTest, KeepsCredentialsWithoutAnEnd) {
    inner_->answer = [&] { return Fresh("a", std::nullopt); };
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(Id(), "a");
        clock_.Advance(std::chrono::hours(1000));
    }
    EXPECT_EQ(inner_->calls, 1);
}

TEST_F(CachedCredentialsTest, RenewsBeforeTheEndByTheLengthOfTheLife) {
    struct Case {
        minutes life, window;
    };
    for (auto const& [life, window] : std::vector<Case>{{minutes(15), minutes(5)},
                                                        {minutes(20), minutes(5)},
                                                        {minutes(21), minutes(15)},
                                                        {minutes(89), minutes(15)},
                                                        {minutes(90), minutes(60)},
                                                        {minutes(720), minutes(60)}}) {
        auto const inner = std::make_shared<ScriptedProvider>();
        inner->answer = [&, length = life] { return Fresh("a", length); };
        auto const cached = MakeCachedCredentials(inner, clock_);
        (void)cached->GetCredentials();
        clock_.Advance(life - window - seconds(1));
        (void)cached->GetCredentials();
        EXPECT_EQ(inner->calls, 1) << life.count();
        clock_.Advance(seconds(1));
        (void)cached->GetCredentials();
        EXPECT_EQ(inner->calls, 2) << life.count();
    }
}

TEST_F(CachedCredentialsTest, AFailedRenewalKeepsTheOldOnesAndPauses) {
    inner_->answer = [&] { return Fresh("old", minutes(60)); };
    EXPECT_EQ(Id(), "old");
    for (auto const& bad : std::vector<std::function<Fetched()>>{
             [] { return Fetched(Fail(ErrorCode::kCredentials, "down")); },
             [] { return Fetched(std::nullopt); },
             [&] { return Fresh("already over", -minutes(1)); },
             []() -> Fetched { throw std::runtime_error("user's"); },
         }) {
        inner_->answer = bad;
        clock_.Advance(minutes(50));  // past their end in later rounds: still better than nothing
        int const before = inner_->calls;
        EXPECT_EQ(Id(), "old");
        EXPECT_EQ(inner_->calls, before + 1);
        clock_.Advance(seconds(419));
        EXPECT_EQ(Id(), "old");
        EXPECT_EQ(inner_->calls, before + 1);
        clock_.Advance(seconds(1));
        EXPECT_EQ(Id(), "old");
        EXPECT_EQ(inner_->calls, before + 2);
    }
    inner_->answer = [&] { return Fresh("new", minutes(60)); };
    clock_.Advance(seconds(420));
    EXPECT_EQ(Id(), "new");
}

TEST_F(CachedCredentialsTest, ARefusalIsToldAtOnceAndTheSourceAskedAgain) {
    inner_->answer = [&] { return Fresh("old", minutes(60)); };
    EXPECT_EQ(Id(), "old");
    clock_.Advance(minutes(50));
    inner_->answer = [] { return Fetched(Fail(ErrorCode::kAccessDenied, "log in again")); };
    EXPECT_EQ(Id(), "error: log in again");
    EXPECT_EQ(cached_->GetCredentials().error().code, ErrorCode::kCredentials);
    EXPECT_EQ(inner_->calls, 3);
    inner_->answer = [&] { return Fresh("new", minutes(60)); };
    EXPECT_EQ(Id(), "new");
}

TEST_F(CachedCredentialsTest, ASourceOfNearlyEndedCredentialsIsNotAskedAtEachCall) {
    inner_->answer = [&] { return Fresh("short", minutes(4)); };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(Id(), "short");
    EXPECT_EQ(inner_->calls, 1);
    clock_.Advance(seconds(420));
    EXPECT_EQ(Id(), "short");
    EXPECT_EQ(inner_->calls, 2);
}

TEST_F(CachedCredentialsTest, ARejectionWaitsForThePauseToPass) {
    auto* const rejectable = dynamic_cast<aws::RejectableCredentials*>(cached_.get());
    inner_->answer = [&] { return Fresh("old", minutes(60)); };
    EXPECT_EQ(Id(), "old");
    clock_.Advance(minutes(61));
    inner_->answer = [] { return Fetched(Fail(ErrorCode::kCredentials, "down")); };
    EXPECT_EQ(Id(), "old");
    clock_.Advance(seconds(60));
    rejectable->Reject("old");
    inner_->answer = [&] { return Fresh("new", minutes(60)); };
    EXPECT_EQ(Id(), "old");
    EXPECT_EQ(inner_->calls, 2);
    clock_.Advance(seconds(360));
    EXPECT_EQ(Id(), "new");
}

TEST_F(CachedCredentialsTest, TellsWhyThereAreNone) {
    inner_->answer = [] { return Fetched(CredentialsAnswer::None("not plugged in")); };
    EXPECT_EQ(cached_->GetCredentials()->Reason(), "not plugged in");
}

TEST_F(CachedCredentialsTest, AFirstFailureIsToldAndNotRemembered) {
    inner_->answer = [] { return Fetched(Fail(ErrorCode::kCredentials, "down")); };
    EXPECT_EQ(Id(), "error: down");
    inner_->answer = []() -> Fetched { throw 1; };
    EXPECT_EQ(Id(), "error: the credentials provider threw an exception");
    inner_->answer = [] { return Fetched(std::nullopt); };
    EXPECT_EQ(Id(), "none");
    inner_->answer = [&] { return Fresh("a", std::nullopt); };
    EXPECT_EQ(Id(), "a");
}

TEST_F(CachedCredentialsTest, RejectionCountsOnlyForTheKeyInUse) {
    auto* const rejectable = dynamic_cast<aws::RejectableCredentials*>(cached_.get());
    ASSERT_NE(rejectable, nullptr);
    rejectable->Reject("a");  // nothing is known yet
    inner_->answer = [&] { return Fresh("a", std::nullopt); };
    EXPECT_EQ(Id(), "a");
    inner_->answer = [&] { return Fresh("b", std::nullopt); };
    rejectable->Reject("another");
    EXPECT_EQ(Id(), "a");
    rejectable->Reject("a");
    EXPECT_EQ(Id(), "b");
    rejectable->Reject("a");  // late
    EXPECT_EQ(Id(), "b");
    EXPECT_EQ(inner_->calls, 2);
}

TEST_F(CachedCredentialsTest, ManyFirstCallersShareOneQuestion) {
    // The source answers only when all others wait or are about to: none may ask on its own.
    constexpr int kThreads = 8;
    std::atomic<int> started{0};
    inner_->answer = [&] {
        while (started < kThreads) std::this_thread::yield();
        return Fresh("a", std::nullopt);
    };
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            ++started;
            auto const got = cached_->GetCredentials();
            if (got && *got && (*got)->access_key_id == "a") ++good;
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, kThreads);
    EXPECT_EQ(inner_->calls, 1);
}

TEST_F(CachedCredentialsTest, OthersGoOnWithTheOldOnesDuringARenewal) {
    inner_->answer = [&] { return Fresh("old", minutes(60)); };
    EXPECT_EQ(Id(), "old");
    clock_.Advance(minutes(50));
    std::mutex mutex;
    std::condition_variable changed;
    bool asked = false;
    bool may_answer = false;
    inner_->answer = [&] {
        std::unique_lock lock(mutex);
        asked = true;
        changed.notify_all();
        changed.wait(lock, [&] { return may_answer; });
        return Fresh("new", minutes(60));
    };
    std::thread renewer([&] { EXPECT_EQ(Id(), "new"); });
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return asked; });
    }
    EXPECT_EQ(Id(), "old");  // does not wait
    {
        std::scoped_lock const lock(mutex);
        may_answer = true;
    }
    changed.notify_all();
    renewer.join();
    EXPECT_EQ(Id(), "new");
    EXPECT_EQ(inner_->calls, 2);
}

TEST(CachedCredentialsWithoutSourceTest, Fails) {
    FakeClock clock;
    auto const got = MakeCachedCredentials(nullptr, clock)->GetCredentials();
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, ErrorCode::kCredentials);
}

}  // namespace
}  // namespace lddynamo
