#include "client/flights.hpp"

namespace lddynamo::client {

Flights::Party::Party(Flights& flights, std::span<ItemKey const> keys) : flights_(flights) {
    mine_.reserve(keys.size());
    others_.reserve(keys.size());
    std::scoped_lock const lock(flights_.mutex_);
    try {
        for (ItemKey const& key : keys) {
            auto const found = flights_.flights_.find(key);
            if (found != flights_.flights_.end()) {
                others_.push_back(found->second);
                continue;
            }
            mine_.push_back(key);
            auto flight = std::make_shared<Flight>();
            flight->item.key = key;
            flight->item.failed = true;
            flights_.flights_.emplace(key, std::move(flight));
        }
    } catch (...) {
        for (ItemKey const& key : mine_) LandOne(key, nullptr);
        throw;
    }
}

Flights::Party::~Party() {
    if (mine_.empty()) return;
    std::scoped_lock const lock(flights_.mutex_);
    for (ItemKey const& key : mine_) LandOne(key, nullptr);
}

void Flights::Party::LandOne(ItemKey const& key, ReadItem const* item) noexcept {
    auto const found = flights_.flights_.find(key);
    if (found == flights_.flights_.end()) return;
    Flight& flight = *found->second;
    if (item != nullptr) {
        flight.item.failed = item->failed;
        flight.item.flag = item->flag;
        flight.item.segment = item->segment;
    }
    flight.done = true;
    flight.landed.notify_all();
    flights_.flights_.erase(found);
}

void Flights::Party::Land(std::span<ReadItem const> items) {
    std::scoped_lock const lock(flights_.mutex_);
    for (ReadItem const& item : items) LandOne(item.key, &item);
    // What the read said nothing of stays a failure.
    for (ItemKey const& key : mine_) LandOne(key, nullptr);
    mine_.clear();
}

std::vector<ReadItem> Flights::Party::Wait() {
    std::vector<ReadItem> items;
    items.reserve(others_.size());
    std::unique_lock lock(flights_.mutex_);
    for (auto const& flight : others_) {
        flight->landed.wait(lock, [&flight] { return flight->done; });
        items.push_back(flight->item);
    }
    return items;
}

}  // namespace lddynamo::client
