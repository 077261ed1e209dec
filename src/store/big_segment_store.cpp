#include <lddynamo/big_segment_store.hpp>

#include "aws/sha256.hpp"
#include "dynamodb/base64.hpp"

namespace lddynamo {

std::string BigSegmentContextHash(std::string_view context_key) {
    std::string text;
    dynamodb::AppendBase64(text, aws::AsText(aws::Sha256(context_key)));
    return text;
}

std::string BigSegmentRef(std::string_view segment_key, std::int64_t generation) {
    return std::string(segment_key) + ".g" + std::to_string(generation);
}

BigSegmentMembership BigSegmentMembership::Make(std::span<std::string const> included,
                                                std::span<std::string const> excluded) {
    BigSegmentMembership membership;
    for (auto const& ref : excluded) membership.included_.insert_or_assign(ref, false);
    for (auto const& ref : included) membership.included_.insert_or_assign(ref, true);
    return membership;
}

std::optional<bool> BigSegmentMembership::Check(std::string_view segment_ref) const {
    auto const it = included_.find(segment_ref);
    return it == included_.end() ? std::nullopt : std::optional<bool>(it->second);
}

}  // namespace lddynamo
