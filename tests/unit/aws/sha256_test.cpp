#include "aws/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lddynamo::aws {
namespace {

// The digests are those of sha256sum.
TEST(Sha256Test, IsRightForShortAndForLongText) {
    EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Hex(Sha256(std::string(32767, 'x'))),
              "23852ee79b203abb6a2eec55fd9480f8c656474dde37421a964905f33df6c4ca");
    EXPECT_EQ(Hex(Sha256(std::string(32768, 'x'))),
              "427965f49a857174e308658227325dbd23ff4eccbe399d5ad4817dda3ec79f87");
    EXPECT_EQ(Hex(Sha256(std::string(1000001, 'x'))),
              "85e4daf430380f612580d11ebf1ba489a0341266af0f6f5ed620852545a4655e");
}

}  // namespace
}  // namespace lddynamo::aws
