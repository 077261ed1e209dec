/// @file
/// DataTarget: takes flags and segments that were received, for evaluations to find.
/// Layer: client.
#pragma once

#include <lddynamo/feature_store.hpp>
#include <lddynamo/result.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace lddynamo::client {

/// @par Thread safety  One thread at a time, but for Abandon.
class DataTarget {
  public:
    /// A read of the store: what was found by one that started earlier never replaces what a later
    /// one found, or what was received meanwhile.
    struct Reading {
        std::uint64_t number = 0;
        std::int64_t started = 0;  ///< Steady time in nanoseconds.
    };

    DataTarget() = default;
    DataTarget(DataTarget const&) = delete;
    DataTarget& operator=(DataTarget const&) = delete;
    /// All that there is, in place of all that was.
    /// @return false: abandoned, and nothing has changed.
    [[nodiscard]] virtual bool Receive(StoreData const& data) = 0;
    /// One item, which the store took.
    virtual void Receive(DataKind kind, std::string_view key, SerializedItem const& item) = 0;
    /// One item of which no store decided whether it is newer than what there is.
    virtual void ReceiveIfNewer(DataKind kind, std::string_view key,
                                SerializedItem const& item) = 0;
    /// The caller is going to read an item: without the target, since a store may take long.
    [[nodiscard]] virtual Reading StartReading() = 0;
    /// @param found  an error: the row cannot be understood.
    virtual void ReceiveRead(Reading const& reading, DataKind kind, std::string_view key,
                             Result<std::optional<SerializedItem>> const& found) = 0;
    /// From now on evaluations have data.
    virtual void SetReady() = 0;
    /// Gives up a Receive of all that there is, also one under way: that can take seconds. From
    /// any thread.
    virtual void Abandon() noexcept = 0;

  protected:
    ~DataTarget() = default;
};

}  // namespace lddynamo::client
