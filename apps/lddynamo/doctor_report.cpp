#include "lddynamo/console.hpp"
#include "lddynamo/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lddynamo::app {
namespace {

char const* ToText(Check::Status status) noexcept {
    switch (status) {
        case Check::Status::kOk:
            return "ok";
        case Check::Status::kWarn:
            return "warn";
        case Check::Status::kFail:
            return "fail";
        case Check::Status::kSkip:
            return "skip";
    }
    return "";
}

}  // namespace

Check& Diagnosis::Add(std::string name, Check::Status status, std::string summary) {
    checks_.push_back({.name = std::move(name), .status = status, .summary = std::move(summary)});
    return checks_.back();
}

void Diagnosis::Skip(std::string name, std::string why) {
    Add(std::move(name), Check::Status::kSkip, std::move(why));
}

void Diagnosis::AddError(std::string name, Error const& error, std::string remedy) {
    if (error.code == ErrorCode::kCredentials) credentials_failed_ = true;
    Add(std::move(name), Check::Status::kFail, error.Describe()).remedy = std::move(remedy);
}

std::size_t Diagnosis::Count(Check::Status status) const noexcept {
    return static_cast<std::size_t>(
        std::count_if(checks_.begin(), checks_.end(),
                      [&](Check const& check) { return check.status == status; }));
}

int Diagnosis::ExitCode() const noexcept {
    auto const failures = Count(Check::Status::kFail);
    if (failures == 0) return kDone;
    if (credentials_failed_) return kCredentials;
    bool const marker = std::any_of(checks_.begin(), checks_.end(), [](Check const& check) {
        return check.name == "marker" && check.status == Check::Status::kFail;
    });
    return marker && failures == 1 ? kNotFoundOrNotInitialized : kFailed;
}

std::string Diagnosis::AsText() const {
    std::vector<std::vector<std::string>> rows;
    for (auto const& check : checks_) {
        rows.push_back({ToText(check.status), check.name, check.summary});
        for (auto const& line : check.lines) rows.push_back({"", "", "  " + line});
        if (!check.remedy.empty()) rows.push_back({"", "", "-> " + check.remedy});
    }
    return FormatTable(rows) + fmt::format("{} ok, {} warnings, {} failures, {} skipped\n",
                                           Count(Check::Status::kOk), Count(Check::Status::kWarn),
                                           Count(Check::Status::kFail),
                                           Count(Check::Status::kSkip));
}

std::string Diagnosis::AsJson() const {
    std::vector<Value> checks;
    for (auto const& check : checks_) {
        checks.push_back(
            Value::Object({{"name", check.name},
                           {"status", ToText(check.status)},
                           {"summary", check.summary},
                           {"remedy", check.remedy.empty() ? Value() : Value(check.remedy)},
                           {"details", Value::Object(check.details)}}));
    }
    auto const worst = Count(Check::Status::kFail) > 0   ? Check::Status::kFail
                       : Count(Check::Status::kWarn) > 0 ? Check::Status::kWarn
                                                         : Check::Status::kOk;
    return Value::Object({{"status", ToText(worst)}, {"checks", Value::Array(std::move(checks))}})
               .ToJson() +
           "\n";
}

}  // namespace lddynamo::app
