/// @file
/// The events of LaunchDarkly's stream of flag data, first version of the protocol.
/// Layer: datasource.
#pragma once

#include "datasource/data_document.hpp"

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace lddynamo::datasource {

/// `put`: everything there is.
struct PutEvent {
    DataDocument document{};  ///< Items keep their text byte for byte.
};
/// `patch` or `delete`: one item to upsert; a deleted one is a tombstone.
struct ItemEvent {
    DataKind kind = DataKind::kFeatures;
    std::string key{};
    SerializedItem item{};
};
/// `patch` or `delete` of an item that no store takes, whatever its data.
struct LeftOutEvent {
    ItemNote note{};
};
/// An event or a path of a kind that this version does not know.
struct IgnoredEvent {
    friend bool operator==(IgnoredEvent const&, IgnoredEvent const&) = default;
};
using StreamEvent = std::variant<PutEvent, ItemEvent, LeftOutEvent, IgnoredEvent>;

/// Reads one event. As in LaunchDarkly's SDKs `path` of a put may be missing; of members that
/// appear twice the last counts.
/// @param event  its name: put, patch, delete; others are ignored whatever their data.
/// @retval ErrorCode::kInvalidData  the data are no JSON, or not of the event's form: the stream is
///                                  to be dropped and asked for anew. The message names the event.
[[nodiscard]] Result<StreamEvent> ReadStreamEvent(std::string_view event, std::string_view data);

}  // namespace lddynamo::datasource
