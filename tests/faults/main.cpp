// Runs random histories of writers and readers under faults and checks what the store promises
// (docs/schema.md).
//   faults [--seed S] [--histories N | --seconds T] [--mutant NAME]   from seed S on
//   faults --mutants [--histories N]                                  every mutant must be found
#include "faults/run_history.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace lddynamo::faults;

struct Arguments {
    std::uint64_t seed = 1;
    std::size_t histories = 3000;
    long seconds = 0;
    Mutant mutant = Mutant::kNone;
    bool all_mutants = false;
};

[[noreturn]] void Usage() {
    std::fputs(
        "usage: faults [--seed S] [--histories N | --seconds T] [--mutant NAME | --mutants]\n",
        stderr);
    std::exit(2);
}

std::uint64_t NumberOf(char const* text) {
    char* end = nullptr;
    auto const number = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0') Usage();
    return number;
}

Arguments Parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
        std::string_view const name = argv[i];
        if (name == "--mutants") {
            arguments.all_mutants = true;
            continue;
        }
        if (i + 1 == argc) Usage();
        char const* const value = argv[++i];
        if (name == "--seed") {
            arguments.seed = NumberOf(value);
        } else if (name == "--histories") {
            arguments.histories = NumberOf(value);
        } else if (name == "--seconds") {
            arguments.seconds = static_cast<long>(NumberOf(value));
        } else if (name == "--mutant") {
            for (auto const& [mutant, known] : kMutants) {
                if (known == value) arguments.mutant = mutant;
            }
            if (arguments.mutant == Mutant::kNone) Usage();
        } else {
            Usage();
        }
    }
    return arguments;
}

void Print(Tally const& tally, char const* verb) {
    std::printf(
        "%s %zu histories, %zu requests, %zu faults (throttled %zu, lost before %zu, lost after "
        "%zu, late %zu, unprocessed %zu, killed %zu, clock jumps %zu)\n",
        verb, tally.histories, tally.requests, tally.Faults(), tally.throttled, tally.lost_before,
        tally.lost_after, tally.late, tally.unprocessed, tally.killed, tally.clock_jumps);
    std::fflush(stdout);
}

int RunAll(Arguments const& arguments) {
    using Now = std::chrono::steady_clock;
    auto const end = Now::now() + std::chrono::seconds(arguments.seconds);
    Tally tally;
    for (std::uint64_t seed = arguments.seed;; ++seed) {
        if (arguments.seconds > 0 ? Now::now() >= end : tally.histories >= arguments.histories) {
            break;
        }
        auto const verdict = RunHistory(seed, arguments.mutant, tally, false);
        if (verdict.violation.empty()) continue;
        Tally again;
        auto const traced = RunHistory(seed, arguments.mutant, again, true);
        std::printf("seed %llu: %s\n%s\nreproduce with: faults --seed %llu --histories 1\n",
                    static_cast<unsigned long long>(seed), verdict.violation.c_str(),
                    traced.trace.c_str(), static_cast<unsigned long long>(seed));
        Print(tally, "failed after");
        return 1;
    }
    Print(tally, "survived");
    return 0;
}

int RunMutants(Arguments const& arguments) {
    int failures = 0;
    for (auto const& [mutant, name] : kMutants) {
        Tally tally;
        std::string violation;
        for (std::uint64_t seed = arguments.seed;
             violation.empty() && tally.histories < arguments.histories; ++seed) {
            violation = RunHistory(seed, mutant, tally, false).violation;
        }
        if (violation.empty()) {
            ++failures;
            std::printf("NOT FOUND in %zu histories: %s\n", tally.histories, name.data());
        } else {
            std::printf("found %s in history %zu: %s\n", name.data(), tally.histories,
                        violation.c_str());
        }
    }
    return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    Arguments const arguments = Parse(argc, argv);
    return arguments.all_mutants ? RunMutants(arguments) : RunAll(arguments);
}
