/// @file
/// Context, AttributeRef: who or what a flag is evaluated for.
/// Layer: model.
///
/// The rules are LaunchDarkly's (docs.launchdarkly.com/sdk/concepts/context and the Go SDK's
/// ldcontext and ldattr packages).
#pragma once

#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo {

/// Names an attribute: a plain name ("email") or a path with slashes ("/address/street"), where
/// "~1" stands for "/" and "~0" for "~" inside a path's part.
/// @par Thread safety  Immutable.
class AttributeRef {
  public:
    AttributeRef() = default;  ///< Not valid: an empty reference.
    /// Reads a reference; Valid() tells whether it is one ("", "/", "//", "/a/", "/a~2" are not).
    [[nodiscard]] static AttributeRef Parse(std::string_view text);
    /// A reference to the top-level attribute of exactly this name, slashes and tildes included.
    [[nodiscard]] static AttributeRef Literal(std::string_view name);

    [[nodiscard]] bool Valid() const noexcept { return !parts_.empty(); }
    /// Unescaped parts of the path; one for a plain name; none when not valid.
    [[nodiscard]] std::vector<std::string> const& Parts() const noexcept { return parts_; }
    /// The text as given to Parse, or the escaped form of a literal that needs it.
    [[nodiscard]] std::string const& Text() const noexcept { return text_; }
    friend bool operator==(AttributeRef const&, AttributeRef const&) = default;

  private:
    std::string text_;
    std::vector<std::string> parts_;
};

class ContextBuilder;
class MultiContextBuilder;

/// An immutable context: one kind, or several kinds together. Always valid, even when it was moved
/// from: a move is a copy.
///
/// A copy shares the content: one atomic increment, no allocation.
/// @par Thread safety  Immutable.
class Context {
  public:
    // Copies alone are declared: a move would leave nothing behind to ask.
    Context(Context const&) noexcept = default;
    Context& operator=(Context const&) noexcept = default;
    ~Context() = default;

    /// Starts a context of one kind: `Context::Builder("user", "bob").Set("plan", "gold").Build()`.
    [[nodiscard]] static ContextBuilder Builder(std::string_view kind, std::string_view key);
    /// A context of kind "user" with nothing but a key.
    /// @retval ErrorCode::kInvalidArgument  the key is empty.
    [[nodiscard]] static Result<Context> User(std::string_view key);
    /// Starts a context of several kinds.
    [[nodiscard]] static MultiContextBuilder MultiBuilder();
    /// Reads a context's JSON: `{"kind":"user","key":"bob"}`, `{"kind":"multi","user":{...},...}`,
    /// or a user of the older SDKs (no `kind`; attributes in `custom`, `privateAttributeNames`; its
    /// key may be empty). Null attributes are dropped; a multi-kind context of one kind becomes
    /// that one.
    /// @retval ErrorCode::kInvalidData  no JSON object, or one that breaks a rule; the message
    /// names
    ///                                  the property.
    [[nodiscard]] static Result<Context> FromJson(std::string_view json);
    /// The same, from a parsed value.
    [[nodiscard]] static Result<Context> FromValue(Value const& value);

    /// "multi" for several kinds.
    [[nodiscard]] std::string const& Kind() const noexcept;
    /// "" for several kinds.
    [[nodiscard]] std::string const& Key() const noexcept;
    /// The optional built-in attribute `name`; nullptr when it is not set.
    [[nodiscard]] std::string const* Name() const noexcept;
    [[nodiscard]] bool Anonymous() const noexcept;
    [[nodiscard]] bool Multiple() const noexcept;
    /// The single-kind contexts inside, ordered by kind; one (itself) when it is of one kind.
    [[nodiscard]] std::size_t KindCount() const noexcept;
    /// @param index  below KindCount().
    [[nodiscard]] Context const& At(std::size_t index) const noexcept;
    /// The single-kind context of that kind; "" stands for "user". nullptr when there is none.
    [[nodiscard]] Context const* OfKind(std::string_view kind) const noexcept;

    /// The attribute a reference names: built-in (`kind`, `key`, `name`, `anonymous`) or custom,
    /// nested through objects only. Null when there is none, when the reference is not valid, and
    /// for all but `kind` when the context has several kinds.
    [[nodiscard]] Value GetValue(AttributeRef const& ref) const noexcept;
    /// The same without a copy: lives as long as any copy of this context. nullptr (or a null
    /// inside of an object) when there is none. Allocates nothing.
    [[nodiscard]] Value const* FindValue(AttributeRef const& ref) const noexcept;
    /// Top-level custom attributes in the order they were set; empty for several kinds.
    [[nodiscard]] std::vector<Value::Member> const& Attributes() const noexcept;
    [[nodiscard]] std::vector<AttributeRef> const& PrivateAttributes() const noexcept;

    /// "bob" for a user, "org:acme" for another kind, "org:acme:user:bob" for several; in all but
    /// the first form "%" and ":" in keys are escaped as %25 and %3A.
    [[nodiscard]] std::string const& FullyQualifiedKey() const noexcept;
    /// The JSON that FromJson reads, in the current (not the older) form.
    [[nodiscard]] std::string ToJson() const;

    friend bool operator==(Context const& a, Context const& b) noexcept;

  private:
    friend class ContextBuilder;
    friend class MultiContextBuilder;
    struct Data;
    explicit Context(std::shared_ptr<Data const> data) noexcept : data_(std::move(data)) {}
    std::shared_ptr<Data const> data_;  // shared by all copies; never null
};

/// Collects the attributes of one kind of context. Not thread-safe. One that was moved from can
/// only be assigned to and destroyed.
class ContextBuilder {
  public:
    ContextBuilder(std::string_view kind, std::string_view key);
    ~ContextBuilder();
    ContextBuilder(ContextBuilder&&) noexcept;
    ContextBuilder& operator=(ContextBuilder&&) noexcept;

    ContextBuilder& Name(std::string_view name);
    ContextBuilder& Anonymous(bool anonymous);
    /// Sets a custom attribute, or a built-in one when the type fits (`name`: string or null,
    /// `anonymous`: bool); null removes it. Ignored, as in the Go SDK: `kind`/`key` of another type
    /// than string, `_meta`, an empty name.
    ContextBuilder& Set(std::string_view attribute, Value value);
    /// Marks attributes private: references as AttributeRef::Parse reads them.
    ContextBuilder& Private(std::string_view reference);
    ContextBuilder& Private(AttributeRef reference);
    /// Leaves the builder usable; later changes do not touch contexts already built.
    /// @retval ErrorCode::kInvalidArgument  an empty key; a kind that is empty, "kind", "multi", or
    /// has
    ///                                      a character outside [A-Za-z0-9._-].
    [[nodiscard]] Result<Context> Build() const;

  private:
    friend class Context;
    struct Reader;
    struct State;
    std::unique_ptr<State> state_;
};

/// Collects single-kind contexts. Not thread-safe.
class MultiContextBuilder {
  public:
    /// Adds a context; one of several kinds adds each of them.
    MultiContextBuilder& Add(Context const& context);
    /// One added context gives that context itself.
    /// @retval ErrorCode::kInvalidArgument  nothing added, or a kind twice.
    [[nodiscard]] Result<Context> Build() const;

  private:
    std::vector<Context> contexts_;
};

}  // namespace lddynamo
