#include "lddynamo/sync_lines.hpp"

#include "lddynamo/console.hpp"
#include "lddynamo/init_report.hpp"
#include "lddynamo/session.hpp"

#include "datasource/data_document.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <lddynamo/value.hpp>

namespace lddynamo::app {
namespace {

std::string_view Text(UpsertOutcome outcome) {
    switch (outcome) {
        case UpsertOutcome::kWritten:
            return "written";
        case UpsertOutcome::kStale:
            return "stale";
        case UpsertOutcome::kOversize:
            return "oversize";
    }
    return "";
}

}  // namespace

SyncLines::SyncLines(OutputFormat output, Logger const& log)
    : output_(output),
      log_warns_(log.Enabled(LogLevel::kWarn)),
      terminal_(::isatty(STDERR_FILENO) == 1) {
}

SyncLines::~SyncLines() {
    if (ErrTakesMore()) Clear();
}

void SyncLines::Last(std::string const& text) {
    if (!ErrTakesMore()) return;
    Clear();
    WriteNote(text);
}

void SyncLines::Clear() {
    if (shown_) WriteErr("\r\x1b[K");
    shown_ = false;
}

void SyncLines::Note(std::string const& text) {
    Clear();
    WriteNote(text);
    ShowState();
}

void SyncLines::ShowState() {
    if (!terminal_) return;
    shown_ = true;
    auto const state =
        fmt::format("{}: {} changes, last: {}", outage_.empty() ? "following" : "interrupted",
                    changes_, Printable(last_));
    // A row more could not be cleared; where the row is full, some terminals clear its last column.
    WriteErr(fmt::format("\r{}\x1b[K", FirstColumns(state, ErrColumns() - 1)));
}

void SyncLines::Failing(std::vector<Error> const& errors) {
    std::string now, gist;
    for (auto const& error : errors) {
        if (!now.empty()) now += "; ";
        now += error.Describe();
        // Request ids make every message another one.
        gist +=
            fmt::format("{} {} {};", ToString(error.code), error.http_status, error.service_code);
    }
    bool const recovered = now.empty() && !outage_.empty();
    bool const another = !now.empty() && gist != outage_;
    outage_ = gist;
    if (recovered) Note("recovered");
    if (another) Note(now);
}

bool SyncLines::Filled(InitReport const& report, std::size_t flags, std::size_t segments,
                       std::vector<ItemNote> const& left_out) {
    Clear();
    NoteWhatInitLeft(report);
    if (!log_warns_) {
        for (auto const& note : left_out) WriteNote(datasource::DescribeLeftOut(note));
    }
    last_ = fmt::format("{} flags and {} segments", flags, segments);
    if (output_ == OutputFormat::kJson) {
        ShowState();
        return Print(InitReportJson(report, &left_out)) == kDone;
    }
    auto text = InitReportText(report, flags, segments);
    text.pop_back();
    Note("synced: " + text);
    return true;
}

bool SyncLines::Upserted(DataKind kind, std::string_view key, SerializedItem const& item,
                         UpsertOutcome outcome) {
    ++changes_;
    last_ = fmt::format("{} {} version {}", ToString(kind), key, item.version);
    if (outcome == UpsertOutcome::kOversize) {
        Note(fmt::format("not written: {}: {}: too large for the table", ToString(kind), key));
    } else {
        ShowState();
    }
    if (output_ != OutputFormat::kJson) return true;
    return Print(Value::Object({{"kind", ToString(kind)},
                                {"key", key},
                                {"version", item.version},
                                {"deleted", item.deleted},
                                {"outcome", Text(outcome)}})
                     .ToJson() +
                 "\n") == kDone;
}

}  // namespace lddynamo::app
