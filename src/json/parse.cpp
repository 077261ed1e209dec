#include "json/parse.hpp"

#include "json/utf8.hpp"

#include <lddynamo/value.hpp>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <optional>

namespace lddynamo {
namespace json {
namespace {

namespace bj = boost::json;

/// The number that `text`, valid JSON, spells; nullopt when it is beyond the range of a double.
/// Boost's own conversion is a few units in the last place off (until 1.83), so its value only
/// tells a number that is too large from one that is too small.
std::optional<double> ExactDouble(double rough, std::string_view text) noexcept {
    double exact = 0;
    auto const read = std::from_chars(text.data(), text.data() + text.size(), exact);
    if (read.ec == std::errc()) return exact;
    if (rough > 1 || rough < -1) return std::nullopt;
    return text.front() == '-' ? -0.0 : 0.0;
}

/// What all handlers share: limits (none beyond Boost's depth), pieces of strings, numbers.
/// `Derived` has OnName(view), OnString(view), OnScalar(Value), OnBegin(array), OnEnd(array, size).
template <class Derived>
class Handler {
  public:
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    bool on_document_begin(bj::error_code&) { return true; }
    bool on_document_end(bj::error_code&) { return true; }
    bool on_array_begin(bj::error_code&) { return self().OnBegin(true), true; }
    bool on_array_end(std::size_t size, bj::error_code&) { return self().OnEnd(true, size), true; }
    bool on_object_begin(bj::error_code&) { return self().OnBegin(false), true; }
    bool on_object_end(std::size_t size, bj::error_code&) {
        return self().OnEnd(false, size), true;
    }
    bool on_key_part(bj::string_view part, std::size_t, bj::error_code&) {
        parts_.append(part.data(), part.size());
        return true;
    }
    bool on_key(bj::string_view part, std::size_t, bj::error_code&) {
        self().OnName(Join(part));
        parts_.clear();
        return true;
    }
    bool on_string_part(bj::string_view part, std::size_t, bj::error_code&) {
        parts_.append(part.data(), part.size());
        return true;
    }
    bool on_string(bj::string_view part, std::size_t, bj::error_code&) {
        self().OnString(Join(part));
        parts_.clear();
        return true;
    }
    bool on_number_part(bj::string_view, bj::error_code&) { return true; }
    bool on_int64(std::int64_t number, bj::string_view text, bj::error_code&) {
        bool const negative_zero = number == 0 && text.front() == '-';
        self().OnScalar(negative_zero ? Value(-0.0) : Value(number));
        return true;
    }
    bool on_uint64(std::uint64_t number, bj::string_view, bj::error_code&) {
        self().OnScalar(Value(number));
        return true;
    }
    bool on_double(double rough, bj::string_view text, bj::error_code& error) {
        auto const number = ExactDouble(rough, {text.data(), text.size()});
        if (number) {
            self().OnScalar(Value(*number));
            return true;
        }
        bad_number_ = text.data();
        error = bj::error::exponent_overflow;
        return false;
    }
    bool on_bool(bool value, bj::error_code&) { return self().OnScalar(Value(value)), true; }
    bool on_null(bj::error_code&) { return self().OnScalar(Value()), true; }
    bool on_comment_part(bj::string_view, bj::error_code&) { return true; }
    bool on_comment(bj::string_view, bj::error_code&) { return true; }

    /// Where a number starts that was refused here; nullptr when none was.
    [[nodiscard]] char const* BadNumber() const noexcept { return bad_number_; }

  private:
    Derived& self() noexcept { return static_cast<Derived&>(*this); }
    std::string_view Join(bj::string_view last) {
        if (parts_.empty()) return {last.data(), last.size()};
        parts_.append(last.data(), last.size());
        return parts_;
    }

    std::string parts_;  // of a string with escapes
    char const* bad_number_ = nullptr;
};

/// Builds a Value. Finished values wait on a stack until their container ends and its size is
/// known.
class ValueHandler : public Handler<ValueHandler> {
  public:
    void OnName(std::string_view name) { names_.emplace_back(name); }
    void OnString(std::string_view text) { values_.emplace_back(text); }
    void OnScalar(Value value) { values_.push_back(std::move(value)); }
    void OnBegin(bool) noexcept {}
    void OnEnd(bool array, std::size_t size) {
        auto const first = values_.end() - static_cast<std::ptrdiff_t>(size);
        Value container;
        if (array) {
            container = Value::Array(std::vector<Value>(std::make_move_iterator(first),
                                                        std::make_move_iterator(values_.end())));
        } else {
            auto const first_name = names_.end() - static_cast<std::ptrdiff_t>(size);
            std::vector<Value::Member> members;
            members.reserve(size);
            auto name = first_name;
            for (auto value = first; value != values_.end(); ++value, ++name) {
                members.push_back({std::move(*name), std::move(*value)});
            }
            names_.erase(first_name, names_.end());
            container = Value::Object(std::move(members));
        }
        values_.erase(first, values_.end());
        values_.push_back(std::move(container));
    }

    [[nodiscard]] Value Take() { return std::move(values_.back()); }

  private:
    std::vector<Value> values_;
    std::vector<std::string> names_;
};

/// Collects the names of the outermost object.
class NamesHandler : public Handler<NamesHandler> {
  public:
    void OnName(std::string_view name) {
        if (depth_ == 1) names_.emplace_back(name);
    }
    void OnString(std::string_view) noexcept {}
    void OnScalar(Value const&) noexcept {}
    void OnBegin(bool array) noexcept {
        if (depth_++ == 0) is_object_ = !array;
    }
    void OnEnd(bool, std::size_t) noexcept { --depth_; }

