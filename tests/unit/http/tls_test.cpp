#include "http/tls_context.hpp"
#include "support/raw_server.hpp"
#include "test_certificates.hpp"

#include <lddynamo/http_transport.hpp>

#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace lddynamo {
namespace {

using namespace std::chrono_literals;
using test_support::MakeAuthority;
using test_support::MakeServerIdentity;
using test_support::RawPeer;
using test_support::RawServer;
using test_support::TemporaryFolder;
using test_support::TlsServer;
using ::testing::HasSubstr;

constexpr char kNames[] = "DNS:localhost,DNS:*.wild.localhost,IP:127.0.0.1,IP:::1";

/// An authority, a server with its certificate, and a folder for roots.
class TlsTest : public ::testing::Test {
  protected:
    static HttpTransportOptions WithFile(std::string const& file) {
        HttpTransportOptions options;
        options.ca_file = file;
        options.connect_timeout = 20s;
        options.attempt_timeout = 20s;
        return options;
    }
    HttpTransportOptions WithVariables(std::map<std::string, std::string, std::less<>> variables) {
        environment_ = std::make_unique<MapEnvironment>(std::move(variables));
        auto options = WithFile("");
        options.environment = environment_.get();
        return options;
    }
    static std::string Try(HttpTransportOptions const& options, std::string const& url) {
        auto const answer = MakeHttpTransport(options)->Send({.url = url});
        return answer ? answer->body : answer.error().Describe();
    }

    TemporaryFolder const folder_;
    test_support::Identity const authority_ = MakeAuthority("root");
    test_support::Identity const stranger_ = MakeAuthority("stranger");
    std::string const file_ = folder_.Write("root.pem", authority_.Pem());
    TlsServer const server_{MakeServerIdentity(authority_, kNames)};
    std::unique_ptr<MapEnvironment> environment_;
};

TEST_F(TlsTest, AcceptsACertificateForTheHost) {
    for (char const* const host :
         {"127.0.0.1", "localhost", "localhost.", "LOCALHOST", "a.wild.localhost"}) {
        EXPECT_THAT(Try(WithFile(file_), server_.Raw().HttpsUrl(host)), HasSubstr(" new")) << host;
    }
}

TEST_F(TlsTest, RefusesACertificateForAnotherHost) {
    TlsServer const other(MakeServerIdentity(authority_, "DNS:example.com,IP:192.0.2.1"));
    EXPECT_THAT(Try(WithFile(file_), other.Raw().HttpsUrl("127.0.0.1")),
                ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("IP address mismatch"),
                                 HasSubstr("127.0.0.1:")));
    EXPECT_THAT(Try(WithFile(file_), other.Raw().HttpsUrl("localhost")),
                ::testing::AllOf(::testing::StartsWith("tls: "),
                                 ::testing::ContainsRegex("[Hh]ostname mismatch")));
    EXPECT_THAT(Try(WithFile(file_), server_.Raw().HttpsUrl("a.b.wild.localhost")),
                ::testing::ContainsRegex("[Hh]ostname mismatch"));
}

TEST_F(TlsTest, RefusesUnknownAuthorities) {
    auto const other = folder_.Write("other.pem", stranger_.Pem());
    auto const text = Try(WithFile(other), server_.Raw().HttpsUrl());
    EXPECT_THAT(text, ::testing::StartsWith("tls: "));
    EXPECT_THAT(text, HasSubstr("unable to get local issuer certificate"));
    EXPECT_THAT(text, HasSubstr("file " + other));
    // With the same name, but another key.
    auto const twin = folder_.Write("twin.pem", MakeAuthority("root").Pem());
    EXPECT_THAT(Try(WithFile(twin), server_.Raw().HttpsUrl()), ::testing::StartsWith("tls: "));
}

TEST_F(TlsTest, AcceptsAnythingWhenItIsToldTo) {
    TlsServer const other(MakeServerIdentity(stranger_, "DNS:example.com", -1));
    auto options = WithFile("/nowhere");
    EXPECT_THAT(Try(options, other.Raw().HttpsUrl()), ::testing::StartsWith("tls: "));
    options.verify_peer = false;
    EXPECT_THAT(Try(options, other.Raw().HttpsUrl()), HasSubstr(" new"));
}

