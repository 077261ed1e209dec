#include "http/resolver.hpp"

#include <gmock/gmock.h>

namespace lddynamo::http {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Texts(std::string const& host) {
    std::vector<std::string> texts;
    auto const addresses = Resolve(host, 8000);
    if (!addresses) return {addresses.error().message};
    for (auto const& address : *addresses) texts.push_back(ToString(address));
    return texts;
}

TEST(ResolverTest, TakesAddressesAsTheyAre) {
    EXPECT_THAT(Texts("127.0.0.1"), ElementsAre("127.0.0.1:8000"));
    EXPECT_THAT(Texts("::1"), ElementsAre("[::1]:8000"));
    EXPECT_THAT(Texts("fd00:ec2::254"), ElementsAre("[fd00:ec2::254]:8000"));
}

TEST(ResolverTest, LocalhostIsThisMachineInBothFamilies) {
    for (char const* const name : {"localhost", "LocalHost", "localhost.", "db.localhost"}) {
        EXPECT_THAT(Texts(name), ElementsAre("127.0.0.1:8000", "[::1]:8000")) << name;
    }
}

TEST(ResolverTest, SaysWhichNameHasNoAddress) {
    // RFC 6761: such names never exist.
    auto const addresses = Resolve("nowhere.invalid", 80);
    ASSERT_FALSE(addresses.has_value());
    EXPECT_EQ(addresses.error().code, ErrorCode::kConnection);
    EXPECT_TRUE(addresses.error().retryable);
    EXPECT_THAT(addresses.error().message, ::testing::HasSubstr("nowhere.invalid"));
}

}  // namespace
}  // namespace lddynamo::http
