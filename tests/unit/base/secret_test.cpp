#include <lddynamo/secret.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <new>
#include <ostream>
#include <type_traits>
#include <utility>

namespace lddynamo {
namespace {

constexpr std::string_view kShort = "shortkey123";  // fits into the object itself

/// Memory in which secrets are made, that can be searched after they are gone.
struct Storage {
    alignas(Secret) std::array<char, sizeof(Secret)> bytes{};
    template <class... Arguments>
    Secret* Make(Arguments&&... arguments) {
        return ::new (bytes.data()) Secret(std::forward<Arguments>(arguments)...);
    }
    /// Whether a piece of the text is left: three characters of it would be.
    [[nodiscard]] bool Holds(std::string_view text) const {
        for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
            auto const piece = text.substr(i, 3);
            if (std::search(bytes.begin(), bytes.end(), piece.begin(), piece.end()) !=
                bytes.end()) {
                return true;
            }
        }
        return false;
    }
};

TEST(SecretTest, ShowsNothingUnlessAsked) {
    Secret const secret("sdk-1234");
    EXPECT_EQ(secret.Reveal(), "sdk-1234");
    EXPECT_EQ(secret.Redacted(), "***");
    EXPECT_EQ(ToString(secret), "***");
    EXPECT_FALSE(secret.Empty());
    EXPECT_TRUE(Secret().Empty());
    EXPECT_EQ(Secret().Redacted(), "");
    EXPECT_FALSE((std::is_convertible_v<Secret, std::string>));
    EXPECT_FALSE((std::is_convertible_v<Secret, std::string_view>));
    EXPECT_FALSE((std::is_convertible_v<std::string, Secret>));
}

TEST(SecretTest, ComparesWholeTexts) {
    EXPECT_EQ(Secret("abc"), Secret("abc"));
    EXPECT_EQ(Secret(), Secret(""));
    for (std::string_view const other : {"", "ab", "abcd", "xbc", "axc", "abx", "ABC"}) {
        EXPECT_FALSE(Secret("abc") == Secret(other)) << other;
    }
    EXPECT_FALSE(Secret(std::string_view("a\0b", 3)) == Secret(std::string_view("a\0c", 3)));
}

TEST(SecretTest, CopiesAreIndependent) {
    Secret const original("a key of more than fifteen characters");
    Secret copy = original;
    EXPECT_EQ(copy, original);
    copy = Secret("other");
    EXPECT_EQ(original.Reveal(), "a key of more than fifteen characters");
    copy = original;
    Secret& self = copy;
    copy = self;
    EXPECT_EQ(copy, original);
    copy = std::move(self);
    EXPECT_EQ(copy, original);
}

TEST(SecretTest, MovesLeaveTheSourceEmpty) {
    for (std::string_view const text : {kShort, std::string_view("a key of more than fifteen")}) {
        Secret source(text);
        Secret target(std::move(source));
        EXPECT_EQ(target.Reveal(), text);
        EXPECT_TRUE(source.Empty());  // NOLINT(bugprone-use-after-move): that is what is tested
        Secret assigned("before");
        assigned = std::move(target);
        EXPECT_EQ(assigned.Reveal(), text);
        EXPECT_TRUE(target.Empty());  // NOLINT(bugprone-use-after-move)
    }
}

TEST(SecretTest, WipesItsMemoryWhenItGoes) {
    Storage storage;
    Secret* const secret = storage.Make(kShort);
    ASSERT_TRUE(storage.Holds(kShort));
    secret->~Secret();
    EXPECT_FALSE(storage.Holds(kShort));
}

TEST(SecretTest, WipesItsMemoryWhenItIsReplaced) {
    Storage storage;
    Secret* const secret = storage.Make(kShort);
    *secret = Secret("x");
    EXPECT_FALSE(storage.Holds(kShort));
    secret->~Secret();
}

TEST(SecretTest, WipesItsMemoryWhenItIsMovedFrom) {
    Storage storage;
    Secret* const secret = storage.Make(kShort);
    Secret const target(std::move(*secret));
    EXPECT_FALSE(storage.Holds(kShort));
    *secret = target;
    Secret assigned;
    assigned = std::move(*secret);
    EXPECT_FALSE(storage.Holds(kShort));
    secret->~Secret();
}

}  // namespace
}  // namespace lddynamo
