// What a user of Client gets: evaluations per second and heap allocations per call, on the flags of
// benchmarks/data that every peer is measured with; and Init and a first load of 1000 flags.
#include "support/allocation_counter.hpp"

#include <lddynamo/client.hpp>
#include <lddynamo/dynamodb_feature_store.hpp>
#include <lddynamo/memory_feature_store.hpp>
#include <lddynamo/testing/memory_dynamodb.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo {
namespace {

template <class T>
T Must(Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "%s\n", result.error().Describe().c_str());
    std::exit(1);
}

std::string ReadData(char const* name) {
    std::string const path = std::string(LDDYNAMO_BENCHMARK_DATA) + "/" + name;
    std::FILE* const file = std::fopen(path.c_str(), "rb");
    if (file == nullptr) {
        std::fprintf(stderr, "cannot read %s\n", path.c_str());
        std::exit(1);
    }
    std::string text;
    char buffer[4096];
    while (std::size_t const size = std::fread(buffer, 1, sizeof buffer, file)) {
        text.append(buffer, size);
    }
    (void)std::fclose(file);
    return text;
}

Context const& TheContext() {
    static Context const context = Must(Context::FromJson(ReadData("eval_context.json")));
    return context;
}

SerializedItem WithKey(Value const& flag, std::string const& key) {
    std::vector<Value::Member> members = flag.AsObject();
    for (auto& member : members) {
        if (member.name == "key") member.value = Value(key);
    }
    return Must(MakeSerializedItem(key, Value::Object(std::move(members)).ToJson()));
}

/// The two flags of the file.
StoreData TwoFlags() {
    Value const file = Must(Value::Parse(ReadData("eval_flags.json")));
    StoreData data;
    for (auto const* key : {"plain-flag", "rules-flag"}) {
        data.features.emplace(key, WithKey(file["flags"][key], key));
    }
    return data;
}

/// 1000 flags, every tenth of them the one with rules.
StoreData ThousandFlags() {
    Value const file = Must(Value::Parse(ReadData("eval_flags.json")));
    StoreData data;
    for (int i = 0; i < 1000; ++i) {
        char key[16];
        (void)std::snprintf(key, sizeof key, "flag-%04d", i);
        data.features.emplace(
            key, WithKey(file["flags"][i % 10 == 0 ? "rules-flag" : "plain-flag"], key));
    }
    return data;
}

std::unique_ptr<Client> MakeClient(StoreData const& data, CacheOptions::Mode mode, LoadMode load) {
    auto store = std::make_shared<MemoryFeatureStore>();
    (void)Must(store->Init(data));
    ClientOptions options;
    options.daemon_mode = true;
    options.data_store = std::move(store);
    options.cache.mode = mode;
    options.load = load;
    return Must(Client::Create(std::move(options)));
}

/// Shared by the threads of a benchmark.
Client& SharedClient(CacheOptions::Mode mode, LoadMode load) {
    static auto const ttl = MakeClient(TwoFlags(), CacheOptions::Mode::kTtl, LoadMode::kLazy);
    static auto const ttl_preload =
        MakeClient(TwoFlags(), CacheOptions::Mode::kTtl, LoadMode::kPreload);
    static auto const infinite =
        MakeClient(TwoFlags(), CacheOptions::Mode::kInfinite, LoadMode::kLazy);
    if (mode == CacheOptions::Mode::kInfinite) return *infinite;
    return load == LoadMode::kPreload ? *ttl_preload : *ttl;
}

/// Runs `call` and counts what it allocates.
template <class Call>
void Measure(benchmark::State& state, Call const& call) {
    call();
    std::uint64_t const before = test_support::AllocationCount();
    for (auto _ : state) call();
    auto const made = static_cast<double>(test_support::AllocationCount() - before);
    state.counters["allocations"] = benchmark::Counter(
        made / static_cast<double>(state.iterations()), benchmark::Counter::kAvgThreads);
    state.SetItemsProcessed(state.iterations());
}

using Mode = CacheOptions::Mode;

void PlainBool(benchmark::State& state, Mode mode, LoadMode load) {
    Client& client = SharedClient(mode, load);
    Context const& context = TheContext();
    Measure(state,
            [&] { benchmark::DoNotOptimize(client.BoolVariation("plain-flag", context, false)); });
}

void PlainBoolDetail(benchmark::State& state) {
    Client& client = SharedClient(Mode::kTtl, LoadMode::kLazy);
    Context const& context = TheContext();
    Measure(state, [&] {
        benchmark::DoNotOptimize(client.BoolVariationDetail("plain-flag", context, false));
    });
}

