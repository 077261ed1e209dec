#include "dynamodb/attribute_json.hpp"
#include "dynamodb/local/data_file.hpp"
#include "dynamodb/memory/wire.hpp"
#include "dynamodb/memory/wire_answers.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <vector>

namespace lddynamo::dynamodb::local {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kCreate[] =
    R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"},)"
    R"({"AttributeName":"s","KeyType":"RANGE"}],"AttributeDefinitions":)"
    R"([{"AttributeName":"p","AttributeType":"S"},{"AttributeName":"s","AttributeType":"N"}],)"
    R"("BillingMode":"PROVISIONED",)"
    R"("ProvisionedThroughput":{"ReadCapacityUnits":3,"WriteCapacityUnits":4}})";

class LocalDataFileTest : public ::testing::Test {
  protected:
    void SetUp() override {
        // In memory, where there is such a place: the test syncs a thousand times.
        bool const in_memory = ::access("/dev/shm", W_OK) == 0;
        directory_ = std::string(in_memory ? "/dev/shm" : "/tmp") + "/lddynamo-data-XXXXXX";
        ASSERT_NE(::mkdtemp(directory_.data()), nullptr);
        path_ = directory_ + "/tables";
    }
    void TearDown() override {
        ::unlink((path_ + ".compacting").c_str());
        ::unlink((directory_ + "/link").c_str());
        ::unlink(path_.c_str());
        ::rmdir(directory_.c_str());
    }

    /// An engine and its file.
    struct Open {
        memory::Engine engine{};
        std::unique_ptr<DataFile> file{};
        Error error{};

        Open(std::string const& path, DataFileOptions options = {}) {
            auto opened = DataFile::Open(path, engine, options);
            if (opened) {
                file = std::move(*opened);
            } else {
                error = opened.error();
            }
        }
        /// The answer, or the code of the error.
        std::string Do(std::string_view operation, std::string const& json) {
            auto const outcome = memory::Perform(engine, operation, Value::Parse(json).value(), 0);
            return outcome ? *outcome : outcome.error().code;
        }
        void Put(int sort, std::string const& more) {
            EXPECT_EQ(Do("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"s":{"N":")" +
                                        std::to_string(sort) + "\"}" + more + "}}"),
                      "{}");
        }
        /// Everything that is to be kept.
        std::string Dump() const {
            std::string text;
            for (auto const& [name, table] : engine.Tables()) {
                text += memory::TableJson(table, "ACTIVE");
                for (Item const& row : engine.Rows(name)) AppendItem(text += "\n", row);
            }
            return text;
        }
    };

