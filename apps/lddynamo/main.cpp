#include "lddynamo/command_line.hpp"
#include "lddynamo/console.hpp"
#include "lddynamo/session.hpp"

#include <lddynamo/environment.hpp>

#include <malloc.h>
#include <signal.h>

#include <exception>

namespace {

using namespace lddynamo::app;

int Run(Session const& session) {
    switch (session.Args().command) {
        case Command::kTableCreate:
            return RunTableCreate(session);
        case Command::kTableDescribe:
            return RunTableDescribe(session);
        case Command::kImport:
            return RunImport(session);
        case Command::kExport:
            return RunExport(session);
        case Command::kList:
            return RunList(session);
        case Command::kGet:
            return RunGet(session);
        case Command::kEval:
            return RunEval(session);
        case Command::kLocal:
            return RunLocal(session);
        case Command::kDiff:
            return RunDiff(session);
        case Command::kDelete:
            return RunDelete(session);
        case Command::kMigrate:
            return RunMigrate(session);
        case Command::kWipe:
            return RunWipe(session);
        case Command::kDoctor:
            return RunDoctor(session);
        case Command::kSync:
            return RunSync(session);
    }
    return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
    // A reader that went away (| head) is an error of write, not a silent death.
    ::signal(SIGPIPE, SIG_IGN);
    // A short-lived program: memory given back to the kernel would only be asked for again.
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
    ::mallopt(M_MMAP_THRESHOLD, 1 << 28);
    try {
        auto const parsed = ParseCommandLine(argc, argv, lddynamo::ProcessEnvironment());
        if (parsed.arguments) return Run(Session(*parsed.arguments));
        if (!parsed.err.empty()) WriteNote(parsed.err);
        if (!parsed.out.empty() && !WriteOut(parsed.out)) return kFailed;
        return parsed.exit_code;
    } catch (std::exception const& error) {
        WriteNote(error.what());
        return kFailed;
    }
}