TEST_F(TlsTest, RefusesExpiredCertificates) {
    TlsServer const old(MakeServerIdentity(authority_, kNames, -1));
    EXPECT_THAT(
        Try(WithFile(file_), old.Raw().HttpsUrl()),
        ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("certificate has expired")));
}

TEST_F(TlsTest, FailuresOfVerificationAreNotWorthARetry) {
    auto const other = folder_.Write("other.pem", stranger_.Pem());
    auto const answer = MakeHttpTransport(WithFile(other))->Send({.url = server_.Raw().HttpsUrl()});
    ASSERT_FALSE(answer.has_value());
    EXPECT_FALSE(answer.error().retryable);
}

TEST_F(TlsTest, RefusesOldVersions) {
    TlsServer const old(MakeServerIdentity(authority_, kNames), TLS1_1_VERSION);
    EXPECT_THAT(Try(WithFile(file_), old.Raw().HttpsUrl()), ::testing::StartsWith("tls: "));
    TlsServer const old_enough(MakeServerIdentity(authority_, kNames), TLS1_2_VERSION);
    EXPECT_THAT(Try(WithFile(file_), old_enough.Raw().HttpsUrl()), HasSubstr(" new"));
}

TEST_F(TlsTest, FindsRootsWhereTheEnvironmentSays) {
    TemporaryFolder const hashed;
    hashed.WriteHashed(authority_);
    TemporaryFolder const other;
    other.WriteHashed(stranger_);
    TemporaryFolder const twin;  // the same name, another key
    twin.WriteHashed(MakeAuthority("root"));
    auto const url = server_.Raw().HttpsUrl();
    auto const other_file = folder_.Write("other.pem", stranger_.Pem());
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_FILE", file_}}), url), HasSubstr(" new"));
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", hashed.Path()}}), url), HasSubstr(" new"));
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", other.Path() + ":" + hashed.Path()}}), url),
                HasSubstr(" new"));
    // A root in either of both is trusted.
    EXPECT_THAT(
        Try(WithVariables({{"SSL_CERT_DIR", hashed.Path()}, {"SSL_CERT_FILE", other_file}}), url),
        HasSubstr(" new"));
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", other.Path()}, {"SSL_CERT_FILE", file_}}), url),
                HasSubstr(" new"));
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", twin.Path()}, {"SSL_CERT_FILE", file_}}), url),
                HasSubstr(" new"));
    EXPECT_THAT(
        Try(WithVariables({{"SSL_CERT_DIR", hashed.Path()}, {"SSL_CERT_FILE", "/nowhere"}}), url),
        HasSubstr(" new"));
    // And in neither is not; nor are the system's used beside them.
    EXPECT_THAT(
        Try(WithVariables({{"SSL_CERT_DIR", other.Path()}, {"SSL_CERT_FILE", other_file}}), url),
        ::testing::StartsWith("tls: "));
    EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", ""}, {"SSL_CERT_FILE", ""}}), url),
                ::testing::StartsWith("tls: "));
    // ca_file beats the environment.
    auto options = WithVariables({{"SSL_CERT_DIR", hashed.Path()}, {"SSL_CERT_FILE", file_}});
    options.ca_file = other_file;
    EXPECT_THAT(Try(options, url), ::testing::StartsWith("tls: "));
}

TEST_F(TlsTest, TheFileIsReadOnceForManyConnections) {
    TemporaryFolder const other;
    other.WriteHashed(stranger_);
    auto const transport = MakeHttpTransport(
        WithVariables({{"SSL_CERT_DIR", other.Path()}, {"SSL_CERT_FILE", file_}}));
    ASSERT_TRUE(transport->Send({.url = server_.Raw().HttpsUrl()}).has_value());
    folder_.Write("root.pem", "gone");
    TlsServer const second(MakeServerIdentity(authority_, kNames));
    EXPECT_TRUE(transport->Send({.url = second.Raw().HttpsUrl()}).has_value());
}

