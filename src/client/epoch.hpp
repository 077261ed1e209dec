/// @file
/// Epochs: lets many readers use shared data without a lock while a writer replaces parts of it.
/// Layer: client.
///
/// A reader counts itself in before it looks at anything shared and out when it is done. A writer
/// takes an object out of sight, retires it, and it is deleted once every counter was seen at zero
/// afterwards: whoever could still see it has left by then. Two counters a slot (phases) take
/// turns, so that readers who keep coming cannot keep a counter above zero for ever. Nobody ever
/// waits.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lddynamo::client {

/// What can be retired. The link is inside, so that retiring never allocates.
class Retirable {
  public:
    Retirable() = default;
    Retirable(Retirable const&) = delete;
    Retirable& operator=(Retirable const&) = delete;
    virtual ~Retirable() = default;

  private:
    friend class Epochs;
    Retirable const* next_retired_ = nullptr;  // guarded by the writers' lock
};

/// @par Thread safety  Guard: any number of threads. Retire and Collect: one thread at a time.
class Epochs {
  public:
    Epochs() = default;
    Epochs(Epochs const&) = delete;
    Epochs& operator=(Epochs const&) = delete;
    /// No guard may be alive.
    ~Epochs();

    /// While it lives, nothing that its thread can see is deleted. Never held across I/O, a
    /// callback of the user's or anything that blocks.
    class Guard {
      public:
        explicit Guard(Epochs const& epochs) noexcept
            : readers_(&epochs.slots_[ThreadSlot()]
                            .readers[epochs.phase_.load(std::memory_order_relaxed)]) {
            // Sequentially consistent, as are the loads of shared pointers and the writer's stores
            // and Collect's loads: a writer who does not see this increment has its changes seen.
            readers_->fetch_add(1, std::memory_order_seq_cst);
        }
        ~Guard() { readers_->fetch_sub(1, std::memory_order_release); }
        Guard(Guard const&) = delete;
        Guard& operator=(Guard const&) = delete;

      private:
        std::atomic<std::uint32_t>* readers_;
    };

    /// Takes what readers may still see but can no longer find.
    void Retire(Retirable const* object) noexcept;
    /// Deletes what no reader can see any more. Returns whether nothing is left to delete.
    bool Collect() noexcept;

  private:
    static constexpr std::size_t kSlots =
        16;  // threads share them by number; more threads, more sharing
    static constexpr std::uint32_t kAll = (1U << kSlots) - 1;

    struct alignas(64) Slot {
        mutable std::array<std::atomic<std::uint32_t>, 2> readers{};
    };
    [[nodiscard]] static std::size_t ThreadSlot() noexcept;
    static void DeleteAll(Retirable const* list) noexcept;

    std::array<Slot, kSlots> slots_{};
    std::atomic<std::uint32_t> phase_{0};
    // Guarded by the writers' lock:
    Retirable const* waiting_ = nullptr;     // retired since `draining_` was closed
    Retirable const* draining_ = nullptr;    // deleted when `unseen_` is empty
    std::array<std::uint32_t, 2> unseen_{};  // slots not seen at zero since, a phase
};

inline std::size_t Epochs::ThreadSlot() noexcept {
    static constinit std::atomic<std::size_t> next{0};
    static constinit thread_local std::size_t slot = kSlots;
    if (slot == kSlots) slot = next.fetch_add(1, std::memory_order_relaxed) % kSlots;
    return slot;
}

}  // namespace lddynamo::client