    [[nodiscard]] std::string Read() const {
        std::ifstream stream(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }
    void Overwrite(std::string const& bytes) const {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    }

    std::string directory_;
    std::string path_;
};

TEST_F(LocalDataFileTest, KeepsEverything) {
    std::string before;
    {
        Open tables(path_);
        ASSERT_TRUE(tables.file) << tables.error.message;
        EXPECT_FALSE(tables.file->HasUnsynced());
        ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
        EXPECT_TRUE(tables.file->HasUnsynced());
        tables.Put(
            1, R"(,"b":{"B":"AAH/"},"n":{"N":"-1.5e-100"},"z":{"NULL":true},"t":{"BOOL":false},)"
               R"("ss":{"SS":["b","a"]},"ns":{"NS":["10","9"]},"bs":{"BS":["AA=="]},)"
               R"("l":{"L":[{"S":""},{"M":{"é\n\u0000\"":{"S":"😀"}}}]})");
        tables.Put(2, "");
        tables.Put(3, "");
        EXPECT_THAT(tables.Do("UpdateItem",
                              R"({"TableName":"tab","Key":{"p":{"S":"a"},"s":{"N":"2"}},)"
                              R"("UpdateExpression":"ADD c :one","ExpressionAttributeValues":)"
                              R"({":one":{"N":"1"}}})"),
                    "{}");
        EXPECT_EQ(
            tables.Do("DeleteItem", R"({"TableName":"tab","Key":{"p":{"S":"a"},"s":{"N":"3"}}})"),
            "{}");
        EXPECT_THAT(
            tables.Do(
                "BatchWriteItem",
                R"({"RequestItems":{"tab":[{"PutRequest":{"Item":{"p":{"S":"b"},"s":{"N":"1"}}}},)"
                R"({"PutRequest":{"Item":{"p":{"S":"b"},"s":{"N":"2"}}}},)"
                R"({"DeleteRequest":{"Key":{"p":{"S":"b"},"s":{"N":"9"}}}}]}})"),
            HasSubstr("Unprocessed"));
        EXPECT_EQ(
            tables.Do(
                "TransactWriteItems",
                R"({"TransactItems":[{"Delete":{"TableName":"tab","Key":{"p":{"S":"b"},"s":{"N":"2"}}}},)"
                R"({"Put":{"TableName":"tab","Item":{"p":{"S":"c"},"s":{"N":"0"}}}},)"
                R"({"ConditionCheck":{"TableName":"tab","Key":{"p":{"S":"a"},"s":{"N":"1"}},)"
                R"("ConditionExpression":"attribute_exists(p) "}}]})"),
            "{}");
        std::string other(kCreate);
        other.replace(other.find("tab"), 3, "gone");
        ASSERT_THAT(tables.Do("CreateTable", other), HasSubstr("ACTIVE"));
        ASSERT_THAT(tables.Do("DeleteTable", R"({"TableName":"gone"})"), HasSubstr("DELETING"));
        ASSERT_TRUE(tables.file->Sync());
        EXPECT_FALSE(tables.file->HasUnsynced());
        before = tables.Dump();
    }
    Open again(path_);
    ASSERT_TRUE(again.file) << again.error.message;
    EXPECT_EQ(again.Dump(), before);
    EXPECT_EQ(again.engine.Rows("tab").size(), 4U);
    EXPECT_THAT(again.file->TakeNotes(), IsEmpty());
}

TEST_F(LocalDataFileTest, KeepsNothingOfWhatWasRefused) {
    Open tables(path_);
    ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
    tables.Put(1, "");
    auto const size = tables.file->Size();
    EXPECT_EQ(tables.Do("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"s":{"N":"1"}},)"
                                   R"("ConditionExpression":"attribute_not_exists(p) "})"),
              "ConditionalCheckFailedException");
    EXPECT_EQ(
        tables.Do(
            "TransactWriteItems",
            R"({"TransactItems":[{"Put":{"TableName":"tab","Item":{"p":{"S":"x"},"s":{"N":"1"}}}},)"
            R"({"ConditionCheck":{"TableName":"tab","Key":{"p":{"S":"y"},"s":{"N":"1"}},)"
            R"("ConditionExpression":"attribute_exists(p) "}}]})"),
        "TransactionCanceledException");
    EXPECT_EQ(tables.file->Size(), size);
}

/// A file with a few records; what the tables were after each, and where each ends.
struct Sample {
    std::string bytes{};
    std::vector<std::string> states{""};
    std::vector<std::size_t> ends{};
};

TEST_F(LocalDataFileTest, IsWholeWhereverItIsCutOff) {
    Sample sample;
    {
        Open tables(path_);
        sample.ends.push_back(tables.file->Size());
        auto const step = [&] {
            sample.states.push_back(tables.Dump());
            sample.ends.push_back(tables.file->Size());
        };
        ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
        step();
        for (int i = 0; i < 3; ++i) {
            tables.Put(i, R"(,"v":{"S":"text"})");
            step();
        }
    }
    sample.bytes = Read();
    ASSERT_EQ(sample.bytes.size(), sample.ends.back());
    for (std::size_t cut = 0; cut <= sample.bytes.size(); ++cut) {
        Overwrite(sample.bytes.substr(0, cut));
        std::size_t whole = 0;  // records
        while (whole + 1 < sample.ends.size() && sample.ends[whole + 1] <= cut) ++whole;
        {
            Open tables(path_);
            ASSERT_TRUE(tables.file) << cut << ": " << tables.error.message;
            ASSERT_EQ(tables.Dump(), sample.states[whole]) << cut;
            bool const inside = cut > sample.ends[0] && cut != sample.ends[whole];
            auto const notes = tables.file->TakeNotes();
            ASSERT_EQ(notes.size(), inside ? 1U : 0U) << cut;
            if (inside) {
                EXPECT_THAT(notes[0], HasSubstr("offset " + std::to_string(sample.ends[whole])));
            }
            if (whole > 0) tables.Put(77, "");
        }
        Open again(path_);  // what came after the cut is kept
        ASSERT_TRUE(again.file) << cut << ": " << again.error.message;
        ASSERT_EQ(again.engine.Rows("tab").size(), whole) << cut;
    }
    // A power cut may leave zeros.
    Overwrite(sample.bytes + std::string(3000, '\0'));
    Open tables(path_);
    ASSERT_TRUE(tables.file) << tables.error.message;
    EXPECT_EQ(tables.Dump(), sample.states.back());
    EXPECT_EQ(Read(), sample.bytes);
}

