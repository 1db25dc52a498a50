internal import CCurl

/// Owns one libcurl easy handle: here one connection to the upstream, made with `CURLOPT_CONNECT_ONLY`. Confined to one
/// event loop.
final class EasyHandle {
    let raw: OpaquePointer
    /// Owns what libcurl borrows from us: lists, the share handle, the authorities.
    private let lender: AnyObject?

    /// Nil when memory has run out.
    init?(lender: AnyObject? = nil) {
        guard LibCurl.isInitialized, let raw = curl_easy_init() else { return nil }
        (self.raw, self.lender) = (raw, lender)
    }

    deinit { curl_easy_cleanup(raw) }

    // Each setter says whether libcurl took the value; strings are copied by libcurl, lists are not.

    func set(_ option: CURLoption, _ value: Int) -> Bool { edge_easy_set_long(raw, option, value) == CURLE_OK }

    func set(_ option: CURLoption, _ value: String) -> Bool { edge_easy_set_string(raw, option, value) == CURLE_OK }

    func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>) -> Bool {
        edge_easy_set_list(raw, option, value) == CURLE_OK
    }

    func set(_ share: ShareHandle) -> Bool { edge_easy_set_share(raw, share.raw) == CURLE_OK }

    func set(_ authorities: AuthorityStore) -> Bool { edge_easy_set_authorities(raw, authorities.raw) == CURLE_OK }

    func integer(_ info: CURLINFO) -> Int? {
        var value = 0
        return edge_easy_get_long(raw, info, &value) == CURLE_OK ? value : nil
    }

    /// Times are in microseconds.
    func offset(_ info: CURLINFO) -> Int? {
        var value: curl_off_t = 0
        return edge_easy_get_offset(raw, info, &value) == CURLE_OK ? Int(value) : nil
    }

    func string(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard edge_easy_get_string(raw, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }

    /// The socket of the connection; nil while there is none.
    var activeSocket: CInt? {
        var value: curl_socket_t = -1
        guard edge_easy_get_socket(raw, &value) == CURLE_OK, value >= 0 else { return nil }
        return value
    }
}
