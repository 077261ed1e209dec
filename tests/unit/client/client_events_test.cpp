// What clients tell of evaluations: to LaunchDarkly as events, and to hooks.
#include "stream_fixture.hpp"

#include <filesystem>
#include <set>
#include <stdexcept>

namespace lddynamo {
namespace {

using std::chrono::microseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kTracked[] = R"(,"trackEvents":true)";

/// Writes down its stages.
class LineHook final : public Hook {
  public:
    std::string_view Name() const noexcept override { return "lines"; }
    HookData BeforeEvaluation(EvaluationSeriesContext const& series, HookData data) override {
        lines.push_back("before " + std::string(series.method) + " " +
                        std::string(series.flag_key) + " " + series.default_value.ToJson() + " " +
                        std::string(series.environment_id));
        data["seen"] = Value(true);
        return data;
    }
    HookData AfterEvaluation(EvaluationSeriesContext const&, HookData data,
                             EvaluationDetail<Value> const& detail) override {
        std::string line = "after " + detail.value.ToJson();
        if (detail.variation_index) line += " #" + std::to_string(*detail.variation_index);
        if (detail.reason.error_kind != ErrorKind::kNone) {
            line += " " + std::string(ToString(detail.reason.error_kind));
        }
        if (!data.contains("seen")) line += " without its data";
        lines.push_back(line);
        return data;
    }
    void AfterTrack(TrackSeriesContext const& series) override {
        lines.push_back("track " + std::string(series.key) + " " + series.data.ToJson() + " " +
                        (series.metric_value ? std::to_string(*series.metric_value) : "none") +
                        " " + std::string(series.environment_id));
    }

    std::vector<std::string> lines;
};

class ClientEventsTest : public StreamTest {
  protected:
    [[nodiscard]] ClientOptions WithEvents() {
        auto options = Options();
        options.events.enabled = true;
        options.events.diagnostics = false;
        return options;
    }
    [[nodiscard]] std::unique_ptr<Client> MakeReady(ClientOptions options) {
        auto client = MakeOf(std::move(options));
        EXPECT_TRUE(client->WaitForInitialization(kLong));
        return client;
    }
    /// Events of one kind, in their order.
    [[nodiscard]] std::vector<Value> Told(Client& client, std::string_view kind) {
        EXPECT_TRUE(client.FlushAndWait(kLong));
        std::vector<Value> told;
        for (auto const& event : server_.Events()) {
            if (event["kind"].AsString() == kind) told.push_back(event);
        }
        return told;
    }
    /// Feature events, one line each.
    [[nodiscard]] std::vector<std::string> Features(Client& client) {
        std::vector<std::string> lines;
        for (auto const& event : Told(client, "feature")) {
            std::string line(event["key"].AsString());
            line += " = " + event["value"].ToJson();
            if (event.Find("variation") != nullptr) line += " #" + event["variation"].ToJson();
            if (event.Find("default") != nullptr) line += " or " + event["default"].ToJson();
            if (event.Find("prereqOf") != nullptr) {
                line += " for " + std::string(event["prereqOf"].AsString());
            }
            if (event.Find("reason") != nullptr) {
                line += " " + std::string(event["reason"]["kind"].AsString());
            }
            lines.push_back(line);
        }
        return lines;
    }
    void PutAll() {
        server_.Put(Member("f", FlagJson("f", 1, "\"a\"", Prerequisites({"p"}) + kTracked)) + "," +
                    Member("p", FlagJson("p", 2, "\"p\"", Prerequisites({"q"}) + kTracked)) + "," +
                    Member("q", FlagJson("q", 3, "\"q\"", kTracked)) + "," +
                    Member("live", FlagJson("live", 4, "\"live\"")) + "," +
                    Member("number", FlagJson("number", 5, "7")));
    }
};

TEST_F(ClientEventsTest, PrerequisitesFirstAndReasonsWhereAskedFor) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_THAT(Features(*client), ElementsAre("q = \"q\" #0 for p", "p = \"p\" #0 for f",
                                               "f = \"a\" #0 or \"default\""));
    EXPECT_EQ(client->StringVariationDetail("q", bob_, "d").value, "q");
    EXPECT_THAT(Features(*client).back(), "q = \"q\" #0 or \"d\" FALLTHROUGH");
    (void)client->AllFlags(bob_);
    EXPECT_THAT(Features(*client), SizeIs(4));
}

// The first attempts find that something must be read.
TEST_F(ClientEventsTest, AnEvaluationThatReadsTellsOnce) {
    for (Mode const mode : {Mode::kOff, Mode::kTtl}) {
        store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\"", Prerequisites({"p", "q"}) + kTracked));
        store_->PutFlag("p", 2, FlagJson("p", 2, "\"p\"", kTracked));
        store_->PutFlag("q", 3, FlagJson("q", 3, "\"q\"", RuleFor({"s"}) + kTracked));
        store_->PutSegment("s", 1, SegmentJson("s", 1, "x"));
        auto options = WithEvents();
        options.daemon_mode = true;
        options.data_store = store_;
        options.cache.mode = mode;
        auto const client = MakeOf(std::move(options));
        auto const before = server_.Events().size();
        EXPECT_EQ(Get(*client, "f"), "a");
        EXPECT_THAT(Told(*client, "feature"), SizeIs(mode == Mode::kOff ? 3 : 6));
        // And an index and a summary.
        EXPECT_EQ(server_.Events().size(), before + 5);
    }
    EXPECT_EQ(server_.Streams(), 0);
}