TEST_F(LocalDataFileTest, DamageIsNamedAndLeftAlone) {
    std::size_t last = 0;
    std::string all_but_last;
    {
        Open tables(path_);
        ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
        tables.Put(1, "");
        tables.Put(2, R"(,"v":{"S":"text"})");
        last = tables.file->Size();
        all_but_last = tables.Dump();
        tables.Put(3, "");
    }
    std::string const good = Read();
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (char const flip : {'\x01', '\x80'}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ flip);
            Overwrite(bad);
            Open tables(path_);
            if (at >= last + 12) {  // as if its end had not reached the disk
                ASSERT_TRUE(tables.file) << at << ": " << tables.error.message;
                ASSERT_EQ(tables.Dump(), all_but_last);
                continue;
            }
            ASSERT_FALSE(tables.file) << at;
            ASSERT_EQ(tables.error.code, ErrorCode::kInvalidData) << at;
            ASSERT_THAT(tables.error.message, HasSubstr("offset ")) << at;
            ASSERT_THAT(tables.error.message, HasSubstr(path_)) << at;
            ASSERT_EQ(Read(), bad) << at;
        }
    }
}

TEST_F(LocalDataFileTest, RefusesOtherFiles) {
    Overwrite("a letter to my aunt, longer than the first line");
    EXPECT_THAT(Open(path_).error.message, HasSubstr("offset 0: not a data file"));
    Overwrite("x");
    EXPECT_THAT(Open(path_).error.message, HasSubstr("not a data file"));
    Overwrite("lddynamo local data 2\n");
    EXPECT_THAT(Open(path_).error.message, HasSubstr("version 2"));
    Overwrite("lddynamo local data 17\nabc");
    EXPECT_THAT(Open(path_).error.message, HasSubstr("version 17"));
    EXPECT_EQ(Read(), "lddynamo local data 17\nabc");
    EXPECT_EQ(Open(directory_).error.code, ErrorCode::kIo);
    EXPECT_THAT(Open("/dev/null").error.message, HasSubstr("not a regular file"));
    EXPECT_THAT(Open(directory_ + "/none/file").error.message, HasSubstr("No such file"));
}

TEST_F(LocalDataFileTest, IsForOneProcessAtATime) {
    {
        Open first(path_);
        ASSERT_TRUE(first.file);
        Open second(path_);
        EXPECT_EQ(second.error.code, ErrorCode::kAlreadyExists);
        EXPECT_THAT(second.error.message, HasSubstr(path_ + ": another process uses"));
    }
    EXPECT_TRUE(Open(path_).file);
}

