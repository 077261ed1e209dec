#include "callback_big_segments.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::contract {

CallbackBigSegmentStore::CallbackBigSegmentStore(Callback callback)
    : callback_(std::move(callback)) {
}

Result<std::optional<BigSegmentTime>> CallbackBigSegmentStore::GetMetadata() {
    auto const answer = callback_.PostJson(Value::Object({}), "/getMetadata");
    if (!answer) return Fail(answer.error());
    Value const& time = (*answer)["lastUpToDate"];
    if (!time.IsNumber()) return std::nullopt;
    return BigSegmentTime(std::chrono::milliseconds(time.AsInt64()));
}

Result<BigSegmentMembership> CallbackBigSegmentStore::GetMembership(std::string_view context_hash) {
    auto const answer =
        callback_.PostJson(Value::Object({{"contextHash", context_hash}}), "/getMembership");
    if (!answer) return Fail(answer.error());
    std::vector<std::string> included;
    std::vector<std::string> excluded;
    for (auto const& [reference, value] : (*answer)["values"].AsObject()) {
        if (value.IsBool()) (value.AsBool() ? included : excluded).push_back(reference);
    }
    return BigSegmentMembership::Make(included, excluded);
}

}  // namespace lddynamo::contract
