#include "commands.hpp"

namespace lddynamo::contract {

Result<std::string> IdentifyEvent(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    subject.client.Identify(*context);
    return "";
}

// `omitNullData` is for clients with a method of its own for events without data: ours has one.
Result<std::string> CustomEvent(Subject const& subject, Fields const& parameters) {
    auto const context = parameters.ContextOrUser();
    auto const event = parameters.String("eventKey");
    auto const metric = parameters.Number("metricValue");
    if (auto const known = parameters.Check(); !known) return Fail(known.error());
    subject.client.Track(event, *context, parameters.Any("data"), metric);
    return "";
}

Result<std::string> FlushEvents(Subject const& subject, Fields const& parameters) {
    (void)parameters;
    subject.client.Flush();
    return "";
}

}  // namespace lddynamo::contract
