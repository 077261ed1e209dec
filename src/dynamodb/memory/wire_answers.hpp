/// @file
/// Answers to JSON.
/// Layer: dynamodb (in-memory service).
#pragma once

#include "dynamodb/memory/requests.hpp"
#include "dynamodb/memory/table.hpp"

#include <lddynamo/value.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lddynamo::dynamodb::memory {

/// Writes one JSON object, member by member.
class ObjectWriter {
  public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ObjectWriter(ObjectWriter const&) = delete;
    ObjectWriter& operator=(ObjectWriter const&) = delete;
    ~ObjectWriter() { out_ += '}'; }

    /// The name and colon; the value is then appended to the returned text.
    std::string& Key(std::string_view name);
    void Text(std::string_view name, std::string_view text);
    void Number(std::string_view name, double number);
    void Attributes(std::string_view name, Item const& item);

  private:
    std::string& out_;
    bool first_ = true;
};

/// Which consumed capacity the request asked for.
enum class CapacityDetail : std::uint8_t { kNone, kTotal, kIndexes };
[[nodiscard]] CapacityDetail WantedCapacity(Value const& parameters);
void AppendCapacity(std::string& out, CapacityDetail detail, std::string_view table, double units);

[[nodiscard]] std::string TableJson(Table const& table, std::string_view status);
[[nodiscard]] std::string QueryJson(QueryOutput const& output, QueryInput const& input,
                                    CapacityDetail detail);
[[nodiscard]] std::string BatchGetJson(BatchGetOutput const& output, BatchGetInput const& input,
                                       CapacityDetail detail);
[[nodiscard]] std::string BatchWriteJson(BatchWriteOutput const& output,
                                         BatchWriteInput const& input, CapacityDetail detail);

}  // namespace lddynamo::dynamodb::memory
