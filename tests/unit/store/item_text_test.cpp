#include "store/item_text.hpp"
#include "support/results.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using test_support::FailureOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MakeTombstoneTest, HasTheTextOfTheOfficialSdks) {
    EXPECT_EQ(MakeTombstone("k", 7).json, R"({"key":"k","version":7,"deleted":true})");
    EXPECT_EQ(MakeTombstone("a\"\\\n", 1).json, R"({"key":"a\"\\\n","version":1,"deleted":true})");
    auto const tombstone = MakeTombstone("k", 9007199254740993);
    EXPECT_EQ(tombstone.version, 9007199254740993);
    EXPECT_TRUE(tombstone.deleted);
    EXPECT_THAT(tombstone.json, HasSubstr("9007199254740993"));
}

TEST(MakeSerializedItemTest, KeepsTheTextAndReadsThreeMembers) {
    struct Case {
        char const* json;
        std::int64_t version;
        bool deleted;
    };
    for (auto const& [json, version, deleted] : std::vector<Case>{
             {R"({"key":"k","version":3})", 3, false},
             {R"(  { "version" : 3 , "key" : "k" , "x" : [1.50, 1e300] } )", 3, false},
             {R"({"key":"k"})", 0, false},
             {R"({"key":"k","version":0})", 0, false},
             {R"({"key":"k","version":9007199254740992})", 9007199254740992, false},
             {R"({"key":"k","version":5.0})", 5, false},
             {R"({"key":"k","version":2e3})", 2000, false},
             {R"({"key":"k","version":1,"version":2})", 2, false},
             {R"({"key":"wrong","key":"k","version":1})", 1, false},
             {R"({"\u006bey":"\u006b","version":1})", 1, false},
             {R"({"key":"k","version":3,"deleted":true})", 3, true},
             {R"({"key":"k","version":3,"deleted":false})", 3, false},
             {R"({"key":"k","version":3,"deleted":true,"deleted":false})", 3, false},
             {R"({"key":"k","version":3,"deleted":"true"})", 3, false},
             {R"({"key":"k","version":3,"deleted":null})", 3, false},
         }) {
        for (char const* expected : {"k", ""}) {
            auto const item = MakeSerializedItem(expected, json);
            ASSERT_TRUE(item.has_value()) << json << ": " << item.error().message;
            EXPECT_EQ(item->json, json);
            EXPECT_EQ(item->version, version) << json;
            EXPECT_EQ(item->deleted, deleted) << json;
        }
    }
}

TEST(MakeSerializedItemTest, RefusesTheRest) {
    struct Case {
        char const* json;
        char const* message;
    };
    for (auto const& [json, message] : std::vector<Case>{
             {"", ""},
             {"null", ""},
             {"[]", ""},
             {R"("text")", ""},
             {R"({"key":"k","version":1)", "line 1"},
             {R"({"key":"k","version":1} x)", "line 1"},
             {"{\"key\":\"k\",\n\"version\":}", "line 2"},
             {"{\"key\":\"k\",\"version\":1,\"x\":\"\xff\"}", ""},
             {"{}", "`key`"},
             {R"({"key":5,"version":1})", "`key`"},
             {R"({"key":null,"version":1})", "`key`"},
             {R"({"key":"k","key":1,"version":1})", "`key`"},
             {R"({"key":"other","version":1})", "\"other\""},
             {R"({"key":"k","version":"1"})", "`version`"},
             {R"({"key":"k","version":1.5})", "`version`"},
             {R"({"key":"k","version":-1})", "`version`"},
             {R"({"key":"k","version":1e30})", "`version`"},
             {R"({"key":"k","version":null})", "`version`"},
             {R"({"key":"k","version":1,"version":{}})", "`version`"},
         }) {
        auto const item = MakeSerializedItem("k", json);
        ASSERT_FALSE(item.has_value()) << json;
        EXPECT_EQ(item.error().code, ErrorCode::kInvalidData) << json;
        EXPECT_THAT(item.error().message, HasSubstr(message)) << json;
    }
}

TEST(MakeSerializedItemTest, SurvivesDeepNesting) {
    std::string json = R"({"key":"k","x":)" + std::string(100'000, '[');
    EXPECT_FALSE(MakeSerializedItem("k", json).has_value());
}

namespace store_tests {

using store::PrepareForWrite;

TEST(PrepareForWriteTest, KeepsGoodItemsByteForByte) {
    SerializedItem const item{.version = 4, .json = R"( {"key":"other", "v":1.0e2} )"};
    auto const prepared = PrepareForWrite(DataKind::kFeatures, "k", item);
    ASSERT_TRUE(prepared.has_value());
    EXPECT_EQ(prepared->item, item);
}

TEST(PrepareForWriteTest, GivesTombstonesTheirText) {
    auto const tombstone = MakeTombstone("k", 4);
    for (char const* json :
         {"", "null", "[]", "nonsense", R"({"key":"k","version":4,"on":true})"}) {
        SerializedItem const item{.version = 4, .deleted = true, .json = json};
        auto const prepared = PrepareForWrite(DataKind::kFeatures, "k", item);
        ASSERT_TRUE(prepared.has_value()) << json;
        EXPECT_EQ(prepared->item, tombstone) << json;
    }
    SerializedItem const own{
        .version = 4, .deleted = true, .json = R"({"deleted":true,"key":"$deleted"})"};
    EXPECT_EQ(PrepareForWrite(DataKind::kFeatures, "k", own)->item, own);
}

TEST(PrepareForWriteTest, BelievesTheTextAboutDeleted) {
    SerializedItem const item{.version = 4, .json = R"({"key":"k","deleted":true})"};
    EXPECT_TRUE(PrepareForWrite(DataKind::kFeatures, "k", item)->item.deleted);
}

TEST(PrepareForWriteTest, RefusesTextThatOtherProgramsCannotRead) {
    for (char const* json : {"", "null", "[1]", "{", "{\"a\":\"\xff\"}"}) {
        auto const prepared =
            PrepareForWrite(DataKind::kSegments, "k", {.version = 1, .json = json});
        ASSERT_FALSE(prepared.has_value()) << json;
        EXPECT_EQ(prepared.error().code, ErrorCode::kInvalidData);
        EXPECT_THAT(prepared.error().message, HasSubstr("segment \"k\""));
    }
    EXPECT_EQ(FailureOf(PrepareForWrite(DataKind::kSegments, "", MakeTombstone("", 1))).code,
              ErrorCode::kInvalidArgument);
}

TEST(PrepareForWriteTest, ReadsPrerequisitesOfFlagsAlone) {
    SerializedItem const item{
        .version = 1,
        .json = R"({"prerequisites":[{"key":"a","variation":1},{"key":"b"},{"key":3},7,null]})"};
    EXPECT_THAT(PrepareForWrite(DataKind::kFeatures, "k", item)->prerequisites,
                ElementsAre("a", "b"));
    EXPECT_TRUE(PrepareForWrite(DataKind::kSegments, "k", item)->prerequisites.empty());
    for (char const* json : {R"({"prerequisites":null})", R"({"prerequisites":{}})",
                             R"({"prerequisites":"x"})", "{}"}) {
        EXPECT_TRUE(PrepareForWrite(DataKind::kFeatures, "k", {.version = 1, .json = json})
                        ->prerequisites.empty());
    }
}

}  // namespace store_tests
}  // namespace
}  // namespace lddynamo
