#include <lddynamo/client.hpp>

#include "client/core.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lddynamo {
namespace {

using client::OutcomeSink;
using evaluation::Outcome;

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

template <class T>
class ValueSink final : public OutcomeSink {
  public:
    explicit ValueSink(T& value) noexcept : value_(value) {}
    void Take(Outcome const& outcome) override {
        if (outcome.value != nullptr) (void)Convert(*outcome.value, value_);
    }

  private:
    T& value_;
};

template <class T>
class DetailSink final : public OutcomeSink {
  public:
    explicit DetailSink(EvaluationDetail<T>& detail) noexcept : detail_(detail) {}
    void Take(Outcome const& outcome) override {
        if (outcome.value == nullptr) {
            detail_.reason = outcome.Reason();
        } else if (Convert(*outcome.value, detail_.value)) {
            detail_.reason = outcome.Reason();
            detail_.variation_index = outcome.variation_index;
        } else {
            detail_.reason = {};
            detail_.reason.error_kind = EvaluationReason::ErrorKind::kWrongType;
        }
    }

  private:
    EvaluationDetail<T>& detail_;
};

/// The only thing that can be thrown is std::bad_alloc; the default is then the answer.
template <class Core, class T>
T VariationOf(Core& core, std::string_view flag, Context const& context, T value) noexcept {
    try {
        ValueSink<T> sink(value);
        core.Evaluate(flag, context, sink);
    } catch (...) {
    }
    return value;
}

template <class Core, class T>
EvaluationDetail<T> DetailOf(Core& core, std::string_view flag, Context const& context,
                             T value) noexcept {
    EvaluationDetail<T> detail;
    detail.value = std::move(value);
    try {
        DetailSink<T> sink(detail);
        core.Evaluate(flag, context, sink);
    } catch (...) {
        detail.variation_index.reset();
        detail.reason = {};
        detail.reason.error_kind = EvaluationReason::ErrorKind::kException;
    }
    return detail;
}

}  // namespace

Result<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
    if (!options.data_store) {
        return Fail(ErrorCode::kInvalidArgument, "a client needs a data_store to read flags from");
    }
    if (!options.daemon_mode) {
        return Fail(ErrorCode::kInvalidArgument,
                    "daemon_mode = false is not supported: this client only reads flags from its "
                    "data_store");
    }
    if (options.cache.mode == CacheOptions::Mode::kTtl) {
        if (options.cache.ttl < std::chrono::milliseconds(1)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "cache.ttl must be at least 1 ms; use CacheOptions::Mode::kOff for no cache");
        }
        // Times are kept in nanoseconds: ten years leave room to add a few of them.
        options.cache.ttl =
            std::min(options.cache.ttl, std::chrono::milliseconds(std::chrono::hours(24 * 3653)));
    }
    return std::unique_ptr<Client>(new Client(std::make_unique<Core>(std::move(options))));
}

Client::Client(std::unique_ptr<Core> core) noexcept : core_(std::move(core)) {
}
Client::~Client() = default;

Result<bool> Client::Initialized() {
    return core_->Initialized();
}
Result<std::size_t> Client::Preload() {
    return core_->Preload();
}

bool Client::BoolVariation(std::string_view flag, Context const& context,
                           bool default_value) noexcept {
    return VariationOf(*core_, flag, context, default_value);
}

std::int64_t Client::IntVariation(std::string_view flag, Context const& context,
                                  std::int64_t default_value) noexcept {
    return VariationOf(*core_, flag, context, default_value);
}

double Client::DoubleVariation(std::string_view flag, Context const& context,
                               double default_value) noexcept {
    return VariationOf(*core_, flag, context, default_value);
}

std::string Client::StringVariation(std::string_view flag, Context const& context,
                                    std::string default_value) noexcept {
    return VariationOf(*core_, flag, context, std::move(default_value));
}

Value Client::JsonVariation(std::string_view flag, Context const& context,
                            Value default_value) noexcept {
    return VariationOf(*core_, flag, context, std::move(default_value));
}

EvaluationDetail<bool> Client::BoolVariationDetail(std::string_view flag, Context const& context,
                                                   bool default_value) noexcept {
    return DetailOf(*core_, flag, context, default_value);
}

EvaluationDetail<std::int64_t> Client::IntVariationDetail(std::string_view flag,
                                                          Context const& context,
                                                          std::int64_t default_value) noexcept {
    return DetailOf(*core_, flag, context, default_value);
}

EvaluationDetail<double> Client::DoubleVariationDetail(std::string_view flag,
                                                       Context const& context,
                                                       double default_value) noexcept {
    return DetailOf(*core_, flag, context, default_value);
}

EvaluationDetail<std::string> Client::StringVariationDetail(std::string_view flag,
                                                            Context const& context,
                                                            std::string default_value) noexcept {
    return DetailOf(*core_, flag, context, std::move(default_value));
}

EvaluationDetail<Value> Client::JsonVariationDetail(std::string_view flag, Context const& context,
                                                    Value default_value) noexcept {
    return DetailOf(*core_, flag, context, std::move(default_value));
}

AllFlagsState Client::AllFlags(Context const& context, AllFlagsOptions const& options) noexcept {
    try {
        return core_->AllFlags(context, options);
    } catch (...) {
        return {};
    }
}

}  // namespace lddynamo
