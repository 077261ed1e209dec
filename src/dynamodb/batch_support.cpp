#include "dynamodb/batching.hpp"

#include "base/backoff.hpp"
#include "base/longest.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <string>
#include <type_traits>
#include <variant>

namespace lddynamo::dynamodb {
namespace {

std::size_t QuotedSize(std::string_view text) noexcept {
    std::size_t size = 2 + text.size();
    for (char const c : text) {  // without branches, so that it is vectorized
        size += static_cast<std::size_t>(c == '"') + static_cast<std::size_t>(c == '\\') +
                5 * static_cast<std::size_t>(static_cast<unsigned char>(c) < 0x20);
    }
    return size;
}

std::size_t Base64Size(std::string_view bytes) noexcept {
    return 2 + (bytes.size() + 2) / 3 * 4;
}

std::size_t EstimateValue(AttributeValue const& value) noexcept;

struct ValueSize {
    std::size_t operator()(AttributeValue::Null const&) const noexcept { return 4; }
    std::size_t operator()(bool) const noexcept { return 5; }
    std::size_t operator()(std::string const& text) const noexcept { return QuotedSize(text); }
    std::size_t operator()(AttributeValue::Number const& number) const noexcept {
        return QuotedSize(number.text);
    }
    std::size_t operator()(AttributeValue::Binary const& binary) const noexcept {
        return Base64Size(binary.bytes);
    }
    std::size_t operator()(AttributeValue::BinarySet const& set) const noexcept {
        std::size_t size = 2;
        for (auto const& bytes : set.items) size += Base64Size(bytes) + 1;
        return size;
    }
    std::size_t operator()(AttributeValue::List const& list) const noexcept {
        std::size_t size = 2;
        for (auto const& element : list) size += EstimateValue(element) + 1;
        return size;
    }
    std::size_t operator()(AttributeValue::Map const& map) const noexcept {
        return EstimateWireSize(map);
    }
    template <class Set>  // StringSet, NumberSet
    std::size_t operator()(Set const& set) const noexcept {
        std::size_t size = 2;
        for (auto const& text : set.items) size += QuotedSize(text) + 1;
        return size;
    }
};

std::size_t EstimateValue(AttributeValue const& value) noexcept {
    // {"TYPE":...}
    return 5 + value.TypeName().size() + std::visit(ValueSize{}, value.Get());
}

}  // namespace

bool IsTransient(ErrorCode code) noexcept {
    return code == ErrorCode::kThrottled || code == ErrorCode::kUnavailable ||
           code == ErrorCode::kConnection || code == ErrorCode::kTimeout;
}

bool ConcernsAllRequests(ErrorCode code) noexcept {
    return code == ErrorCode::kNotFound || code == ErrorCode::kCredentials ||
           code == ErrorCode::kAccessDenied || code == ErrorCode::kTls ||
           code == ErrorCode::kCancelled;
}

std::size_t EstimateWireSize(Item const& item) noexcept {
    std::size_t size = 2;
    for (auto const& [name, value] : item) size += QuotedSize(name) + 2 + EstimateValue(value);
    return size;
}

Deadline::Deadline(Clock* clock, std::chrono::milliseconds timeout)
    : clock_(clock != nullptr ? clock : &SystemClock()),
      end_(clock_->SteadyNow() + std::min(timeout, base::kLongest)) {
}

std::chrono::milliseconds Deadline::Remaining() const {
    return std::chrono::ceil<std::chrono::milliseconds>(end_ - clock_->SteadyNow());
}

bool Deadline::Pause(int attempt) const {
    auto const pause = base::FullJitter(std::chrono::milliseconds(50), std::chrono::seconds(5),
                                        attempt, base::RandomUnit()) +
                       std::chrono::milliseconds(1);
    if (pause >= Remaining()) return false;
    clock_->Sleep(pause);
    return true;
}

}  // namespace lddynamo::dynamodb