void FiveRulesAndRollout(benchmark::State& state) {
    Client& client = SharedClient(Mode::kTtl, LoadMode::kLazy);
    Context const& context = TheContext();
    Measure(state,
            [&] { benchmark::DoNotOptimize(client.StringVariation("rules-flag", context, {})); });
}

void FiveRulesAndRolloutDetail(benchmark::State& state) {
    Client& client = SharedClient(Mode::kTtl, LoadMode::kLazy);
    Context const& context = TheContext();
    Measure(state, [&] {
        benchmark::DoNotOptimize(client.StringVariationDetail("rules-flag", context, {}));
    });
}

void AllFlagsOf1000(benchmark::State& state) {
    auto const client = MakeClient(ThousandFlags(), Mode::kInfinite, LoadMode::kLazy);
    Context const& context = TheContext();
    Measure(state, [&] { benchmark::DoNotOptimize(client->AllFlags(context)); });
}

void AllFlagsOf1000ToJson(benchmark::State& state) {
    auto const client = MakeClient(ThousandFlags(), Mode::kInfinite, LoadMode::kLazy);
    Context const& context = TheContext();
    Measure(state, [&] { benchmark::DoNotOptimize(client->AllFlags(context).ToJson()); });
}

std::unique_ptr<DynamoDbFeatureStore> EmptyTable(Clock& clock = SystemClock()) {
    auto database = std::make_shared<test_support::MemoryDynamoDb>();
    (void)Must(CreateFeatureTable(*database, "flags", clock));
    DynamoDbFeatureStoreOptions options;
    options.table = "flags";
    options.client = std::move(database);
    return Must(DynamoDbFeatureStore::Create(std::move(options)));
}

void InitOf1000(benchmark::State& state) {
    StoreData const data = ThousandFlags();
    for (auto _ : state) {
        state.PauseTiming();
        auto const store = EmptyTable();
        state.ResumeTiming();
        benchmark::DoNotOptimize(Must(store->Init(data)).written);
    }
}

void PreloadOf1000(benchmark::State& state) {
    std::shared_ptr<FeatureStore> const store = EmptyTable();
    (void)Must(store->Init(ThousandFlags()));
    for (auto _ : state) {
        ClientOptions options;
        options.daemon_mode = true;
        options.data_store = store;
        auto const client = Must(Client::Create(std::move(options)));
        benchmark::DoNotOptimize(Must(client->Preload()));
    }
}

/// Each flag read on its own: the time must grow with their number, not with its square.
void LazyFirstReads(benchmark::State& state) {
    auto const count = static_cast<int>(state.range(0));
    Value const file = Must(Value::Parse(ReadData("eval_flags.json")));
    StoreData data;
    std::vector<std::string> keys;
    for (int i = 0; i < count; ++i) {
        keys.push_back("flag-" + std::to_string(i));
        data.features.emplace(keys.back(), WithKey(file["flags"]["plain-flag"], keys.back()));
    }
    Context const& context = TheContext();
    for (auto _ : state) {
        auto const client = MakeClient(data, Mode::kInfinite, LoadMode::kLazy);
        for (auto const& key : keys) {
            benchmark::DoNotOptimize(client->BoolVariation(key, context, false));
        }
    }
    state.SetItemsProcessed(state.iterations() * count);
}

BENCHMARK_CAPTURE(PlainBool, Ttl, Mode::kTtl, LoadMode::kLazy);
BENCHMARK_CAPTURE(PlainBool, TtlPreload, Mode::kTtl, LoadMode::kPreload);
BENCHMARK_CAPTURE(PlainBool, Infinite, Mode::kInfinite, LoadMode::kLazy);
BENCHMARK_CAPTURE(PlainBool, Threads, Mode::kTtl, LoadMode::kLazy)
    ->ThreadRange(1, 4)
    ->UseRealTime();
BENCHMARK(PlainBoolDetail);
BENCHMARK(FiveRulesAndRollout);
BENCHMARK(FiveRulesAndRolloutDetail);
BENCHMARK(AllFlagsOf1000)->Unit(benchmark::kMicrosecond);
BENCHMARK(AllFlagsOf1000ToJson)->Unit(benchmark::kMicrosecond);
BENCHMARK(InitOf1000)->Unit(benchmark::kMillisecond);
BENCHMARK(PreloadOf1000)->Unit(benchmark::kMillisecond);
BENCHMARK(LazyFirstReads)->Arg(1000)->Arg(10000)->Arg(100000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lddynamo

BENCHMARK_MAIN();
