#include "datasource/data_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lddynamo::datasource {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kOddFlag =
    R"({ "key" : "a","version":3, "new":1.0,"\u006fn":true , "key":"a" })";

TEST(DataDocument, KeepsEveryByteOfAnItem) {
    auto const text = R"({"segments":{"s":{"key":"s","version":7}},"flags":{"a": )" +
                      std::string(kOddFlag) + "  }}";
    auto const document = ParseDataDocument(text, {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->data.features.at("a"),
              (SerializedItem{.version = 3, .deleted = false, .json = std::string(kOddFlag)}));
    EXPECT_EQ(document->data.segments.at("s").json, R"({"key":"s","version":7})");
    EXPECT_THAT(document->skipped, IsEmpty());
    EXPECT_THAT(document->unknown_members, IsEmpty());
}

TEST(DataDocument, MinifiesWhenAsked) {
    auto const text = R"({"flags":{"a":)" + std::string(kOddFlag) + "}}";
    EXPECT_EQ(ParseDataDocument(text, {.minify = true})->data.features.at("a").json,
              R"({"key":"a","version":3,"new":1.0,"\u006fn":true,"key":"a"})");
}

TEST(DataDocument, TakesNullAndMissingMapsAndNamesUnknownMembers) {
    auto const document = ParseDataDocument(R"({"flags":null,"x":1})", {});
    ASSERT_TRUE(document);
    EXPECT_EQ(document->data, StoreData{});
    EXPECT_THAT(document->unknown_members, ElementsAre("x"));
}

TEST(DataDocument, ReadsTombstones) {
    auto const document =
        ParseDataDocument(R"({"flags":{"a":{"key":"a","version":4,"deleted":true}}})", {});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_TRUE(document->data.features.at("a").deleted);
    EXPECT_EQ(document->data.features.at("a").version, 4);
}

TEST(DataDocument, LeavesOutWhatNoStoreTakesWhenAsked) {
    auto const long_key = std::string(1025, 'k');
    auto const text = R"({"flags":{"":{"key":"","version":0},"a":{"key":"a"},")" + long_key +
                      R"(":{"key":")" + long_key + R"("}}})";
    auto const document = ParseDataDocument(text, {.from_service = true});
    ASSERT_TRUE(document) << document.error().message;
    EXPECT_EQ(document->data.features.size(), 1U);
    ASSERT_EQ(document->skipped.size(), 2U);
    EXPECT_THAT(document->skipped[0].what, HasSubstr("empty key"));
    EXPECT_THAT(document->skipped[1].what, HasSubstr("1025 bytes"));
    auto const strict = ParseDataDocument(text, {});
    ASSERT_FALSE(strict);
    EXPECT_THAT(strict.error().message, HasSubstr("flags: '': an empty key cannot be stored"));
}

TEST(DataDocument, NotesNoPartsOfCharactersOfALongKey) {
    std::string key = "k";
    while (key.size() <= 1024) key += "\u00e9";
    auto const note = MakeLeftOut(DataKind::kSegments, key, "why");
    EXPECT_EQ(note.key, key.substr(0, 63));
    EXPECT_EQ(DescribeLeftOut(note), "left out: segments: '" + key.substr(0, 63) + "': why");
    EXPECT_EQ(MakeLeftOut(DataKind::kSegments, "\u00e9", "").key, "\u00e9");
    EXPECT_EQ(MakeLeftOut(DataKind::kSegments, std::string(1025, '\x80'), "").key, "");
}

TEST(DataDocument, RefusesWrongShapes) {
    for (std::string_view const text : {
             "",
             "true",
             "[]",
             "{}",
             R"({"flags":true})",
             R"({"flags":[]})",
             R"({"segments":"s"})",
             R"({"flags":{},"flags":{}})",
             R"({"flags":{"a":true}})",
             R"({"flags":{"a":null}})",
             R"({"flags":{"a":{"key":"a","version":"no"}}})",
             R"({"flags":{"a":{"key":"a","version":-1}}})",
             R"({"flags":{"a":{"key":"a","rules":7}}})",
             R"({"segments":{"a":{"key":"a","included":7}}})",
             R"({"flags":{"a":{"key":"a"},"a":{"key":"a"}}})",
             R"({"flags":{"a":{"key":"a"}})",
             R"({"flags":{}} x)",
         }) {
        for (bool const from_service : {false, true}) {
            auto const document = ParseDataDocument(text, {.from_service = from_service});
            ASSERT_FALSE(document) << text;
            EXPECT_EQ(document.error().code, ErrorCode::kInvalidData) << text;
            EXPECT_FALSE(document.error().message.empty());
        }
    }
    for (std::string_view const item :
         {R"({"key":"b","version":1})", R"({"version":1})", R"({"key":"a","version":1.5})"}) {
        auto const text = R"({"flags":{"a":)" + std::string(item) + "}}";
        EXPECT_FALSE(ParseDataDocument(text, {})) << text;
    }
}

/// What the Go SDK takes, it takes; the row of an item then tells all SDKs the same.
TEST(DataDocument, TakesFromAServiceWhatTheGoSdkTakes) {
    struct Case {
        std::string_view sent;
        std::int64_t version;
        std::string_view kept;
    };
    for (auto const& [sent, version, kept] : {
             Case{R"({"version":1})", 1, R"({"key":"a","version":1})"},
             Case{"{ }", 0, R"({"key":"a" })"},
             Case{R"({"key":"b","version":1})", 1, R"({"key":"b","version":1})"},
             Case{R"({"key":"a","version":1.9})", 1, R"({"key":"a","version":1.9})"},
             Case{R"({"key":"a","version":9007199254740994})", 9007199254740994,
                  R"({"key":"a","version":9007199254740994})"},
         }) {
        for (std::string const of : {"flags", "segments"}) {
            auto const text = R"({")" + of + R"(":{"a":)" + std::string(sent) + "}}";
            auto const document = ParseDataDocument(text, {.from_service = true});
            ASSERT_TRUE(document) << text << document.error().message;
            auto const& items =
                document->data.Of(of == "flags" ? DataKind::kFeatures : DataKind::kSegments);
            EXPECT_EQ(
                items.at("a"),
                (SerializedItem{.version = version, .deleted = false, .json = std::string(kept)}))
                << text;
        }
    }
}

TEST(DataDocument, RefusesFromAServiceWhatDoesNotDecode) {
    for (std::string_view const item : {"true", "null", R"({"key":1})", R"({"version":"1"})",
                                        R"({"version":-1})", R"({"deleted":true,"version":-1})"}) {
        auto const text = R"({"flags":{"a":)" + std::string(item) + "}}";
        auto const document = ParseDataDocument(text, {.from_service = true});
        ASSERT_FALSE(document) << text;
        EXPECT_THAT(document.error().message, HasSubstr("flags: 'a': ")) << text;
    }
}

}  // namespace
}  // namespace lddynamo::datasource
