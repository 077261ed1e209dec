#include "client/core.hpp"

#include "base/at_end.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace lddynamo {

using client::BigSegmentView;
using client::CacheLookup;
using client::Epochs;
using client::Freshness;
using client::kNever;
using client::Nanoseconds;
using client::Needs;
using client::OutcomeSink;
using client::Overlay;
using client::ReadItem;
using client::Root;
using client::StoreHealth;
using evaluation::Outcome;

namespace {

// Reads of one evaluation. Deeper references than this are rare enough to read everything for them.
constexpr int kMaxReads = 16;

constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kSecond = 1000 * kMillisecond;

/// A store that nobody has filled is not asked more often whether somebody has.
constexpr Nanoseconds kAskReadyPause = kSecond;

/// Every call in this pause gets its default, so it is short.
constexpr StoreHealth::Pause kUnknownPause{100 * kMillisecond, kSecond};

StoreHealth::Pause KnownPause(CacheOptions const& cache) {
    switch (cache.mode) {
        case CacheOptions::Mode::kOff:
            break;
        case CacheOptions::Mode::kInfinite:
            return {kSecond, 15 * kSecond};
        case CacheOptions::Mode::kTtl: {
            Nanoseconds const ttl = std::chrono::nanoseconds(cache.ttl).count();
            return {std::min(kSecond, ttl), std::min(60 * kSecond, ttl)};
        }
    }
    return kUnknownPause;
}

Outcome ErrorOutcome(EvaluationReason::ErrorKind kind) {
    Outcome outcome;
    outcome.kind = EvaluationReason::Kind::kError;
    outcome.error_kind = kind;
    return outcome;
}

}  // namespace

Client::Core::Core(ClientOptions const& options, Source source, client::BigSegments* big_segments)
    : store_(source == Source::kMemory ? nullptr : options.data_store),
      big_segments_(big_segments),
      source_(source),
      offline_(options.offline),
      mode_(source == Source::kMemory ? Mode::kInfinite : options.cache.mode),
      ttl_(std::chrono::nanoseconds(options.cache.ttl).count()),
      // Without a cache there is nothing to load ahead; what is received need not be loaded.
      preload_(source == Source::kMemory ||
               (source == Source::kStore && options.load == LoadMode::kPreload &&
                options.cache.mode != Mode::kOff)),
      clock_(options.clock != nullptr ? *options.clock : SystemClock()),
      // In memory, what is absent may be a tombstone, which must not be forgotten.
      cache_(source == Source::kMemory ? std::numeric_limits<std::size_t>::max()
                                       : options.cache.max_absent_keys,
             mode_ != Mode::kOff),
      health_(KnownPause(options.cache), kUnknownPause, options.logger),
      decoder_(cache_, options.logger),
      logger_(options.logger),
      ready_(source == Source::kStore) {
    if (store_) reader_.emplace(*store_, decoder_, health_, clock_);
}

void Client::Core::Evaluate(std::string_view key, Context const& context, OutcomeSink& sink) {
    if (big_segments_ == nullptr) {
        Evaluate({key, context, sink, nullptr});
    } else {
        BigSegmentView view;
        Evaluate({key, context, sink, &view});
    }
}

void Client::Core::Evaluate(Call const& call) {
    if (!ready_.load(std::memory_order_acquire) && !IsReady()) {
        call.sink.Take(nullptr, ErrorOutcome(EvaluationReason::ErrorKind::kClientNotReady));
        return;
    }
    if (mode_ != Mode::kOff) {
        Attempt attempt = Attempt::kDone;
        while ((attempt = EvaluateQuickly(call)) == Attempt::kNeedsMembership) {
            call.view->FetchMissing(*big_segments_);
        }
        if (attempt == Attempt::kDone) return;
    }
    EvaluateSlowly(call);
}

Client::Core::Attempt Client::Core::EvaluateQuickly(Call const& call) {
    Epochs::Guard const guard(cache_.Readers());
    Root const& root = cache_.Current();
    Freshness fresh;
    if (mode_ == Mode::kTtl) {
        fresh.now = CoarseNow();
        fresh.health = &health_;
    }
    if (preload_) {
        fresh.frozen =
            root.complete && (root.complete_until.load(std::memory_order_relaxed) > fresh.now ||
                              (fresh.health != nullptr && !health_.MayReadKnown(fresh.now)));
        if (!fresh.frozen) return Attempt::kNeedsRead;
    }
    return TryEvaluate(CacheLookup(cache_, root, nullptr, fresh), call);
}

Client::Core::Attempt Client::Core::TryEvaluate(CacheLookup const& lookup, Call const& call) {
    using ErrorKind = EvaluationReason::ErrorKind;
    CacheLookup::Found const found = lookup.Flag(call.key);
    if (lookup.NeedsRead()) return Attempt::kNeedsRead;
    if (found.flag == nullptr) {
        call.sink.Take(nullptr, ErrorOutcome(lookup.Unknown()  ? ErrorKind::kException
                                             : found.malformed ? ErrorKind::kMalformedFlag
                                                               : ErrorKind::kFlagNotFound));
        return Attempt::kDone;
    }
    call.sink.Begin();
    if (call.view != nullptr) call.view->Begin();
    Outcome const outcome =
        evaluation::Evaluate(*found.flag, call.context, lookup, call.sink.Observer(), call.view);
    if (lookup.NeedsRead()) return Attempt::kNeedsRead;
    if (call.view != nullptr && call.view->IsMissing()) return Attempt::kNeedsMembership;
    call.sink.Take(found.flag, lookup.Unknown() ? ErrorOutcome(ErrorKind::kException) : outcome);
    return Attempt::kDone;
}

