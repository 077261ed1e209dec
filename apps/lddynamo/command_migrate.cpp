#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include "store/migration.hpp"

#include <lddynamo/value.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace lddynamo::app {
namespace {

Value NotesAsJson(std::vector<ItemNote> const& notes) {
    std::vector<Value> rows;
    for (auto const& note : notes) {
        rows.push_back(
            Value::Object({{"kind", ToString(note.kind)}, {"key", note.key}, {"what", note.what}}));
    }
    return Value::Array(std::move(rows));
}

std::string AsJson(store::MigrationReport const& report, bool dry_run) {
    return Value::Object({{"dryRun", dry_run},
                          {"migrated", report.migrated},
                          {"tombstones", report.tombstones},
                          {"dropped", report.dropped},
                          {"official", report.official},
                          {"initialized", report.initialized},
                          {"oversize", NotesAsJson(report.oversize)},
                          {"malformed", NotesAsJson(report.malformed)}})
               .ToJson() +
           "\n";
}

std::string AsText(store::MigrationReport const& report, Arguments const& arguments) {
    std::string text =
        fmt::format("{} rows {}migrated ({} of deleted items), {} were official", report.migrated,
                    arguments.dry_run ? "to be " : "", report.tombstones, report.official);
    if (arguments.drop_older_attributes) {
        text +=
            fmt::format("; old attributes {} {} rows",
                        arguments.dry_run ? "to be dropped from" : "dropped from", report.dropped);
    }
    return text + "\n";
}

}  // namespace

int RunMigrate(Session const& session) {
    auto const& arguments = session.Args();
    auto client = session.MakeClient();
    if (!client) return Report(client.error());
    auto const report = [&] {
        ProgressBar bar("migrating");
        store::MigrationOptions options;
        options.table = arguments.common.table;
        options.prefix = arguments.common.prefix;
        options.drop_older_attributes = arguments.drop_older_attributes;
        options.dry_run = arguments.dry_run;
        options.logger = session.Log();
        options.progress = [&bar](std::size_t done, std::size_t total) { bar.Update(done, total); };
        return store::MigrateOlderLayout(**client, options);
    }();
    if (!report) return Report(report.error());
    int const code =
        Print(arguments.common.output == OutputFormat::kJson ? AsJson(*report, arguments.dry_run)
                                                             : AsText(*report, arguments));
    if (code != kDone) return code;
    for (auto const* const notes : {&report->malformed, &report->oversize}) {
        for (auto const& note : *notes) {
            WriteNote(
                fmt::format("left as it is: {}: {}: {}", ToString(note.kind), note.key, note.what));
        }
    }
    if (!report->Complete()) {
        if (!report->initialized) {
            WriteNote(
                "not marked as initialized: mend or delete the rows above, then migrate again");
        }
        return kFailed;
    }
    return report->initialized ? kDone : NotInitialized(session);
}

}  // namespace lddynamo::app
