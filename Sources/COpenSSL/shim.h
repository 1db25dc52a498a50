#pragma once

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "tls.h"

/// SHA-256 of `count` bytes into 32 (EVP_DigestInit_ex2(3)); 0 if libcrypto fails. The algorithm is looked up once and
/// the context kept for each thread: both cost several times what a key's digest does.
static inline int edge_sha256(const void *bytes, size_t count, unsigned char *digest) {
    static EVP_MD *algorithm;
    static _Thread_local EVP_MD_CTX *context;
    EVP_MD *known = __atomic_load_n(&algorithm, __ATOMIC_ACQUIRE);
    if (known == NULL) {
        known = EVP_MD_fetch(NULL, "SHA256", NULL);
        if (known == NULL) return 0;
        __atomic_store_n(&algorithm, known, __ATOMIC_RELEASE);
    }
    if (context == NULL && (context = EVP_MD_CTX_new()) == NULL) return 0;
    return EVP_DigestInit_ex2(context, known, NULL) && EVP_DigestUpdate(context, bytes, count)
        && EVP_DigestFinal_ex(context, digest, NULL);
}
