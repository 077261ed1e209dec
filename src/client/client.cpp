#include <lddynamo/client.hpp>

#include "client/event_recorder.hpp"
#include "client/parts.hpp"
#include "client/request_headers.hpp"
#include "client/secure_mode.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <variant>

namespace lddynamo {
namespace {

using client::EventRecorder;
using client::OutcomeSink;
using evaluation::Outcome;
using ErrorKind = EvaluationReason::ErrorKind;

/// Whether the value is of that type; if so, `out` gets it.
bool Convert(Value const& value, bool& out) {
    if (value.IsBool()) out = value.AsBool();
    return value.IsBool();
}
bool Convert(Value const& value, std::int64_t& out) {
    if (value.IsNumber()) out = value.AsInt64();
    return value.IsNumber();
}
bool Convert(Value const& value, double& out) {
    if (value.IsNumber()) out = value.AsDouble();
    return value.IsNumber();
}
bool Convert(Value const& value, std::string& out) {
    if (value.IsString()) out = value.AsString();
    return value.IsString();
}
bool Convert(Value const& value, Value& out) {
    out = value;
    return true;
}

constexpr Outcome kWrongType = [] {
    Outcome outcome;
    outcome.error_kind = ErrorKind::kWrongType;
    return outcome;
}();

/// For a caller who wants the value alone, where nobody else is told.
template <class T>
class ValueSink final : public OutcomeSink {
  public:
    explicit ValueSink(T& value) noexcept : value_(value) {}
    void Take(model::FeatureFlag const* /*flag*/, Outcome const& outcome) override {
        if (outcome.value != nullptr) (void)Convert(*outcome.value, value_);
    }

  private:
    T& value_;
};

template <class T>
class DetailSink final : public OutcomeSink {
  public:
    /// @param detail    with the default as its value.
    /// @param recorder  nullptr: no events.
    DetailSink(EvaluationDetail<T>& detail, EventRecorder* recorder) noexcept
        : detail_(detail), recorder_(recorder) {}

    void Begin() override {
        if (recorder_ != nullptr) recorder_->Begin();
    }
    evaluation::PrerequisiteObserver* Observer() override { return recorder_; }
    void Take(model::FeatureFlag const* flag, Outcome const& outcome) override {
        bool const fits = outcome.value == nullptr || Convert(*outcome.value, detail_.value);
        Outcome const& seen = fits ? outcome : kWrongType;
        detail_.reason = seen.Reason();
        if (seen.value != nullptr) detail_.variation_index = seen.variation_index;
        if (flag != nullptr) {
            version_ = flag->version;
            sampling_ratio_ = flag->sampling_ratio.value_or(1);
            if (flag->migration) check_ratio_ = flag->migration->check_ratio.value_or(1);
        }
        if (recorder_ != nullptr) recorder_->Take(flag, outcome, fits);
    }

    [[nodiscard]] std::optional<std::int64_t> Version() const noexcept { return version_; }
    [[nodiscard]] std::int64_t SamplingRatio() const noexcept { return sampling_ratio_; }
    [[nodiscard]] std::int64_t CheckRatio() const noexcept { return check_ratio_; }

