#include <lddynamo/migrator.hpp>

#include "support/fake_clock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lddynamo {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
using Origin = MigrationOrigin;
using Order = MigrationReadOrder;
using Stage = MigrationStage;
using std::chrono::milliseconds;
using TextMigrator = Migrator<std::string, std::string>;

constexpr Stage kAllStages[] = {Stage::kOff,  Stage::kDualWrite, Stage::kShadow,
                                Stage::kLive, Stage::kRampDown,  Stage::kComplete};

/// Gives a stage, and keeps what it is told.
class FakeMigrationClient final : public MigrationClient {
  public:
    MigrationVariationResult MigrationVariation(std::string_view flag, Context const& context,
                                                Stage default_stage) noexcept override {
        ++evaluations;
        MigrationTracker::Evaluated evaluated;
        evaluated.flag_key = flag;
        evaluated.default_stage = default_stage;
        evaluated.check_ratio = check_ratio;
        return {stage, MigrationTracker(context, evaluated, [] { return 0.5; })};
    }
    void TrackMigration(MigrationTracker const& tracker) noexcept override {
        tracked.push_back(tracker);
    }

    Stage stage = Stage::kOff;
    std::int64_t check_ratio = 1;
    int evaluations = 0;
    std::vector<MigrationTracker> tracked{};
};

class MigratorTest : public ::testing::Test {
  protected:
    MigratorTest() { options_.clock = &clock_; }

    TextMigrator::Function Does(std::string name) {
        return [this, name](std::string const& payload) -> Result<std::string> {
            {
                std::scoped_lock const lock(mutex_);
                calls_.push_back(name + "(" + payload + ")");
            }
            if (throwing_.contains(name)) throw std::runtime_error("thrown");
            if (failing_.contains(name)) return Fail(ErrorCode::kUnavailable, name + " is down");
            return outputs_.contains(name) ? outputs_[name] : name;
        };
    }
    TextMigrator Make() {
        auto migrator =
            TextMigrator::Create(client_,
                                 {.read_old = Does("read old"),
                                  .read_new = Does("read new"),
                                  .compare =
                                      [this](std::string const& of_old, std::string const& of_new) {
                                          calls_.push_back("compare " + of_old + ", " + of_new);
                                          return of_old == of_new;
                                      },
                                  .write_old = Does("write old"),
                                  .write_new = Does("write new")},
                                 options_);
        EXPECT_TRUE(migrator);
        return *migrator;
    }
    MigrationResult<std::string> Read(Stage stage) {
        calls_.clear();
        client_->stage = stage;
        return Make().Read("flag", bob_, Stage::kOff, "p");
    }
    MigrationWriteResult<std::string> Write(Stage stage) {
        calls_.clear();
        client_->stage = stage;
        return Make().Write("flag", bob_, Stage::kOff, "p");
    }
    MigrationTracker const& Told() const { return client_->tracked.back(); }

    Context const bob_ = *Context::User("bob");
    test_support::FakeClock clock_;
    MigratorOptions options_;
    std::shared_ptr<FakeMigrationClient> client_ = std::make_shared<FakeMigrationClient>();
    std::mutex mutex_;
    std::vector<std::string> calls_;  // guarded by mutex_ while reads are under way
    std::set<std::string> failing_;
    std::set<std::string> throwing_;
    std::map<std::string, std::string> outputs_;
};

TEST_F(MigratorTest, ReadsWhatTheStageSays) {
    struct Case {
        Stage stage;
        Origin origin;
        bool both;
    };
    for (Order const order : {Order::kSerial, Order::kRandom, Order::kConcurrent}) {
        options_.read_order = order;
        for (Case const c :
             {Case{Stage::kOff, Origin::kOld, false}, Case{Stage::kDualWrite, Origin::kOld, false},
              Case{Stage::kShadow, Origin::kOld, true}, Case{Stage::kLive, Origin::kNew, true},
              Case{Stage::kRampDown, Origin::kNew, false},
              Case{Stage::kComplete, Origin::kNew, false}}) {
            auto const read = Read(c.stage);
            std::string const name(ToString(c.stage));
            std::string const origin(ToString(c.origin));
            EXPECT_EQ(read.origin, c.origin) << name;
            EXPECT_EQ(read.result.value(), "read " + origin) << name;
            if (c.both) {
                EXPECT_THAT(calls_, UnorderedElementsAre("read old(p)", "read new(p)",
                                                         "compare read old, read new"))
                    << name;
            } else {
                EXPECT_THAT(calls_, ElementsAre("read " + origin + "(p)")) << name;
            }
            EXPECT_EQ(Told().GetOperation(), MigrationOperationKind::kRead);
            EXPECT_EQ(Told().GetEvaluated().flag_key, "flag");
            for (Origin const side : {Origin::kOld, Origin::kNew}) {
                EXPECT_EQ(Told().Of(side).invoked, c.both || side == c.origin) << name;
            }
            EXPECT_EQ(Told().IsConsistent(), c.both ? std::optional(false) : std::nullopt);
            EXPECT_EQ(Told().WhyNotTold(), "");
        }
    }
    EXPECT_EQ(client_->evaluations, 18);
    EXPECT_EQ(client_->tracked.size(), 18U);
}

