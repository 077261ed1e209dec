#include "datasource/file_source.hpp"

#include "datasource/file_watch.hpp"
#include "support/capturing_sink.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lddynamo::datasource {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using namespace std::chrono_literals;

/// A directory that goes with its test.
class Directory {
  public:
    Directory() {
        std::string name = (std::filesystem::temp_directory_path() / "flags-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no directory");
        path_ = name;
    }
    ~Directory() { std::filesystem::remove_all(path_); }
    Directory(Directory const&) = delete;
    Directory& operator=(Directory const&) = delete;
    [[nodiscard]] std::string Path(std::string const& name) const { return path_ / name; }
    /// Replaces the file as a whole.
    void Write(std::string const& name, std::string const& text) const {
        std::string const temporary = Path(name + ".new");
        std::ofstream(temporary) << text;
        std::filesystem::rename(temporary, Path(name));
    }
    void Remove(std::string const& name) const { std::filesystem::remove(Path(name)); }
    /// Makes the file look as if it was written long ago.
    void MakeOld(std::string const& name) const {
        timespec const times[2] = {{1'000'000'000, 0}, {1'000'000'000, 0}};
        ASSERT_EQ(::utimensat(AT_FDCWD, Path(name).c_str(), times, 0), 0);
    }
    /// Until a change of the file cannot be missed any more.
    void AwaitCertain(std::string const& name) const {
        FileWatch watch({Path(name)});
        do {
            std::this_thread::sleep_for(10ms);
            watch.Mark();
        } while (watch.HasChanged());
    }

  private:
    std::filesystem::path path_;
};

/// As long as it lives, no file can be opened.
class NoDescriptors {
  public:
    NoDescriptors() {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        rlimit none = before_;
        none.rlim_cur = 0;
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    }
    ~NoDescriptors() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }
    NoDescriptors(NoDescriptors const&) = delete;
    NoDescriptors& operator=(NoDescriptors const&) = delete;

  private:
    rlimit before_{};
};

/// Keeps what a source says, to wait for.
class RecordingSink final : public DataSink {
  public:
    bool Init(StoreData data) override {
        std::unique_lock lock(mutex_);
        std::string keys;
        for (auto const& [key, item] : data.features) keys += (keys.empty() ? "" : " ") + key;
        lines_.push_back("init " + keys);
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        return !std::exchange(lose_next_, false);
    }
    bool Upsert(DataKind, std::string_view, SerializedItem) override { return Add("upsert"); }
    void OnStatus(DataSourceState state, std::optional<Error> error) override {
        Add(std::string(ToString(state)) + (error ? " " + error->message : ""));
    }
    void OnEnvironmentId(std::string_view) override { Add("environment"); }

    void LoseNext() {
        std::scoped_lock const lock(mutex_);
        lose_next_ = true;
    }
    void SetOpen(bool open) {
        std::scoped_lock const lock(mutex_);
        open_ = open;
        changed_.notify_all();
    }
    /// The first `count` lines.
    std::vector<std::string> Await(std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 60s, [&] { return lines_.size() >= count; }));
        return lines_;
    }
    /// Until the last two lines are that one and "VALID".
    void AwaitValid(std::string const& line) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(changed_.wait_for(lock, 60s, [&] {
            return lines_.size() >= 2 && lines_.back() == "VALID" && lines_.end()[-2] == line;
        })) << line;
    }
    std::vector<std::string> Lines() { return Await(0); }

  private:
    bool Add(std::string line) {
        std::scoped_lock const lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
        return true;
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::vector<std::string> lines_;
    bool lose_next_ = false;
    bool open_ = true;
};

class FileSourceTest : public ::testing::Test {
  protected:
    FileSource& Start(std::vector<std::string> const& names, std::chrono::milliseconds interval) {
        FileDataOptions options;
        for (std::string const& name : names) options.paths.push_back(directory_.Path(name));
        options.reload_interval = interval;
        source_.emplace(std::move(options), Logger(log_));
        EXPECT_TRUE(source_->Start(sink_).has_value());
        return *source_;
    }
    Directory directory_;
    std::shared_ptr<test_support::CapturingSink> log_ =
        std::make_shared<test_support::CapturingSink>();
    std::shared_ptr<RecordingSink> const sink_ = std::make_shared<RecordingSink>();
    std::optional<FileSource> source_;
};

