/// @file
/// EventOptions: what LaunchDarkly is told about evaluations.
/// Layer: events.
///
/// The names and defaults are those of the Go SDK's ldcomponents.EventProcessorBuilder.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace lddynamo {

struct EventOptions {
    /// Unset: yes, except where LaunchDarkly is not asked for flags either: in daemon mode, with
    /// flags out of files, and offline.
    std::optional<bool> enabled{};
    /// Events kept until they are sent; what comes on top is dropped, and logged once. Counts of
    /// evaluations (summaries) do not take room here, but have limits of their own, far above what
    /// flags need: beyond 6,000 keys that are no flag's, or 130,000 flags and versions, in each of
    /// eight groups of threads, nothing new is counted until the next delivery; logged once, too.
    std::size_t capacity = 10000;
    /// Zero or less: the default, as for context_keys_flush_interval.
    std::chrono::milliseconds flush_interval{5000};
    /// Contexts remembered as told already; the least recently used one goes. 0: each is told with
    /// every event about it.
    std::size_t context_keys_capacity = 1000;
    /// After that time all contexts are told again when they are seen again.
    std::chrono::milliseconds context_keys_flush_interval{300000};
    /// No attribute but kind, key and anonymous is sent.
    bool all_attributes_private = false;
    /// References (as AttributeRef::Parse reads them) of attributes never sent, beside those that
    /// contexts name themselves.
    std::vector<std::string> private_attributes{};
    /// Index and identify events are about contexts that are not anonymous only.
    bool omit_anonymous_contexts = false;
    bool gzip = false;  ///< Compress what is sent.
    /// Statistics about this client, and its options. Of contexts, flags and events nothing but
    /// numbers; of the SDK key its last 6 characters, as those of every SDK.
    bool diagnostics = true;
    std::chrono::milliseconds diagnostic_interval{900000};  ///< Less than a minute: a minute.
};

}  // namespace lddynamo