TEST_F(TlsTest, ABadRootsFileIsAnErrorThatNamesIt) {
    auto const transport = MakeHttpTransport(WithFile(folder_.Path() + "/late.pem"));
    auto const missing = transport->Send({.url = server_.Raw().HttpsUrl()});
    ASSERT_FALSE(missing.has_value());
    EXPECT_EQ(missing.error().code, ErrorCode::kTls);
    EXPECT_THAT(missing.error().message, HasSubstr("late.pem"));
    EXPECT_EQ(server_.Raw().Connections(), 0);
    folder_.Write("late.pem", "no certificate");
    EXPECT_FALSE(transport->Send({.url = server_.Raw().HttpsUrl()}).has_value());
    folder_.Write("late.pem", authority_.Pem());  // a failure is not kept
    EXPECT_TRUE(transport->Send({.url = server_.Raw().HttpsUrl()}).has_value());
}

TEST_F(TlsTest, SaysWhatIsWrongWithTheRootsThatTheEnvironmentNames) {
    auto const url = server_.Raw().HttpsUrl();
    auto const empty = folder_.Write("empty.pem", "");
    auto const garbage = folder_.Write("garbage.pem", "-----BEGIN CERTIFICATE-----\nxx\n");
    // Cannot be read by anyone, root included.
    std::string const loop = folder_.Path() + "/loop.pem";
    std::filesystem::create_symlink("loop.pem", loop);
    for (auto const& [file, why] :
         std::map<std::string, std::string>{{"/nowhere/x.pem", "No such file"},
                                            {empty, "no certificate"},
                                            {loop, "Too many levels of symbolic links"},
                                            {garbage, ":"},
                                            {folder_.Path(), ":"}}) {
        EXPECT_THAT(Try(WithVariables({{"SSL_CERT_FILE", file}}), url),
                    ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("SSL_CERT_FILE"),
                                     HasSubstr(file + ": "), HasSubstr(why)));
        EXPECT_THAT(Try(WithFile(file), url),
                    ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("AWS_CA_BUNDLE"),
                                     HasSubstr(file + ": "), HasSubstr(why)));
    }
    TemporaryFolder const unhashed;
    static_cast<void>(unhashed.Write("root.pem", authority_.Pem()));
    TemporaryFolder const other;
    other.WriteHashed(stranger_);
    for (std::string const& directory : {unhashed.Path(), std::string("/nowhere")}) {
        EXPECT_THAT(Try(WithVariables({{"SSL_CERT_DIR", other.Path() + ":" + directory}}), url),
                    ::testing::AllOf(::testing::StartsWith("tls: "),
                                     HasSubstr(other.Path() + ", directory"),
                                     HasSubstr("directory " + directory +
                                               " (which cannot be read, or "
                                               "lacks the links")));
    }
}

TEST_F(TlsTest, AFarewellToAKeptConnectionIsNoticed) {
    auto const transport = MakeHttpTransport(WithFile(file_));
    auto const url = server_.Raw().HttpsUrl();
    // "/bye" answers as a kept connection would be, and then says goodbye.
    EXPECT_EQ(transport->Send({.url = url + "bye"})->body, "0 new");
    auto const next = transport->Send({.url = url});
    ASSERT_TRUE(next.has_value()) << next.error().Describe();
    EXPECT_EQ(next->body, "1 resumed");
}

TEST_F(TlsTest, PlainHttpServersAreNamedAsSuch) {
    RawServer const talks([](RawPeer& peer, int) {
        peer.Send("HTTP/1.1 400 Bad Request\r\n\r\n"), peer.WaitForClose();
    });
    EXPECT_THAT(Try(WithFile(file_), talks.HttpsUrl()),
                ::testing::AllOf(::testing::StartsWith("tls: "), HasSubstr("plain HTTP")));
    RawServer const closes([](RawPeer&, int) {});
    EXPECT_THAT(Try(WithFile(file_), closes.HttpsUrl()), ::testing::StartsWith("tls: "));
}

