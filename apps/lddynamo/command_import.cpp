#include "lddynamo/console.hpp"
#include "lddynamo/data_file.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/value.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace lddynamo::app {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20U;

Result<std::string> ReadStdin() {
    std::string content;
    char buffer[65536];
    for (;;) {
        ssize_t const count = ::read(STDIN_FILENO, buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return Fail(ErrorCode::kIo, fmt::format("stdin: {}", std::strerror(errno)));
        if (count == 0) return content;
        content.append(buffer, static_cast<std::size_t>(count));
        if (content.size() > kMaxFileBytes) {
            return Fail(ErrorCode::kTooLarge, fmt::format("stdin: over {} bytes", kMaxFileBytes));
        }
    }
}

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
    bool const from_stdin = arguments.file == "-";
    auto const text =
        from_stdin ? ReadStdin() : ProcessEnvironment().ReadFile(arguments.file, kMaxFileBytes);
    if (!text) {
        WriteNote(text.error().Describe());
        return kFailed;  // not kNotFoundOrNotInitialized: that speaks of the table
    }
    auto const file = ParseDataFile(from_stdin ? "stdin" : arguments.file, *text);
    if (!file) return Report(file.error());
    for (auto const& warning : file->warnings) WriteNote(warning);

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