TEST_F(ClientEventsTest, WrongTypeIsToldAsTheCallerSeesIt) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    EXPECT_FALSE(client->BoolVariation("q", bob_, false));
    EXPECT_EQ(client->BoolVariationDetail("q", bob_, true).reason.error_kind,
              ErrorKind::kWrongType);
    EXPECT_THAT(Features(*client), ElementsAre("q = false or false", "q = true or true ERROR"));
}

TEST_F(ClientEventsTest, UnknownFlagsAreCounted) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    EXPECT_EQ(ErrorOf(*client, "none"), ErrorKind::kFlagNotFound);
    auto const summaries = Told(*client, "summary");
    ASSERT_THAT(summaries, SizeIs(1));
    auto const& none = summaries[0]["features"]["none"];
    EXPECT_EQ(none["default"], Value("default"));
    ASSERT_THAT(none["counters"].AsArray(), SizeIs(1));
    EXPECT_TRUE(none["counters"].AsArray()[0]["unknown"].AsBool());
    EXPECT_THAT(Told(*client, "feature"), IsEmpty());
}

TEST_F(ClientEventsTest, EvaluationsBeforeTheFirstDataAreCounted) {
    auto const client = MakeOf(WithEvents());
    EXPECT_EQ(ErrorOf(*client, "f"), ErrorKind::kClientNotReady);
    auto const summaries = Told(*client, "summary");
    ASSERT_THAT(summaries, SizeIs(1));
    EXPECT_TRUE(summaries[0]["features"]["f"]["counters"].AsArray()[0]["unknown"].AsBool());
}

TEST_F(ClientEventsTest, IdentifyAndTrack) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    client->Identify(bob_);
    client->Track("bought", bob_, *Value::Parse(R"({"n":1})"), 2.5);
    client->Track("seen", bob_);
    EXPECT_THAT(Told(*client, "identify"), SizeIs(1));
    auto const custom = Told(*client, "custom");
    ASSERT_THAT(custom, SizeIs(2));
    EXPECT_EQ(custom[0]["key"], Value("bought"));
    EXPECT_EQ(custom[0]["data"].ToJson(), R"({"n":1})");
    EXPECT_EQ(custom[0]["metricValue"], Value(2.5));
    EXPECT_EQ(custom[1].Find("data"), nullptr);
    EXPECT_EQ(custom[1].Find("metricValue"), nullptr);
}

