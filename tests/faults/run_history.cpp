#include "faults/run_history.hpp"

#include "faults/sim_client.hpp"
#include "faults/source.hpp"
#include "faults/world.hpp"

#include <lddynamo/dynamodb_feature_store.hpp>

#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace lddynamo::faults {
namespace {

/// What is decided before a history starts.
struct Setting {
    FaultPlan plan{};
    Shape shape{};
    bool real_client = false;
    bool batched = false;  ///< InitWrites::kBatched, with one writer.
    bool chunked = false;  ///< chunk_oversize_items
    int page_limit = 0;
    std::size_t writers = 1;
    std::size_t readers = 1;
};

FaultPlan PlanOf(Random& random) {
    switch (Below(random, 7)) {
        case 0:
            return {};
        case 1:
            return {.throttle = 50, .unprocessed = 30};
        case 2:
            return {.unprocessed = 100};
        case 3:
            return {.lost_before = 20, .lost_after = 30};
        case 4:
            return {.lost_after = 10, .late = 25};
        case 5:
            return {.throttle = 10, .lost_before = 5, .lost_after = 10, .kill = 4};
        default:
            return {.throttle = 15,
                    .lost_before = 8,
                    .lost_after = 12,
                    .late = 8,
                    .unprocessed = 30,
                    .kill = 1,
                    .clock_jump = 5};
    }
}

Setting SettingOf(Random& random) {
    Setting setting;
    setting.plan = PlanOf(random);
    setting.real_client = Chance(random, 35);
    setting.batched = Chance(random, 30);
    setting.writers = setting.batched ? 1 : 1 + Below(random, 3);
    setting.readers = 1 + Below(random, 2);
    if (Chance(random, 60)) setting.page_limit = static_cast<int>(1 + Below(random, 6));
    if (setting.batched && Chance(random, 50)) setting.shape.flags = 40;  // several batches
    if (Chance(random, 2)) {
        setting.shape.flags = 30;  // over 1 MB: real pages
        setting.shape.padding = 60'000;
    } else if (Chance(random, 5)) {
        setting.shape.oversize = 8;
    } else if (Chance(random, 6)) {
        setting.chunked = true;
        setting.shape.oversize = 40;
        setting.shape.noise = Chance(random, 20);
        if (setting.page_limit > 0) setting.page_limit += 4;
    }
    return setting;
}

class History {
  public:
    History(std::uint64_t seed, Mutant mutant, Tally& tally, bool trace)
        : random_(seed),
          setting_(SettingOf(random_)),
          mutant_(mutant),
          world_(random_, setting_.plan, !setting_.batched, setting_.chunked, tally, trace),
          source_(random_, setting_.shape) {}

    Verdict Run() {
        for (std::size_t i = 0; i < setting_.writers + setting_.readers; ++i) {
            stores_.push_back(Spoil(MakeStore(MakeClient(i)), mutant_));
            world_.Turns().Add([this](std::size_t actor) {
                if (actor < setting_.writers) {
                    Write(actor);
                } else {
                    Read(actor);
                }
            });
        }
        world_.Turns().Run();
        if (world_.Verdict().empty()) Finish();
        return {world_.Verdict(), world_.TraceText()};
    }

  private:
    std::shared_ptr<DynamoDbClient> MakeClient(std::size_t actor) {
        return Spoil(setting_.real_client ? MakeSimHttpClient(world_, actor)
                                          : MakeSimClient(world_, actor, setting_.page_limit),
                     mutant_);
    }
    std::unique_ptr<FeatureStore> MakeStore(std::shared_ptr<DynamoDbClient> client) {
        DynamoDbFeatureStoreOptions options;
        options.table = kTable;
        options.client = std::move(client);
        options.clock = &world_.Time();
        if (setting_.batched || mutant_ == Mutant::kBatchesBesideOthers) {
            options.init_writes = InitWrites::kBatched;
        }
        options.chunk_oversize_items = setting_.chunked;
        auto store = DynamoDbFeatureStore::Create(std::move(options));
        if (!store) std::abort();
        return std::move(*store);
    }

    /// Whether an actor may go on.
    bool GoesOn(std::size_t actor) {
        world_.Between(actor);
        return !world_.IsDead(actor) && world_.Verdict().empty();
    }
    Operation& Begin(std::size_t actor, Operation operation) {
        Operation& op = world_.Begin(std::move(operation));
        world_.current[actor] = op.number;
        return op;
    }
    /// Failing is allowed only with a reason.
    void Failed(std::size_t actor, Error const& error) {
        if (world_.IsDead(actor)) return;
        bool const may_fail = setting_.plan.throttle + setting_.plan.lost_before +
                                  setting_.plan.lost_after + setting_.plan.late +
                                  setting_.plan.clock_jump >
                              0;
        switch (error.code) {
            case ErrorCode::kThrottled:
            case ErrorCode::kUnavailable:
            case ErrorCode::kConnection:
            case ErrorCode::kTimeout:
            case ErrorCode::kIncomplete:
                if (may_fail) return;
                break;
            case ErrorCode::kInvalidData:  // a broken answer, too often
                if (may_fail && setting_.real_client) return;
                break;
            default:
                break;
        }
        world_.Violation("a call failed with " + error.Describe());
    }

    void Write(std::size_t actor) {
        FeatureStore& store = *stores_[actor];
        std::size_t const count = 2 + Below(random_, 4);
        for (std::size_t i = 0; i < count && GoesOn(actor); ++i) {
            if (Chance(random_, i == 0 ? 80 : 35)) {
                Init(actor, store);
            } else {
                Upsert(actor, store);
            }
        }
    }

