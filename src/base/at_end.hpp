/// @file
/// AtEnd: runs something at the end of a scope, however it is left.
/// Layer: base.
#pragma once

#include <utility>

namespace lddynamo::base {

/// @tparam Call  called once, by the destructor; must not throw.
template <class Call>
class AtEnd {
  public:
    explicit AtEnd(Call call) : call_(std::move(call)) {}
    ~AtEnd() { call_(); }
    AtEnd(AtEnd const&) = delete;
    AtEnd& operator=(AtEnd const&) = delete;

  private:
    Call call_;
};

}  // namespace lddynamo::base
