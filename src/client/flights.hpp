/// @file
/// Flights: threads that need the same item at the same time share one read.
/// Layer: client.
#pragma once

#include "client/item.hpp"

#include <lddynamo/feature_store.hpp>

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace lddynamo::client {

/// @par Thread safety  All methods may be called from any thread at once.
class Flights {
  public:
    struct Flight {
        std::condition_variable landed{};
        bool done = false;
        ReadItem item{};
    };

    /// What one thread has to read, and what it gets from others. A thread first lands its own,
    /// then waits, so no two threads ever wait for each other. Landing what was not landed is a
    /// failure.
    class Party {
      public:
        Party(Flights& flights, std::span<ItemKey const> keys);
        ~Party();
        Party(Party const&) = delete;
        Party& operator=(Party const&) = delete;

        /// Keys that this thread must read.
        [[nodiscard]] std::vector<ItemKey> const& Mine() const noexcept { return mine_; }
        /// Hands what was read to the threads that wait for it.
        void Land(std::span<ReadItem const> items);
        /// Waits for the others' reads and returns what they found.
        [[nodiscard]] std::vector<ReadItem> Wait();

      private:
        void LandOne(ItemKey const& key, ReadItem const* item) noexcept;

        Flights& flights_;
        std::vector<ItemKey> mine_{};
        std::vector<std::shared_ptr<Flight>> others_{};  // shared by all threads that wait
    };

  private:
    std::mutex mutex_;
    std::map<ItemKey, std::shared_ptr<Flight>> flights_;  // guarded by mutex_, as are the flights
};

}  // namespace lddynamo::client
