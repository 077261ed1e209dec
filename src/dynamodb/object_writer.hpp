/// @file
/// ObjectWriter: DynamoDB's JSON, member by member, straight into a text.
/// Layer: dynamodb.
#pragma once

#include "dynamodb/attribute_json.hpp"
#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <string>
#include <string_view>

namespace lddynamo::dynamodb {

/// Opens an object when it is made and closes it when it goes.
class ObjectWriter {
  public:
    explicit ObjectWriter(std::string& out) : out_(out) { out_ += '{'; }
    ObjectWriter(ObjectWriter const&) = delete;
    ObjectWriter& operator=(ObjectWriter const&) = delete;
    ~ObjectWriter() { out_ += '}'; }

    /// The name and colon; the value is then appended to the returned text.
    std::string& Key(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        json::AppendQuoted(out_, name);
        out_ += ':';
        return out_;
    }
    void Text(std::string_view name, std::string_view text) { json::AppendQuoted(Key(name), text); }
    void Number(std::string_view name, double number) { Value(number).AppendJson(Key(name)); }
    void Attributes(std::string_view name, Item const& item) { AppendItem(Key(name), item); }

  private:
    std::string& out_;
    bool first_ = true;
};

/// Appends a JSON array; `append` writes one element.
template <class Items, class Append>
void AppendArray(std::string& out, Items const& items, Append const& append) {
    out += '[';
    bool first = true;
    for (auto const& item : items) {
        if (!first) out += ',';
        first = false;
        append(item);
    }
    out += ']';
}

}  // namespace lddynamo::dynamodb
