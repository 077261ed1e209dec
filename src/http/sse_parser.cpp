#include "http/sse_parser.hpp"

#include <cstdint>
#include <limits>

namespace lddynamo::http {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Digits alone; a number too large for the type becomes the largest.
std::optional<std::chrono::milliseconds> ReadRetry(std::string_view text) noexcept {
    constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
    if (text.empty()) return std::nullopt;
    std::int64_t value = 0;
    for (char const c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        std::int64_t const digit = c - '0';
        value = value > (kMax - digit) / 10 ? kMax : value * 10 + digit;
    }
    return std::chrono::milliseconds(value);
}

}  // namespace

Status SseParser::Feed(std::string_view bytes, Handler const& handler) {
    while (!bytes.empty() && !too_large_) {
        if (after_cr_) {
            after_cr_ = false;
            if (bytes.front() == '\n') {
                bytes.remove_prefix(1);
                continue;
            }
        }
        auto const end = bytes.find_first_of("\r\n");
        auto const part = bytes.substr(0, end);
        std::size_t const held = line_.size() + event_.size() + data_.size();
        if (held > max_event_bytes_ || part.size() > max_event_bytes_ - held) {
            too_large_ = true;
            break;
        }
        if (end == std::string_view::npos) {
            line_.append(part);
            break;
        }
        after_cr_ = bytes[end] == '\r';
        bytes.remove_prefix(end + 1);
        if (line_.empty()) {
            Line(part, handler);
        } else {
            line_.append(part);
            Line(line_, handler);
            line_.clear();
        }
    }
    if (!too_large_) return {};
    return Fail(ErrorCode::kTooLarge, "an event of the stream is over the limit of " +
                                          std::to_string(max_event_bytes_) + " bytes");
}

void SseParser::Line(std::string_view line, Handler const& handler) {
    if (first_line_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    first_line_ = false;
    if (line.empty()) {
        Dispatch(handler);
        return;
    }
    auto const colon = line.find(':');
    if (colon == 0) return;  // a comment
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    Field(line.substr(0, colon), value);
}

void SseParser::Field(std::string_view name, std::string_view value) {
    if (name == "data") {
        data_.append(value) += '\n';
    } else if (name == "event") {
        event_ = value;
    } else if (name == "id") {
        if (value.find('\0') != std::string_view::npos) return;
        id_ = value;
        id_changed_ = true;
    } else if (name == "retry") {
        // As in LaunchDarkly's SDKs, 0 asks for nothing: what was asked before stays.
        if (auto const retry = ReadRetry(value); retry && retry->count() > 0) retry_ = retry;
    }
}

void SseParser::Dispatch(Handler const& handler) {
    if (id_changed_) last_id_ = id_;
    id_changed_ = false;
    if (!data_.empty()) {
        data_.pop_back();
        handler({.event = event_.empty() ? std::string_view("message") : event_,
                 .data = data_,
                 .id = last_id_});
    }
    data_.clear();
    event_.clear();
}

}  // namespace lddynamo::http
