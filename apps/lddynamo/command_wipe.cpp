#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "store/wipe.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace lddynamo::app {
namespace {

std::string Describe(store::WipeReport const& report, bool big_segments) {
    std::string text = fmt::format("{} flags, {} segments, {}", report.features, report.segments,
                                   report.marker ? "the marker" : "no marker");
    if (big_segments) text += fmt::format(", {} rows of Big Segments", report.big_segments);
    if (report.companions > 0) text += fmt::format(", {} rows beside them", report.companions);
    return text;
}

/// One line of stdin, without its end.
std::string ReadLine() {
    std::string line;
    char c = 0;
    for (;;) {
        ssize_t const count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0 || c == '\n' || line.size() > 4096) return line;
        line += c;
    }
}

/// Whether the person at the terminal means it.
bool Confirmed(CommonOptions const& common, store::WipeReport const& found, bool big_segments) {
    std::string const word =
        common.prefix.empty() ? common.table : common.table + "/" + common.prefix;
    WriteNote(fmt::format(
        "this deletes {} of {} in table {}, for good", Describe(found, big_segments),
        common.prefix.empty() ? "the empty prefix" : fmt::format("prefix '{}'", common.prefix),
        common.table));
    WriteNote(fmt::format("type {} to go on:", word));
    if (ReadLine() == word) return true;
    WriteNote("not confirmed; nothing was deleted");
    return false;
}

}  // namespace

int RunWipe(Session const& session) {
    auto const& arguments = session.Args();
    auto const& common = arguments.common;
    if (!arguments.yes && ::isatty(STDIN_FILENO) != 1) {
        WriteNote("wipe: without a terminal to ask on, --yes is needed");
        return kUsage;
    }
    auto client = session.MakeClient();
    if (!client) return Report(client.error());
    store::WipeOptions options;
    options.table = common.table;
    options.prefix = common.prefix;
    options.big_segments = arguments.big_segments;
    options.logger = session.Log();
    if (!arguments.yes) {
        auto const found = store::CountPrefix(**client, options);
        if (!found) return Report(found.error());
        if (!Confirmed(common, *found, arguments.big_segments)) return kFailed;
    }
    auto const report = [&] {
        ProgressBar bar("wiping");
        options.progress = [&bar](std::size_t done, std::size_t total) { bar.Update(done, total); };
        return store::WipePrefix(**client, options);
    }();
    if (!report) return Report(report.error());
    if (common.output == OutputFormat::kJson) {
        return Print(Value::Object({{"marker", report->marker},
                                    {"flags", report->features},
                                    {"segments", report->segments},
                                    {"bigSegments", report->big_segments},
                                    {"companions", report->companions}})
                         .ToJson() +
                     "\n");
    }
    return Print("deleted " + Describe(*report, arguments.big_segments) + "\n");
}

}  // namespace lddynamo::app
