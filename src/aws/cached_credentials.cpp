#include "aws/cached_credentials.hpp"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace lddynamo {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using TimePoint = std::chrono::system_clock::time_point;

/// After a refresh that failed the source is left alone this long.
constexpr seconds kPauseAfterFailure{420};

/// How long before their end credentials are renewed: by the length of their life.
minutes AdvisoryWindow(TimePoint::duration lifetime) {
    if (lifetime <= minutes(20)) return minutes(5);
    if (lifetime < minutes(90)) return minutes(15);
    return minutes(60);
}

class CachedCredentials final : public aws::RejectableCredentials {
  public:
    CachedCredentials(std::shared_ptr<CredentialsProvider> inner, Clock& clock)
        : inner_(std::move(inner)), clock_(clock) {}

    Result<CredentialsAnswer> GetCredentials() override {
        std::unique_lock lock(mutex_);
        if (credentials_ && !NeedsRefresh(clock_.Now())) return *credentials_;
        if (refreshing_) {
            // One thread asks; the others go on with what there is, unless it has ended.
            if (credentials_ && !rejected_ && !HasExpired(clock_.Now())) return *credentials_;
            std::uint64_t const round = round_;
            changed_.wait(lock, [&] { return round_ != round; });
            return Answer();
        }
        return Refresh(lock);
    }

    void Reject(std::string_view access_key_id) override {
        std::scoped_lock const lock(mutex_);
        if (credentials_ && credentials_->access_key_id == access_key_id) rejected_ = true;
    }

    [[nodiscard]] std::string Name() const override { return inner_ ? inner_->Name() : "none"; }

  private:
    using Fetched = Result<CredentialsAnswer>;

    [[nodiscard]] bool HasExpired(TimePoint now) const {
        return credentials_->expiration && *credentials_->expiration <= now;
    }
    [[nodiscard]] bool NeedsRefresh(TimePoint now) const {
        if (retry_after_ && now < *retry_after_) return false;
        if (rejected_) return true;
        return credentials_->expiration && *credentials_->expiration - window_ <= now;
    }
    /// What a caller gets now. mutex_ is held.
    [[nodiscard]] Fetched Answer() const {
        if (failure_) return Fail(*failure_);
        if (credentials_) return *credentials_;
        return CredentialsAnswer::None(reason_);
    }

    Fetched Refresh(std::unique_lock<std::mutex>& lock) {
        refreshing_ = true;
        lock.unlock();
        Fetched fetched = Fetch();
        lock.lock();
        refreshing_ = false;
        ++round_;
        TimePoint const now = clock_.Now();
        bool const usable =
            fetched && *fetched && (!(*fetched)->expiration || *(*fetched)->expiration > now);
        failure_.reset();
        if (usable || (!credentials_ && fetched && *fetched)) {
            credentials_ = std::move(**fetched);
            rejected_ = false;
            retry_after_.reset();
            if (credentials_->expiration) {
                auto const lifetime = *credentials_->expiration - now;
                window_ = AdvisoryWindow(lifetime);
                // A source that hands out what is near its end (or over) is not asked at each call.
                if (lifetime <= window_) retry_after_ = now + kPauseAfterFailure;
            }
        } else if (!fetched && fetched.error().code == ErrorCode::kAccessDenied) {
            failure_ = std::move(fetched.error());
            failure_->code = ErrorCode::kCredentials;
        } else if (credentials_) {
            retry_after_ = now + kPauseAfterFailure;
        } else if (!fetched) {
            failure_ = std::move(fetched.error());
        } else {
            reason_ = fetched->Reason();
        }
        changed_.notify_all();
        return Answer();
    }

    /// Calls the source, which may be the user's, without the lock.
    [[nodiscard]] Fetched Fetch() const {
        if (!inner_) return Fail(ErrorCode::kCredentials, "no credentials provider is set");
        try {
            return inner_->GetCredentials();
        } catch (...) {
            return Fail(ErrorCode::kCredentials, "the credentials provider threw an exception");
        }
    }

    std::shared_ptr<CredentialsProvider> const inner_;  // constant after construction
    Clock& clock_;                                      // constant after construction
    std::mutex mutex_;
    std::condition_variable changed_;
    // Guarded by mutex_:
    std::optional<AwsCredentials> credentials_;
    /// Of the last round, when there are no credentials or the source refuses for good.
    std::optional<Error> failure_;
    std::string reason_;  ///< Of the last round, when there was neither.
    std::optional<TimePoint> retry_after_;
    minutes window_{5};
    std::uint64_t round_ = 0;  ///< Counts the refreshes that ended.
    bool refreshing_ = false;
    bool rejected_ = false;
};

}  // namespace

std::shared_ptr<CredentialsProvider> MakeCachedCredentials(
    std::shared_ptr<CredentialsProvider> inner, Clock& clock) {
    return std::make_shared<CachedCredentials>(std::move(inner), clock);
}

}  // namespace lddynamo
