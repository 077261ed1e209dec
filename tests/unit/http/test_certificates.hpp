/// @file
/// Certificates made up on the spot, and a server that shows them.
#pragma once

#include "support/raw_server.hpp"

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>
#include <string>

namespace lddynamo::test_support {

/// A key and its certificate.
struct Identity {
    std::shared_ptr<EVP_PKEY> key;
    std::shared_ptr<X509> certificate;
    /// In PEM.
    [[nodiscard]] std::string Pem() const;
};

/// A certificate authority. @param name  its subject; two may have the same.
[[nodiscard]] Identity MakeAuthority(std::string const& name);

/// A server's certificate. @param names  subjectAltName in OpenSSL's form, such as
/// "DNS:a,IP:127.0.0.1".
/// @param days  until it ends; negative: it has ended.
[[nodiscard]] Identity MakeServerIdentity(Identity const& authority, std::string const& names,
                                          int days = 1);

/// A folder that goes away with it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    [[nodiscard]] std::string Path() const { return path_.string(); }
    /// Writes a file. @return its path.
    std::string Write(std::string const& name, std::string const& content) const;
    /// Writes a certificate under the name by which OpenSSL looks it up.
    void WriteHashed(Identity const& identity) const;

  private:
    std::filesystem::path path_;
};

/// Answers every request over TLS with the number of the connection, and whether it was resumed.
class TlsServer {
  public:
    explicit TlsServer(Identity const& identity, int max_version = TLS1_3_VERSION);
    [[nodiscard]] RawServer const& Raw() const { return raw_; }

  private:
    void Serve(RawPeer& peer, int number);
    std::shared_ptr<SSL_CTX> context_;
    RawServer raw_;  // last: it uses the context
};

/// Speaks TLS and passes what it says on to a port of 127.0.0.1, and back.
class TlsFront {
  public:
    TlsFront(Identity const& identity, std::uint16_t port);
    [[nodiscard]] RawServer const& Raw() const { return raw_; }

  private:
    void Serve(RawPeer& peer);
    std::shared_ptr<SSL_CTX> context_;
    std::uint16_t port_;
    RawServer raw_;  // last: it uses the context
};

}  // namespace lddynamo::test_support
