#include "events/summarizer.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lddynamo::events {
namespace {

Summary::Counter* FindCounter(Summary::Flag& flag, std::optional<int> variation,
                              std::optional<std::int64_t> version) noexcept {
    // From the end: a flag that changes often has many versions, and the last one counts most.
    auto const found =
        std::find_if(flag.counters.rbegin(), flag.counters.rend(), [&](auto const& counter) {
            return counter.variation == variation && counter.version == version;
        });
    return found == flag.counters.rend() ? nullptr : &*found;
}

bool HasKind(Summary::Flag const& flag, std::string_view kind) noexcept {
    return std::find(flag.context_kinds.begin(), flag.context_kinds.end(), kind) !=
           flag.context_kinds.end();
}

/// Adds to each counter its like, and the others at the end.
void AddCounters(std::vector<Summary::Counter>& counters, std::vector<Summary::Counter> more) {
    // A flag that changed often while nothing was delivered has very many.
    std::map<std::pair<std::optional<int>, std::optional<std::int64_t>>, std::size_t> places;
    for (std::size_t i = 0; i < counters.size(); ++i) {
        places.emplace(std::pair(counters[i].variation, counters[i].version), i);
    }
    for (auto& counter : more) {
        auto const found = places.find(std::pair(counter.variation, counter.version));
        if (found != places.end()) {
            counters[found->second].count += counter.count;
        } else {
            counters.push_back(std::move(counter));
        }
    }
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
        AddCounters(flag.counters, std::move(more.counters));
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
    bool const exists = evaluation.flag != nullptr;
    std::size_t& entries = exists ? entries_ : unknown_entries_;
    std::size_t const max_entries = exists ? kMaxEntries : kMaxUnknownEntries;
    if (counter == nullptr) {
        if (entries + 2 > max_entries) return false;
        if (found == summary_.flags.end()) {
            found = summary_.flags.try_emplace(std::string(evaluation.key)).first;
            ++entries;
        }
        auto& counters = found->second.counters;
        counters.push_back({result.variation, result.version, result.CopyValue(), 0});
        ++entries;
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
        if (HasKind(flag, kind) || entries >= max_entries) continue;
        flag.context_kinds.push_back(kind);
        ++entries;
    }
    return true;
}

}  // namespace lddynamo::events
