#include "events/event_writer.hpp"

#include "json/raw_json.hpp"

#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace lddynamo::events {
namespace {

using Anonymous = ContextFormatter::Anonymous;

/// The members of one object, in the order in which they are added.
class ObjectWriter {
  public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ObjectWriter(ObjectWriter const&) = delete;
    ObjectWriter& operator=(ObjectWriter const&) = delete;
    ~ObjectWriter() = default;

    /// Where the member's value is to be appended.
    [[nodiscard]] std::string& Name(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        json::AppendQuoted(out_, name);
        out_ += ':';
        return out_;
    }
    void Add(std::string_view name, std::string_view text) { json::AppendQuoted(Name(name), text); }
    void Add(std::string_view name, std::string const& text) { Add(name, std::string_view(text)); }
    template <std::integral Integer>
    void Add(std::string_view name, Integer number) {
        if constexpr (std::same_as<Integer, bool>) {
            Name(name) += number ? "true" : "false";
        } else {
            Name(name) += std::to_string(number);
        }
    }
    void Add(std::string_view name, double number) { Value(number).AppendJson(Name(name)); }
    void Add(std::string_view name, Value const& value) { value.AppendJson(Name(name)); }
    template <class T>
    void Add(std::string_view name, std::optional<T> const& value) {
        if (value) Add(name, *value);
    }
    void End() { out_ += '}'; }

  private:
    std::string& out_;
};

/// The items of one array.
class ArrayWriter {
  public:
    explicit ArrayWriter(std::string& out) : out_(out) { out_ += '['; }
    ArrayWriter(ArrayWriter const&) = delete;
    ArrayWriter& operator=(ArrayWriter const&) = delete;
    ~ArrayWriter() = default;

    /// Where the item is to be appended.
    [[nodiscard]] std::string& Item() {
        if (out_.back() != '[') out_ += ',';
        return out_;
    }
    void End() { out_ += ']'; }

  private:
    std::string& out_;
};

void AddSamplingRatio(ObjectWriter& object, std::int64_t ratio) {
    if (ratio != 1) object.Add("samplingRatio", ratio);
}

/// One of "old" and "new", or both; nothing when there is neither.
template <class T>
void AddSides(ArrayWriter& measurements, std::string_view key, std::optional<T> const& old_side,
              std::optional<T> const& new_side) {
    if (!old_side && !new_side) return;
    ObjectWriter measurement(measurements.Item());
    measurement.Add("key", key);
    ObjectWriter values(measurement.Name("values"));
    values.Add("old", old_side);
    values.Add("new", new_side);
    values.End();
    measurement.End();
}

std::optional<bool> IfTrue(bool value) {
    return value ? std::optional<bool>(true) : std::nullopt;
}

void AddMeasurements(ArrayWriter& measurements, MigrationEvent const& event) {
    AddSides(measurements, "invoked", IfTrue(event.invoked_old), IfTrue(event.invoked_new));
    if (event.consistent) {
        ObjectWriter measurement(measurements.Item());
        measurement.Add("key", std::string_view("consistent"));
        measurement.Add("value", *event.consistent);
        measurement.Add("samplingRatio", event.consistency_check_ratio);
        measurement.End();
    }
    AddSides(measurements, "latency_ms", event.latency_old_ms, event.latency_new_ms);
    AddSides(measurements, "error", IfTrue(event.error_old), IfTrue(event.error_new));
}

/// Writes one event.
class EventVisitor {
  public:
    EventVisitor(std::string& out, ContextFormatter const& formatter, UnixMilliseconds created)
        : out_(out), formatter_(formatter), created_(created) {}

    void operator()(IndexEvent const& event) const { Introduce("index", event.context); }
    void operator()(IdentifyEvent const& event) const { Introduce("identify", event.context); }