void Client::Core::EvaluateSlowly(Call const& call) {
    if (preload_) {
        if (EnsureComplete()) {
            EvaluateFrozen(call);
        } else {
            call.sink.Take(nullptr, ErrorOutcome(EvaluationReason::ErrorKind::kException));
        }
        return;
    }
    Overlay overlay;
    bool accept = false;
    for (int reads = 0;;) {
        Needs needs;
        Attempt attempt = Attempt::kDone;
        {
            Nanoseconds const now = Now();
            Epochs::Guard const guard(cache_.Readers());
            Root const& root = cache_.Current();
            CacheLookup const lookup(cache_, root, &overlay, {now, false, accept, &health_});
            attempt = TryEvaluate(lookup, call);
            if (attempt == Attempt::kDone) return;
            if (attempt == Attempt::kNeedsRead) {
                needs = client::FindNeeds(cache_, root, overlay, call.key, now, now + ttl_ / 10,
                                          health_);
            }
        }
        if (attempt == Attempt::kNeedsMembership) {
            call.view->FetchMissing(*big_segments_);
        } else if (needs.Empty()) {
            accept = true;
        } else if (reads++ < kMaxReads) {
            Fetch(needs, overlay);
        } else if (LoadEverything(mode_ == Mode::kInfinite)) {
            EvaluateFrozen(call);
            return;
        } else {
            accept = true;
        }
    }
}

void Client::Core::EvaluateFrozen(Call const& call) {
    Freshness frozen;
    frozen.frozen = true;
    for (;;) {
        {
            Epochs::Guard const guard(cache_.Readers());
            // A frozen look-up needs no read.
            if (TryEvaluate(CacheLookup(cache_, cache_.Current(), nullptr, frozen), call) !=
                Attempt::kNeedsMembership) {
                return;
            }
        }
        call.view->FetchMissing(*big_segments_);
    }
}

Result<std::size_t> Client::Core::Preload() {
    if (!reader_) return std::size_t{0};
    return LoadEverything(false);
}

Result<bool> Client::Core::Initialized() {
    if (offline_) return true;
    if (source_ != Source::kStore && ready_.load(std::memory_order_acquire)) return true;
    if (!store_) return false;
    return client::Guarded([this] { return store_->Initialized(); });
}

bool Client::Core::IsReady() {
    if (ready_.load(std::memory_order_acquire)) return true;
    return store_ != nullptr && AskWhetherReady();
}

// Others may have filled the store; it is used then, as the Go SDK does.
bool Client::Core::AskWhetherReady() {
    {
        std::unique_lock lock(ready_mutex_);
        // A store whose log asks for a flag would wait for itself.
        if (ready_asker_ == std::this_thread::get_id()) return false;
        // The first answer is waited for; later, one thread asks again and the others go on.
        ready_answered_.wait(lock, [this] {
            return ready_asker_ == std::thread::id() || ask_ready_at_ != client::kExpired;
        });
        if (ready_asker_ != std::thread::id() || Now() < ask_ready_at_) {
            return ready_.load(std::memory_order_acquire);
        }
        ready_asker_ = std::this_thread::get_id();
    }
    bool first = false;
    {
        base::AtEnd const answered([this] {
            std::scoped_lock const lock(ready_mutex_);
            ready_asker_ = {};
            ask_ready_at_ = Now() + kAskReadyPause;
            ready_answered_.notify_all();
        });
        Nanoseconds const started = Now();
        auto const initialized = client::Guarded([this] { return store_->Initialized(); });
        if (!initialized) {
            health_.Failed(initialized.error(), started, Now());
            return false;
        }
        health_.Succeeded();
        if (!*initialized) return false;
        first = !ready_.exchange(true, std::memory_order_acq_rel);
    }
    if (first) logger_.Warn("no data of LaunchDarkly yet: flags are evaluated out of the store");
    return true;
}

bool Client::Core::Receive(StoreData const& data) {
    bool const memory = source_ == Source::kMemory;
    // Numbered when the store has it already: what was read before does not replace it.
    std::uint64_t const read = cache_.StartRead();
    auto made = decoder_.MakeRoot(data, {},
                                  {read, memory ? kNever : ExpiryFrom(Now()), memory, &abandoned_});
    if (!made.root) return false;
    made.root->absent_is_known = memory;
    cache_.Install(std::move(made.root), false);
    return true;
}

void Client::Core::Receive(DataKind kind, std::string_view key, SerializedItem const& item) {
    ReadItem received;
    received.key = {kind, std::string(key)};
    decoder_.Fill(received, item);
    Nanoseconds const now = Now();
    cache_.Store({&received, 1}, cache_.StartRead(),
                 source_ == Source::kMemory ? kNever : ExpiryFrom(now), now);
}

void Client::Core::ReceiveIfNewer(DataKind kind, std::string_view key, SerializedItem const& item) {
    std::int64_t const known = kind == DataKind::kFeatures
                                   ? cache_.Known<model::FeatureFlag>(key).stamp.version
                                   : cache_.Known<model::Segment>(key).stamp.version;
    if (known < item.version) Receive(kind, key, item);
}

void Client::Core::ReceiveRead(Reading const& reading, DataKind kind, std::string_view key,
                               Result<std::optional<SerializedItem>> const& found) {
    ReadItem item;
    item.key = {kind, std::string(key)};
    if (!found) {
        decoder_.FillMalformed(item, found.error().message);
    } else if (*found) {
        decoder_.Fill(item, **found);
    }
    cache_.Store({&item, 1}, reading.number, ExpiryFrom(reading.started), Now());
}

}  // namespace lddynamo
