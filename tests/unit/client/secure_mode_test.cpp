#include "client/secure_mode.hpp"

#include <gtest/gtest.h>

namespace lddynamo::client {
namespace {

// What `printf %s KEY | openssl dgst -sha256 -hmac SDK_KEY` prints.
TEST(SecureModeHashTest, IsTheHmacOfTheQualifiedKey) {
    struct Case {
        char const* sdk_key;
        Context context;
        char const* hash;
    };
    Context const user = *Context::User("alice");
    Context const org = *Context::Builder("org", "a:b").Build();
    for (Case const& c :
         {Case{"sdk-key-1", user,
               "08b859b3b9aa5128544357a63138d59bc62f7d2e729fa01a23b016d30605b4d5"},
          Case{"sdk-key-2", user,
               "9158a60ff3c51f1fad74d237ffab1a78c24b8aebb1ba45f1a7f5b1defd3dd191"},
          Case{"sdk-key-1", *Context::Builder("user", "alice").Name("A").Set("a", 1).Build(),
               "08b859b3b9aa5128544357a63138d59bc62f7d2e729fa01a23b016d30605b4d5"},
          Case{"sdk-key-1", org,
               "5e9bd4dc954e4fef77327caf0e0f0bf003acd537cceb2e1af6d09a98b2b891c9"},
          Case{"sdk-key-1", *Context::MultiBuilder().Add(user).Add(org).Build(),
               "acdb07329ce8ef335f9f124064fb687de6e90e56f2e0ae9e87be8b491ce51802"}}) {
        EXPECT_EQ(SecureModeHash(Secret(c.sdk_key), c.context), c.hash)
            << c.context.FullyQualifiedKey();
    }
}

}  // namespace
}  // namespace lddynamo::client
