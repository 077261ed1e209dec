#include "events/context_formatter.hpp"

#include "json/raw_json.hpp"

#include <lddynamo/value.hpp>

#include <cstddef>
#include <string_view>

namespace lddynamo::events {
namespace {

/// Writes what no reference names, and lists the references that named something.
class Redaction {
  public:
    using References = std::vector<AttributeRef const*>;

    explicit Redaction(std::string& out) : out_(out) {}

    /// Appends `,"name":value`, or as much of it as may be seen.
    /// @param depth       of the object that the member is in: so many parts of each reference are
    ///                    matched already.
    void AppendMember(std::string_view name, Value const& value, References const& references,
                      std::size_t depth) {
        References inner;  // those to something inside of the value
        for (auto const* reference : references) {
            auto const& parts = reference->Parts();
            if (parts[depth] != name) continue;
            if (parts.size() == depth + 1) {
                redacted_.push_back(reference->Text());
                return;
            }
            inner.push_back(reference);
        }
        if (out_.back() != '{') out_ += ',';
        json::AppendQuoted(out_, name);
        out_ += ':';
        if (inner.empty() || !value.IsObject()) {
            value.AppendJson(out_);
            return;
        }
        out_ += '{';
        for (auto const& member : value.AsObject()) {
            AppendMember(member.name, member.value, inner, depth + 1);
        }
        out_ += '}';
    }

    void LeaveOut(std::string_view name) {
        redacted_.push_back(AttributeRef::Literal(name).Text());
    }

    void AppendList() const {
        if (redacted_.empty()) return;
        out_ += R"(,"_meta":{"redactedAttributes":[)";
        for (std::size_t i = 0; i < redacted_.size(); ++i) {
            if (i > 0) out_ += ',';
            json::AppendQuoted(out_, redacted_[i]);
        }
        out_ += "]}";
    }

  private:
    std::string& out_;
    std::vector<std::string> redacted_;
};

}  // namespace

ContextFormatter::ContextFormatter(bool all_private,
                                   std::vector<std::string> const& private_attributes)
    : all_private_(all_private) {
    for (auto const& text : private_attributes) {
        auto reference = AttributeRef::Parse(text);
        if (reference.Valid()) private_attributes_.push_back(std::move(reference));
    }
}

void ContextFormatter::Append(std::string& out, Context const& context, Anonymous anonymous) const {
    out += "{\"kind\":";
    json::AppendQuoted(out, context.Kind());
    if (!context.Multiple()) {
        out += ',';
        AppendMembers(out, context, anonymous);
    } else {
        for (std::size_t i = 0; i < context.KindCount(); ++i) {
            auto const& single = context.At(i);
            out += ',';
            json::AppendQuoted(out, single.Kind());
            out += ":{";
            AppendMembers(out, single, anonymous);
            out += '}';
        }
    }
    out += '}';
}

void ContextFormatter::AppendMembers(std::string& out, Context const& single,
                                     Anonymous anonymous) const {
    out += "\"key\":";
    json::AppendQuoted(out, single.Key());
    if (single.Anonymous()) out += ",\"anonymous\":true";
    Redaction redaction(out);
    if (all_private_ || (anonymous == Anonymous::kRedacted && single.Anonymous())) {
        if (single.Name() != nullptr) redaction.LeaveOut("name");
        for (auto const& attribute : single.Attributes()) redaction.LeaveOut(attribute.name);
    } else {
        Redaction::References references;
        for (auto const& reference : private_attributes_) references.push_back(&reference);
        for (auto const& reference : single.PrivateAttributes()) {
            if (reference.Valid()) references.push_back(&reference);
        }
        if (single.Name() != nullptr) {
            redaction.AppendMember("name", Value(*single.Name()), references, 0);
        }
        for (auto const& attribute : single.Attributes()) {
            redaction.AppendMember(attribute.name, attribute.value, references, 0);
        }
    }
    redaction.AppendList();
}

std::optional<Context> WithoutAnonymous(Context const& context) {
    auto builder = Context::MultiBuilder();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < context.KindCount(); ++i) {
        if (context.At(i).Anonymous()) continue;
        builder.Add(context.At(i));
        ++kept;
    }
    if (kept == 0) return std::nullopt;
    if (kept == context.KindCount()) return context;
    auto built = builder.Build();
    if (!built) return std::nullopt;
    return std::move(*built);
}

}  // namespace lddynamo::events
