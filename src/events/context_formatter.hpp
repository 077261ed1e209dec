/// @file
/// ContextFormatter: a context as events carry it, without what is private.
/// Layer: events.
#pragma once

#include <lddynamo/context.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lddynamo::events {

/// Kind, key and anonymous are never private. What was left out is listed by its reference in
/// `_meta.redactedAttributes`.
/// @par Thread safety  Immutable.
class ContextFormatter {
  public:
    /// Of anonymous contexts, everything is private in the events that may name one context often
    /// (feature, custom, migration_op), but not where it is introduced (index, identify, debug).
    enum class Anonymous { kAsOthers, kRedacted };

    /// @param private_attributes  references; those that are none are ignored.
    ContextFormatter(bool all_private, std::vector<std::string> const& private_attributes);

    /// Appends the context's JSON.
    void Append(std::string& out, Context const& context, Anonymous anonymous) const;

  private:
    void AppendMembers(std::string& out, Context const& single, Anonymous anonymous) const;

    bool all_private_;
    std::vector<AttributeRef> private_attributes_;
};

/// The kinds that are not anonymous; empty when there is none.
[[nodiscard]] std::optional<Context> WithoutAnonymous(Context const& context);

}  // namespace lddynamo::events