TEST_F(MigratorTest, WritesWhatTheStageSays) {
    struct Case {
        Stage stage;
        Origin first;
        bool both;
    };
    for (Case const c :
         {Case{Stage::kOff, Origin::kOld, false}, Case{Stage::kDualWrite, Origin::kOld, true},
          Case{Stage::kShadow, Origin::kOld, true}, Case{Stage::kLive, Origin::kNew, true},
          Case{Stage::kRampDown, Origin::kNew, true},
          Case{Stage::kComplete, Origin::kNew, false}}) {
        std::string const name(ToString(c.stage));
        Origin const second = c.first == Origin::kOld ? Origin::kNew : Origin::kOld;
        std::string const first_text = "write " + std::string(ToString(c.first));
        std::string const second_text = "write " + std::string(ToString(second));
        auto const written = Write(c.stage);
        EXPECT_EQ(written.authoritative.origin, c.first) << name;
        EXPECT_EQ(written.authoritative.result.value(), first_text) << name;
        ASSERT_EQ(written.non_authoritative.has_value(), c.both) << name;
        if (c.both) {
            EXPECT_EQ(written.non_authoritative->origin, second) << name;
            EXPECT_EQ(written.non_authoritative->result.value(), second_text) << name;
            EXPECT_THAT(calls_, ElementsAre(first_text + "(p)", second_text + "(p)")) << name;
        } else {
            EXPECT_THAT(calls_, ElementsAre(first_text + "(p)")) << name;
        }
        EXPECT_EQ(Told().GetOperation(), MigrationOperationKind::kWrite);
        EXPECT_TRUE(Told().Of(c.first).invoked) << name;
        EXPECT_EQ(Told().Of(second).invoked, c.both) << name;
        EXPECT_EQ(Told().IsConsistent(), std::nullopt);
        EXPECT_EQ(Told().WhyNotTold(), "");
    }
}

TEST_F(MigratorTest, WritesNothingMoreWhenTheAuthoritativeWriteFails) {
    failing_ = {"write old", "write new"};
    for (Stage const stage : kAllStages) {
        auto const written = Write(stage);
        Origin const origin = written.authoritative.origin;
        std::string const name = "write " + std::string(ToString(origin));
        EXPECT_EQ(written.authoritative.result.error().message, name + " is down");
        EXPECT_EQ(written.non_authoritative, std::nullopt);
        EXPECT_THAT(calls_, ElementsAre(name + "(p)"));
        Origin const other = origin == Origin::kOld ? Origin::kNew : Origin::kOld;
        EXPECT_TRUE(Told().Of(origin).error);
        EXPECT_FALSE(Told().Of(other).invoked);
        EXPECT_FALSE(Told().Of(other).error);
        EXPECT_EQ(Told().Of(other).latency, std::nullopt);
    }
}

TEST_F(MigratorTest, AFailedSecondWriteIsReported) {
    failing_ = {"write new"};
    auto const written = Write(Stage::kShadow);
    EXPECT_TRUE(written.authoritative.result.has_value());
    ASSERT_TRUE(written.non_authoritative);
    EXPECT_EQ(written.non_authoritative->result.error().code, ErrorCode::kUnavailable);
    EXPECT_FALSE(Told().Of(Origin::kOld).error);
    EXPECT_TRUE(Told().Of(Origin::kNew).error);
}

TEST_F(MigratorTest, ASerialReadAsksTheAuthoritativeSystemFirst) {
    options_.read_order = Order::kSerial;
    (void)Read(Stage::kShadow);
    EXPECT_THAT(calls_, ElementsAre("read old(p)", "read new(p)", HasSubstr("compare")));
    (void)Read(Stage::kLive);
    EXPECT_THAT(calls_, ElementsAre("read new(p)", "read old(p)", HasSubstr("compare")));
}

