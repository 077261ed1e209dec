#include "events/diagnostics.hpp"

#include <utility>
#include <vector>

namespace lddynamo::events {

Diagnostics::Diagnostics(std::string_view id, About const& about, UnixMilliseconds now)
    : id_(Value::Object(
          {{"diagnosticId", Value(id)}, {"sdkKeySuffix", Value(about.sdk_key_suffix)}})),
      sdk_(about.sdk),
      configuration_(about.configuration),
      platform_(about.platform),
      started_(now),
      since_(now) {
}

std::string Diagnostics::InitEvent() const {
    return Value::Object({{"kind", Value("diagnostic-init")},
                          {"id", id_},
                          {"creationDate", Value(started_)},
                          {"sdk", sdk_},
                          {"configuration", configuration_},
                          {"platform", platform_}})
        .ToJson();
}

std::string Diagnostics::StatisticsEvent(UnixMilliseconds now, Statistics const& statistics) {
    std::vector<Value> inits;
    for (auto const& init : statistics.stream_inits) {
        inits.push_back(Value::Object({{"timestamp", Value(ToUnixMilliseconds(init.started))},
                                       {"failed", Value(init.failed)},
                                       {"durationMillis", Value(init.took.count())}}));
    }
    auto text = Value::Object({{"kind", Value("diagnostic")},
                               {"id", id_},
                               {"creationDate", Value(now)},
                               {"dataSinceDate", Value(since_)},
                               {"droppedEvents", Value(statistics.dropped_events)},
                               {"deduplicatedUsers", Value(statistics.deduplicated_users)},
                               {"eventsInLastBatch", Value(statistics.events_in_last_batch)},
                               {"streamInits", Value::Array(std::move(inits))}})
                    .ToJson();
    since_ = now;
    return text;
}

}  // namespace lddynamo::events
