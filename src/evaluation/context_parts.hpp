/// @file
/// ContextParts: a context with its user at hand.
/// Layer: evaluation.
#pragma once

#include <lddynamo/context.hpp>

#include <string>

namespace lddynamo::evaluation {

/// Most clauses ask for the user, who is looked for once, and not before that. One thread's.
/// @par Lifetime  Refers to the context.
class ContextParts {
  public:
    explicit ContextParts(Context const& whole) noexcept : whole_(whole) {}

    [[nodiscard]] Context const& Whole() const noexcept { return whole_; }
    /// nullptr when there is none.
    [[nodiscard]] Context const* User() const noexcept {
        if (!looked_) {
            user_ = whole_.OfKind({});
            looked_ = true;
        }
        return user_;
    }
    /// The part of that kind, "" being "user" as decoded data have it; nullptr when there is none.
    [[nodiscard]] Context const* Of(std::string const& kind) const noexcept {
        return kind.empty() ? User() : whole_.OfKind(kind);
    }

  private:
    Context const& whole_;
    mutable Context const* user_ = nullptr;
    mutable bool looked_ = false;
};

}  // namespace lddynamo::evaluation