TEST_F(MigratorTest, ARandomReadAsksEitherFirst) {
    options_.read_order = Order::kRandom;
    options_.random = [] { return 0.5; };
    (void)Read(Stage::kShadow);
    EXPECT_EQ(calls_.front(), "read old(p)");
    options_.random = [] { return 0.4999; };
    (void)Read(Stage::kShadow);
    EXPECT_EQ(calls_.front(), "read new(p)");
    (void)Read(Stage::kLive);
    EXPECT_EQ(calls_.front(), "read old(p)");
    (void)Read(Stage::kOff);
    EXPECT_THAT(calls_, ElementsAre("read old(p)"));

    options_.random = {};
    std::set<std::string> first;
    for (int i = 0; i < 1000 && first.size() < 2; ++i) {
        (void)Read(Stage::kShadow);
        first.insert(calls_.front());
    }
    EXPECT_THAT(first, UnorderedElementsAre("read old(p)", "read new(p)"));
}

TEST_F(MigratorTest, AConcurrentReadAsksBothAtOnce) {
    std::mutex mutex;
    std::condition_variable changed;
    std::set<std::thread::id> inside;
    // Each waits until both are inside.
    auto const meet = [&](std::string const&) -> Result<std::string> {
        std::unique_lock lock(mutex);
        inside.insert(std::this_thread::get_id());
        changed.notify_all();
        if (!changed.wait_for(lock, std::chrono::seconds(60), [&] { return inside.size() == 2; })) {
            return Fail(ErrorCode::kTimeout, "alone");
        }
        return std::string("met");
    };
    auto const migrator = TextMigrator::Create(client_, {.read_old = meet, .read_new = meet});
    client_->stage = Stage::kLive;
    auto const read = migrator->Read("flag", bob_, Stage::kOff, "");
    EXPECT_EQ(read.result.value(), "met");
    EXPECT_EQ(read.origin, Origin::kNew);
    EXPECT_FALSE(Told().Of(Origin::kOld).error);
    EXPECT_FALSE(Told().Of(Origin::kNew).error);
    EXPECT_EQ(Told().IsConsistent(), std::nullopt);  // nothing to compare with
}

TEST_F(MigratorTest, ComparesOnlyWhatSucceeded) {
    outputs_ = {{"read old", "same"}, {"read new", "same"}};
    for (Order const order : {Order::kSerial, Order::kRandom, Order::kConcurrent}) {
        options_.read_order = order;
        failing_.clear();
        EXPECT_EQ(Read(Stage::kShadow).result.value(), "same");
        EXPECT_EQ(Told().IsConsistent(), true);
        for (char const* const bad : {"read old", "read new"}) {
            failing_ = {bad};
            auto const read = Read(Stage::kShadow);
            EXPECT_EQ(read.result.has_value(), std::string(bad) == "read new");
            EXPECT_EQ(Told().IsConsistent(), std::nullopt);
            EXPECT_THAT(calls_, UnorderedElementsAre("read old(p)", "read new(p)"));
            EXPECT_EQ(Told().Of(Origin::kOld).error, std::string(bad) == "read old");
            EXPECT_EQ(Told().Of(Origin::kNew).error, std::string(bad) == "read new");
        }
    }
    failing_.clear();
    client_->check_ratio = 3;  // the tracker's chance is a half
    (void)Read(Stage::kShadow);
    EXPECT_EQ(Told().IsConsistent(), std::nullopt);
    EXPECT_THAT(calls_, UnorderedElementsAre("read old(p)", "read new(p)"));
}

TEST_F(MigratorTest, AFunctionThatThrowsHasFailed) {
    throwing_ = {"read old", "read new", "write old"};
    for (Order const order : {Order::kSerial, Order::kConcurrent}) {
        options_.read_order = order;
        auto const read = Read(Stage::kShadow);
        EXPECT_EQ(read.result.error().code, ErrorCode::kInternal);
        EXPECT_THAT(read.result.error().message, HasSubstr("thrown"));
        EXPECT_TRUE(Told().Of(Origin::kOld).error);
        EXPECT_TRUE(Told().Of(Origin::kNew).error);
    }
    auto const written = Write(Stage::kDualWrite);
    EXPECT_EQ(written.authoritative.result.error().code, ErrorCode::kInternal);
    EXPECT_EQ(written.non_authoritative, std::nullopt);
}

