private import COpenSSL

/// The libssl that this process runs with, which the system may have replaced since the build: `OpenSSL 3.0.19`.
package var openSSLVersion: String {
    guard let text = OpenSSL_version(OPENSSL_VERSION) else { return "OpenSSL" }
    return String(cString: text).split(separator: " ").prefix(2).joined(separator: " ")
}
