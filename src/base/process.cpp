#include "base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lddynamo::base {
namespace {

using Steady = std::chrono::steady_clock;

/// How often the child's end, and a stop, are looked for while its pipes stay open.
constexpr std::chrono::milliseconds kSlice{20};

class Pipe {
  public:
    Pipe() {
        if (::pipe2(ends_, O_CLOEXEC) != 0) ends_[0] = ends_[1] = -1;
    }
    Pipe(Pipe const&) = delete;
    Pipe& operator=(Pipe const&) = delete;
    ~Pipe() {
        Close(0);
        Close(1);
    }
    [[nodiscard]] bool IsOpen() const { return ends_[0] >= 0; }
    [[nodiscard]] int Reader() const { return ends_[0]; }
    [[nodiscard]] int Writer() const { return ends_[1]; }
    void Close(int end) {
        if (ends_[end] >= 0) ::close(ends_[end]);
        ends_[end] = -1;
    }
    /// Takes what is there and drops what is beyond `limit`; closes the reader at the end.
    /// @return whether nothing was dropped.
    bool Drain(std::string& into, std::size_t limit) {
        bool kept_all = true;
        char buffer[4096];
        while (IsOpen()) {
            ssize_t const count = ::read(Reader(), buffer, sizeof buffer);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0 && errno == EAGAIN) break;
            if (count <= 0) {
                Close(0);
                break;
            }
            auto const size = static_cast<std::size_t>(count);
            std::size_t const room = limit - into.size();
            into.append(buffer, std::min(size, room));
            if (size > room) kept_all = false;
            if (!kept_all) break;  // one read a turn: an endless writer must not hold us
        }
        return kept_all;
    }

  private:
    int ends_[2] = {-1, -1};
};

int Spawn(std::vector<std::string> const& arguments, Pipe const& output, Pipe const& errors,
          pid_t& pid) {
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (auto const& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (::posix_spawn_file_actions_init(&actions) != 0) return ENOMEM;
    if (::posix_spawnattr_init(&attributes) != 0) {
        ::posix_spawn_file_actions_destroy(&actions);
        return ENOMEM;
    }
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output.Writer(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, errors.Writer(), STDERR_FILENO);
    // Whatever else the caller has open without O_CLOEXEC is no business of the child.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    // Nor are its masks and ignored signals.
    sigset_t none;
    sigset_t usual;
    ::sigemptyset(&none);
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &usual);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int const error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), ::environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
}

int ExitCode(int status) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 1;
}

/// Whether the child has ended. A parent that ignores SIGCHLD never learns how: taken for good.
bool HasEnded(pid_t pid, int options, int& status) {
    for (;;) {
        pid_t const ended = ::waitpid(pid, &status, options);
        if (ended < 0 && errno == EINTR) continue;
        if (ended < 0) status = 0;
        return ended != 0;
    }
}

}  // namespace

Result<ProcessOutput> RunProcess(std::vector<std::string> const& arguments,
                                 ProcessLimits const& limits) {
    if (arguments.empty()) return Fail(ErrorCode::kIo, "no program is named");
    Pipe output;
    Pipe errors;
    if (!output.IsOpen() || !errors.IsOpen()) return Fail(ErrorCode::kIo, std::strerror(errno));
    for (int const reader : {output.Reader(), errors.Reader()}) {
        ::fcntl(reader, F_SETFL, O_NONBLOCK);
    }
    pid_t pid = 0;
    if (int const error = Spawn(arguments, output, errors, pid); error != 0) {
        return Fail(ErrorCode::kIo, std::strerror(error));
    }
    output.Close(1);
    errors.Close(1);

    ProcessOutput result;
    int status = 0;
    auto const end = Steady::now() + limits.timeout;
    auto const kill = [&](ErrorCode code, std::string message) {
        ::kill(pid, SIGKILL);
        (void)HasEnded(pid, 0, status);
        return Fail(code, std::move(message));
    };
    for (;;) {
        bool const ended = HasEnded(pid, WNOHANG, status);
        if (!output.Drain(result.output, limits.max_output)) {
            if (ended) return Fail(ErrorCode::kTooLarge, "it prints too much");
            return kill(ErrorCode::kTooLarge,
                        "it prints more than " + std::to_string(limits.max_output) + " bytes");
        }
        (void)errors.Drain(result.error_text, limits.max_error_text);
        if (ended) break;  // what it may have left running in the background is not waited for
        if (Steady::now() >= end) {
            return kill(ErrorCode::kTimeout,
                        "it did not end within " + std::to_string(limits.timeout.count()) + " ms");
        }
        if (limits.stop.stop_requested()) return kill(ErrorCode::kCancelled, "cancelled");
        pollfd files[2] = {{output.Reader(), POLLIN, 0}, {errors.Reader(), POLLIN, 0}};
        // A closed pipe is -1, which poll skips.
        ::poll(files, 2, static_cast<int>(kSlice.count()));
    }
    result.exit_code = ExitCode(status);
    return result;
}

}  // namespace lddynamo::base
