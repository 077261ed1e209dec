#include "base/redact.hpp"

#include <gtest/gtest.h>

#include <array>

namespace lddynamo::base {
namespace {

std::string Clean(std::string_view text) {
    constexpr std::array<std::string_view, 4> kSecrets{"abcdefghij/klm", "five5", "tri", ""};
    return WithoutSecrets(text, kSecrets);
}

TEST(RedactTest, HidesSecretsAndTheirParts) {
    EXPECT_EQ(Clean("it is abcdefghij/klm, see"), "it is ***, see");
    EXPECT_EQ(Clean("abcdefghij/klm"), "***");
    EXPECT_EQ(Clean("abcdefghij/klmabcdefghij/klm"), "******");
    EXPECT_EQ(Clean("a part: cdefghij, and ghij/klm."), "a part: ***, and ***.");
    EXPECT_EQ(Clean(R"(escaped abcdefghij\/klm)"), "escaped ***");
    EXPECT_EQ(Clean("five5, Xfive5X"), "***, X***X");
}

TEST(RedactTest, LeavesTheRest) {
    EXPECT_EQ(Clean(""), "");
    EXPECT_EQ(Clean("seven: abcdefg five tri"), "seven: abcdefg five tri");
    EXPECT_EQ(WithoutSecrets(R"(a\/b)", {}), R"(a\/b)");
}

}  // namespace
}  // namespace lddynamo::base
