/// @file
/// Parsed expressions.
/// Layer: dynamodb (in-memory service).
#pragma once

#include <lddynamo/attribute_value.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// A step into a document: a member's name or an index of a list.
using PathStep = std::variant<std::string, std::size_t>;
/// A document path; the first step is a name.
using Path = std::vector<PathStep>;

/// "[a, [0], b]", as the service's messages show a path.
[[nodiscard]] std::string PathText(Path const& path);
[[nodiscard]] inline std::string const& PathHead(Path const& path) {
    return std::get<std::string>(path.front());
}

/// The functions and operators of expressions; a tree of them is a condition or a value.
enum class Operator : std::uint8_t {
    kValue,  ///< a constant
    kPath,
    kAnd,
    kOr,
    kNot,
    kEqual,
    kNotEqual,
    kLess,
    kLessOrEqual,
    kGreater,
    kGreaterOrEqual,
    kBetween,
    kIn,
    kAttributeExists,
    kAttributeNotExists,
    kAttributeType,
    kBeginsWith,
    kContains,
    kSize,
    kPlus,
    kMinus,
    kIfNotExists,
    kListAppend,
};

/// How the service writes it: "<=", "BETWEEN", "begins_with".
[[nodiscard]] std::string_view OperatorName(Operator op) noexcept;

struct Node {
    Operator op = Operator::kValue;
    AttributeValue value{};  ///< kValue
    Path path{};             ///< kPath
    std::vector<Node> operands{};
};

/// The names that begin an expression's paths.
struct PathUse {
    std::set<std::string, std::less<>> heads{};   ///< of all paths
    std::set<std::string, std::less<>> nested{};  ///< of paths of more than one step
    void Add(Path const& path) {
        heads.insert(PathHead(path));
        if (path.size() > 1) nested.insert(PathHead(path));
    }
};

struct Condition {
    Node root{};
    PathUse paths{};
};

struct Projection {
    std::vector<Path> paths{};
    PathUse use{};
};

struct UpdateAction {
    enum class Kind : std::uint8_t { kSet, kRemove, kAdd, kDelete };
    Kind kind = Kind::kSet;
    Path path{};
    Node operand{};  ///< Not for kRemove.
};

struct Update {
    std::vector<UpdateAction> actions{};
    PathUse use{};
};

}  // namespace lddynamo::dynamodb::memory
