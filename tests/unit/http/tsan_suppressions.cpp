// OpenSSL is not compiled with ThreadSanitizer, which so does not see the atomic counters and flags
// that order what its threads do with sessions and certificates: only what they copy and free.
#if defined(__SANITIZE_THREAD__)
extern "C" char const* __tsan_default_suppressions();
extern "C" char const* __tsan_default_suppressions() {
    return "race:^OPENSSL_\nrace:^CRYPTO_\nrace:^ASN1_\nrace:^X509_\nrace:^EVP_\n"
           "race:^SSL_\nrace:^ssl_\nrace:^i2d_\nrace:^d2i_\n";
}
#endif
