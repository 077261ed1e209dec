#include "client/hook_runner.hpp"

#include "json/raw_json.hpp"

#include <cstddef>
#include <exception>
#include <string>

namespace lddynamo::client {
namespace {

constexpr std::size_t kMaxTextBytes = 500;  // of a key or an exception in a line of the log

void AppendText(std::string& line, std::string_view text) {
    json::AppendQuoted(line, text.substr(0, kMaxTextBytes));
}

/// Of the exception that is being handled.
std::string ExceptionText() {
    try {
        throw;
    } catch (std::exception const& exception) {
        return exception.what();
    } catch (...) {
        return {};
    }
}

}  // namespace

HookRunner::HookRunner(Hooks hooks, Logger logger, Secret sdk_key)
    : hooks_(std::move(hooks)), logger_(std::move(logger)), sdk_key_(std::move(sdk_key)) {
    std::erase(hooks_, nullptr);
}

std::vector<HookData> HookRunner::Before(EvaluationSeriesContext const& series) const {
    std::vector<HookData> data(hooks_.size());
    for (std::size_t i = 0; i < hooks_.size(); ++i) {
        try {
            data[i] = hooks_[i]->BeforeEvaluation(series, {});
        } catch (...) {
            LogException(*hooks_[i], "BeforeEvaluation", "flag", series.flag_key);
        }
    }
    return data;
}

void HookRunner::After(EvaluationSeriesContext const& series, std::vector<HookData> data,
                       EvaluationDetail<Value> const& detail) const {
    for (std::size_t i = hooks_.size(); i-- > 0;) {
        try {
            // It returns data for stages that LaunchDarkly may add; today it is the last one.
            (void)hooks_[i]->AfterEvaluation(series, std::move(data[i]), detail);
        } catch (...) {
            LogException(*hooks_[i], "AfterEvaluation", "flag", series.flag_key);
        }
    }
}

void HookRunner::AfterTrack(TrackSeriesContext const& series) const {
    for (auto const& hook : hooks_) {
        try {
            hook->AfterTrack(series);
        } catch (...) {
            LogException(*hook, "AfterTrack", "event", series.key);
        }
    }
}

void HookRunner::LogException(Hook const& hook, std::string_view stage, std::string_view about,
                              std::string_view key) const noexcept {
    if (!logger_.Enabled(LogLevel::kError)) return;
    try {
        std::string line = "the hook ";
        AppendText(line, hook.Name());
        line.append(" threw an exception in ").append(stage).append(" of the ");
        line.append(about).append(" ");
        AppendText(line, key);
        std::string const text = ExceptionText();
        if (!sdk_key_.Empty() && text.find(sdk_key_.Reveal()) != std::string::npos) {
            line += "; its text holds the SDK key and is not shown";
        } else if (!text.empty()) {
            line += ": ";
            AppendText(line, text);
        }
        logger_.Error(line);
    } catch (...) {  // for want of memory: the evaluation matters more than the line
        logger_.Error("a hook threw an exception");
    }
}

}  // namespace lddynamo::client
