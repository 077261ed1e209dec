#include "lddynamo/console.hpp"
#include "lddynamo/doctor.hpp"

#include "store/names.hpp"
#include "store/survey.hpp"

#include <optional>
#include <utility>

namespace lddynamo::app {
namespace {

Result<store::Survey> LookAtRows(Session const& session, DynamoDbClient& client) {
    auto const& arguments = session.Args();
    ProgressBar bar("reading");
    store::SurveyOptions options;
    options.table = arguments.common.table;
    options.prefix = arguments.common.prefix;
    options.max_rows = arguments.max_rows;
    options.progress = [&bar](std::size_t rows) { bar.Update(rows, rows + 1); };
    return store::SurveyTable(client, options);
}

}  // namespace

int RunDoctor(Session const& session) {
    auto const& common = session.Args().common;
    if (auto const checked = store::CheckPrefix(common.prefix); !checked) {
        return Report(checked.error());
    }
    Diagnosis diagnosis;
    auto const client = ExamineSetup(session, diagnosis);
    std::optional<Result<store::Survey>> survey;
    if (ExamineTable(session, client.get(), diagnosis)) survey = LookAtRows(session, *client);
    ExamineRows(session, survey, diagnosis);
    int const printed =
        Print(common.output == OutputFormat::kJson ? diagnosis.AsJson() : diagnosis.AsText());
    return printed != kDone ? printed : diagnosis.ExitCode();
}

}  // namespace lddynamo::app
