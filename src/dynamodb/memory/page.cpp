#include "dynamodb/memory/page.hpp"

#include "dynamodb/memory/engine.hpp"
#include "dynamodb/memory/evaluator.hpp"

#include <utility>

namespace lddynamo::dynamodb::memory {

Page::Page(QueryInput const& input, Node const* filter, std::optional<Projection> const& projection)
    : input_(input), filter_(filter), projection_(projection) {
}

bool Page::IsFull() const {
    return bytes_ >= kMaxPageBytes ||
           (input_.limit && output_.scanned >= static_cast<std::size_t>(*input_.limit));
}

bool Page::Add(Row const& row) {
    if (IsFull()) return false;
    ++output_.scanned;
    bytes_ += row.bytes;
    last_ = &row;
    if (filter_ && !Matches(*filter_, row.item)) return true;
    ++output_.count;
    if (input_.select != "COUNT") {
        output_.items.push_back(Narrow(projection_, input_.attributes_to_get, row.item));
    }
    return true;
}

QueryOutput Page::Finish(Table const& table) {
    // A full page has a key to go on from, even when no row follows.
    if (IsFull() && last_) output_.last = table.KeyAttributes(last_->item);
    output_.units = ReadUnits(bytes_, input_.consistent);
    return std::move(output_);
}

}  // namespace lddynamo::dynamodb::memory