    void Init(std::size_t actor, FeatureStore& store) {
        Operation op;
        op.kind = Operation::Kind::kInit;
        switch (Below(random_, 6)) {
            case 0:
                op.data = source_.Earlier();
                break;
            case 1:
                op.data = source_.Reset();
                break;
            default:
                op.data = source_.Next();
        }
        Operation& begun = Begin(actor, std::move(op));
        world_.Trace("op " + std::to_string(begun.number) + ": Init");
        auto const report = store.Init(begun.data);
        if (report) {
            world_.CheckInit(begun, *report);
        } else {
            Failed(actor, report.error());
        }
    }

    void Upsert(std::size_t actor, FeatureStore& store) {
        auto change = source_.ChangeOne();
        Operation op;
        op.kind = Operation::Kind::kUpsert;
        op.key = change.key;
        op.item = change.item;
        Operation& begun = Begin(actor, std::move(op));
        world_.Trace("op " + std::to_string(begun.number) + ": Upsert of " + change.key.key +
                     " version " + std::to_string(change.item.version));
        auto const outcome =
            change.item.deleted ? store.Delete(change.key.kind, change.key.key, change.item.version)
                                : store.Upsert(change.key.kind, change.key.key, change.item);
        if (outcome) {
            world_.CheckUpsert(begun, *outcome);
        } else {
            Failed(actor, outcome.error());
        }
    }

    void Read(std::size_t actor) {
        FeatureStore& store = *stores_[actor];
        std::size_t const count = 3 + Below(random_, 6);
        for (std::size_t i = 0; i < count && GoesOn(actor); ++i) {
            Operation& op = Begin(actor, {});
            switch (Below(random_, 5)) {
                case 0:
                    ReadOne(actor, store, op);
                    break;
                case 1:
                    ReadAll(actor, store, op);
                    break;
                case 2:
                    ReadMany(actor, store, op);
                    break;
                case 3:
                    if (auto const loaded = store.LoadAll()) {
                        world_.CheckAll(op, DataKind::kFeatures, loaded->data.features);
                        world_.CheckAll(op, DataKind::kSegments, loaded->data.segments);
                        if (!loaded->malformed.empty()) world_.Violation("a row was malformed");
                    } else {
                        Failed(actor, loaded.error());
                    }
                    break;
                default:
                    if (auto const marked = store.Initialized()) {
                        world_.CheckInitialized(op, *marked);
                    } else {
                        Failed(actor, marked.error());
                    }
            }
        }
    }

    void ReadOne(std::size_t actor, FeatureStore& store, Operation const& op) {
        ItemKey const key = source_.AnyKey();
        if (auto const item = store.Get(key.kind, key.key)) {
            world_.CheckRead(op, key, *item);
        } else {
            Failed(actor, item.error());
        }
    }
    void ReadAll(std::size_t actor, FeatureStore& store, Operation const& op) {
        auto const kind = Chance(random_, 50) ? DataKind::kFeatures : DataKind::kSegments;
        if (auto const all = store.All(kind)) {
            world_.CheckAll(op, kind, all->items);
        } else {
            Failed(actor, all.error());
        }
    }
    void ReadMany(std::size_t actor, FeatureStore& store, Operation const& op) {
        std::vector<ItemKey> keys;
        for (std::size_t i = 0; i < 4; ++i) keys.push_back(source_.AnyKey());
        auto const many = store.GetMany(keys);
        if (!many) return Failed(actor, many.error());
        for (auto const& key : keys) {
            auto const it = many->items.find(key);
            world_.CheckRead(op, key, it == many->items.end() ? RowState() : RowState(it->second));
        }
    }

    /// When the faults are over, one Init and one Upsert bring everything in order.
    void Finish() {
        world_.Calm();
        Operation op;
        op.kind = Operation::Kind::kInit;
        op.data = source_.Next();
        Operation& begun = world_.Begin(std::move(op));
        world_.NoteQuery(begun.number);
        auto const store = MakeStore(world_.Memory());
        auto const report = store->Init(begun.data);
        if (!report) return world_.Violation("the last Init failed: " + report.error().Describe());
        world_.CheckExactly(begun.data);
        auto const writes = [this] {
            return world_.Memory()->CallCount("PutItem") +
                   world_.Memory()->CallCount("DeleteItem") +
                   world_.Memory()->CallCount("BatchWriteItem");
        };
        auto const before = writes();
        bool const small = report->oversize.empty();
        if (!store->Init(begun.data) || writes() != before) {
            return world_.Violation("an Init of the same data wrote something");
        }
        if (setting_.chunked) {
            world_.Time().Advance(std::chrono::hours(25));
            if (!store->Init(begun.data)) return world_.Violation("a later Init failed");
            world_.CheckExactly(begun.data);
            world_.CheckChunks();
        }
        auto const change = source_.ChangeOne();
        auto const outcome = store->Upsert(change.key.kind, change.key.key, change.item);
        auto const item = store->Get(change.key.kind, change.key.key);
        if (small && outcome == UpsertOutcome::kWritten && (!item || *item != change.item)) {
            world_.Violation("the last Upsert is not what a reader sees");
        }
        if (!outcome || *outcome == UpsertOutcome::kStale) {
            world_.Violation("the last Upsert did not work");
        }
    }

    Random random_;
    Setting const setting_;
    Mutant const mutant_;
    World world_;
    Source source_;
    std::vector<std::unique_ptr<FeatureStore>> stores_;
};

}  // namespace

Verdict RunHistory(std::uint64_t seed, Mutant mutant, Tally& tally, bool trace) {
    ++tally.histories;
    return History(seed, mutant, tally, trace).Run();
}

}  // namespace lddynamo::faults
