#include "lddynamo/console.hpp"
#include "lddynamo/data_file.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

std::string ReportJson(InitReport const& report) {
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
        .ToJson();
}

}  // namespace

int RunImport(Session const& session) {
    auto const& arguments = session.Args();
    auto const file = ReadDataFile(arguments.file);
    if (!file) return kFailed;

    ProgressBar bar("importing");
    auto store =
        session.MakeStore([&bar](std::size_t done, std::size_t total) { bar.Update(done, total); });
    if (!store) return Report(store.error());
    auto const report = (*store)->Init(file->data);
    if (!report) return Report(report.error());

    int const code =
        arguments.common.output == OutputFormat::kJson
            ? Print(ReportJson(*report) + "\n")
            : Print(fmt::format("{} flags and {} segments: {} written, {} unchanged, {} deleted\n",
                                file->data.features.size(), file->data.segments.size(),
                                report->written, report->unchanged, report->deleted));
    if (report->kept > 0) {
        WriteNote(
            fmt::format("{} rows were changed by another writer meanwhile and stay as it left them",
                        report->kept));
    }
    for (auto const& note : report->oversize) {
        WriteNote(fmt::format("not written: {}: {}: {}", ToString(note.kind), note.key, note.what));
    }
    return report->oversize.empty() ? code : kFailed;
}

}  // namespace lddynamo::app
