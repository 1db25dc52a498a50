internal import CCurl
internal import EdgeCore

/// Everything that libcurl is told about connections to one upstream, prepared once per event loop and settings. Easy
/// handles borrow from it, so each keeps it alive. Confined to its loop.
final class ConnectionOptions {
    private let settings: UpstreamSettings
    private let authorities: AuthorityStore?
    private let share: ShareHandle
    /// `CURLOPT_RESOLVE`, which libcurl does not copy.
    private let addresses: UnsafeMutablePointer<curl_slist>?
    /// The same, to forget what the name was resolved to; nil where nothing is resolved here.
    private let forgotten: UnsafeMutablePointer<curl_slist>?
    private var isForgetting = false
    private let url: String

    /// - Parameter authorities: nil for plain http only.
    /// - Returns: nil when memory has run out.
    init?(settings: UpstreamSettings, authorities: AuthorityStore?) {
        guard LibCurl.isInitialized, let share = ShareHandle() else { return nil }
        (self.settings, self.authorities, self.share) = (settings, authorities, share)
        let origin = settings.origin
        url = "\(origin.scheme.rawValue)://\(origin.host.bracketedHost):\(origin.port)/"
        let place = Self.resolvedPlace(settings)
        if let place, settings.proxy == nil, !settings.addresses.isEmpty {
            forgotten = nil
            let list = settings.addresses.map(\.description.bracketedHost).joined(separator: ",")
            addresses = curl_slist_append(nil, "\(place):\(list)")
            guard addresses != nil else { return nil }
        } else {
            addresses = nil
            forgotten = place.flatMap { curl_slist_append(nil, "-\($0)") }
        }
    }

    /// The `host:port` under which libcurl keeps the addresses that it connects to: of the proxy where there is one. Nil for
    /// an IPv6 address, which needs no resolver, and which an entry of `CURLOPT_RESOLVE` cannot name.
    static func resolvedPlace(_ settings: UpstreamSettings) -> String? {
        let origin = settings.origin
        let proxy = settings.proxy.map { String($0.dropFirst("http://".count)) }
        let place = proxy ?? "\(origin.host.bracketedHost):\(origin.port)"
        return place.hasPrefix("[") ? nil : place
    }

    deinit {
        curl_slist_free_all(addresses)
        curl_slist_free_all(forgotten)
    }

    var isTLS: Bool { settings.origin.scheme == .https }

    /// A handle that will open one connection and carry bytes on it, nothing more.
    ///
    /// - Returns: nil when memory has run out or libcurl lacks something that must not be left out.
    func makeEasyHandle() -> EasyHandle? {
        guard let easy = EasyHandle(lender: self),
            easy.set(CURLOPT_URL, url), easy.set(CURLOPT_CONNECT_ONLY, 1), easy.set(share),
            easy.set(CURLOPT_PROTOCOLS_STR, "http,https"),
            // Only HTTP/1.1 in ALPN: it is what we speak.
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            // No signal handlers around each send, and no alarm for the resolver.
            easy.set(CURLOPT_NOSIGNAL, 1),
            // A resolver that hangs is left behind when time is up; otherwise the event loop would wait for it.
            easy.set(CURLOPT_QUICK_EXIT, 1),
            easy.set(CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout.wholeMilliseconds),
            easy.set(CURLOPT_TCP_NODELAY, 1),
            easy.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
            setProxy(on: easy), !isTLS || setTLS(on: easy)
        else { return nil }
        if let list = addresses ?? (isForgetting ? forgotten : nil), !easy.set(CURLOPT_RESOLVE, list) { return nil }
        isForgetting = false
        return easy
    }

    /// Has the next connection look the upstream's name up anew: libcurl remembers addresses for a minute, whatever their
    /// time to live, and one that does not answer may not be the upstream's any more.
    func forgetAddresses() { isForgetting = true }

    /// Empty strings, not nil: those would let `http_proxy` and `no_proxy` of the environment decide.
    private func setProxy(on easy: EasyHandle) -> Bool {
        easy.set(CURLOPT_PROXY, settings.proxy ?? "") && easy.set(CURLOPT_NOPROXY, "")
            && easy.set(CURLOPT_HTTPPROXYTUNNEL, 1)
    }

    private func setTLS(on easy: EasyHandle) -> Bool {
        guard let authorities else { return false }
        return easy.set(CURLOPT_SSL_VERIFYPEER, 1) && easy.set(CURLOPT_SSL_VERIFYHOST, 2)
            && easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)) && easy.set(authorities)
    }
}

extension Instant.Span {
    /// At least 1: 0 would mean libcurl's own default of five minutes.
    fileprivate var wholeMilliseconds: Int { Int(clamping: max(1, nanoseconds / 1_000_000)) }
}
