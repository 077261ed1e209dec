#include "client/epoch.hpp"

#include <utility>

namespace lddynamo::client {

Epochs::~Epochs() {
    DeleteAll(draining_);
    DeleteAll(waiting_);
}

void Epochs::DeleteAll(Retirable const* list) noexcept {
    while (list != nullptr) delete std::exchange(list, list->next_retired_);
}

void Epochs::Retire(Retirable const* object) noexcept {
    if (object == nullptr) return;
    const_cast<Retirable*>(object)->next_retired_ = waiting_;
    waiting_ = object;
}

bool Epochs::Collect() noexcept {
    for (;;) {
        if (draining_ == nullptr) {
            if (waiting_ == nullptr) return true;
            draining_ = std::exchange(waiting_, nullptr);
            unseen_ = {kAll, kAll};
        }
        for (std::size_t phase = 0; phase < 2; ++phase) {
            for (std::size_t slot = 0; slot < kSlots; ++slot) {
                std::uint32_t const bit = 1U << slot;
                if ((unseen_[phase] & bit) != 0 &&
                    slots_[slot].readers[phase].load(std::memory_order_seq_cst) == 0) {
                    unseen_[phase] &= ~bit;
                }
            }
        }
        if (unseen_[0] == 0 && unseen_[1] == 0) {
            DeleteAll(std::exchange(draining_, nullptr));
            continue;
        }
        // New readers go to the phase that is done with, so that the other one runs empty.
        std::uint32_t const phase = phase_.load(std::memory_order_relaxed);
        if (unseen_[1 - phase] == 0) phase_.store(1 - phase, std::memory_order_relaxed);
        return false;
    }
}

}  // namespace lddynamo::client
