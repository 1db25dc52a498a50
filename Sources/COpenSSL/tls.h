#pragma once

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// OpenSSL's macros, which Swift cannot call.

static inline void edge_context_set_mode(SSL_CTX *context, long mode) { SSL_CTX_set_mode(context, mode); }

static inline int edge_context_set_minimum_version(SSL_CTX *context, int version) {
    return SSL_CTX_set_min_proto_version(context, version) == 1;
}

static inline int edge_context_set_groups(SSL_CTX *context, const char *groups) {
    return SSL_CTX_set1_groups_list(context, groups) == 1;
}

static inline void edge_context_disable_session_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void edge_context_on_server_name(SSL_CTX *context, int (*callback)(SSL *, int *, void *), void *argument) {
    SSL_CTX_set_tlsext_servername_callback(context, callback);
    SSL_CTX_set_tlsext_servername_arg(context, argument);
}

/// Gives a context a certificate with its chain and key; it has one of each kind of key (SSL_CTX_use_cert_and_key(3)).
static inline int edge_context_use(
    SSL_CTX *context, X509 *certificate, EVP_PKEY *key, X509 *const *others, int count
) {
    STACK_OF(X509) *chain = sk_X509_new_null();
    int usable = chain != NULL;
    for (int index = 0; usable && index < count; index++) usable = sk_X509_push(chain, others[index]) > 0;
    usable = usable && SSL_CTX_use_cert_and_key(context, certificate, key, chain, 1) == 1;
    sk_X509_free(chain);
    return usable;
}

static inline long edge_bio_pending(BIO *memory) { return BIO_pending(memory); }

static inline void edge_bio_clear_retry(BIO *end) { BIO_clear_retry_flags(end); }

static inline void edge_bio_retry_read(BIO *end) { BIO_set_retry_read(end); }

/// Renegotiation costs a server more than its client; compression leaks what it compresses; the server's order of
/// ciphers is Mozilla's, but a client that puts ChaCha20 first has no hardware for AES.
static const uint64_t edge_context_options = SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION
    | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;

/// The error that OpenSSL queued first, in its words; the queue is empty afterwards (ERR_get_error(3)).
static inline unsigned long edge_take_error(char *text, size_t size) {
    unsigned long code = ERR_get_error();
    ERR_error_string_n(code, text, size);
    ERR_clear_error();
    return code;
}

/// What an error is about, one of SSL_R_*.
static inline int edge_error_reason(unsigned long code) { return ERR_GET_REASON(code); }

/// Calls `each` with every entry of the certificate's subjectAltName that is of this type, GEN_DNS or GEN_IPADD (RFC 5280,
/// section 4.2.1.6): what stands there may hold any byte.
static inline void edge_certificate_names(
    X509 *certificate, int type, void (*each)(const unsigned char *name, int size, void *context), void *context
) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int index = 0; names != NULL && index < sk_GENERAL_NAME_num(names); index++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        if (name->type != type) continue;
        const ASN1_STRING *text = type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
        each(ASN1_STRING_get0_data(text), ASN1_STRING_length(text), context);
    }
    GENERAL_NAMES_free(names);
}

static inline void edge_context_set_tickets(
    SSL_CTX *context,
    int (*callback)(SSL *, unsigned char *, unsigned char *, EVP_CIPHER_CTX *, EVP_MAC_CTX *, int), void *keys
) {
    SSL_CTX_set_app_data(context, keys);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(context, callback);
}

static inline void *edge_ticket_keys(SSL *ssl) { return SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)); }

/// Gives a ticket's keys, 32 bytes each, to what encrypts and signs it (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)).
static inline int edge_ticket_arm(
    const EVP_CIPHER *algorithm, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, const void *cipher_key, const void *mac_key,
    unsigned char *iv, int encrypts
) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)mac_key, 32),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_CipherInit_ex2(cipher, algorithm, cipher_key, iv, encrypts, NULL) == 1
        && EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

static inline EVP_PKEY *edge_new_elliptic_key(void) { return EVP_EC_gen("P-256"); }

static inline void edge_free(void *memory) { OPENSSL_free(memory); }
