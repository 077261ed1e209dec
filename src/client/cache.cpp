#include "client/cache.hpp"

#include "base/random.hpp"

#include <thread>
#include <utility>
#include <vector>

namespace lddynamo::client {
namespace {

// Looking for expired absent keys costs a walk over the table: not more often than this.
constexpr Nanoseconds kSweepInterval = 1'000'000'000;

template <class T>
std::unique_ptr<Entry<T>> MakeEntry(std::string_view key, std::uint64_t hash,
                                    Decoded<T> const& decoded, std::uint64_t read,
                                    Nanoseconds expires) {
    auto entry = std::make_unique<Entry<T>>();
    entry->key = key;
    entry->hash = hash;
    entry->decoded = decoded;
    entry->read = read;
    entry->expires.store(expires, std::memory_order_relaxed);
    return entry;
}

}  // namespace

Cache::Cache(std::size_t max_absent, bool keep_absent)
    : max_absent_(max_absent),
      keep_absent_(keep_absent),
      seed_(base::RandomBits()),
      root_(new Root()) {
}

Cache::~Cache() {
    delete root_.load(std::memory_order_relaxed);
}

template <class T>
Decoded<T> Cache::Known(std::string_view key) const {
    Epochs::Guard const guard(epochs_);
    Entry<T> const* const entry = Current().Of<T>().Find(key, Hash(key));
    return entry == nullptr ? Decoded<T>{} : entry->decoded;
}
template Decoded<model::FeatureFlag> Cache::Known(std::string_view) const;
template Decoded<model::Segment> Cache::Known(std::string_view) const;

void Cache::Store(std::span<ReadItem const> items, std::uint64_t read, Nanoseconds expires,
                  Nanoseconds now) {
    std::scoped_lock const lock(write_mutex_);
    for (ReadItem const& item : items) {
        if (item.failed) continue;
        if (item.key.kind == DataKind::kFeatures) {
            StoreOne(item.key.key, item.flag, read, expires, now);
        } else {
            StoreOne(item.key.key, item.segment, read, expires, now);
        }
    }
    (void)epochs_.Collect();
}

template <class T>
void Cache::StoreOne(std::string_view key, Decoded<T> const& decoded, std::uint64_t read,
                     Nanoseconds expires, Nanoseconds now) {
    Root& root = Writable();
    ItemTable<T>& table = root.Of<T>();
    std::uint64_t const hash = Hash(key);
    Entry<T> const* const old = table.Find(key, hash);
    if (old != nullptr && old->read > read) return;
    if (old == nullptr && root.complete && root.read > read) return;  // it was there before
    if (old != nullptr && old->decoded.object == decoded.object &&
        old->decoded.malformed == decoded.malformed && old->decoded.stamp == decoded.stamp) {
        old->read = read;
        old->expires.store(expires, std::memory_order_relaxed);
        return;
    }
    bool const old_absent = old != nullptr && !old->decoded.object;
    if (!decoded.object && !old_absent) {
        if (keep_absent_ && root.absent >= max_absent_ && now >= next_sweep_) {
            next_sweep_ = now + kSweepInterval;
            RemoveExpiredAbsent<model::FeatureFlag>(root, now);
            RemoveExpiredAbsent<model::Segment>(root, now);
        }
        if (!keep_absent_ || root.absent >= max_absent_) {
            table.Remove(key, hash, epochs_);
            return;
        }
    }
    table.Put(MakeEntry(key, hash, decoded, read, expires), epochs_);
    if (old_absent) --root.absent;
    if (!decoded.object) ++root.absent;
}

template <class T>
void Cache::RemoveExpiredAbsent(Root& root, Nanoseconds now) {
    std::vector<Entry<T> const*> expired;
    root.Of<T>().ForEach([&](Entry<T> const& entry) {
        if (!entry.decoded.object && entry.expires.load(std::memory_order_relaxed) <= now) {
            expired.push_back(&entry);
        }
    });
    for (Entry<T> const* entry : expired) root.Of<T>().Remove(entry->key, entry->hash, epochs_);
    root.absent -= expired.size();
}

void Cache::GiveBack(std::span<ItemKey const> keys, Nanoseconds now) noexcept {
    std::scoped_lock const lock(write_mutex_);
    for (ItemKey const& key : keys) {
        if (key.kind == DataKind::kFeatures) {
            GiveBackOne<model::FeatureFlag>(key.key, now);
        } else {
            GiveBackOne<model::Segment>(key.key, now);
        }
    }
}

template <class T>
void Cache::GiveBackOne(std::string_view key, Nanoseconds now) noexcept {
    if (Entry<T> const* const entry = Writable().Of<T>().Find(key, Hash(key))) {
        Nanoseconds claimed = kBeingRead;
        entry->expires.compare_exchange_strong(claimed, now, std::memory_order_relaxed);
    }
}

template <class T>
void Cache::Carry(Root const& from, Root& to, bool all) {
    from.Of<T>().ForEach([&](Entry<T> const& entry) {
        if (!all && entry.read <= to.read) return;
        Entry<T> const* const found = to.Of<T>().Find(entry.key, entry.hash);
        if (found != nullptr && !found->decoded.object) --to.absent;
        if (!entry.decoded.object) ++to.absent;
        Nanoseconds const expires = entry.expires.load(std::memory_order_relaxed);
        to.Of<T>().Put(MakeEntry(entry.key, entry.hash, entry.decoded, entry.read,
                                 expires == kBeingRead ? kExpired : expires),
                       epochs_);
    });
}

void Cache::Install(std::unique_ptr<Root> root, bool keep_known) {
    std::scoped_lock const lock(write_mutex_);
    Root const& old = Writable();
    if (old.complete && old.read > root->read) return;
    root->absent = 0;
    auto const count = [&root](auto const& entry) {
        if (!entry.decoded.object) ++root->absent;
    };
    root->flags.ForEach(count);
    root->segments.ForEach(count);
    Carry<model::FeatureFlag>(old, *root, keep_known);
    Carry<model::Segment>(old, *root, keep_known);
    epochs_.Retire(root_.exchange(root.release(), std::memory_order_seq_cst));
    // The old generation may be large, and the next write far away: give its readers a moment to
    // leave.
    for (int i = 0; i < 4 && !epochs_.Collect(); ++i) std::this_thread::yield();
}

std::size_t Cache::Size() const {
    std::scoped_lock const lock(write_mutex_);
    Root const& root = *root_.load(std::memory_order_relaxed);
    return root.flags.Size() + root.segments.Size();
}

std::size_t Cache::AbsentCount() const {
    std::scoped_lock const lock(write_mutex_);
    return root_.load(std::memory_order_relaxed)->absent;
}

}  // namespace lddynamo::client
