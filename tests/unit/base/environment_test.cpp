#include <lddynamo/environment.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace lddynamo {
namespace {

using ::testing::HasSubstr;

/// A new directory that goes with the test.
class EnvironmentTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = ::testing::TempDir() + "environment_test.XXXXXX";
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override {
        ::unlink(Path("file").c_str());
        ::rmdir(directory_.c_str());
    }
    [[nodiscard]] std::string Path(std::string const& name) const {
        return directory_ + "/" + name;
    }
    void WriteFile(std::string const& content) const {
        std::ofstream file(Path("file"), std::ios::binary);
        file << content;
    }

    std::string directory_;
};

TEST_F(EnvironmentTest, ReadsVariables) {
    ASSERT_EQ(::setenv("LDDYNAMO_TEST_SET", "a value", 1), 0);
    ASSERT_EQ(::setenv("LDDYNAMO_TEST_EMPTY", "", 1), 0);
    ASSERT_EQ(::unsetenv("LDDYNAMO_TEST_UNSET"), 0);
    Environment const& environment = ProcessEnvironment();
    EXPECT_EQ(environment.Get("LDDYNAMO_TEST_SET"), "a value");
    EXPECT_EQ(environment.GetNonEmpty("LDDYNAMO_TEST_SET"), "a value");
    EXPECT_EQ(environment.Get("LDDYNAMO_TEST_EMPTY"), "");
    EXPECT_EQ(environment.GetNonEmpty("LDDYNAMO_TEST_EMPTY"), std::nullopt);
    EXPECT_EQ(environment.Get("LDDYNAMO_TEST_UNSET"), std::nullopt);
    EXPECT_EQ(environment.GetNonEmpty("LDDYNAMO_TEST_UNSET"), std::nullopt);
    // A view that is a part of a longer text.
    EXPECT_EQ(environment.Get(std::string_view("LDDYNAMO_TEST_SET_AND_MORE").substr(0, 17)),
              "a value");
}

TEST_F(EnvironmentTest, ReadsWholeFiles) {
    for (std::size_t const size : {0U, 1U, 16383U, 16384U, 16385U, 100000U}) {
        std::string content(size, 'x');
        if (size > 2) content[size / 2] = '\0';
        WriteFile(content);
        EXPECT_EQ(ProcessEnvironment().ReadFile(Path("file"), 1000000), content) << size;
    }
}

TEST_F(EnvironmentTest, RefusesFilesOverTheLimit) {
    WriteFile(std::string(20000, 'x'));
    EXPECT_TRUE(ProcessEnvironment().ReadFile(Path("file"), 20000));
    auto const result = ProcessEnvironment().ReadFile(Path("file"), 19999);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kTooLarge);
    EXPECT_THAT(result.error().message, HasSubstr(Path("file")));
    EXPECT_THAT(result.error().message, HasSubstr("19999"));
}

TEST_F(EnvironmentTest, SaysWhenThereIsNoSuchFile) {
    WriteFile("");
    for (std::string const& path :
         {Path("absent"), Path("file") + "/below", Path("no/such"), std::string()}) {
        auto const result = ProcessEnvironment().ReadFile(path, 100);
        ASSERT_FALSE(result) << path;
        EXPECT_EQ(result.error().code, ErrorCode::kNotFound) << path;
        EXPECT_THAT(result.error().message, HasSubstr(path));
    }
}

TEST_F(EnvironmentTest, DoesNotHangOnAFifo) {
    ASSERT_EQ(::mkfifo(Path("file").c_str(), 0600), 0);
    auto const result = ProcessEnvironment().ReadFile(Path("file"), 100);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kIo);
    EXPECT_THAT(result.error().message, HasSubstr("not a regular file"));
}

TEST_F(EnvironmentTest, RefusesDirectoriesAndDevices) {
    for (std::string const& path : {directory_, std::string("/dev/zero")}) {
        auto const result = ProcessEnvironment().ReadFile(path, 100);
        ASSERT_FALSE(result) << path;
        EXPECT_EQ(result.error().code, ErrorCode::kIo) << path;
    }
}

TEST_F(EnvironmentTest, LeavesNoDescriptorOpen) {
    WriteFile("x");
    int const before = ::dup(0);
    ASSERT_GE(before, 0);
    ::close(before);
    EXPECT_TRUE(ProcessEnvironment().ReadFile(Path("file"), 100));
    EXPECT_FALSE(ProcessEnvironment().ReadFile(Path("file"), 0));
    EXPECT_FALSE(ProcessEnvironment().ReadFile(directory_, 100));
    int const after = ::dup(0);
    EXPECT_EQ(after, before);
    ::close(after);
}

TEST(MapEnvironmentTest, AnswersFromItsMaps) {
    MapEnvironment const environment({{"A", "1"}, {"E", ""}}, {{"/f", "four"}});
    EXPECT_EQ(environment.Get("A"), "1");
    EXPECT_EQ(environment.Get("E"), "");
    EXPECT_EQ(environment.GetNonEmpty("E"), std::nullopt);
    EXPECT_EQ(environment.Get("B"), std::nullopt);
    EXPECT_EQ(environment.ReadFile("/f", 4), "four");
    EXPECT_EQ(environment.ReadFile("/f", 3).error().code, ErrorCode::kTooLarge);
    EXPECT_EQ(environment.ReadFile("/g", 3).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace lddynamo
