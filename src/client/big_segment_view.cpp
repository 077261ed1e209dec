#include "client/big_segment_view.hpp"

#include <algorithm>
#include <utility>

namespace lddynamo::client {

void BigSegmentView::FetchMissing(BigSegments& big_segments) {
    if (!missing_) return;
    fetched_.push_back({*missing_, big_segments.Fetch(*missing_)});
    missing_.reset();
}

evaluation::BigSegmentLookup::Membership BigSegmentView::Find(
    std::string_view context_key, std::string_view segment_ref) noexcept {
    auto const known = std::find_if(fetched_.begin(), fetched_.end(), [&](Fetched const& fetched) {
        return fetched.context_key == context_key;
    });
    if (known == fetched_.end()) {
        if (!missing_) missing_ = context_key;
        return {};
    }
    Membership membership;
    membership.status = known->answer.status;
    if (known->answer.membership)
        membership.included = known->answer.membership->Check(segment_ref);
    return membership;
}

}  // namespace lddynamo::client
