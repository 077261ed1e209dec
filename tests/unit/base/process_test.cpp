#include "base/process.hpp"

#include "base/private_file.hpp"

#include <lddynamo/environment.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace lddynamo::base {
namespace {

using ::testing::HasSubstr;

Result<ProcessOutput> Shell(std::string const& script, ProcessLimits const& limits = {}) {
    return RunProcess({"sh", "-c", script}, limits);
}

TEST(ProcessTest, TakesOutputErrorTextAndCode) {
    auto const done = Shell("echo out; echo err >&2; exit 3");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->exit_code, 3);
    EXPECT_EQ(done->output, "out\n");
    EXPECT_EQ(done->error_text, "err\n");
    EXPECT_EQ(Shell("kill -9 $$")->exit_code, 137);
    EXPECT_EQ(Shell("cat")->output, "");  // stdin is empty
    EXPECT_EQ(RunProcess({"printf", "%s", "a  b;$HOME"})->output, "a  b;$HOME");
}

TEST(ProcessTest, IsBounded) {
    ProcessLimits limits;
    limits.max_output = 10;
    limits.max_error_text = 4;
    EXPECT_EQ(Shell("printf 0123456789", limits)->output, "0123456789");
    EXPECT_EQ(Shell("while :; do echo 0123456789; done", limits).error().code,
              ErrorCode::kTooLarge);
    EXPECT_EQ(Shell("printf 0123456789 >&2", limits)->error_text, "0123");
    limits.timeout = std::chrono::milliseconds(50);
    EXPECT_EQ(Shell("exec sleep 60", limits).error().code, ErrorCode::kTimeout);
    EXPECT_EQ(Shell("exec >&- 2>&-; exec sleep 60", limits).error().code, ErrorCode::kTimeout);
}

TEST(ProcessTest, CanBeStopped) {
    std::stop_source stop;
    stop.request_stop();
    auto const done =
        Shell("exec sleep 300", {.timeout = std::chrono::minutes(5), .stop = stop.get_token()});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
}

TEST(ProcessTest, DoesNotWaitForWhatItLeavesBehind) {
    auto const done = Shell("sleep 5 & echo done");
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->output, "done\n");
}

TEST(ProcessTest, InheritsNoFilesOfItsParent) {
    int ends[2] = {-1, -1};
    ASSERT_EQ(::pipe(ends), 0);  // without O_CLOEXEC, as a library of the program may do it
    auto const done = Shell("ls /proc/self/fd");
    ::close(ends[0]);
    ::close(ends[1]);
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(done->output, "0\n1\n2\n3\n") << "the last one is the directory itself";
}

TEST(ProcessTest, CannotBeStarted) {
    auto const done = RunProcess({"/nowhere/at-all"});
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kIo);
    EXPECT_THAT(done.error().message, HasSubstr("No such file"));
    EXPECT_FALSE(RunProcess({}));
}

TEST(PrivateFileTest, ReplacesAsAWholeForItsOwnerOnly) {
    std::string folder = ::testing::TempDir() + "lddynamo-private-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    std::string const path = folder + "/file";
    for (std::string const text : {"first, longer", "second"}) {
        ASSERT_TRUE(WritePrivateFile(path, text));
        EXPECT_EQ(*ProcessEnvironment().ReadFile(path, 100), text);
        struct stat info {};
        ASSERT_EQ(::stat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0600U);
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
    auto const failed = WritePrivateFile(folder + "/none/file", "x");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kIo);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lddynamo::base
