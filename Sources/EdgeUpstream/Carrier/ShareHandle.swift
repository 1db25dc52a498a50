internal import CCurl

/// Owns one libcurl share handle: what the connections of one event loop remember together, namely resolved names and
/// TLS sessions. Confined to that loop, which is why it needs no locks. Has to outlive the handles that use it.
final class ShareHandle {
    let raw: OpaquePointer

    /// Nil when memory has run out.
    init?() {
        guard let raw = curl_share_init() else { return nil }
        self.raw = raw
        _ = edge_share_set(raw, CURL_LOCK_DATA_DNS)
        _ = edge_share_set(raw, CURL_LOCK_DATA_SSL_SESSION)
    }

    deinit { curl_share_cleanup(raw) }
}
