#include "lddynamo/init_report.hpp"

#include "lddynamo/console.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace lddynamo::app {

namespace {

Value NotesJson(std::vector<ItemNote> const& notes) {
    std::vector<Value> values;
    for (auto const& note : notes) {
        values.push_back(
            Value::Object({{"kind", ToString(note.kind)}, {"key", note.key}, {"what", note.what}}));
    }
    return Value::Array(std::move(values));
}

}  // namespace

std::string InitReportJson(InitReport const& report, std::vector<ItemNote> const* left_out) {
    std::vector<Value::Member> members = {{"written", report.written},
                                          {"unchanged", report.unchanged},
                                          {"deleted", report.deleted},
                                          {"kept", report.kept},
                                          {"oversize", NotesJson(report.oversize)}};
    if (left_out != nullptr) members.emplace_back("leftOut", NotesJson(*left_out));
    return Value::Object(std::move(members)).ToJson() + "\n";
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
