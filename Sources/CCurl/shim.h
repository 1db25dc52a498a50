#pragma once

// Opaque pointers instead of void pointers for handles, so that Swift tells them apart.
#define CURL_STRICTER
#include <curl/curl.h>
#include <openssl/ssl.h>

static inline const char *edge_curl_version(void) { return curl_version_info(CURLVERSION_NOW)->version; }

// libcurl's variadic functions, which Swift cannot call, once per shape of the argument.

static inline CURLcode edge_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode edge_easy_set_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode edge_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode edge_easy_set_share(CURL *easy, CURLSH *share) {
    return curl_easy_setopt(easy, CURLOPT_SHARE, share);
}

static inline CURLcode edge_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode edge_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode edge_easy_get_string(CURL *easy, CURLINFO info, const char **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode edge_easy_get_socket(CURL *easy, curl_socket_t *value) {
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLMcode edge_multi_set_socket(CURLM *multi, curl_socket_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context) : code;
}

static inline CURLMcode edge_multi_set_timer(CURLM *multi, curl_multi_timer_callback callback, void *context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
    return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}

static inline CURLSHcode edge_share_set(CURLSH *share, curl_lock_data data) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, data);
}

// The certificate authorities of TLS connections. libcurl would read and parse the whole bundle for every connection
// (28 ms for Debian's), so they are loaded once and lent to each SSL_CTX that libcurl makes. Needs libcurl's OpenSSL
// flavour, which the Debian package's name asks for.

/// NULL when the file cannot be read or holds no certificate. Freed by X509_STORE_free.
static inline X509_STORE *edge_authorities_load(const char *file) {
    X509_STORE *store = X509_STORE_new();
    if (store == NULL) return NULL;
    // What libcurl itself sets: intermediate certificates in the bundle are trusted too.
    if (X509_STORE_load_file(store, file) == 1
        && X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN) == 1) return store;
    X509_STORE_free(store);
    return NULL;
}

static inline CURLcode edge_authorities_install(CURL *easy, void *context, void *store) {
    (void)easy;
    SSL_CTX_set1_cert_store((SSL_CTX *)context, (X509_STORE *)store);
    return CURLE_OK;
}

/// The store must live until the handle's connection stands.
static inline CURLcode edge_easy_set_authorities(CURL *easy, X509_STORE *store) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, edge_authorities_install);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, store) : code;
}
