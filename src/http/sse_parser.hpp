/// @file
/// SseParser: server-sent events out of a stream of bytes, without I/O.
/// Layer: http. Source: html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6
#pragma once

#include <lddynamo/result.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lddynamo::http {

/// Valid while its handler runs.
struct SseEvent {
    std::string_view event{};  ///< "message" when the stream names none.
    std::string_view data{};   ///< Lines joined by LF.
    std::string_view id{};     ///< The last one that the stream gave, maybe with an earlier event.
};

/// Takes a stream in pieces of any size. Bytes that are no UTF-8 pass as they are: whoever reads
/// the data has to validate them anyway.
class SseParser {
  public:
    using Handler = std::function<void(SseEvent const&)>;

    /// @param max_event_bytes  of an event's name and data, and of a line that is being received.
    explicit SseParser(std::size_t max_event_bytes) : max_event_bytes_(max_event_bytes) {}

    /// Calls `handler` for each event that `bytes` complete. An event that the stream's end cuts is
    /// never delivered.
    /// @retval ErrorCode::kTooLarge  an event or a line is over the limit; so is every later call.
    [[nodiscard]] Status Feed(std::string_view bytes, Handler const& handler);

    /// How long the stream asks to wait before reconnecting, over 0; empty: it never said.
    [[nodiscard]] std::optional<std::chrono::milliseconds> Retry() const noexcept { return retry_; }
    /// What Last-Event-ID is to carry when reconnecting.
    [[nodiscard]] std::string const& LastEventId() const noexcept { return last_id_; }

  private:
    void Line(std::string_view line, Handler const& handler);
    void Field(std::string_view name, std::string_view value);
    void Dispatch(Handler const& handler);

    std::size_t max_event_bytes_;
    bool too_large_ = false;
    bool first_line_ = true;
    bool after_cr_ = false;  // an LF now belongs to the line end that was seen
    std::string line_{};     // what there is of a line that has not ended
    std::string event_{};    // of the event that is being received
    std::string data_{};     // each line with its LF
    std::string id_{};       // becomes last_id_ with the next empty line
    bool id_changed_ = false;
    std::string last_id_{};
    std::optional<std::chrono::milliseconds> retry_{};
};

}  // namespace lddynamo::http