TEST_F(TlsTest, AHandshakeThatHangsTimesOut) {
    RawServer const hangs([](RawPeer& peer, int) { peer.WaitForClose(); });
    auto options = WithFile(file_);
    options.connect_timeout = 60ms;
    EXPECT_THAT(Try(options, hangs.HttpsUrl()),
                ::testing::AllOf(::testing::StartsWith("timeout: "), HasSubstr("TLS handshake")));
}

TEST_F(TlsTest, KeepsConnectionsAndResumesSessions) {
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsServer const server(MakeServerIdentity(authority_, kNames), version);
        auto options = WithFile(file_);
        auto const kept = MakeHttpTransport(options);
        auto const url = server.Raw().HttpsUrl();
        for (int i = 0; i < 3; ++i) EXPECT_EQ(kept->Send({.url = url})->body, "0 new");
        options.idle_timeout = 0ms;
        auto const fresh = MakeHttpTransport(options);
        EXPECT_EQ(fresh->Send({.url = url})->body, "1 new");
        EXPECT_EQ(fresh->Send({.url = url})->body, "2 resumed");
        EXPECT_EQ(fresh->Send({.url = url})->body, "3 resumed");
    }
}

TEST_F(TlsTest, ASessionIsNotResumedUnderAnotherName) {
    auto options = WithFile(file_);
    options.idle_timeout = 0ms;
    auto const transport = MakeHttpTransport(options);
    EXPECT_EQ(transport->Send({.url = server_.Raw().HttpsUrl("127.0.0.1")})->body, "0 new");
    EXPECT_EQ(transport->Send({.url = server_.Raw().HttpsUrl("localhost")})->body, "1 new");
}

TEST_F(TlsTest, ABodyUpToTheEndMustEndWithAFarewell) {
    auto const transport = MakeHttpTransport(WithFile(file_));
    auto const whole = transport->Send({.url = server_.Raw().HttpsUrl() + "end"});
    ASSERT_TRUE(whole.has_value()) << whole.error().Describe();
    EXPECT_EQ(whole->body, "0 new");
    auto const cut = transport->Send({.url = server_.Raw().HttpsUrl() + "cut"});
    ASSERT_FALSE(cut.has_value()) << cut->body;
    EXPECT_EQ(cut.error().code, ErrorCode::kConnection);
    EXPECT_THAT(cut.error().message, HasSubstr("closed before the answer was whole"));
}

TEST_F(TlsTest, ManyThreadsShareATransport) {
    TemporaryFolder const other;
    other.WriteHashed(stranger_);
    auto options = WithVariables({{"SSL_CERT_DIR", other.Path()}, {"SSL_CERT_FILE", file_}});
    options.idle_timeout = 0ms;
    auto const transport = MakeHttpTransport(options);
    std::atomic<int> good{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 6; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 5; ++i) {
                if (transport->Send({.url = server_.Raw().HttpsUrl()})) ++good;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 30);
}

TEST(TlsTrustTest, IsLookedForInOrder) {
    using http::TlsContext;
    auto const find = [](std::map<std::string, std::string, std::less<>> variables,
                         std::string const& file = "") {
        auto const trust = TlsContext::FindTrust(file, MapEnvironment(std::move(variables)));
        std::string text;
        for (auto const& name : trust.directories) text += "D" + name + " ";
        for (auto const& name : trust.files) text += "F" + name + " ";
        return text;
    };
    EXPECT_EQ(find({{"SSL_CERT_DIR", "/d"}, {"SSL_CERT_FILE", "/f"}}), "D/d F/f ");
    EXPECT_EQ(find({{"SSL_CERT_FILE", "/f"}}), "F/f ");
    EXPECT_EQ(find({{"SSL_CERT_DIR", "/d"}}), "D/d ");
    EXPECT_EQ(find({{"SSL_CERT_DIR", "/d"}, {"SSL_CERT_FILE", "/f"}}, "/mine"), "F/mine ");
    EXPECT_THAT(find({}), HasSubstr("/etc/"));
}

}  // namespace
}  // namespace lddynamo
