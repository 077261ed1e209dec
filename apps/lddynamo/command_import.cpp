#include "lddynamo/console.hpp"
#include "lddynamo/data_file.hpp"
#include "lddynamo/init_report.hpp"
#include "lddynamo/session.hpp"

namespace lddynamo::app {
int RunImport(Session const& session) {
    auto const& arguments = session.Args();
    auto const file = ReadDataFile(arguments.file);
    if (!file) return Report(file.error());

    ProgressBar bar("importing");
    auto store =
        session.MakeStore([&bar](std::size_t done, std::size_t total) { bar.Update(done, total); });
    if (!store) return Report(store.error());
    auto const report = (*store)->Init(file->data);
    if (!report) return Report(report.error());

    int const code = Print(
        arguments.common.output == OutputFormat::kJson
            ? InitReportJson(*report)
            : InitReportText(*report, file->data.features.size(), file->data.segments.size()));
    NoteWhatInitLeft(*report);
    return report->oversize.empty() ? code : kFailed;
}

}  // namespace lddynamo::app
