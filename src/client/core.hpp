/// @file
/// Client::Core: what a Client is made of.
/// Layer: client.
#pragma once

#include "client/cache.hpp"
#include "client/cache_lookup.hpp"
#include "client/flights.hpp"
#include "client/store_health.hpp"
#include "client/store_reader.hpp"
#include "evaluation/evaluator.hpp"

#include <lddynamo/client.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace lddynamo {

namespace client {

/// Takes an evaluation's outcome, while all that it points to is there. Must not block.
class OutcomeSink {
  public:
    OutcomeSink() = default;
    OutcomeSink(OutcomeSink const&) = delete;
    OutcomeSink& operator=(OutcomeSink const&) = delete;
    virtual void Take(evaluation::Outcome const& outcome) = 0;

  protected:
    ~OutcomeSink() = default;
};

}  // namespace client

/// Decides, for each call, what is good enough and what must be read, and reads it.
///
/// The quick path takes a guard, looks the flag up and evaluates it; it is left as soon as
/// something is missing or too old. The slow path reads what is needed outside of any guard, into
/// an overlay of its own and into the cache, and tries again: one read for each level of
/// references, until the evaluation asks for nothing new.
class Client::Core {
  public:
    explicit Core(ClientOptions options);

    /// Calls `sink` once, unless it throws (for want of memory).
    void Evaluate(std::string_view key, Context const& context, client::OutcomeSink& sink);
    [[nodiscard]] AllFlagsState AllFlags(Context const& context, AllFlagsOptions const& options);
    [[nodiscard]] Result<std::size_t> Preload();
    [[nodiscard]] Result<bool> Initialized();

  private:
    using Mode = CacheOptions::Mode;

    /// Whether the look-up had all it needed; if not, `sink` was not called.
    [[nodiscard]] static bool TryEvaluate(client::CacheLookup const& lookup, std::string_view key,
                                          Context const& context, client::OutcomeSink& sink);
    void EvaluateSlowly(std::string_view key, Context const& context, client::OutcomeSink& sink);
    /// With a complete generation, which must have been ensured before.
    void EvaluateFrozen(std::string_view key, Context const& context, client::OutcomeSink& sink);

    /// Reads what is needed, or waits for those who do.
    void Fetch(client::Needs const& needs, client::Overlay& overlay);
    void FetchUncached(client::Needs const& needs, client::Overlay& overlay);
    /// Makes expired keys this thread's to read; others go on with what is there.
    [[nodiscard]] std::vector<ItemKey> Claim(std::vector<ItemKey> const& expired,
                                             client::Nanoseconds horizon) const;
    /// What others put into the cache since it was found missing.
    [[nodiscard]] std::vector<client::ReadItem> ReadMeanwhile(std::vector<ItemKey>& keys) const;

    /// Makes sure that there is a complete generation, as fresh as the cache's mode asks for.
    /// @return false when there is none, and none could be read.
    [[nodiscard]] bool EnsureComplete();
    [[nodiscard]] Result<std::size_t> LoadEverything(bool keep_known);
    [[nodiscard]] bool IsComplete() const noexcept;

    [[nodiscard]] client::Nanoseconds Now() const noexcept {
        return clock_.SteadyNow().time_since_epoch() / std::chrono::nanoseconds(1);
    }
    /// When something that is being read from `started` on will be too old.
    [[nodiscard]] client::Nanoseconds ExpiryFrom(client::Nanoseconds started) const noexcept;

    std::shared_ptr<FeatureStore> const store_;  // shared with the caller, who may write to it
    Mode const mode_;
    client::Nanoseconds const ttl_;
    bool const preload_;
    Clock const& clock_;
    client::Cache cache_;
    client::StoreHealth health_;
    client::StoreReader reader_;
    client::Flights flights_;
};

}  // namespace lddynamo
