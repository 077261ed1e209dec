#include "base/random.hpp"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>

namespace lddynamo::base {
namespace {

struct Generator {
    std::uint64_t state = 0;
    pid_t owner = 0;
};

}  // namespace

std::uint64_t RandomBits() noexcept {
    thread_local Generator generator;
    if (generator.owner != ::getpid()) {
        generator.owner = ::getpid();
        if (::getrandom(&generator.state, sizeof generator.state, GRND_NONBLOCK) !=
            static_cast<ssize_t>(sizeof generator.state)) {
            generator.state = static_cast<std::uint64_t>(
                std::chrono::steady_clock::now().time_since_epoch().count() ^
                (generator.owner * 7919));
        }
    }
    // SplitMix64 (Steele, Lea, Flood 2014).
    std::uint64_t z = (generator.state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31U);
}

double RandomUnit() noexcept {
    return static_cast<double>(RandomBits() >> 11U) * 0x1.0p-53;
}

std::string RandomUuid() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::uint64_t const words[2] = {RandomBits(), RandomBits()};
    std::string text;
    text.reserve(36);
    for (unsigned i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        auto nibble = static_cast<unsigned>(words[i / 16] >> (4U * (i % 16))) & 0xFU;
        if (i == 12) nibble = 4;                     // version
        if (i == 16) nibble = 8U | (nibble & 0x3U);  // variant
        text += kDigits[nibble];
    }
    return text;
}

}  // namespace lddynamo::base
