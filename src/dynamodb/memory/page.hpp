/// @file
/// Page: what one Query or Scan gives back.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/expression.hpp"
#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/table.hpp"

#include <cstddef>
#include <optional>

namespace lddynamo::dynamodb::memory {

inline constexpr std::size_t kMaxPageBytes = std::size_t{1024} * 1024;

/// Collects rows until Limit or 1 MB is reached, both counted before the filter.
class Page {
  public:
    /// @param filter  nullptr: none. All must outlive the page.
    Page(QueryInput const& input, Node const* filter, std::optional<Projection> const& projection);

    /// Evaluates the next row. @return false when the page was full already; the row is not in it.
    bool Add(Row const& row);
    /// Once, at the end.
    [[nodiscard]] QueryOutput Finish(Table const& table);

  private:
    [[nodiscard]] bool IsFull() const;

    QueryInput const& input_;
    Node const* filter_;
    std::optional<Projection> const& projection_;
    QueryOutput output_{};
    Row const* last_ = nullptr;
    std::size_t bytes_ = 0;
};

}  // namespace lddynamo::dynamodb::memory