TEST_F(ClientEventsTest, NothingIsSentWhereNothingIsWanted) {
    PutAll();
    auto options = Options();
    auto const hook = std::make_shared<LineHook>();
    options.hooks = {hook};
    auto const client = MakeReady(std::move(options));
    EXPECT_EQ(Get(*client, "f"), "a");
    client->Identify(bob_);
    client->Track("event", bob_);
    auto migration = client->MigrationVariation("live", bob_, MigrationStage::kOff);
    migration.tracker.Operation(MigrationOperationKind::kRead);
    migration.tracker.Invoked(MigrationOrigin::kNew);
    client->TrackMigration(migration.tracker);
    client->Flush();
    EXPECT_TRUE(client->FlushAndWait(kLong));
    client->Close();
    EXPECT_THAT(server_.Events(), IsEmpty());
    EXPECT_EQ(server_.Connections(), 1);  // the stream
    // Hooks are told all the same.
    EXPECT_THAT(hook->lines, ElementsAre("before StringVariation f \"default\" environment",
                                         "after \"a\" #0", "track event null none environment",
                                         "before MigrationVariation live \"off\" environment",
                                         "after \"live\" #0"));
}

TEST_F(ClientEventsTest, HooksSeeWhatTheCallerSees) {
    PutAll();
    auto options = WithEvents();
    auto const hook = std::make_shared<LineHook>();
    options.hooks = {hook};
    auto const client = MakeReady(std::move(options));
    EXPECT_EQ(client->IntVariation("number", bob_, 1), 7);
    EXPECT_TRUE(client->BoolVariationDetail("q", bob_, true).value);
    EXPECT_EQ(client->DoubleVariation("none", bob_, 1.5), 1.5);
    client->Track("bought", bob_, Value(1), 2.5);
    EXPECT_THAT(hook->lines,
                ElementsAre("before IntVariation number 1 environment", "after 7 #0",
                            "before BoolVariationDetail q true environment",
                            "after true WRONG_TYPE", "before DoubleVariation none 1.5 environment",
                            "after 1.5 FLAG_NOT_FOUND", "track bought 1 2.500000 environment"));
    EXPECT_THAT(Told(*client, "custom"), SizeIs(1));
}

TEST_F(ClientEventsTest, MigrationsAreToldWithTheirStage) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    auto result = client->MigrationVariation("live", bob_, MigrationStage::kOff);
    EXPECT_EQ(result.stage, MigrationStage::kLive);
    result.tracker.Operation(MigrationOperationKind::kRead);
    result.tracker.Invoked(MigrationOrigin::kOld);
    result.tracker.Invoked(MigrationOrigin::kNew);
    result.tracker.Error(MigrationOrigin::kNew);
    result.tracker.Latency(MigrationOrigin::kOld, microseconds(12999));
    result.tracker.Latency(MigrationOrigin::kNew, microseconds(999));
    client->TrackMigration(result.tracker);
    auto const told = Told(*client, "migration_op");
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0]["operation"], Value("read"));
    auto const& evaluation = told[0]["evaluation"];
    EXPECT_EQ(evaluation["key"], Value("live"));
    EXPECT_EQ(evaluation["value"], Value("live"));
    EXPECT_EQ(evaluation["default"], Value("off"));
    EXPECT_EQ(evaluation["variation"], Value(0));
    EXPECT_EQ(evaluation["version"], Value(4));
    // Whole milliseconds, cut off: as the Go SDK's.
    EXPECT_THAT(told[0]["measurements"].ToJson(),
                HasSubstr(R"({"key":"latency_ms","values":{"old":12,"new":0}})"));
}

