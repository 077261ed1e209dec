/// @file
/// TlsContext: the trusted roots and settings that the TLS connections of a transport share.
/// Layer: http. Nothing here runs, nor OpenSSL with it, before the first https request.
#pragma once

#include "http/url.hpp"

#include <lddynamo/environment.hpp>
#include <lddynamo/logger.hpp>
#include <lddynamo/result.hpp>

#include <openssl/ssl.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace lddynamo::http {

struct OpenSslDeleter {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const noexcept {
        // Otherwise OpenSSL takes the connection for broken, and its session for not resumable.
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        SSL_free(ssl);
    }
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
    void operator()(BIO_METHOD* method) const noexcept { BIO_meth_free(method); }
    void operator()(X509_STORE_CTX* context) const noexcept { X509_STORE_CTX_free(context); }
};
template <class T>
using OpenSslPtr = std::unique_ptr<T, OpenSslDeleter>;

/// @par Thread safety  All methods may be called from any thread at once.
/// @par Lifetime       Outlives the SSL objects that it makes.
class TlsContext {
  public:
    /// Where trusted roots are looked for.
    struct Trust {
        std::vector<std::string> directories{};  ///< With OpenSSL's hash links; read as needed.
        std::vector<std::string> files{};        ///< PEM bundles.
        /// What named the files, for messages; empty: nobody, they are the system's.
        std::string setting{};
    };
    /// As HttpTransportOptions::ca_file documents.
    [[nodiscard]] static Trust FindTrust(std::string const& ca_file,
                                         Environment const& environment);

    /// @retval ErrorCode::kTls  OpenSSL cannot be set up, or there are no directories and no root
    /// can be
    ///         read from the files.
    [[nodiscard]] static Result<std::unique_ptr<TlsContext>> Create(Trust trust, Logger logger);
    /// Verifies nothing: for HttpTransportOptions::verify_peer = false alone.
    [[nodiscard]] static Result<std::unique_ptr<TlsContext>> CreateTrusting(Logger logger);
    ~TlsContext();
    TlsContext(TlsContext const&) = delete;
    TlsContext& operator=(TlsContext const&) = delete;

    /// A client for one connection to `url`'s host over the non-blocking socket `fd`: it verifies
    /// chain and host name, and resumes the last session with that host. nullptr when out of
    /// memory.
    [[nodiscard]] OpenSslPtr<SSL> MakeClient(int fd, Url const& url);
    /// As above, over the TLS connection `outer`, which must outlive it: through an https proxy.
    [[nodiscard]] OpenSslPtr<SSL> MakeClientWithin(SSL* outer, Url const& url);

    /// "directory /y, file /x", and what is wrong with a directory: for messages.
    [[nodiscard]] std::string DescribeTrust() const;

  private:
    explicit TlsContext(Trust trust, Logger logger);
    [[nodiscard]] Status SetUp();
    [[nodiscard]] Status SetUpTrust();
    [[nodiscard]] Status LoadFiles();
    [[nodiscard]] bool LoadFilesOnce();
    [[nodiscard]] OpenSslPtr<SSL> MakeClientOn(BIO* bio, Url const& url);
    int Verify(X509_STORE_CTX* store_context);
    void KeepSession(SSL* ssl, OpenSslPtr<SSL_SESSION> session);

    Trust const trust_;
    Logger const logger_;
    OpenSslPtr<BIO_METHOD> bio_method_;  // constant after SetUp
    OpenSslPtr<SSL_CTX> context_;        // constant after SetUp
    std::once_flag files_once_;
    std::mutex mutex_;
    std::map<std::string, OpenSslPtr<SSL_SESSION>>
        sessions_;  // guarded by mutex_; by host and port
};

/// What OpenSSL's error queue of this thread says, for people; empties the queue.
[[nodiscard]] std::string TakeOpenSslError();

}  // namespace lddynamo::http