TEST_F(MigratorTest, MeasuresLatency) {
    auto const takes = [this](milliseconds time) {
        return [this, time](std::string const&) -> Result<std::string> {
            clock_.Advance(time);
            return Fail(ErrorCode::kTimeout, "late");
        };
    };
    options_.read_order = Order::kSerial;
    for (bool const latency : {true, false}) {
        for (bool const errors : {true, false}) {
            options_.track_latency = latency;
            options_.track_errors = errors;
            auto const migrator = TextMigrator::Create(
                client_, {.read_old = takes(milliseconds(3)), .read_new = takes(milliseconds(5))},
                options_);
            client_->stage = Stage::kLive;
            (void)migrator->Read("flag", bob_, Stage::kOff, "");
            auto const of_old = Told().Of(Origin::kOld);
            auto const of_new = Told().Of(Origin::kNew);
            EXPECT_EQ(of_old.latency.has_value(), latency);
            EXPECT_EQ(of_new.latency.has_value(), latency);
            if (latency) {
                EXPECT_EQ(of_old.latency, milliseconds(3));
                EXPECT_EQ(of_new.latency, milliseconds(5));
            }
            EXPECT_EQ(of_old.error, errors);
            EXPECT_EQ(of_new.error, errors);
            EXPECT_TRUE(of_old.invoked);
            EXPECT_TRUE(of_new.invoked);
        }
    }
}

TEST_F(MigratorTest, HandsOnTheDefaultStageAndTheContext) {
    (void)Make().Write("another", bob_, Stage::kRampDown, "p");
    EXPECT_EQ(Told().GetEvaluated().flag_key, "another");
    EXPECT_EQ(Told().GetEvaluated().default_stage, Stage::kRampDown);
    EXPECT_EQ(Told().GetContext(), bob_);
}

TEST_F(MigratorTest, NeedsBothFunctionsOfAPair) {
    auto const f = Does("f");
    using Functions = TextMigrator::Functions;
    for (auto const& bad : {Functions{}, Functions{.read_old = f}, Functions{.read_new = f},
                            Functions{.write_old = f}, Functions{.write_new = f},
                            Functions{.read_old = f, .read_new = f, .write_old = f},
                            Functions{.read_old = f, .write_new = f}}) {
        auto const migrator = TextMigrator::Create(client_, bad);
        ASSERT_FALSE(migrator);
        EXPECT_EQ(migrator.error().code, ErrorCode::kInvalidArgument);
    }
    auto const without_client =
        TextMigrator::Create(std::shared_ptr<MigrationClient>(), {.read_old = f, .read_new = f});
    EXPECT_EQ(without_client.error().code, ErrorCode::kInvalidArgument);

    auto const reads = TextMigrator::Create(client_, {.read_old = f, .read_new = f});
    ASSERT_TRUE(reads);
    EXPECT_TRUE(reads->Read("flag", bob_, Stage::kOff, "").result.has_value());
    auto const no_write = reads->Write("flag", bob_, Stage::kOff, "");
    EXPECT_EQ(no_write.authoritative.result.error().code, ErrorCode::kInvalidArgument);
    auto const writes = TextMigrator::Create(client_, {.write_old = f, .write_new = f});
    ASSERT_TRUE(writes);
    EXPECT_TRUE(writes->Write("flag", bob_, Stage::kOff, "").authoritative.result.has_value());
    EXPECT_EQ(writes->Read("flag", bob_, Stage::kOff, "").result.error().code,
              ErrorCode::kInvalidArgument);
    EXPECT_EQ(client_->evaluations, 2);
}

TEST_F(MigratorTest, WorksOnJsonByDefault) {
    auto const echo = [](Value const& payload) -> Result<Value> { return payload; };
    auto const migrator = Migrator<>::Create(
        client_, {.read_old = echo, .read_new = echo, .compare = std::equal_to<>()});
    ASSERT_TRUE(migrator);
    client_->stage = Stage::kShadow;
    EXPECT_EQ(migrator->Read("flag", bob_, Stage::kOff, Value(5)).result.value(), Value(5));
    EXPECT_EQ(Told().IsConsistent(), true);
}

/// No default and no copy.
struct Row {
    explicit Row(int n) : number(std::make_unique<int>(n)) {}
    std::unique_ptr<int> number;
};

TEST_F(MigratorTest, MovesOutputsThatCannotBeCopied) {
    auto const make = [](int const& number) -> Result<Row> { return Row(number); };
    auto const migrator =
        Migrator<int, Row>::Create(client_, {.write_old = make, .write_new = make});
    ASSERT_TRUE(migrator);
    client_->stage = Stage::kLive;
    auto const written = migrator->Write("flag", bob_, Stage::kOff, 7);
    EXPECT_EQ(*written.authoritative.result.value().number, 7);
    EXPECT_EQ(*written.non_authoritative.value().result.value().number, 7);
}

}  // namespace
}  // namespace lddynamo