TEST_F(ClientEventsTest, AValueThatIsNoStageIsOfTheWrongType) {
    PutAll();
    auto options = WithEvents();
    auto const hook = std::make_shared<LineHook>();
    options.hooks = {hook};
    auto const client = MakeReady(std::move(options));
    for (std::string const flag : {"q", "number"}) {
        hook->lines.clear();
        auto result = client->MigrationVariation(flag, bob_, MigrationStage::kShadow);
        EXPECT_EQ(result.stage, MigrationStage::kShadow);
        auto const& detail = result.tracker.GetEvaluated().detail;
        EXPECT_EQ(detail.value, "shadow");
        EXPECT_EQ(detail.reason.error_kind, ErrorKind::kWrongType);
        EXPECT_FALSE(detail.variation_index);
        // Also to hooks.
        EXPECT_THAT(hook->lines,
                    ElementsAre("before MigrationVariation " + flag + " \"shadow\" environment",
                                "after \"shadow\" WRONG_TYPE"));
        result.tracker.Operation(MigrationOperationKind::kWrite);
        result.tracker.Invoked(MigrationOrigin::kOld);
        client->TrackMigration(result.tracker);
    }
    EXPECT_THAT(sink_->Lines(), ::testing::Contains(HasSubstr("no stage of a migration")));
    auto const told = Told(*client, "migration_op");
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0]["evaluation"]["value"], Value("shadow"));
    EXPECT_EQ(told[0]["evaluation"]["reason"]["errorKind"], Value("WRONG_TYPE"));
    EXPECT_EQ(told[0]["evaluation"].Find("variation"), nullptr);
}

TEST_F(ClientEventsTest, AMigrationWithoutItsFlagGivesTheDefault) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    auto const result = client->MigrationVariation("none", bob_, MigrationStage::kComplete);
    EXPECT_EQ(result.stage, MigrationStage::kComplete);
    EXPECT_EQ(result.tracker.GetEvaluated().detail.reason.error_kind, ErrorKind::kFlagNotFound);
    EXPECT_FALSE(result.tracker.GetEvaluated().flag_version);
}

TEST_F(ClientEventsTest, AMigrationThatContradictsItselfIsLoggedAndNotSent) {
    PutAll();
    auto const client = MakeReady(WithEvents());
    auto const result = client->MigrationVariation("live", bob_, MigrationStage::kOff);
    client->TrackMigration(result.tracker);
    EXPECT_THAT(sink_->Lines(), ::testing::Contains(HasSubstr("is not tracked: no origins")));
    EXPECT_THAT(Told(*client, "migration_op"), IsEmpty());
}

TEST_F(ClientEventsTest, SecureModeHash) {
    auto const client = MakeInMemory();
    EXPECT_EQ(client->SecureModeHash(bob_),
              "5de432b0a1df241012b4d81ebecc03a58b8c5da174f6a2b41653b27110aae73a");
}

/// The threads of this process.
std::set<std::string> Threads() {
    std::set<std::string> names;
    for (auto const& entry : std::filesystem::directory_iterator("/proc/self/task")) {
        names.insert(entry.path().filename());
    }
    return names;
}

TEST_F(ClientEventsTest, DaemonModeStartsNoThreadAndOpensNoConnection) {
    store_->PutFlag("f", 1, FlagJson("f", 1, "\"a\""));
    auto const before = Threads();
    auto options = Options();
    options.events = {};  // as they are by themselves
    options.daemon_mode = true;
    options.data_store = store_;
    auto const client = MakeOf(std::move(options));
    EXPECT_EQ(Get(*client, "f"), "a");
    EXPECT_TRUE(client->AllFlags(bob_).Valid());
    client->Track("event", bob_);
    client->Identify(bob_);
    EXPECT_TRUE(client->FlushAndWait(kLong));
    EXPECT_EQ(client->GetDataSourceStatus().state, DataSourceState::kValid);
    auto const after = Threads();
    EXPECT_TRUE(std::includes(before.begin(), before.end(), after.begin(), after.end()));
    EXPECT_EQ(server_.Connections(), 0);
}

}  // namespace
}  // namespace lddynamo
