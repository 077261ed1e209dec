/// @file
/// DataTarget: takes flags and segments that were received, for evaluations to find.
/// Layer: client.
#pragma once

#include <lddynamo/feature_store.hpp>

#include <string_view>

namespace lddynamo::client {

/// @par Thread safety  One thread at a time.
class DataTarget {
  public:
    DataTarget() = default;
    DataTarget(DataTarget const&) = delete;
    DataTarget& operator=(DataTarget const&) = delete;
    /// All that there is, in place of all that was.
    virtual void Receive(StoreData const& data) = 0;
    /// One item; where there is no store to decide that, only if it is newer than what there is.
    virtual void Receive(DataKind kind, std::string_view key, SerializedItem const& item) = 0;
    /// The store has something else than what came.
    virtual void ReadAgain(DataKind kind, std::string_view key) = 0;
    /// From now on evaluations have data.
    virtual void SetReady() = 0;

  protected:
    ~DataTarget() = default;
};

}  // namespace lddynamo::client
