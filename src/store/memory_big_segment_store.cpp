#include <lddynamo/memory_big_segment_store.hpp>

#include <utility>

namespace lddynamo {

void MemoryBigSegmentStore::SetMetadata(std::optional<BigSegmentTime> up_to_date) {
    std::scoped_lock const lock(mutex_);
    up_to_date_ = up_to_date;
}

void MemoryBigSegmentStore::SetMembership(std::string_view context_hash,
                                          BigSegmentMembership membership) {
    std::scoped_lock const lock(mutex_);
    memberships_.insert_or_assign(std::string(context_hash), std::move(membership));
}

Result<std::optional<BigSegmentTime>> MemoryBigSegmentStore::GetMetadata() {
    std::scoped_lock const lock(mutex_);
    return up_to_date_;
}

Result<BigSegmentMembership> MemoryBigSegmentStore::GetMembership(std::string_view context_hash) {
    std::scoped_lock const lock(mutex_);
    auto const it = memberships_.find(context_hash);
    return it == memberships_.end() ? BigSegmentMembership() : it->second;
}

}  // namespace lddynamo