  private:
    EvaluationDetail<T>& detail_;
    EventRecorder* recorder_;
    std::optional<std::int64_t> version_{};
    std::int64_t sampling_ratio_ = 1;
    std::int64_t check_ratio_ = 1;
};

/// As the Go SDK tells latencies.
std::optional<double> WholeMilliseconds(std::optional<std::chrono::nanoseconds> time) {
    if (!time) return std::nullopt;
    return static_cast<double>(*time / std::chrono::milliseconds(1));
}

/// What a caller asked for.
struct Request {
    std::string_view flag{};
    Context const& context;
    std::string_view method{};
    bool with_reason = false;
};

// Client's parts are private to it, so these are templates.

/// @param look  sees the sink after the evaluation, and may change the detail before hooks see it.
template <class Parts, class T, class Look>
EvaluationDetail<T> EvaluateAndRecord(Parts& parts, Request const& request, T value, Look&& look) {
    EvaluationDetail<T> detail;
    auto* const events = parts.Events();
    std::optional<EventRecorder> recorder;
    if (events != nullptr) {
        recorder.emplace(*events, request.flag, request.context, Value(value), request.with_reason);
    }
    detail.value = std::move(value);
    DetailSink<T> sink(detail, recorder ? &*recorder : nullptr);
    parts.GetCore().Evaluate(request.flag, request.context, sink);
    look(sink, detail);
    return detail;
}

template <class Parts, class T, class Look>
EvaluationDetail<T> EvaluateWithHooks(Parts& parts, Request const& request, T value, Look&& look) {
    if (parts.Hooks().Empty()) {
        return EvaluateAndRecord(parts, request, std::move(value), std::forward<Look>(look));
    }
    Value const default_value(value);
    std::string const environment = parts.Status().EnvironmentId();
    EvaluationSeriesContext const series{request.flag, request.context, default_value,
                                         request.method, environment};
    EvaluationDetail<T> detail;
    (void)parts.Hooks().RunEvaluation(series, [&] {
        detail = EvaluateAndRecord(parts, request, std::move(value), std::forward<Look>(look));
        return EvaluationDetail<Value>{Value(detail.value), detail.variation_index, detail.reason};
    });
    return detail;
}

/// The only thing that can be thrown is std::bad_alloc; the default is then the answer.
template <class Parts, class T>
EvaluationDetail<T> DetailOf(Parts& parts, Request const& request, T const& value) noexcept {
    try {
        return EvaluateWithHooks(parts, request, value, [](auto const&, auto&) {});
    } catch (...) {
        EvaluationDetail<T> detail;
        detail.value = value;
        detail.reason.error_kind = ErrorKind::kException;
        return detail;
    }
}

template <class Parts, class T>
T VariationOf(Parts& parts, Request const& request, T value) noexcept {
    if (!parts.Hooks().Empty() || parts.Events() != nullptr) {
        return DetailOf(parts, request, value).value;
    }
    try {
        ValueSink<T> sink(value);
        parts.GetCore().Evaluate(request.flag, request.context, sink);
    } catch (...) {
    }
    return value;
}

Status CheckKey(ClientOptions const& options) {
    bool const asks = client::AsksLaunchDarkly(options);
    if (!asks && !client::SendsEvents(options)) return {};
    auto status = client::CheckSdkKey(options.sdk_key);
    if (!status && asks && options.sdk_key.Reveal().empty()) {
        return Fail(ErrorCode::kInvalidArgument,
                    "a client needs an sdk_key, or daemon_mode = true to read flags from its "
                    "data_store alone");
    }
    return status;
}

Status CheckTimes(ClientOptions const& options) {
    auto const* const streaming = std::get_if<StreamingOptions>(&options.data_source);
    if (streaming == nullptr) return {};
    if (streaming->initial_reconnect_delay < std::chrono::milliseconds(0)) {
        return Fail(ErrorCode::kInvalidArgument,
                    "StreamingOptions::initial_reconnect_delay must not be negative");
    }
    if (streaming->read_timeout < std::chrono::milliseconds(1)) {
        return Fail(ErrorCode::kInvalidArgument,
                    "StreamingOptions::read_timeout must be at least 1 ms");
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
    if (options.daemon_mode && !options.data_store && !options.offline) {
        return Fail(ErrorCode::kInvalidArgument,
                    "daemon_mode needs a data_store to read flags from");
    }
    if (auto status = CheckKey(options); !status) return Fail(std::move(status.error()));
    if (auto status = CheckTimes(options); !status) return Fail(std::move(status.error()));
    if (options.data_store && options.cache.mode == CacheOptions::Mode::kTtl) {
        if (options.cache.ttl < std::chrono::milliseconds(1)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "cache.ttl must be at least 1 ms; use CacheOptions::Mode::kOff for no cache");
        }
        // Times are kept in nanoseconds: ten years leave room to add a few of them.
        options.cache.ttl =
            std::min(options.cache.ttl, std::chrono::milliseconds(std::chrono::hours(24 * 3653)));
    }
    auto parts = Parts::Make(options);
    if (!parts) return Fail(std::move(parts.error()));
    return std::unique_ptr<Client>(new Client(std::move(*parts)));
}

Client::Client(std::unique_ptr<Parts> parts) noexcept : parts_(std::move(parts)) {
}
Client::~Client() = default;

void Client::Close() noexcept {
    parts_->Close();
}

bool Client::WaitForInitialization(std::chrono::milliseconds timeout) noexcept {
    return !parts_->HasSource() || parts_->Status().WaitUntilInitialized(timeout);
}

Result<bool> Client::Initialized() {
    return parts_->GetCore().Initialized();
}

DataSourceStatus Client::GetDataSourceStatus() const {
    return parts_->Status().Get();
}

BigSegmentStoreStatus Client::GetBigSegmentStoreStatus() {
    auto* const big_segments = parts_->BigSegments();
    return big_segments != nullptr ? big_segments->GetStatus() : BigSegmentStoreStatus();
}

Result<std::size_t> Client::Preload() {
    return parts_->GetCore().Preload();
}

bool Client::BoolVariation(std::string_view flag, Context const& context,
                           bool default_value) noexcept {
    return VariationOf(*parts_, {flag, context, "BoolVariation"}, default_value);
}

std::int64_t Client::IntVariation(std::string_view flag, Context const& context,
                                  std::int64_t default_value) noexcept {
    return VariationOf(*parts_, {flag, context, "IntVariation"}, default_value);
}

double Client::DoubleVariation(std::string_view flag, Context const& context,
                               double default_value) noexcept {
    return VariationOf(*parts_, {flag, context, "DoubleVariation"}, default_value);
}

std::string Client::StringVariation(std::string_view flag, Context const& context,
                                    std::string default_value) noexcept {
    return VariationOf(*parts_, {flag, context, "StringVariation"}, std::move(default_value));
}

Value Client::JsonVariation(std::string_view flag, Context const& context,
                            Value default_value) noexcept {
    return VariationOf(*parts_, {flag, context, "JsonVariation"}, std::move(default_value));
}

EvaluationDetail<bool> Client::BoolVariationDetail(std::string_view flag, Context const& context,
                                                   bool default_value) noexcept {
    return DetailOf(*parts_, {flag, context, "BoolVariationDetail", true}, default_value);
}

EvaluationDetail<std::int64_t> Client::IntVariationDetail(std::string_view flag,
                                                          Context const& context,
                                                          std::int64_t default_value) noexcept {
    return DetailOf(*parts_, {flag, context, "IntVariationDetail", true}, default_value);
}

EvaluationDetail<double> Client::DoubleVariationDetail(std::string_view flag,
                                                       Context const& context,
                                                       double default_value) noexcept {
    return DetailOf(*parts_, {flag, context, "DoubleVariationDetail", true}, default_value);
}

EvaluationDetail<std::string> Client::StringVariationDetail(std::string_view flag,
                                                            Context const& context,
                                                            std::string default_value) noexcept {
    return DetailOf(*parts_, {flag, context, "StringVariationDetail", true}, default_value);
}

EvaluationDetail<Value> Client::JsonVariationDetail(std::string_view flag, Context const& context,
                                                    Value default_value) noexcept {
    return DetailOf(*parts_, {flag, context, "JsonVariationDetail", true}, default_value);
}

MigrationVariationResult Client::MigrationVariation(std::string_view flag, Context const& context,
                                                    MigrationStage default_stage) noexcept {
    MigrationTracker::Evaluated evaluated;
    MigrationStage stage = default_stage;
    try {
        evaluated.flag_key = flag;
        evaluated.default_stage = default_stage;
        std::string const default_value(ToString(default_stage));
        evaluated.detail.value = default_value;
        auto const look = [&](auto const& sink, EvaluationDetail<std::string>& detail) {
            evaluated.flag_version = sink.Version();
            evaluated.sampling_ratio = sink.SamplingRatio();
            evaluated.check_ratio = sink.CheckRatio();
            if (auto const parsed = ParseMigrationStage(detail.value)) {
                stage = *parsed;
                return;
            }
            parts_->Log().Error("flag \"" + std::string(flag) + "\" gives no stage of a migration");
            detail = {};
            detail.value = default_value;
            detail.reason.error_kind = ErrorKind::kWrongType;
        };
        evaluated.detail =
            EvaluateWithHooks(*parts_, {flag, context, "MigrationVariation"}, default_value, look);
    } catch (...) {
        evaluated.detail.reason.error_kind = ErrorKind::kException;
    }
    return {stage, MigrationTracker(context, std::move(evaluated))};
}

void Client::TrackMigration(MigrationTracker const& tracker) noexcept {
    auto* const events = parts_->Events();
    if (events == nullptr) return;
    try {
        auto const& evaluated = tracker.GetEvaluated();
        if (auto const why = tracker.WhyNotTold(); !why.empty()) {
            parts_->Log().Error("migration \"" + evaluated.flag_key + "\" is not tracked: " + why);
            return;
        }
        events::MigrationOperation operation;
        operation.operation = ToString(*tracker.GetOperation());
        operation.key = evaluated.flag_key;
        operation.default_stage = ToString(evaluated.default_stage);
        operation.detail = &evaluated.detail;
        operation.flag_version = evaluated.flag_version;
        operation.sampling_ratio = evaluated.sampling_ratio;
        operation.consistent = tracker.IsConsistent();
        operation.consistency_check_ratio = evaluated.check_ratio;
        auto const& old_side = tracker.Of(MigrationOrigin::kOld);
        auto const& new_side = tracker.Of(MigrationOrigin::kNew);
        operation.invoked_old = old_side.invoked;
        operation.invoked_new = new_side.invoked;
        operation.error_old = old_side.error;
        operation.error_new = new_side.error;
        operation.latency_old_ms = WholeMilliseconds(old_side.latency);
        operation.latency_new_ms = WholeMilliseconds(new_side.latency);
        events->Migrated(tracker.GetContext(), operation);
    } catch (...) {  // no memory for a message
    }
}

void Client::Identify(Context const& context) noexcept {
    if (auto* const events = parts_->Events()) events->Identified(context);
}

void Client::Track(std::string_view event, Context const& context, Value data,
                   std::optional<double> metric) noexcept {
    if (auto* const events = parts_->Events()) events->Tracked(context, event, data, metric);
    if (parts_->Hooks().Empty()) return;
    try {
        std::string const environment = parts_->Status().EnvironmentId();
        parts_->Hooks().AfterTrack({event, context, data, metric, environment});
    } catch (...) {  // no memory
    }
}

void Client::Flush() noexcept {
    if (auto* const events = parts_->Events()) events->Flush();
}

bool Client::FlushAndWait(std::chrono::milliseconds timeout) noexcept {
    auto* const events = parts_->Events();
    return events == nullptr || events->FlushAndWait(timeout);
}

std::string Client::SecureModeHash(Context const& context) const {
    return client::SecureModeHash(parts_->SdkKey(), context);
}

AllFlagsState Client::AllFlags(Context const& context, AllFlagsOptions const& options) noexcept {
    try {
        return parts_->GetCore().AllFlags(context, options);
    } catch (...) {
        return {};
    }
}

}  // namespace lddynamo
