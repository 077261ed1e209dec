#include <lddynamo/secret.hpp>

#include <string.h>  // explicit_bzero

#include <cstddef>

namespace lddynamo {

// The source is wiped: a short string that is moved from or swapped keeps its characters.
Secret::Secret(Secret&& other) noexcept {
    text_.swap(other.text_);
    other.Wipe();
}

Secret& Secret::operator=(Secret const& other) {
    if (this != &other) {
        Wipe();
        text_ = other.text_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        Wipe();
        text_.swap(other.text_);
        other.Wipe();
    }
    return *this;
}

Secret::~Secret() {
    Wipe();
}

void Secret::Wipe() noexcept {
    // The whole capacity: an earlier, longer text may have left its tail.
    if (text_.capacity() > 0) {
        text_.resize(text_.capacity());
        explicit_bzero(text_.data(), text_.size());
    }
    text_.clear();
}

bool operator==(Secret const& a, Secret const& b) noexcept {
    if (a.text_.size() != b.text_.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.text_.size(); ++i) {
        difference |=
            static_cast<unsigned char>(a.text_[i]) ^ static_cast<unsigned char>(b.text_[i]);
    }
    return difference == 0;
}

}  // namespace lddynamo
