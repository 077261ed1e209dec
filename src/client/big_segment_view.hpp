/// @file
/// BigSegmentView: the evaluator's view of Big Segments, which notes what it does not know.
/// Layer: client.
///
/// An evaluation under a guard must not block, so it cannot ask a store. It is done again instead:
///
///     BigSegmentView view;
///     do {
///         view.FetchMissing(big_segments);    // nothing, the first time
///         Epochs::Guard const guard(...);
///         view.Begin();
///         outcome = Evaluate(flag, context, lookup, observer, &view);
///     } while (view.IsMissing());
///
/// Only the first unknown key of an attempt is noted: what the evaluation asks for after that
/// depends on an answer that it has not got, and the store must not be asked in vain. So there is
/// one attempt more than keys that are needed. Observers and the like see every attempt, of which
/// the last one counts. An attempt that lacked a flag or segment too may have taken a wrong way:
/// read that first, and begin anew. Where many flags are evaluated under one guard they share a
/// view: at the first flag of which something is missing, leave the guard, fetch, and begin with
/// all of them anew.
#pragma once

#include "client/big_segments.hpp"
#include "evaluation/evaluator.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace lddynamo::client {

/// What one call of the client (one evaluation, or all flags) has learnt. A key is fetched once in
/// a call, and its answer used to the call's end, whatever the cache forgets meanwhile. Allocates
/// nothing unless a Big Segment is asked for.
/// @par Thread safety  One thread's.
/// @par Lifetime       Every context that is evaluated outlives it.
class BigSegmentView final : public evaluation::BigSegmentLookup {
  public:
    /// Before each attempt.
    void Begin() noexcept { missing_.reset(); }
    /// Something was asked for that must be fetched first: what came out is worth nothing.
    [[nodiscard]] bool IsMissing() const noexcept { return missing_.has_value(); }
    /// Fetches what the last attempt lacked, if anything.
    /// @par Blocking  As BigSegments::Fetch: not under a guard.
    void FetchMissing(BigSegments& big_segments);

    [[nodiscard]] Membership Find(std::string_view context_key,
                                  std::string_view segment_ref) noexcept override;

  private:
    struct Fetched {
        std::string_view context_key{};  // into the context
        BigSegmentAnswer answer{};
    };
    std::vector<Fetched> fetched_;  // one for each different key among the kinds of a context
    std::optional<std::string_view> missing_;
};

}  // namespace lddynamo::client
