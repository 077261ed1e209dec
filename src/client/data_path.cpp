#include "client/data_path.hpp"

#include "client/store_reader.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace lddynamo::client {
namespace {

constexpr std::string_view kStore = "the feature store";

std::string Describe(ItemNote const& note) {
    return std::string(ToString(note.kind)) + " '" + note.key + "': " + note.what;
}

}  // namespace

DataPath::DataPath(Options options, DataTarget& target, std::shared_ptr<SourceStatus> status,
                   std::function<void()> refresh)
    : options_(std::move(options)),
      status_(std::move(status)),
      refresh_(std::move(refresh)),
      open_target_(&target),
      target_(&target),
      probe_interval_(options_.probe_interval) {
}

template <class Use>
bool DataPath::WithTarget(Use&& use) {
    std::scoped_lock const lock(mutex_);
    if (target_ == nullptr) return false;
    try {
        use(*target_);
        return true;
    } catch (std::exception const& exception) {  // no memory
        options_.logger.Error(std::string("data that came cannot be kept: ") + exception.what());
        return false;
    }
}

bool DataPath::Init(StoreData data) {
    bool stored = true;
    if (options_.store) {
        auto const report = Guarded(kStore, [&] { return options_.store->Init(data); });
        stored = report.has_value();
        if (report) {
            for (auto const& note : report->oversize) {
                options_.logger.Warn("not stored: " + Describe(note));
            }
            std::scoped_lock const lock(mutex_);
            lost_ = false;
            probe_interval_ = options_.probe_interval;
        } else {
            Lost(report.error());
            if (!options_.cache_is_infinite) return false;
        }
    }
    bool taken = false;
    bool const open = WithTarget([&](DataTarget& target) {
        taken = target.Receive(data);
        if (taken) target.SetReady();
    });
    if (!open || !taken) return false;
    // Whoever waits for data finds this state then.
    if (stored) status_->Update(DataSourceState::kValid, std::nullopt);
    status_->SetInitialized();
    return stored;
}

bool DataPath::Upsert(DataKind kind, std::string_view key, SerializedItem item) {
    if (!options_.store) {
        return WithTarget([&](DataTarget& target) { target.ReceiveIfNewer(kind, key, item); });
    }
    auto const outcome = Guarded(kStore, [&] { return options_.store->Upsert(kind, key, item); });
    if (!outcome) {
        Lost(outcome.error());
        if (options_.cache_is_infinite) {
            (void)WithTarget([&](DataTarget& target) { target.ReceiveIfNewer(kind, key, item); });
        }
        return false;
    }
    if (*outcome == UpsertOutcome::kWritten) {
        return WithTarget([&](DataTarget& target) { target.Receive(kind, key, item); });
    }
    if (*outcome == UpsertOutcome::kOversize) {
        options_.logger.Warn("not stored: " + Describe({kind, std::string(key), "too large"}));
    }
    // Whatever the store has is what counts: another writer may have been quicker.
    return ReadAgain(kind, key);
}

bool DataPath::ReadAgain(DataKind kind, std::string_view key) {
    DataTarget::Reading reading;
    if (!WithTarget([&](DataTarget& target) { reading = target.StartReading(); })) return false;
    auto const found = Guarded(kStore, [&] { return options_.store->Get(kind, key); });
    if (!found && !IsMalformedRow(found.error())) {
        Lost(found.error());
        return false;
    }
    return WithTarget([&](DataTarget& target) { target.ReceiveRead(reading, kind, key, found); });
}

void DataPath::OnStatus(DataSourceState state, std::optional<Error> error) {
    {
        std::scoped_lock const lock(mutex_);
        // What came since is in the store, but what was lost is not.
        if (state == DataSourceState::kValid && lost_) return;
    }
    status_->Update(state, std::move(error));
}

void DataPath::OnStreamInit(datasource::StreamInit const& init) {
    (void)WithTarget([&](DataTarget&) {
        if (options_.on_stream_init) options_.on_stream_init(init);
    });
}

void DataPath::Lost(Error const& error) {
    Error told = error;
    told.message = std::string(kStore) + ": " + told.message;
    status_->Update(DataSourceState::kInterrupted, std::move(told));
    std::unique_ptr<base::Worker> old;  // ends after the lock; its thread has done its work
    std::scoped_lock const lock(mutex_);
    lost_ = true;
    if (target_ == nullptr || std::exchange(probing_, true)) return;
    old = std::exchange(prober_, std::make_unique<base::Worker>());
    auto const run = [weak = weak_from_this()](std::stop_token const& stop) { Probe(weak, stop); };
    if (prober_->Start("lddynamo-probe", run)) return;
    probing_ = false;  // the next loss tries again
    options_.logger.Error("no thread can be started to watch the store");
}

void DataPath::Probe(std::weak_ptr<DataPath> const& weak, std::stop_token const& stop) {
    for (;;) {
        std::chrono::milliseconds interval{};
        if (auto const self = weak.lock()) {
            std::scoped_lock const lock(self->mutex_);
            interval = self->probe_interval_;
        }
        if (!base::SleepUntil(stop, std::chrono::steady_clock::now() + interval)) return;
        auto const self = weak.lock();
        if (!self) return;
        {
            std::scoped_lock const lock(self->mutex_);
            if (self->target_ == nullptr) return;
            if (!self->lost_) {  // the data source came again by itself
                self->probing_ = false;
                return;
            }
        }
        bool available = false;
        try {
            auto const check = [&] { return self->options_.store->CheckAvailable(); };
            available = Guarded(kStore, check).has_value();
        } catch (std::exception const&) {
            // No memory for the message: asked again.
        }
        std::scoped_lock const lock(self->mutex_);
        if (self->target_ == nullptr) return;
        if (available || !self->lost_) {
            self->probing_ = false;
            // The data source's Init tells whether nothing is lost any more.
            if (self->lost_) {
                self->probe_interval_ = std::min(2 * interval, kLongestProbeInterval);
                self->refresh_();
            }
            return;
        }
    }
}

void DataPath::Close() noexcept {
    if (::getpid() != process_) return;  // the parent's threads may hold the lock, here for ever
    // Without the lock, which a Receive holds.
    if (auto* const target = open_target_.exchange(nullptr)) target->Abandon();
    std::unique_ptr<base::Worker> prober;
    {
        std::scoped_lock const lock(mutex_);
        target_ = nullptr;
        prober = std::move(prober_);
    }
}

}  // namespace lddynamo::client