    [[nodiscard]] bool IsObject() const noexcept { return is_object_; }
    [[nodiscard]] std::vector<std::string> Take() { return std::move(names_); }

  private:
    std::vector<std::string> names_;
    std::size_t depth_ = 0;
    bool is_object_ = false;
};

std::string Unexpected(char const* at, char const* end) {
    auto const c = static_cast<unsigned char>(*at);
    if (c == '\n' || c == '\r') return "unexpected line break";
    if (c < 0x20 || c == 0x7F) {
        char text[48];
        std::snprintf(text, sizeof text, "unexpected control character 0x%02x", c);
        return text;
    }
    std::size_t const length = Utf8Length(at, end);
    if (length == 0) return "invalid UTF-8";
    std::string_view const character(at, length);
    if (character == "\xEF\xBB\xBF") return "unexpected byte order mark";
    return "unexpected '" + std::string(character) + "'";
}

std::string Cause(bj::error_code const& error, char const* at, char const* end) {
    if (error == bj::error::too_deep) {
        return "nested deeper than " + std::to_string(kMaxDepth) + " levels";
    }
    if (error == bj::error::exponent_overflow) return "number out of range";
    if (error == bj::error::incomplete || at == end) return "unexpected end";
    return Unexpected(at, end);
}

constexpr bool IsNumberCharacter(char c) noexcept {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

char const* SkipSpace(char const* at, char const* end) noexcept {
    while (at != end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) ++at;
    return at;
}

template <class H>
Status Run(bj::basic_parser<H>& parser, std::string_view text) {
    char const* const end = text.data() + text.size();
    bj::error_code error = bj::error::incomplete;
    char const* at = end;
    if (!text.empty()) at = text.data() + parser.write_some(false, text.data(), text.size(), error);
    if (!error) {
        at = SkipSpace(at, end);
        if (at == end) return {};
        return Fail(ErrorAt(text, at, Unexpected(at, end) + " after the end of the document"));
    }
    if (parser.handler().BadNumber() != nullptr) {
        at = parser.handler().BadNumber();
    } else if (error == bj::error::exponent_overflow) {  // found by Boost, at the exponent's end
        while (at != text.data() && IsNumberCharacter(at[-1])) --at;
    }
    return Fail(ErrorAt(text, at, Cause(error, at, end)));
}

/// Writes U+FFFD's escape over every escaped surrogate that has no other half.
/// @return whether there was one.
bool ReplaceLoneSurrogates(std::string& text) noexcept {
    auto const unit = [&text](std::size_t at) -> unsigned {  // 0 when there is no escape \uXXXX
        if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return 0;
        unsigned value = 0;
        char const* const digits = text.data() + at + 2;
        return std::from_chars(digits, digits + 4, value, 16).ptr == digits + 4 ? value : 0;
    };
    auto const is_high = [](unsigned value) { return value >= 0xD800 && value < 0xDC00; };
    auto const is_low = [](unsigned value) { return value >= 0xDC00 && value < 0xE000; };
    bool replaced = false;
    for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
        unsigned const value = unit(at);
        if (is_high(value) && is_low(unit(at + 6))) {
            at += 12;
        } else if (is_high(value) || is_low(value)) {
            text.replace(at + 2, 4, "fffd");
            replaced = true;
            at += 6;
        } else {
            at += 2;  // also skips an escaped backslash
        }
    }
    return replaced;
}

/// Runs a handler of type H over the text and gives it to `take`.
template <class H, class Take>
auto Read(std::string_view text, Take take) -> decltype(take(std::declval<H&>())) {
    bj::parse_options options;
    options.max_depth = kMaxDepth;
    bj::basic_parser<H> parser(options);
    Status status = Run(parser, text);
    if (status) return take(parser.handler());
    // Boost refuses lone surrogates, which other SDKs read and may so have written.
    std::string repaired(text);
    if (!ReplaceLoneSurrogates(repaired)) return Fail(std::move(status.error()));
    bj::basic_parser<H> second(options);
    status = Run(second, repaired);
    if (!status) return Fail(std::move(status.error()));
    return take(second.handler());
}

}  // namespace

Error ErrorAt(std::string_view text, char const* at, std::string_view cause) {
    auto const before = text.substr(0, static_cast<std::size_t>(at - text.data()));
    auto const line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    auto const line = 1 + std::count(before.begin(), before.end(), '\n');
    auto const column =
        1 + std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
    Error error;
    error.code = ErrorCode::kInvalidData;
    error.message = "line " + std::to_string(line) + ", column " + std::to_string(column) + ": ";
    error.message += cause;
    return error;
}

Result<std::vector<std::string>> TopLevelNames(std::string_view text) {
    return Read<NamesHandler>(
        text, [text](NamesHandler& handler) -> Result<std::vector<std::string>> {
            if (handler.IsObject()) return handler.Take();
            char const* const start = SkipSpace(text.data(), text.data() + text.size());
            return Fail(ErrorAt(text, start, "not an object"));
        });
}

}  // namespace json

Result<Value> Value::Parse(std::string_view text) {
    return json::Read<json::ValueHandler>(
        text, [](json::ValueHandler& handler) -> Result<Value> { return handler.Take(); });
}

}  // namespace lddynamo