    void operator()(EvaluationEvent const& event) const {
        ObjectWriter object(out_);
        Begin(object, event.debug ? "debug" : "feature");
        object.Add("key", event.key);
        object.Add("version", event.version);
        AddContext(object, event.context,
                   event.debug ? Anonymous::kAsOthers : Anonymous::kRedacted);
        object.Add("variation", event.variation);
        object.Add("value", event.value);
        object.Add("default", event.default_value);
        if (!event.debug) object.Add("prereqOf", event.prerequisite_of);
        if (event.reason) object.Add("reason", event.reason->ToValue());
        AddSamplingRatio(object, event.sampling_ratio);
        object.End();
    }

    void operator()(CustomEvent const& event) const {
        ObjectWriter object(out_);
        Begin(object, "custom");
        object.Add("key", event.key);
        if (!event.data.IsNull()) object.Add("data", event.data);
        AddContext(object, event.context, Anonymous::kRedacted);
        object.Add("metricValue", event.metric);
        object.End();
    }

    void operator()(MigrationEvent const& event) const {
        ObjectWriter object(out_);
        Begin(object, "migration_op");
        object.Add("operation", event.operation);
        AddSamplingRatio(object, event.sampling_ratio);
        AddContext(object, event.context, Anonymous::kRedacted);
        ObjectWriter evaluation(object.Name("evaluation"));
        evaluation.Add("key", event.key);
        evaluation.Add("value", event.detail.value);
        evaluation.Add("default", event.default_stage);
        evaluation.Add("reason", event.detail.reason.ToValue());
        evaluation.Add("variation", event.detail.variation_index);
        evaluation.Add("version", event.flag_version);
        evaluation.End();
        ArrayWriter measurements(object.Name("measurements"));
        AddMeasurements(measurements, event);
        measurements.End();
        object.End();
    }

  private:
    void Begin(ObjectWriter& object, std::string_view kind) const {
        object.Add("kind", kind);
        object.Add("creationDate", created_);
    }
    void AddContext(ObjectWriter& object, Context const& context, Anonymous anonymous) const {
        formatter_.Append(object.Name("context"), context, anonymous);
    }
    void Introduce(std::string_view kind, Context const& context) const {
        ObjectWriter object(out_);
        Begin(object, kind);
        AddContext(object, context, Anonymous::kAsOthers);
        object.End();
    }

    std::string& out_;
    ContextFormatter const& formatter_;
    UnixMilliseconds created_;
};

void AppendFlag(std::string& out, Summary::Flag const& flag) {
    ObjectWriter object(out);
    object.Add("default", flag.default_value);
    ArrayWriter counters(object.Name("counters"));
    for (auto const& counter : flag.counters) {
        ObjectWriter written(counters.Item());
        written.Add("variation", counter.variation);
        if (counter.version) {
            written.Add("version", *counter.version);
        } else {
            written.Add("unknown", true);
        }
        written.Add("value", counter.value);
        written.Add("count", counter.count);
        written.End();
    }
    counters.End();
    ArrayWriter kinds(object.Name("contextKinds"));
    for (auto const& kind : flag.context_kinds) json::AppendQuoted(kinds.Item(), kind);
    kinds.End();
    object.End();
}

void AppendSummary(std::string& out, Summary const& summary) {
    ObjectWriter object(out);
    object.Add("kind", std::string_view("summary"));
    object.Add("startDate", summary.start);
    object.Add("endDate", summary.end);
    ObjectWriter features(object.Name("features"));
    for (auto const& [key, flag] : summary.flags) AppendFlag(features.Name(key), flag);
    features.End();
    object.End();
}

}  // namespace

std::string EventWriter::Write(std::vector<Event> const& events, Summary const& summary) const {
    std::string out;
    ArrayWriter array(out);
    for (auto const& event : events) {
        std::visit(EventVisitor(array.Item(), formatter_, event.created), event.content);
    }
    if (!summary.Empty()) AppendSummary(array.Item(), summary);
    array.End();
    return out;
}

}  // namespace lddynamo::events
