#include "events/context_deduplicator.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lddynamo::events {
namespace {

TEST(ContextDeduplicator, KnowsWhatItNoticed) {
    ContextDeduplicator contexts(10);
    EXPECT_FALSE(contexts.Notice("a"));
    EXPECT_FALSE(contexts.Notice("b"));
    EXPECT_TRUE(contexts.Notice("a"));
    EXPECT_TRUE(contexts.Notice("b"));
    contexts.Clear();
    EXPECT_FALSE(contexts.Notice("a"));
    EXPECT_TRUE(contexts.Notice("a"));
}

TEST(ContextDeduplicator, ForgetsTheLeastRecentlyNoticed) {
    ContextDeduplicator contexts(2);
    EXPECT_FALSE(contexts.Notice("a"));
    EXPECT_FALSE(contexts.Notice("b"));
    EXPECT_TRUE(contexts.Notice("a"));
    EXPECT_FALSE(contexts.Notice("c"));  // instead of b
    EXPECT_TRUE(contexts.Notice("a"));
    EXPECT_FALSE(contexts.Notice("b"));  // instead of c
    EXPECT_FALSE(contexts.Notice("c"));
}

TEST(ContextDeduplicator, WhatWasKnownForLongIsNew) {
    ContextDeduplicator contexts(10, 3);
    EXPECT_FALSE(contexts.Notice("a", 5));
    EXPECT_TRUE(contexts.Notice("a", 7));
    EXPECT_FALSE(contexts.Notice("a", 8));
    EXPECT_TRUE(contexts.Notice("a", 10));
    EXPECT_FALSE(contexts.Notice("a", 11));
}

TEST(ContextDeduplicator, OwnsItsKeys) {
    ContextDeduplicator contexts(2);
    {
        std::string const key(100, 'k');
        EXPECT_FALSE(contexts.Notice(key));
    }
    EXPECT_TRUE(contexts.Notice(std::string(100, 'k')));
}

TEST(ContextDeduplicator, WithoutCapacityKnowsNothing) {
    ContextDeduplicator contexts(0);
    EXPECT_FALSE(contexts.Notice("a"));
    EXPECT_FALSE(contexts.Notice("a"));
}

}  // namespace
}  // namespace lddynamo::events
