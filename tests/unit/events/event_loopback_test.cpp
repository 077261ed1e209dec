#include "events/event_processor.hpp"

#include "event_world.hpp"
#include "http/gzip.hpp"
#include "http/http_server.hpp"
#include "processor_fixture.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace lddynamo::events {
namespace {

using namespace std::chrono_literals;
using test_support::JsonAnswer;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using SteadyClock = std::chrono::steady_clock;

/// A service behind a real transport.
class LoopbackTest : public EventProcessorTest {
  protected:
    void Serve(http::HttpServer::Handler handler) {
        server_ = http::HttpServer::Create(std::move(handler)).value();
        thread_ = std::thread([this] { server_->Run(); });
        options_.base_uri = "http://127.0.0.1:" + std::to_string(server_->Port()) + "/";
        options_.make_transport = [](std::stop_token stop) {
            return MakeHttpTransport({.stop = std::move(stop)});
        };
    }
    ~LoopbackTest() override {
        server_->Stop();
        thread_.join();
    }

  private:
    std::unique_ptr<http::HttpServer> server_;
    std::thread thread_;
};

TEST_F(LoopbackTest, DeliversOverHttp) {
    std::mutex mutex;
    std::vector<http::ServerRequest> requests;
    Serve([&](http::ServerRequest const& request) {
        std::scoped_lock const lock(mutex);
        requests.push_back(request);
        return JsonAnswer(202, "");
    });
    options_.events.gzip = true;
    auto const sink = Make();
    sink->Identified(User("bob"));
    EXPECT_TRUE(sink->FlushAndWait(kLimit));
    sink->Close();
    std::scoped_lock const lock(mutex);
    ASSERT_THAT(requests, SizeIs(1));
    EXPECT_EQ(requests[0].method, "POST");
    EXPECT_EQ(requests[0].target, "/bulk");
    EXPECT_EQ(*requests[0].Header("Authorization"), "sdk-secret");
    EXPECT_EQ(Json(http::Gunzip(requests[0].body, 10000).value()).Size(), 1U);
}

TEST_F(LoopbackTest, CloseEndsAnExchange) {
    options_.deliver_patience = 100ms;
    std::promise<void> asked;
    std::once_flag once;
    Serve([&](http::ServerRequest const&) {
        std::call_once(once, [&] { asked.set_value(); });
        http::ServerAnswer answer(JsonAnswer(202, ""));
        answer.delivery = http::ServerAnswer::Delivery::kHold;
        return answer;
    });
    auto const sink = Make();
    sink->Identified(User("bob"));
    sink->Flush();
    ASSERT_EQ(asked.get_future().wait_for(kLimit), std::future_status::ready);
    auto const start = SteadyClock::now();
    sink->Close();
    EXPECT_LT(SteadyClock::now() - start, 9s);  // an exchange may take ten
    EXPECT_THAT(sink_->Lines(),
                ElementsAre("warn events: closed before 1 event was delivered; dropped"));
}

}  // namespace
}  // namespace lddynamo::events
