#include "lddynamo/init_report.hpp"

#include "lddynamo/console.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace lddynamo::app {

std::string InitReportJson(InitReport const& report) {
    std::vector<Value> oversize;
    for (auto const& note : report.oversize) {
        oversize.push_back(
            Value::Object({{"kind", ToString(note.kind)}, {"key", note.key}, {"what", note.what}}));
    }
    return Value::Object({{"written", report.written},
                          {"unchanged", report.unchanged},
                          {"deleted", report.deleted},
                          {"kept", report.kept},
                          {"oversize", Value::Array(std::move(oversize))}})
               .ToJson() +
           "\n";
}

std::string InitReportText(InitReport const& report, std::size_t flags, std::size_t segments) {
    return fmt::format("{} flags and {} segments: {} written, {} unchanged, {} deleted\n", flags,
                       segments, report.written, report.unchanged, report.deleted);
}

void NoteWhatInitLeft(InitReport const& report) {
    if (report.kept > 0) {
        WriteNote(
            fmt::format("{} rows were changed by another writer meanwhile and stay as it left them",
                        report.kept));
    }
    for (auto const& note : report.oversize) {
        WriteNote(fmt::format("not written: {}: {}: {}", ToString(note.kind), note.key, note.what));
    }
}

}  // namespace lddynamo::app
