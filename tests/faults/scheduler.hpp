/// @file
/// Scheduler: threads that run one at a time, in an order given by a seed.
#pragma once

#include "faults/history.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

namespace lddynamo::faults {

/// Actors hand a baton over at every gate; whoever holds it decides by the random numbers who is
/// next. So a history depends on its seed alone.
class Scheduler {
  public:
    explicit Scheduler(Random& random) : random_(random) {}

    void Add(std::function<void(std::size_t actor)> body) {
        bodies_.push_back(std::move(body));
        gates_.push_back(std::make_unique<std::binary_semaphore>(0));
    }

    /// Runs all actors to their ends.
    void Run() {
        for (std::size_t i = 0; i < bodies_.size(); ++i) waiting_.push_back(i);
        std::vector<std::thread> threads;
        threads.reserve(bodies_.size());
        for (std::size_t i = 0; i < bodies_.size(); ++i) {
            threads.emplace_back([this, i] {
                gates_[i]->acquire();
                bodies_[i](i);
                PassOn();
            });
        }
        PassOn();
        for (auto& thread : threads) thread.join();
    }

    /// Lets others go first, perhaps. For the holder of the baton.
    void Gate(std::size_t actor) {
        waiting_.push_back(actor);
        std::size_t const next = Pick();
        if (next == actor) return;
        gates_[next]->release();
        gates_[actor]->acquire();
    }

  private:
    std::size_t Pick() {
        std::size_t const i = Below(random_, waiting_.size());
        std::size_t const actor = waiting_[i];
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        return actor;
    }
    void PassOn() {
        if (!waiting_.empty()) gates_[Pick()]->release();
    }

    // All of it belongs to the holder of the baton.
    Random& random_;
    std::vector<std::function<void(std::size_t)>> bodies_;
    std::vector<std::unique_ptr<std::binary_semaphore>> gates_;
    std::vector<std::size_t> waiting_;
};

}  // namespace lddynamo::faults
