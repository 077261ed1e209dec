// The part of Client::Core that reads the store. No guard is held while it does.
#include "client/core.hpp"

#include "base/at_end.hpp"
#include "base/random.hpp"

#include <span>
#include <utility>

namespace lddynamo {

using base::AtEnd;
using client::Decoded;
using client::Entry;
using client::Epochs;
using client::Flights;
using client::kBeingRead;
using client::kExpired;
using client::kNever;
using client::Nanoseconds;
using client::Needs;
using client::Overlay;
using client::ReadItem;
using client::Root;

namespace {

/// The flight of a load of everything: no item has this key.
ItemKey EverythingKey() {
    return {};
}

/// Calls `visit` with the entry of that key in either table; nullptr when there is none.
template <class Visit>
auto VisitEntry(client::Cache const& cache, Root const& root, ItemKey const& key, Visit&& visit) {
    if (key.kind == DataKind::kFeatures)
        return visit(root.flags.Find(key.key, cache.Hash(key.key)));
    return visit(root.segments.Find(key.key, cache.Hash(key.key)));
}

}  // namespace

Nanoseconds Client::Core::ExpiryFrom(Nanoseconds started) const noexcept {
    switch (mode_) {
        case Mode::kOff:
            return kExpired;
        case Mode::kInfinite:
            return kNever;
        case Mode::kTtl:
            break;
    }
    // Earlier, never later: a value is not used for longer than the user said.
    auto const spread = static_cast<double>(ttl_) / 10 * base::RandomUnit();
    return started + ttl_ - static_cast<Nanoseconds>(spread);
}

void Client::Core::Fetch(Needs const& needs, Overlay& overlay) {
    if (mode_ == Mode::kOff) {
        FetchUncached(needs, overlay);
        return;
    }
    Nanoseconds const started = Now();
    std::vector<ItemKey> const claimed = Claim(needs.expired, started + ttl_ / 10);
    bool stored = false;
    AtEnd const give_back([&] {
        if (!stored && !claimed.empty()) cache_.GiveBack(claimed, started);
    });
    Flights::Party party(flights_, needs.missing);
    std::vector<ItemKey> keys = party.Mine();
    std::vector<ReadItem> items = ReadMeanwhile(keys);
    if (!health_.MayReadUnknown(Now())) {
        // Another thread's read failed since this one looked: that failure counts for both.
        for (ItemKey& key : keys) {
            items.emplace_back().key = std::move(key);
            items.back().failed = true;
        }
        keys.clear();
    }
    keys.insert(keys.end(), claimed.begin(), claimed.end());
    if (!keys.empty()) {
        std::uint64_t const read = cache_.StartRead();
        std::vector<ReadItem> const read_now = reader_->Read(keys);
        if (!read_now.front().failed) {
            cache_.Store(read_now, read, ExpiryFrom(started), Now());
            stored = true;
        }
        items.insert(items.end(), read_now.begin(), read_now.end());
    }
    party.Land(items);
    for (ReadItem const& item : items) overlay.Add(item);
    for (ReadItem const& item : party.Wait()) overlay.Add(item);
}

void Client::Core::FetchUncached(Needs const& needs, Overlay& overlay) {
    std::vector<ItemKey> keys = needs.missing;
    keys.insert(keys.end(), needs.expired.begin(), needs.expired.end());
    std::uint64_t const read = cache_.StartRead();
    std::vector<ReadItem> const items = reader_->Read(keys);
    if (!items.front().failed) cache_.Store(items, read, kExpired, Now());  // for an outage
    for (ReadItem const& item : items) overlay.Add(item);
}

std::vector<ItemKey> Client::Core::Claim(std::vector<ItemKey> const& expired,
                                         Nanoseconds horizon) const {
    std::vector<ItemKey> claimed = expired;
    Epochs::Guard const guard(cache_.Readers());
    Root const& root = cache_.Current();
    std::erase_if(claimed, [&](ItemKey const& key) {
        return VisitEntry(cache_, root, key, [horizon](auto const* entry) {
            if (entry == nullptr) return true;
            Nanoseconds expires = entry->expires.load(std::memory_order_relaxed);
            return expires > horizon || !entry->expires.compare_exchange_strong(
                                            expires, kBeingRead, std::memory_order_relaxed);
        });
    });
    return claimed;
}

std::vector<ReadItem> Client::Core::ReadMeanwhile(std::vector<ItemKey>& keys) const {
    std::vector<ReadItem> items;
    Nanoseconds const now = Now();
    Epochs::Guard const guard(cache_.Readers());
    Root const& root = cache_.Current();
    auto const fresh = [now](auto const* entry) {
        return entry != nullptr && entry->expires.load(std::memory_order_relaxed) > now;
    };
    std::erase_if(keys, [&](ItemKey const& key) {
        ReadItem item;
        item.key = key;
        std::uint64_t const hash = cache_.Hash(key.key);
        if (key.kind == DataKind::kFeatures) {
            auto const* const entry = root.flags.Find(key.key, hash);
            if (!fresh(entry)) return false;
            item.flag = entry->decoded;
        } else {
            auto const* const entry = root.segments.Find(key.key, hash);
            if (!fresh(entry)) return false;
            item.segment = entry->decoded;
        }
        items.push_back(std::move(item));
        return true;
    });
    return items;
}

bool Client::Core::IsComplete() const noexcept {
    Epochs::Guard const guard(cache_.Readers());
    return cache_.Current().complete;
}

Result<std::size_t> Client::Core::LoadEverything(bool keep_known) {
    std::uint64_t const read = cache_.StartRead();
    auto all = reader_->ReadAll({read, ExpiryFrom(Now()), false});
    if (!all) return Fail(std::move(all.error()));
    // Others may add to the store meanwhile, and a miss is looked up.
    all->root->absent_is_known = source_ == Source::kStore;
    cache_.Install(std::move(all->root), keep_known);
    return all->malformed;
}

bool Client::Core::EnsureComplete() {
    if (!reader_) return IsComplete();
    Nanoseconds const now = Now();
    bool complete = false;
    {
        Epochs::Guard const guard(cache_.Readers());
        Root const& root = cache_.Current();
        complete = root.complete;
        if (complete) {
            Nanoseconds until = root.complete_until.load(std::memory_order_relaxed);
            if (until > now || !health_.MayReadKnown(now)) return true;
            // One thread reads again; the others go on with what there is.
            if (mode_ != Mode::kOff && !root.complete_until.compare_exchange_strong(
                                           until, kBeingRead, std::memory_order_relaxed)) {
                return true;
            }
        }
    }
    if (complete) {
        AtEnd const give_back([&] {
            Epochs::Guard const guard(cache_.Readers());
            Nanoseconds claimed = kBeingRead;
            cache_.Current().complete_until.compare_exchange_strong(
                claimed, mode_ == Mode::kOff ? kExpired : now, std::memory_order_relaxed);
        });
        (void)LoadEverything(false);
        return true;
    }
    if (!health_.MayReadUnknown(now)) return false;
    bool const keep_known = mode_ == Mode::kInfinite && !preload_;
    if (mode_ == Mode::kOff) return LoadEverything(keep_known).has_value();
    std::vector<ItemKey> const keys{EverythingKey()};
    Flights::Party party(flights_, keys);
    if (party.Mine().empty()) return !party.Wait().front().failed;
    std::vector<ReadItem> result(1);
    result.front().failed =
        !IsComplete() && (!health_.MayReadUnknown(Now()) || !LoadEverything(keep_known));
    party.Land(result);
    return !result.front().failed;
}

}  // namespace lddynamo
