#include "datasource/yaml_text.hpp"

#include "datasource/yaml_scalar.hpp"
#include "json/parse.hpp"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace lddynamo::datasource {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";
constexpr std::string_view kTooMuch = "more data than one document may stand for";

std::string_view TextOf(yaml_char_t const* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<char const*>(text);
}

tl::unexpected<Error> FailAt(yaml_mark_t const& mark, std::string_view cause) {
    return Fail(ErrorCode::kInvalidData, "line " + std::to_string(mark.line + 1) + ", column " +
                                             std::to_string(mark.column + 1) + ": " +
                                             std::string(cause));
}

/// Owns what libyaml allocates for one event.
class Event {
  public:
    Event() = default;
    Event(Event const&) = delete;
    Event& operator=(Event const&) = delete;
    ~Event() { yaml_event_delete(&event_); }
    [[nodiscard]] yaml_event_t const& operator*() const noexcept { return event_; }
    [[nodiscard]] yaml_event_t const* operator->() const noexcept { return &event_; }
    [[nodiscard]] yaml_event_t* Out() noexcept { return &event_; }

  private:
    yaml_event_t event_{};
};

class Parser {
  public:
    explicit Parser(std::string_view text) noexcept : text_(text) {
        made_ = yaml_parser_initialize(&parser_) != 0;
        if (!made_) return;
        yaml_parser_set_input_string(&parser_, reinterpret_cast<unsigned char const*>(text.data()),
                                     text.size());
    }
    Parser(Parser const&) = delete;
    Parser& operator=(Parser const&) = delete;
    ~Parser() {
        if (made_) yaml_parser_delete(&parser_);
    }
    [[nodiscard]] Status Next(Event& event) {
        if (made_ && yaml_parser_parse(&parser_, event.Out()) != 0) return {};
        std::string const cause =
            made_ && parser_.problem != nullptr ? parser_.problem : "no memory";
        if (made_ && parser_.error == YAML_READER_ERROR) {
            auto const offset = std::min(parser_.problem_offset, text_.size());
            return Fail(json::ErrorAt(text_, text_.data() + offset, cause));
        }
        return FailAt(parser_.problem_mark, cause);
    }

  private:
    std::string_view const text_;
    yaml_parser_t parser_{};
    bool made_ = false;
};

/// A finished node and what it takes to write it out.
struct Node {
    Value value{};
    std::size_t nodes = 1;
    std::size_t bytes = 0;
    std::size_t depth = 1;
    bool plain = false;  // a scalar without quotes, so that `<<` merges
};

/// A mapping or sequence that is not finished.
struct Container {
    bool mapping = false;
    yaml_mark_t mark{};
    std::string anchor{};
    Node sum{};                            // of all that is in it
    std::vector<Value> items{};            // of a sequence
    std::vector<Value::Member> members{};  // of a mapping, the merged ones behind its own
    std::vector<Node> merges{};
    std::set<std::string, std::less<>> names{};
    std::optional<std::string> name{};  // of the member whose value comes next
    bool merge = false;                 // what comes next is to be merged
};

class Reader {
  public:
    Reader(std::string_view text, YamlLimits const& limits) : parser_(text), limits_(limits) {}

    [[nodiscard]] Result<Value> Run() {
        bool seen = false;
        for (;;) {
            Event event;
            if (auto read = parser_.Next(event); !read) return Fail(std::move(read.error()));
            if (event->type == YAML_STREAM_END_EVENT) return root_;
            if (event->type == YAML_DOCUMENT_START_EVENT) {
                if (seen) return FailAt(event->start_mark, "a second document");
                seen = true;
            }
            if (auto taken = Take(*event); !taken) return Fail(std::move(taken.error()));
        }
    }

  private:
    [[nodiscard]] Status Take(yaml_event_t const& event) {
        switch (event.type) {
            case YAML_SCALAR_EVENT:
                return TakeScalar(event);
            case YAML_ALIAS_EVENT: {
                auto const found = anchors_.find(TextOf(event.data.alias.anchor));
                if (found == anchors_.end()) {
                    return FailAt(event.start_mark, "an alias of nothing that stands before it");
                }
                Node node = found->second;
                if (!Spend(node)) return FailAt(event.start_mark, kTooMuch);
                return Finish(std::move(node), event.start_mark, {});
            }
            case YAML_SEQUENCE_START_EVENT:
                return Open(event.start_mark, false, TextOf(event.data.sequence_start.tag), "seq",
                            TextOf(event.data.sequence_start.anchor));
            case YAML_MAPPING_START_EVENT:
                return Open(event.start_mark, true, TextOf(event.data.mapping_start.tag), "map",
                            TextOf(event.data.mapping_start.anchor));
            case YAML_SEQUENCE_END_EVENT:
            case YAML_MAPPING_END_EVENT:
                return Close();
            default:
                return {};
        }
    }

    [[nodiscard]] Status TakeScalar(yaml_event_t const& event) {
        auto const& scalar = event.data.scalar;
        std::string_view const text(reinterpret_cast<char const*>(scalar.value), scalar.length);
        Node node;
        node.bytes = text.size();
        node.plain = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.tag == nullptr;
        if (!Spend(node)) return FailAt(event.start_mark, kTooMuch);
        if (ExpectsName()) {
            // Whatever it would be as a value: JSON's names are text.
            node.value = Value(text);
        } else if (auto value = Resolve(text, scalar, event.start_mark)) {
            node.value = std::move(*value);
        } else {
            return Fail(std::move(value.error()));
        }
        return Finish(std::move(node), event.start_mark, TextOf(scalar.anchor));
    }

