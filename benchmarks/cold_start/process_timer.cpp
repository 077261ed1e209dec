// Measures programs from exec to exit, one after another in turns, so that what else the machine
// does hits all of them alike.
//
//   process_timer ROUNDS NAME PROGRAM ARGUMENTS... -- NAME PROGRAM ARGUMENTS... [-- ...]
//
// Prints a Markdown table. The first program is the floor: the last column is the median, over the
// rounds, of a program's time divided by the floor's in the same round.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

extern char** environ;

namespace {

constexpr int kWarmUpRounds = 3;

struct Program {
    std::string name;
    std::vector<char*> arguments;
    std::vector<double> milliseconds;
};

double Now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// The time from exec to exit; nothing when the program failed.
std::optional<double> RunOnce(Program const& program, posix_spawn_file_actions_t const& actions) {
    double const begin = Now();
    pid_t child = 0;
    int const error = ::posix_spawn(&child, program.arguments[0], &actions, nullptr,
                                    program.arguments.data(), environ);
    if (error != 0) {
        std::fprintf(stderr, "%s: %s\n", program.arguments[0], std::strerror(error));
        return std::nullopt;
    }
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED) != 0) return std::nullopt;
    double const took = Now() - begin;
    if (info.si_code != CLD_EXITED || info.si_status != 0) {
        std::fprintf(stderr, "%s ended with %d\n", program.name.c_str(), info.si_status);
        return std::nullopt;
    }
    return took;
}

double Quantile(std::vector<double> values, double fraction) {
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
    int const rounds = argc > 3 ? std::atoi(argv[1]) : 0;
    if (rounds < 1) {
        std::fprintf(stderr, "usage: %s ROUNDS NAME PROGRAM ARGUMENTS... [-- ...]\n", argv[0]);
        return 2;
    }
    std::vector<Program> programs;
    for (int i = 2; i + 1 < argc; ++i) {
        Program& program = programs.emplace_back();
        program.name = argv[i++];
        while (i < argc && std::strcmp(argv[i], "--") != 0) program.arguments.push_back(argv[i++]);
        program.arguments.push_back(nullptr);
    }
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    for (int round = -kWarmUpRounds; round < rounds; ++round) {
        for (auto& program : programs) {
            auto const took = RunOnce(program, actions);
            if (!took) return 1;
            if (round >= 0) program.milliseconds.push_back(*took);
        }
    }
    ::posix_spawn_file_actions_destroy(&actions);

    std::printf("| program | min ms | median ms | p90 ms | times the floor |\n");
    std::printf("|---|---:|---:|---:|---:|\n");
    for (auto const& program : programs) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < program.milliseconds.size(); ++i) {
            ratios.push_back(program.milliseconds[i] / programs[0].milliseconds[i]);
        }
        std::printf("| %s | %.2f | %.2f | %.2f | %.2f |\n", program.name.c_str(),
                    Quantile(program.milliseconds, 0), Quantile(program.milliseconds, 0.5),
                    Quantile(program.milliseconds, 0.9), Quantile(ratios, 0.5));
    }
    return 0;
}
