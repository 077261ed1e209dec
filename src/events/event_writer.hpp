/// @file
/// EventWriter: the JSON that LaunchDarkly's event service takes, schema 4.
/// Layer: events.
///
/// The properties are those of the Go SDK (go-sdk-events), but that every event names the whole
/// context where Go's custom and migration_op events have its keys only, as LaunchDarkly's test
/// harness asks of newer SDKs ("inline-context-all").
#pragma once

#include "events/context_formatter.hpp"
#include "events/event.hpp"
#include "events/summarizer.hpp"

#include <string>
#include <utility>
#include <vector>

namespace lddynamo::events {

/// @par Thread safety  Immutable.
class EventWriter {
  public:
    explicit EventWriter(ContextFormatter formatter) : formatter_(std::move(formatter)) {}

    /// An array of the events, and of the summary if it is not empty.
    [[nodiscard]] std::string Write(std::vector<Event> const& events, Summary const& summary) const;

  private:
    ContextFormatter formatter_;
};

}  // namespace lddynamo::events
