#include <lddynamo/logger.hpp>

#include "support/capturing_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lddynamo {
namespace {

using ::testing::ElementsAre;

class WarningsOnly final : public LogSink {
  public:
    [[nodiscard]] bool Enabled(LogLevel level) const noexcept override {
        return level >= LogLevel::kWarn;
    }
    void Write(LogLevel, std::string_view message) noexcept override {
        lines.emplace_back(message);
    }
    std::vector<std::string> lines;
};

TEST(LoggerTest, IsSilentWithoutASink) {
    Logger const logger;
    for (auto const level :
         {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
        EXPECT_FALSE(logger.Enabled(level));
        logger.Log(level, "nobody hears this");
    }
}

TEST(LoggerTest, HandsLinesToTheSinkInOrder) {
    auto const sink = std::make_shared<test_support::CapturingSink>();
    Logger const logger(sink);
    logger.Log(LogLevel::kTrace, "t");
    logger.Debug("d");
    logger.Info("i");
    logger.Warn("w");
    logger.Error("e");
    EXPECT_THAT(sink->Lines(), ElementsAre("trace t", "debug d", "info i", "warn w", "error e"));
}

TEST(LoggerTest, AsksTheSinkBeforeItWrites) {
    auto const sink = std::make_shared<WarningsOnly>();
    Logger const logger(sink);
    EXPECT_FALSE(logger.Enabled(LogLevel::kInfo));
    EXPECT_TRUE(logger.Enabled(LogLevel::kWarn));
    logger.Info("dropped");
    logger.Warn("kept");
    logger.Error("kept too");
    EXPECT_THAT(sink->lines, ElementsAre("kept", "kept too"));
}

TEST(LoggerTest, KeepsItsSinkAlive) {
    auto sink = std::make_shared<test_support::CapturingSink>();
    std::weak_ptr<LogSink> const watch = sink;
    {
        Logger const copy = Logger(std::move(sink));
        EXPECT_FALSE(watch.expired());
    }
    EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace lddynamo
