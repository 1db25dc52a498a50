private import CCurl
private import Glibc

/// libcurl as a whole. Any thread.
package enum LibCurl {
    /// The library that this process runs with, which the system may have replaced since the build: `libcurl 7.88.1`.
    package static var version: String {
        guard let version = edge_curl_version() else { return "libcurl" }
        return "libcurl \(String(cString: version))"
    }

    /// Where the system keeps the certificate authorities it trusts, as libcurl was built to look for them.
    static var systemAuthorityFile: String? {
        EasyHandle()?.string(CURLINFO_CAINFO)
    }

    /// Initializes libcurl on first use: curl_global_init(3) has to come before any handle and only once.
    ///
    /// A peer that has closed its connection must not end the process by SIGPIPE; libcurl leaves that to the process
    /// where `CURLOPT_NOSIGNAL` is set.
    static let isInitialized: Bool = {
        _ = signal(SIGPIPE, SIG_IGN)
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()
}
