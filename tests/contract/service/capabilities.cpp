#include "capabilities.hpp"

namespace lddynamo::contract {

std::vector<std::string_view> Capabilities(bool retry_conformance) {
    std::vector<std::string_view> names = {
        "server-side",
        "server-side-polling",
        "strongly-typed",
        "all-flags-with-reasons",
        "all-flags-client-side-only",
        "all-flags-details-only-for-tracked-flags",
        "anonymous-redaction",
        "big-segments",
        "client-prereq-events",
        "context-comparison",
        "context-type",
        "evaluation-hooks",
        "event-gzip",
        "event-sampling",
        "filtering",
        "filtering-strict",
        "hook-environment-id",
        "http-proxy",
        "inline-context-all",
        "instance-id",
        "migrations",
        "omit-anonymous-contexts",
        "optional-event-gzip",
        "persistent-data-store-dynamodb",
        "polling-gzip",
        "secure-mode-hash",
        "service-endpoints",
        "tags",
        "tls:custom-ca",
        "tls:skip-verify-peer",
        "tls:verify-peer",
        "track-hooks",
        "user-type",
        "wrapper",
    };
    if (retry_conformance) {
        names.insert(names.end(),
                     {"retry-conformance-fdv1-polling", "retry-conformance-fdv1-streaming"});
    }
    return names;
}

}  // namespace lddynamo::contract
