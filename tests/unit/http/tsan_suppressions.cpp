// OpenSSL is not compiled with ThreadSanitizer, which so does not see the atomic counter that keeps
// a session alive while another thread copies it.
#if defined(__SANITIZE_THREAD__)
extern "C" char const* __tsan_default_suppressions();
extern "C" char const* __tsan_default_suppressions() {
    return "race:OPENSSL_sk_free\nrace:OPENSSL_sk_dup\n";
}
#endif
