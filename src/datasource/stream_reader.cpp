#include "datasource/stream_reader.hpp"

#include "datasource/fdv1_events.hpp"
#include "datasource/service.hpp"

#include <string>
#include <utility>
#include <variant>

namespace lddynamo::datasource {

namespace {

std::chrono::milliseconds Milliseconds(std::chrono::steady_clock::duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time);
}

}  // namespace

StreamReader::StreamReader(std::shared_ptr<DataSink> sink, std::stop_token stop, Clock const& clock,
                           Logger logger)
    : sink_(std::move(sink)),
      stop_(std::move(stop)),
      clock_(clock),
      logger_(std::move(logger)),
      started_(clock.Now()),
      steady_start_(clock.SteadyNow()) {
}

void StreamReader::Ended() {
    if (!told_init_) TellInit(true);
}

void StreamReader::TellInit(bool failed) {
    told_init_ = true;
    sink_->OnStreamInit({started_, Milliseconds(clock_.SteadyNow() - steady_start_), failed});
}

bool StreamReader::OnHead(HttpResponse const& head) {
    if (head.status != 200) return false;
    opened_ = clock_.SteadyNow();
    if (auto const* const id = head.Header(kEnvironmentIdHeader)) sink_->OnEnvironmentId(*id);
    return true;
}

bool StreamReader::OnBody(std::string_view bytes) {
    auto const status = parser_.Feed(bytes, [this](http::SseEvent const& event) {
        if (!bad_data_ && !stop_.stop_requested()) OnEvent(event);
    });
    if (!status && !bad_data_) bad_data_ = status.error();
    return !bad_data_ && !stop_.stop_requested();
}

void StreamReader::OnEvent(http::SseEvent const& event) {
    if (!told_init_) TellInit(false);
    auto read = ReadStreamEvent(event.event, event.data);
    if (!read) {
        bad_data_ = std::move(read.error());
        return;
    }
    if (auto* const put = std::get_if<PutEvent>(&*read)) {
        LogLeftOut(logger_, put->document.skipped);
        if (!put->document.skipped.empty()) sink_->OnLeftOut(put->document.skipped);
        if (!sink_->Init(std::move(put->document.data))) return;
    } else if (auto* const item = std::get_if<ItemEvent>(&*read)) {
        if (!sink_->Upsert(item->kind, item->key, std::move(item->item))) return;
    } else {
        if (auto const* const left_out = std::get_if<LeftOutEvent>(&*read)) {
            LogLeftOut(logger_, {left_out->note});
        }
        return;
    }
    sink_->OnStatus(DataSourceState::kValid, std::nullopt);
}

std::chrono::milliseconds StreamReader::OpenFor() const {
    if (!opened_) return {};
    return Milliseconds(clock_.SteadyNow() - *opened_);
}

}  // namespace lddynamo::datasource