TEST_F(FileSourceTest, BringsWhatTheFilesHave) {
    directory_.Write("a", "flagValues: {f: 1}\nother: 2");
    directory_.Write("b", R"({"flagValues":{"g":1},"segments":{"s":{}}})");
    Start({"a", "b"}, 0ms);
    EXPECT_THAT(sink_->Await(2), ElementsAre("init f g", "VALID"));
    EXPECT_THAT(log_->Lines(), ElementsAre(HasSubstr("'other' is ignored"),
                                           "info read 2 flags and 1 segment out of 2 files"));
    source_->Stop();
    source_->Stop();
    source_.reset();
    EXPECT_THAT(sink_->Lines(), ElementsAre("init f g", "VALID"));
}

TEST_F(FileSourceTest, WhatIsWrongFromTheStartIsForGoodUnlessLookedAtAgain) {
    Start({"gone"}, 0ms);
    EXPECT_THAT(sink_->Await(1), ElementsAre(HasSubstr("OFF " + directory_.Path("gone"))));
    source_.reset();
    Start({"gone"}, 1ms);
    EXPECT_THAT(sink_->Await(2)[1], HasSubstr("INTERRUPTED "));
    directory_.Write("gone", "flagValues: {f: 1}");
    EXPECT_EQ(sink_->Await(4)[2], "init f");
    EXPECT_EQ(sink_->Await(4)[3], "VALID");
}

TEST_F(FileSourceTest, ReadsAgainWhenAFileChanges) {
    directory_.Write("a", "flagValues: {f: 1}");
    directory_.Write("b", "");
    Start({"a", "b"}, 1ms);
    EXPECT_THAT(sink_->Await(2), ElementsAre("init f", "VALID"));
    directory_.Write("b", "flagValues: {g: 1}");
    EXPECT_EQ(sink_->Await(4)[2], "init f g");
    // In place, of the same size, and at once; what it is like meanwhile may be seen as well.
    std::ofstream(directory_.Path("b")) << "flagValues: {h: 1}";
    sink_->AwaitValid("init f h");
}

TEST_F(FileSourceTest, KeepsWhatItHasWhileAFileIsWrong) {
    directory_.Write("a", "flagValues: {f: 1}");
    Start({"a"}, 1ms);
    EXPECT_THAT(sink_->Await(2), ElementsAre("init f", "VALID"));
    directory_.Write("a", "flagValues: [");
    EXPECT_THAT(sink_->Await(3)[2], HasSubstr("INTERRUPTED "));
    // Told once, however often it is read.
    directory_.Remove("a");
    EXPECT_THAT(sink_->Await(4)[3], HasSubstr("INTERRUPTED "));
    // The same as before: no Init.
    directory_.Write("a", "flagValues: {f: 1}");
    EXPECT_EQ(sink_->Await(5)[4], "VALID");
    source_->Stop();
    EXPECT_EQ(sink_->Lines().size(), 5U);
    EXPECT_THAT(log_->Lines(), ElementsAre(HasSubstr("read 1 flag"),
                                           HasSubstr("what was read before stays in use"),
                                           HasSubstr("what was read before stays in use")));
}

TEST_F(FileSourceTest, BringsAgainWhatASinkLost) {
    directory_.Write("a", "flagValues: {f: 1}");
    sink_->LoseNext();
    FileSource& source = Start({"a"}, 0ms);
    // After a pause of a second.
    EXPECT_THAT(sink_->Await(3), ElementsAre("init f", "init f", "VALID"));
    directory_.Remove("a");  // it is not read again for that
    source.Refresh();
    EXPECT_EQ(sink_->Await(5)[3], "init f");
    EXPECT_EQ(sink_->Await(5)[4], "VALID");
}

