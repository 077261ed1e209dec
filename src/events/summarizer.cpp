#include "events/summarizer.hpp"

#include <algorithm>

namespace lddynamo::events {
namespace {

Summary::Counter* FindCounter(Summary::Flag& flag, std::optional<int> variation,
                              std::optional<std::int64_t> version) noexcept {
    auto const found =
        std::find_if(flag.counters.begin(), flag.counters.end(), [&](auto const& counter) {
            return counter.variation == variation && counter.version == version;
        });
    return found == flag.counters.end() ? nullptr : &*found;
}

bool HasKind(Summary::Flag const& flag, std::string_view kind) noexcept {
    return std::find(flag.context_kinds.begin(), flag.context_kinds.end(), kind) !=
           flag.context_kinds.end();
}

void Extend(Summary& summary, UnixMilliseconds start, UnixMilliseconds end) noexcept {
    if (summary.start == 0 || start < summary.start) summary.start = start;
    summary.end = std::max(summary.end, end);
}

}  // namespace

EvaluationResult ResultOf(FlagEvaluation const& evaluation) noexcept {
    EvaluationResult result;
    auto const* const outcome = evaluation.outcome;
    auto const* const evaluated = outcome != nullptr ? outcome->value : nullptr;
    auto const* const given = evaluation.value;
    result.wrong_type = given != nullptr && evaluated != nullptr && !(*given == *evaluated);
    result.value = given != nullptr ? given : evaluated;
    if (result.value == nullptr) result.value = evaluation.default_value;
    if (evaluation.flag == nullptr) return result;
    result.version = evaluation.flag->version;
    if (outcome != nullptr && outcome->variation_index >= 0 && !result.wrong_type) {
        result.variation = outcome->variation_index;
    }
    return result;
}

void Summary::Add(Summary&& other) {
    if (other.Empty()) return;
    Extend(*this, other.start, other.end);
    if (flags.empty()) {
        flags.swap(other.flags);
        return;
    }
    flags.merge(other.flags);
    for (auto& [key, more] : other.flags) {  // those that are in both
        Flag& flag = flags.find(key)->second;
        if (!flag.default_value) flag.default_value = std::move(more.default_value);
        for (auto& counter : more.counters) {
            if (auto* const same = FindCounter(flag, counter.variation, counter.version)) {
                same->count += counter.count;
            } else {
                flag.counters.push_back(std::move(counter));
            }
        }
        for (auto& kind : more.context_kinds) {
            if (!HasKind(flag, kind)) flag.context_kinds.push_back(std::move(kind));
        }
    }
}

bool Summarizer::Count(Context const& context, FlagEvaluation const& evaluation,
                       EvaluationResult const& result, UnixMilliseconds now) {
    auto found = summary_.flags.find(evaluation.key);
    auto* counter = found == summary_.flags.end()
                        ? nullptr
                        : FindCounter(found->second, result.variation, result.version);
    if (counter == nullptr) {
        if (entries_ + 2 > kMaxEntries) return false;
        if (found == summary_.flags.end()) {
            found = summary_.flags.try_emplace(std::string(evaluation.key)).first;
            ++entries_;
        }
        auto& counters = found->second.counters;
        counters.push_back({result.variation, result.version, result.CopyValue(), 0});
        ++entries_;
        counter = &counters.back();
    }
    ++counter->count;
    Summary::Flag& flag = found->second;
    if (!flag.default_value && evaluation.default_value != nullptr) {
        flag.default_value = *evaluation.default_value;
    }
    Extend(summary_, now, now);
    for (std::size_t i = 0; i < context.KindCount(); ++i) {
        auto const& kind = context.At(i).Kind();
        if (HasKind(flag, kind) || entries_ >= kMaxEntries) continue;
        flag.context_kinds.push_back(kind);
        ++entries_;
    }
    return true;
}

}  // namespace lddynamo::events
