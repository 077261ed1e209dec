/// @file
/// Fields: reads the members of a request's JSON object, and notes what is wrong with them.
#pragma once

#include <lddynamo/context.hpp>
#include <lddynamo/result.hpp>
#include <lddynamo/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::contract {

/// What is wrong with a request: the first thing that was noted, as in "evaluate.flagKey: expected
/// a string".
class Problem {
  public:
    void Note(std::string const& where, std::string_view what) {
        if (text_.empty()) text_ = where + ": " + std::string(what);
    }
    /// kInvalidArgument when something was noted.
    [[nodiscard]] Status Check() const {
        if (text_.empty()) return {};
        return Fail(ErrorCode::kInvalidArgument, text_);
    }

  private:
    std::string text_;
};

/// One JSON object of a request. A member of another type than the method's is noted in the
/// problem, and the method gives an empty value: so everything can be read first, and checked once.
/// A null member is an absent one, as the harness wants it.
class Fields {
  public:
    /// @param path     of the object in the request, for messages; empty: the request itself.
    /// @param problem  outlives this.
    Fields(Value const& object, std::string path, Problem& problem);

    [[nodiscard]] bool Has(std::string_view name) const;
    /// Any type; null when absent.
    [[nodiscard]] Value const& Any(std::string_view name) const { return object_[name]; }
    [[nodiscard]] std::string String(std::string_view name) const;  ///< Must be there.
    [[nodiscard]] std::optional<std::string> OptionalString(std::string_view name) const;
    [[nodiscard]] bool Bool(std::string_view name) const;  ///< Absent: false.
    [[nodiscard]] std::optional<double> Number(std::string_view name) const;
    [[nodiscard]] std::optional<std::chrono::milliseconds> Milliseconds(
        std::string_view name) const;
    [[nodiscard]] std::vector<std::string> Strings(std::string_view name) const;
    /// Absent: an empty object.
    [[nodiscard]] Fields Object(std::string_view name) const;
    [[nodiscard]] std::vector<Fields> Objects(std::string_view name) const;
    /// The members of an object; absent: none.
    [[nodiscard]] std::vector<Value::Member> const& Members(std::string_view name) const;

    /// The context in `context`, or of the older user in `user`.
    [[nodiscard]] std::optional<Context> ContextOrUser() const;
    /// Says that the member is not as it should be.
    void Note(std::string_view name, std::string_view what) const;
    [[nodiscard]] Status Check() const { return problem_->Check(); }

  private:
    /// The member when it is of that type; nullptr when absent, or noted as something else.
    [[nodiscard]] Value const* OfType(std::string_view name, Value::Type type,
                                      std::string_view expected) const;
    [[nodiscard]] std::string PathOf(std::string_view name) const;

    Value object_;
    std::string path_;
    Problem* problem_;
};

}  // namespace lddynamo::contract
