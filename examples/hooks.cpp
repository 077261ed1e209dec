// A hook that says how long each evaluation took, over a store in memory.
#include <lddynamo/lddynamo.hpp>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace {

class TimingHook final : public lddynamo::Hook {
  public:
    std::string_view Name() const noexcept override { return "timing"; }

    lddynamo::HookData BeforeEvaluation(lddynamo::EvaluationSeriesContext const&,
                                        lddynamo::HookData data) override {
        data["began"] = Microseconds();
        return data;
    }
    lddynamo::HookData AfterEvaluation(
        lddynamo::EvaluationSeriesContext const& series, lddynamo::HookData data,
        lddynamo::EvaluationDetail<lddynamo::Value> const& detail) override {
        double const took = Microseconds() - data["began"].AsDouble();
        std::printf("%s of %s gave %s in %.0f us\n", std::string(series.method).c_str(),
                    std::string(series.flag_key).c_str(), detail.value.ToJson().c_str(), took);
        return data;
    }
    void AfterTrack(lddynamo::TrackSeriesContext const& series) override {
        std::printf("tracked %s\n", std::string(series.key).c_str());
    }

  private:
    static double Microseconds() {
        auto const now = std::chrono::steady_clock::now().time_since_epoch();
        return std::chrono::duration<double, std::micro>(now).count();
    }
};

int Failed(lddynamo::Error const& error) {
    std::fprintf(stderr, "%s\n", error.Describe().c_str());
    return 1;
}

}  // namespace

int main() {
    auto store = std::make_shared<lddynamo::MemoryFeatureStore>();
    auto flag = lddynamo::MakeSerializedItem(
        "banner", R"({"key":"banner","version":1,"on":true,"variations":["hello","bye"],
                      "fallthrough":{"variation":0}})");
    if (!flag) return Failed(flag.error());
    auto const stored = store->Init({.features = {{"banner", *flag}}});
    if (!stored) return Failed(stored.error());
    auto client = lddynamo::Client::Create({
        .data_store = store,
        .daemon_mode = true,
        .hooks = {std::make_shared<TimingHook>()},
    });
    auto user = lddynamo::Context::User("bob");
    if (!client) return Failed(client.error());
    if (!user) return Failed(user.error());
    (void)(*client)->StringVariation("banner", *user, "none");
    (*client)->Track("shown", *user);
}
