#include "datasource/fdv1_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lddynamo::datasource {
namespace {

using ::testing::HasSubstr;

bool Ignored(std::string_view event, std::string_view data) {
    auto const read = ReadStreamEvent(event, data);
    return read && std::holds_alternative<IgnoredEvent>(*read);
}

TEST(Fdv1Events, PutWithAndWithoutPath) {
    for (std::string_view const path : {"", R"("path":"/",)", R"("path":"",)"}) {
        auto const data = "{" + std::string(path) +
                          R"("data":{"flags":{"a":{"key":"a", "version":2}},"segments":{}}})";
        auto const event = ReadStreamEvent("put", data);
        ASSERT_TRUE(event) << event.error().message;
        auto const& put = std::get<PutEvent>(*event);
        EXPECT_EQ(put.document.data.features.at("a").json, R"({"key":"a", "version":2})");
    }
}

TEST(Fdv1Events, PutLeavesOutAnEmptyKey) {
    auto const event =
        ReadStreamEvent("put", R"({"data":{"flags":{"":{"key":"","version":0}},"segments":{}}})");
    ASSERT_TRUE(event);
    EXPECT_EQ(std::get<PutEvent>(*event).document.skipped.size(), 1U);
}

TEST(Fdv1Events, PatchKeepsEveryByte) {
    auto const event = ReadStreamEvent(
        "patch", R"({"path":"/flags/a/b","data":{ "key":"a/b","version":5,"x":1e2 } })");
    ASSERT_TRUE(event) << event.error().message;
    auto const& item = std::get<ItemEvent>(*event);
    EXPECT_EQ(item.kind, DataKind::kFeatures);
    EXPECT_EQ(item.key, "a/b");
    EXPECT_EQ(item.item, (SerializedItem{.version = 5,
                                         .deleted = false,
                                         .json = R"({ "key":"a/b","version":5,"x":1e2 })"}));
}

TEST(Fdv1Events, PatchOfASegment) {
    auto const event =
        ReadStreamEvent("patch", R"({"data":{"key":"s","version":1},"path":"/segments/s"})");
    ASSERT_TRUE(event);
    EXPECT_EQ(std::get<ItemEvent>(*event).kind, DataKind::kSegments);
}

TEST(Fdv1Events, DeleteGivesATombstone) {
    auto const event = ReadStreamEvent("delete", R"({"path":"/segments/s","version":9})");
    ASSERT_TRUE(event);
    auto const& item = std::get<ItemEvent>(*event);
    EXPECT_EQ(item.kind, DataKind::kSegments);
    EXPECT_EQ(item.item, MakeTombstone("s", 9));
}

TEST(Fdv1Events, IgnoresWhatItDoesNotKnow) {
    EXPECT_TRUE(Ignored("message", "not JSON"));
    EXPECT_TRUE(Ignored("purr", R"({"path":"/"})"));
    EXPECT_TRUE(Ignored("Put", "not JSON"));
    EXPECT_TRUE(Ignored("patch", R"({"path":"/cats/Jack","data":{"key":"Jack"}})"));
    EXPECT_TRUE(Ignored("patch", R"({"path":"/flags","data":true})"));
    EXPECT_TRUE(Ignored("delete", R"({"path":"/cats/Jack","version":1})"));
    EXPECT_TRUE(Ignored("put", R"({"path":"/cats","data":true})"));
}

TEST(Fdv1Events, LeavesOutItemsThatNoStoreTakes) {
    auto const long_key = std::string(1025, 'k');
    struct Case {
        std::string event, data;
        DataKind kind;
        std::string key, what;
    };
    for (auto const& [event, data, kind, key, what] : {
             Case{"patch", R"({"path":"/flags/","data":{"key":""}})", DataKind::kFeatures, "",
                  "an empty key"},
             Case{"patch", R"({"path":"/segments/)" + long_key + R"(","data":true})",
                  DataKind::kSegments, std::string(64, 'k'), "1025 bytes"},
             Case{"delete", R"({"path":"/flags/)" + long_key + R"("})", DataKind::kFeatures,
                  std::string(64, 'k'), "1025 bytes"},
         }) {
        auto const read = ReadStreamEvent(event, data);
        ASSERT_TRUE(read) << read.error().message;
        auto const* const left_out = std::get_if<LeftOutEvent>(&*read);
        ASSERT_NE(left_out, nullptr) << event << ' ' << data;
        EXPECT_EQ(left_out->note.kind, kind);
        EXPECT_EQ(left_out->note.key, key);
        EXPECT_THAT(left_out->note.what, HasSubstr(what));
    }
}

TEST(Fdv1Events, RefusesWrongShapes) {
    struct Case {
        std::string_view event, data;
    };
    for (auto const& [event, data] : {
             Case{"put", ""},
             Case{"put", "{sorry"},
             Case{"put", "[]"},
             Case{"put", "{}"},
             Case{"put", R"({"path":7,"data":{"flags":{}}})"},
             Case{"put", R"({"data":true})"},
             Case{"put", R"({"data":{}})"},
             Case{"put", R"({"data":{"flags":true,"segments":{}}})"},
             Case{"put", R"({"data":{"flags":{"a":{"key":1}}}})"},
             Case{"patch", "{sorry"},
             Case{"patch", R"({"data":{"key":"a"}})"},
             Case{"patch", R"({"path":null,"data":{"key":"a"}})"},
             Case{"patch", R"({"path":"/flags/a"})"},
             Case{"patch", R"({"path":"/flags/a","data":true})"},
             Case{"patch", R"({"path":"/flags/a","data":{"key":"a","version":-1}})"},
             Case{"patch", R"({"path":"/flags/a","data":{"key":"a","version":"no"}})"},
             Case{"patch", R"({"path":"/flags/a","data":{"key":"a","variations":7}})"},
             Case{"delete", "{sorry"},
             Case{"delete", R"({"version":1})"},
             Case{"delete", R"({"path":"/flags/a"})"},
             Case{"delete", R"({"path":"/flags/a","version":"no"})"},
             Case{"delete", R"({"path":"/flags/a","version":-1})"},
         }) {
        auto const read = ReadStreamEvent(event, data);
        ASSERT_FALSE(read) << event << ' ' << data;
        EXPECT_EQ(read.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(read.error().message, HasSubstr(std::string(event) + " event"));
    }
}

}  // namespace
}  // namespace lddynamo::datasource