// A sink that takes data anew calls that valid by itself.
TEST_F(FileSourceTest, SaysAgainThatAFileIsWrongWhenOldDataAreGiven) {
    directory_.Write("a", "flagValues: {f: 1}");
    FileSource& source = Start({"a"}, 1ms);
    EXPECT_THAT(sink_->Await(2), ElementsAre("init f", "VALID"));
    directory_.Write("a", "flagValues: [");
    EXPECT_THAT(sink_->Await(3)[2], HasSubstr("INTERRUPTED " + directory_.Path("a")));
    source.Refresh();
    auto const lines = sink_->Await(5);
    ASSERT_GE(lines.size(), 5U);
    EXPECT_EQ(lines[3], "init f");
    EXPECT_EQ(lines[4], lines[2]);
}

TEST_F(FileSourceTest, ReadsAgainWhatCouldNotBeReadThoughNoFileChanges) {
    directory_.Write("a", "flagValues: {f: 1}");
    directory_.AwaitCertain("a");
    {
        NoDescriptors const none;
        Start({"a"}, 1ms);
        EXPECT_THAT(sink_->Await(1), ElementsAre(HasSubstr("INTERRUPTED " + directory_.Path("a"))));
    }
    auto const lines = sink_->Await(3);
    ASSERT_GE(lines.size(), 3U);
    EXPECT_EQ(lines[1], "init f");
    EXPECT_EQ(lines[2], "VALID");
}

TEST_F(FileSourceTest, ACallThatOutlastsTheStopIsTheLast) {
    directory_.Write("a", "flagValues: {f: 1}");
    sink_->SetOpen(false);
    FileSource& source = Start({"a"}, 1ms);
    (void)sink_->Await(1);
    source.Stop();
    source.Refresh();
    source_.reset();
    sink_->SetOpen(true);
    while (sink_.use_count() > 1) std::this_thread::yield();  // until the thread has let go of it
    EXPECT_THAT(sink_->Lines(), ElementsAre("init f"));
}

TEST_F(FileSourceTest, StopsAtOnceHoweverLongTheInterval) {
    directory_.Write("a", "");
    for (auto const interval : {0ms, std::chrono::milliseconds::max()}) {
        Start({"a"}, interval);
        auto const started = std::chrono::steady_clock::now();
        source_->Stop();
        EXPECT_LT(std::chrono::steady_clock::now() - started, 30s);
    }
    FileSource never_started({}, Logger());
    never_started.Refresh();
    never_started.Stop();
}

TEST(FileWatchTest, SeesEveryKindOfChange) {
    Directory const directory;
    directory.Write("a", "12345");
    directory.Write("target", "1");
    std::filesystem::create_symlink(directory.Path("target"), directory.Path("link"));
    FileWatch watch({directory.Path("a"), directory.Path("b"), directory.Path("link")});
    EXPECT_TRUE(watch.HasChanged()) << "never marked";
    std::vector<std::function<void()>> const changes = {
        [&] { std::ofstream(directory.Path("a"), std::ios::app) << "6"; },
        [&] { directory.Write("a", "123456"); },
        [&] { directory.MakeOld("a"); },
        [&] { directory.Remove("a"); },
        [&] { directory.Write("b", ""); },
        [&] { directory.Write("target", "2"); },
        [&] { std::filesystem::permissions(directory.Path("b"), std::filesystem::perms::none); },
    };
    for (auto const& change : changes) {
        watch.Mark(std::chrono::system_clock::now() + 1h);
        EXPECT_FALSE(watch.HasChanged());
        change();
        EXPECT_TRUE(watch.HasChanged()) << &change - changes.data();
    }
}

// Its next change may come in the same tick of the file system's clock.
TEST(FileWatchTest, AFileThatWasJustWrittenIsDoubtful) {
    Directory const directory;
    directory.Write("a", "1");
    directory.MakeOld("a");  // the time of a file's change cannot be set
    FileWatch watch({directory.Path("a")});
    watch.Mark();
    EXPECT_TRUE(watch.HasChanged());
    watch.Mark(std::chrono::system_clock::now() - 1h);  // a file server's clock may be ahead
    EXPECT_FALSE(watch.HasChanged());
}

}  // namespace
}  // namespace lddynamo::datasource