TEST_F(LocalDataFileTest, IsWrittenAnewWhenItHasGrown) {
    DataFileOptions const options{.compact_above = 20000};
    ASSERT_EQ(::symlink(path_.c_str(), (directory_ + "/link").c_str()), 0);
    std::string before;
    {
        Open tables(directory_ + "/link", options);
        ASSERT_TRUE(tables.file) << tables.error.message;
        ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
        ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
        std::uint64_t largest = 0;
        for (int i = 0; i < 400; ++i) {
            tables.Put(i % 10, R"(,"v":{"S":")" + std::string(500, 'x') + "\"}");
            ASSERT_TRUE(tables.file->Sync());
            largest = std::max(largest, tables.file->Size());
        }
        EXPECT_LT(largest, 21000U);
        EXPECT_THAT(tables.file->TakeNotes(), IsEmpty());
        before = tables.Dump();
        EXPECT_THAT(Open(path_).error.message, HasSubstr("another process uses"));
    }
    Open again(path_);
    ASSERT_TRUE(again.file) << again.error.message;
    EXPECT_EQ(again.Dump(), before);
    struct stat found {};
    ASSERT_EQ(::stat(path_.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 07777U, 0640U);
    ASSERT_EQ(::lstat((directory_ + "/link").c_str(), &found), 0);
    EXPECT_TRUE(S_ISLNK(found.st_mode));
    EXPECT_NE(::access((path_ + ".compacting").c_str(), F_OK), 0);
}

/// No file may grow beyond so many bytes while it lives.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit const limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(FileSizeLimit const&) = delete;
    FileSizeLimit& operator=(FileSizeLimit const&) = delete;

  private:
    rlimit before_{};
    void (*handler_)(int);
};

TEST_F(LocalDataFileTest, AFullDiskRefusesChangesAndNothingElse) {
    Open tables(path_);
    ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
    tables.Put(1, "");
    std::string const before = tables.Dump();
    auto const size = tables.file->Size();
    std::string const put = R"({"TableName":"tab","Item":{"p":{"S":"a"},"s":{"N":"2"}}})";
    {
        FileSizeLimit const limit(size + 20);  // in the middle of the next record
        EXPECT_EQ(tables.Do("PutItem", put), "InternalServerError");
        EXPECT_EQ(
            tables.Do(
                "BatchWriteItem",
                R"({"RequestItems":{"tab":[{"PutRequest":{"Item":{"p":{"S":"b"},"s":{"N":"1"}}}}]}})"),
            "InternalServerError");
        EXPECT_EQ(
            tables.Do(
                "TransactWriteItems",
                R"({"TransactItems":[{"Put":{"TableName":"tab","Item":{"p":{"S":"c"},"s":{"N":"0"}}}}]})"),
            "InternalServerError");
        EXPECT_EQ(tables.Do("DeleteTable", R"({"TableName":"tab"})"), "InternalServerError");
        std::string other(kCreate);
        other.replace(other.find("tab"), 3, "another");
        EXPECT_EQ(tables.Do("CreateTable", other), "InternalServerError");
        EXPECT_EQ(tables.Dump(), before);
        EXPECT_EQ(tables.file->Size(), size);
        EXPECT_EQ(Read().size(), size);
        EXPECT_TRUE(tables.file->IsUsable());
        EXPECT_THAT(tables.file->TakeNotes(),
                    ElementsAre(HasSubstr("File too large")));  // once
    }
    EXPECT_EQ(tables.Do("PutItem", put), "{}");  // there is room again
    std::string const after = tables.Dump();
    ASSERT_TRUE(tables.file->Sync());
    tables.file.reset();
    Open again(path_);
    EXPECT_EQ(again.Dump(), after);
}

TEST_F(LocalDataFileTest, KeepsTheOldFileWhenThereIsNoRoomForANewOne) {
    DataFileOptions const options{.compact_above = 100};
    Open tables(path_, options);
    ASSERT_THAT(tables.Do("CreateTable", kCreate), HasSubstr("ACTIVE"));
    for (int i = 0; i < 5; ++i) tables.Put(i, "");
    ASSERT_EQ(::mkdir((path_ + ".compacting").c_str(), 0700), 0);
    ASSERT_TRUE(tables.file->Sync());
    EXPECT_THAT(tables.file->TakeNotes(), ElementsAre(HasSubstr("goes on growing")));
    ASSERT_EQ(::rmdir((path_ + ".compacting").c_str()), 0);
    tables.Put(5, "");
    ASSERT_TRUE(tables.file->Sync());
    std::string const before = tables.Dump();
    tables.file.reset();
    EXPECT_EQ(Open(path_).Dump(), before);
}

}  // namespace
}  // namespace lddynamo::dynamodb::local
