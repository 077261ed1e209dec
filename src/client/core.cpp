#include "client/core.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace lddynamo {

using client::CacheLookup;
using client::Epochs;
using client::Freshness;
using client::kBeingRead;
using client::Nanoseconds;
using client::Needs;
using client::OutcomeSink;
using client::Overlay;
using client::Root;
using client::StoreHealth;
using evaluation::Outcome;

namespace {

// Reads of one evaluation. Deeper references than this are rare enough to read everything for them.
constexpr int kMaxReads = 16;

constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kSecond = 1000 * kMillisecond;

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

Client::Core::Core(ClientOptions options)
    : store_(std::move(options.data_store)),
      mode_(options.cache.mode),
      ttl_(std::chrono::nanoseconds(options.cache.ttl).count()),
      // Without a cache there is nothing to load ahead.
      preload_(options.load == LoadMode::kPreload && options.cache.mode != Mode::kOff),
      clock_(options.clock != nullptr ? *options.clock : SystemClock()),
      cache_(options.cache.max_absent_keys, options.cache.mode != Mode::kOff),
      health_(KnownPause(options.cache), kUnknownPause, options.logger),
      reader_(*store_, cache_, health_, clock_, options.logger) {
}

void Client::Core::Evaluate(std::string_view key, Context const& context, OutcomeSink& sink) {
    if (mode_ != Mode::kOff) {
        Epochs::Guard const guard(cache_.Readers());
        Root const& root = cache_.Current();
        Freshness fresh;
        if (mode_ == Mode::kTtl) {
            fresh.now = Now();
            fresh.health = &health_;
        }
        if (preload_) {
            fresh.frozen =
                root.complete && (root.complete_until.load(std::memory_order_relaxed) > fresh.now ||
                                  (fresh.health != nullptr && !health_.MayReadKnown(fresh.now)));
        }
        if (fresh.frozen || !preload_) {
            if (TryEvaluate(CacheLookup(cache_, root, nullptr, fresh), key, context, sink)) return;
        }
    }
    EvaluateSlowly(key, context, sink);
}

bool Client::Core::TryEvaluate(CacheLookup const& lookup, std::string_view key,
                               Context const& context, OutcomeSink& sink) {
    using ErrorKind = EvaluationReason::ErrorKind;
    CacheLookup::Found const found = lookup.Flag(key);
    if (lookup.NeedsRead()) return false;
    if (found.flag == nullptr) {
        sink.Take(ErrorOutcome(lookup.Unknown()  ? ErrorKind::kException
                               : found.malformed ? ErrorKind::kMalformedFlag
                                                 : ErrorKind::kFlagNotFound));
        return true;
    }
    Outcome const outcome = evaluation::Evaluate(*found.flag, context, lookup);
    if (lookup.NeedsRead()) return false;
    sink.Take(lookup.Unknown() ? ErrorOutcome(ErrorKind::kException) : outcome);
    return true;
}

void Client::Core::EvaluateSlowly(std::string_view key, Context const& context, OutcomeSink& sink) {
    if (preload_) {
        if (EnsureComplete()) {
            EvaluateFrozen(key, context, sink);
        } else {
            sink.Take(ErrorOutcome(EvaluationReason::ErrorKind::kException));
        }
        return;
    }
    Overlay overlay;
    bool accept = false;
    for (int reads = 0;; ++reads) {
        Needs needs;
        {
            Nanoseconds const now = Now();
            Epochs::Guard const guard(cache_.Readers());
            Root const& root = cache_.Current();
            CacheLookup const lookup(cache_, root, &overlay, {now, false, accept, &health_});
            if (TryEvaluate(lookup, key, context, sink)) return;
            needs = client::FindNeeds(cache_, root, overlay, key, now, now + ttl_ / 10, health_);
        }
        if (needs.Empty()) {
            accept = true;
        } else if (reads < kMaxReads) {
            Fetch(needs, overlay);
        } else if (LoadEverything(mode_ == Mode::kInfinite)) {
            EvaluateFrozen(key, context, sink);
            return;
        } else {
            accept = true;
        }
    }
}

void Client::Core::EvaluateFrozen(std::string_view key, Context const& context, OutcomeSink& sink) {
    Freshness frozen;
    frozen.frozen = true;
    Epochs::Guard const guard(cache_.Readers());
    // A frozen look-up needs no read.
    (void)TryEvaluate(CacheLookup(cache_, cache_.Current(), nullptr, frozen), key, context, sink);
}

Result<std::size_t> Client::Core::Preload() {
    return LoadEverything(false);
}

Result<bool> Client::Core::Initialized() {
    return client::Guarded([this] { return store_->Initialized(); });
}

}  // namespace lddynamo
