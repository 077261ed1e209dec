#include "datasource/file_source.hpp"

#include "base/longest.hpp"
#include "datasource/file_watch.hpp"
#include "datasource/flag_file.hpp"

#include <lddynamo/environment.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace lddynamo::datasource {
namespace {

using std::chrono::milliseconds;

/// Before data that the sink did not keep are brought again.
constexpr milliseconds kRetryPause{1000};

std::string Count(std::size_t count, std::string_view what) {
    return std::to_string(count) + " " + std::string(what) + (count == 1 ? "" : "s");
}

}  // namespace

/// What the thread does and what others tell it.
class FileSource::Feed {
  public:
    Feed(FileDataOptions options, Logger logger)
        : options_(std::move(options)),
          interval_(std::min(options_.reload_interval, base::kLongest)),
          logger_(std::move(logger)),
          watch_(options_.paths) {}

    void SetSink(std::shared_ptr<DataSink> sink) { sink_ = std::move(sink); }

    /// The thread.
    void Run() noexcept {
        while (!IsStopping()) {
            try {
                if (IsDue()) Read();
                if (lost_ && data_) Give();
            } catch (std::exception const& exception) {
                logger_.Error(exception.what());
            }
            Wait();
        }
    }

    void Refresh() noexcept {
        std::scoped_lock const lock(mutex_);
        refresh_ = true;
        changed_.notify_all();
    }
    void Stop() noexcept {
        std::scoped_lock const lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }

  private:
    /// A call of the sink, if there may be one still.
    template <class Call>
    void Tell(Call call) {
        if (!IsStopping()) call(*sink_);
    }

    [[nodiscard]] bool IsDue() const {
        return !read_once_ || (interval_ > milliseconds(0) && (unread_ || watch_.HasChanged()));
    }

    void Read() {
        read_once_ = true;
        unread_ = true;
        watch_.Mark();
        auto read = ReadFlagFiles(options_, ProcessEnvironment());
        if (!read) {
            ErrorCode const code = read.error().code;
            unread_ = code != ErrorCode::kInvalidData && code != ErrorCode::kTooLarge;
            return Failed(std::move(read.error()));
        }
        if (data_ != read->data) {
            for (std::string const& warning : read->warnings) logger_.Warn(warning);
            logger_.Info("read " + Count(read->data.features.size(), "flag") + " and " +
                         Count(read->data.segments.size(), "segment") + " out of " +
                         Count(options_.paths.size(), "file"));
            data_ = std::move(read->data);
            lost_ = true;
        }
        unread_ = false;
        bool const was_wrong = std::exchange(wrong_, std::nullopt).has_value();
        if (was_wrong && !lost_) {
            Tell([](DataSink& sink) { sink.OnStatus(DataSourceState::kValid, std::nullopt); });
        }
    }

    void Failed(Error error) {
        if (wrong_ && wrong_->message == error.message) return;  // told before
        wrong_ = error;
        logger_.Error("flag files: " + error.Describe() +
                      (data_ ? "; what was read before stays in use" : ""));
        bool const for_good = !data_ && interval_ <= milliseconds(0);
        Tell([&](DataSink& sink) {
            sink.OnStatus(for_good ? DataSourceState::kOff : DataSourceState::kInterrupted,
                          std::move(error));
        });
    }

    void Give() {
        Tell([this](DataSink& sink) { lost_ = !sink.Init(*data_); });
        if (lost_) return;
        // While a file is wrong, that stays the state, which the sink's Init may have changed.
        Tell([this](DataSink& sink) {
            sink.OnStatus(wrong_ ? DataSourceState::kInterrupted : DataSourceState::kValid, wrong_);
        });
    }

    /// For the time to look again, or for what others say.
    void Wait() {
        std::unique_lock lock(mutex_);
        auto const is_told = [this] { return stopping_ || refresh_; };
        bool const again = lost_ && data_;
        if (again || interval_ > milliseconds(0)) {
            changed_.wait_for(lock, again ? std::max(interval_, kRetryPause) : interval_, is_told);
        } else {
            changed_.wait(lock, is_told);
        }
        if (std::exchange(refresh_, false)) lost_ = true;
    }

    [[nodiscard]] bool IsStopping() const {
        std::scoped_lock const lock(mutex_);
        return stopping_;
    }

    FileDataOptions const options_;
    milliseconds const interval_;
    Logger const logger_;
    std::shared_ptr<DataSink> sink_;  // shared with the client; set before the thread starts
    // The thread's own:
    FileWatch watch_;
    std::optional<StoreData> data_{};  // the last good ones
    std::optional<Error> wrong_{};     // what is wrong with the files as they are now
    bool read_once_ = false;
    bool unread_ = false;  // what the files have is not known; that may pass without a change
    bool lost_ = false;    // the sink has not got `data_`
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    bool stopping_ = false;
    bool refresh_ = false;
};

FileSource::FileSource(FileDataOptions options, Logger logger)
    : feed_(std::make_shared<Feed>(std::move(options), std::move(logger))) {
}

FileSource::~FileSource() {
    Stop();
}

Status FileSource::Start(std::shared_ptr<DataSink> sink) {
    feed_->SetSink(std::move(sink));
    if (worker_.Start("lddynamo-files", [feed = feed_](std::stop_token const&) { feed->Run(); }))
        return {};
    return Fail(ErrorCode::kInternal, "no thread can be started");
}

void FileSource::Stop() noexcept {
    feed_->Stop();
    worker_.Stop();
}

void FileSource::Refresh() noexcept {
    feed_->Refresh();
}

}  // namespace lddynamo::datasource