    template <class Scalar>
    [[nodiscard]] static Result<Value> Resolve(std::string_view text, Scalar const& scalar,
                                               yaml_mark_t const& mark) {
        using Type = YamlScalarType;
        std::string_view tag = TextOf(scalar.tag);
        bool const plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (tag == "!" || (tag.empty() && !plain)) return Value(text);
        YamlScalar resolved = ResolveYamlScalar(text);
        if (tag.empty()) {
            if (resolved.type == Type::kNoJsonNumber)
                return FailAt(mark, "a number that JSON has not");
            return std::move(resolved.value);
        }
        if (!tag.starts_with(kTagPrefix)) return FailAt(mark, "a tag that means nothing here");
        tag.remove_prefix(kTagPrefix.size());
        if (tag == "str") return Value(text);
        bool const fits =
            (tag == "null" && resolved.type == Type::kNull) ||
            (tag == "bool" && resolved.type == Type::kBool) ||
            (tag == "int" && resolved.type == Type::kInt) ||
            (tag == "float" && (resolved.type == Type::kFloat || resolved.type == Type::kInt));
        if (!fits) return FailAt(mark, "a value that does not fit its tag");
        return std::move(resolved.value);
    }

    [[nodiscard]] bool ExpectsName() const {
        return !open_.empty() && open_.back().mapping && !open_.back().name && !open_.back().merge;
    }

    [[nodiscard]] Status Open(yaml_mark_t const& mark, bool mapping, std::string_view tag,
                              std::string_view expected_tag, std::string_view anchor) {
        if (!tag.empty() && tag != "!" &&
            tag != std::string(kTagPrefix) + std::string(expected_tag)) {
            return FailAt(mark, "a tag that means nothing here");
        }
        if (ExpectsName()) return FailAt(mark, "a key must be a scalar");
        if (open_.size() >= limits_.max_depth) return FailAt(mark, TooDeep());
        if (!Spend(Node())) return FailAt(mark, kTooMuch);
        Container& container = open_.emplace_back();
        container.mapping = mapping;
        container.mark = mark;
        container.anchor = anchor;
        return {};
    }

    [[nodiscard]] Status Close() {
        Container container = std::move(open_.back());
        open_.pop_back();
        for (Node const& merged : container.merges) {
            for (Value::Member const& member : merged.value.AsObject()) {
                if (container.names.insert(member.name).second) container.members.push_back(member);
            }
        }
        Node node = std::move(container.sum);
        ++node.depth;
        node.value = container.mapping ? Value::Object(std::move(container.members))
                                       : Value::Array(std::move(container.items));
        return Finish(std::move(node), container.mark, container.anchor);
    }

    /// Puts a node in its place.
    [[nodiscard]] Status Finish(Node node, yaml_mark_t const& mark, std::string_view anchor) {
        if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), node);
        if (open_.empty()) {
            root_ = std::move(node.value);
            return {};
        }
        Container& parent = open_.back();
        Node& sum = parent.sum;
        sum.nodes += node.nodes;
        sum.bytes += node.bytes;
        sum.depth = std::max(sum.depth, node.depth);
        if (open_.size() + node.depth > limits_.max_depth + 1) return FailAt(mark, TooDeep());
        if (!parent.mapping) {
            parent.items.push_back(std::move(node.value));
            return {};
        }
        if (parent.merge) return TakeMerge(parent, std::move(node), mark);
        if (!parent.name) return TakeName(parent, std::move(node), mark);
        parent.members.push_back({std::move(*parent.name), std::move(node.value)});
        parent.name.reset();
        return {};
    }

    [[nodiscard]] static Status TakeName(Container& mapping, Node node, yaml_mark_t const& mark) {
        if (!node.value.IsString()) return FailAt(mark, "a key must be text");
        std::string name(node.value.AsString());
        if (node.plain && name == "<<") {
            mapping.merge = true;
            return {};
        }
        if (!mapping.names.insert(name).second) {
            return FailAt(mark, "the key '" + name.substr(0, 64) + "' stands here twice");
        }
        mapping.name = std::move(name);
        return {};
    }

    /// The mapping's own members win wherever they stand, then those of what is merged first.
    [[nodiscard]] static Status TakeMerge(Container& mapping, Node node, yaml_mark_t const& mark) {
        mapping.merge = false;
        if (node.value.IsObject()) {
            mapping.merges.push_back(std::move(node));
            return {};
        }
        if (!node.value.IsArray()) return FailAt(mark, "only mappings can be merged");
        for (Value const& item : node.value.AsArray()) {
            if (!item.IsObject()) return FailAt(mark, "only mappings can be merged");
            mapping.merges.push_back({item});
        }
        return {};
    }

    /// Counts what the document stands for, every repetition included.
    [[nodiscard]] bool Spend(Node const& node) {
        nodes_ += node.nodes;
        bytes_ += node.bytes;
        return nodes_ <= limits_.max_nodes && bytes_ <= limits_.max_bytes;
    }
    [[nodiscard]] std::string TooDeep() const {
        return "nested deeper than " + std::to_string(limits_.max_depth) + " levels";
    }

    Parser parser_;
    YamlLimits const limits_;
    std::vector<Container> open_;  // from the outermost inwards
    std::map<std::string, Node, std::less<>> anchors_;
    Value root_;
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace

Result<Value> ParseYaml(std::string_view text, YamlLimits const& limits) {
    return Reader(text, limits).Run();
}

}  // namespace lddynamo::datasource
