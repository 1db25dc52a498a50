internal import EdgeCore

extension ConfigurationReader {
    private static let exampleURL = "https://next-api.useplunk.com"

    /// - Parameter listeners: which the URL must not lead to.
    func upstream(_ root: Fields, besides listeners: [ListenerSettings]) -> UpstreamSettings? {
        guard let fields = root.fields("upstream") else { return nil }
        let addresses = (fields.elements("resolve") ?? []).compactMap { value -> IPAddress? in
            guard let text = text(value, like: "203.0.113.7") else { return nil }
            return attempt(at: value) { () throws(Complaint) in try AddressText.address(text) }
        }
        let proxy = proxy(fields)
        let authorityFile = fields["caFile"].flatMap(authorityFile)
        let origin = origin(fields, addresses: addresses, proxy: proxy, besides: listeners)
        // Read even where the URL is wrong, so that every problem is found; such settings are never used.
        var settings = UpstreamSettings(origin: origin ?? .init(scheme: .https, host: "", port: 443, pathPrefix: ""))
        settings.addresses = addresses
        settings.proxy = proxy.map { "http://\($0.host.text):\($0.port)" }
        settings.authorityFile = authorityFile
        limits(fields, &settings)
        return origin == nil ? nil : settings
    }

    private func authorityFile(_ value: PositionedValue) -> String? {
        guard let path = certificateFile(value, label: "CERTIFICATE", describedAs: "certificate") else { return nil }
        guard authorityInspector(path) else {
            report(
                Complaint(
                    "\(path.quotedPath) holds no certificate that can be read.",
                    "Name a PEM file with the certificate of the authority: openssl x509 -in FILE -text reads it."),
                at: value.offset)
            return nil
        }
        return path
    }

    private func limits(_ fields: Fields, _ settings: inout UpstreamSettings) {
        if let timeouts = fields.fields("timeouts") {
            timeouts.read("connect", into: &settings.connectTimeout)
            timeouts.read("firstByte", into: &settings.firstByteTimeout)
            let before = problems.count
            timeouts.read("total", into: &settings.totalTimeout)
            // From a mistake nothing follows.
            if problems.count == before {
                warnOfUnreachable(timeouts, "connect", settings.connectTimeout, total: settings.totalTimeout)
                warnOfUnreachable(timeouts, "firstByte", settings.firstByteTimeout, total: settings.totalTimeout)
            }
        }
        if let connections = fields.fields("connections") {
            connections.read("max", into: &settings.maximumConnections)
            connections.read("idle", into: &settings.idleTimeout)
            connections.read("lifetime", into: &settings.connectionLifetime)
        }
        if let inFlight = fields.fields("inFlight") { inFlight.read("max", into: &settings.maximumInFlight) }
        fields.read("retry", into: &settings.retry)
        fields.read("idempotency", into: &settings.idempotency)
    }

    private func warnOfUnreachable(_ timeouts: Fields, _ name: String, _ span: Instant.Span, total: Instant.Span) {
        guard let value = timeouts[name], span > total else { return }
        warn(
            Complaint(
                "This is never reached: \"total\" ends first, after \(DurationText.text(total)).",
                "Write less than that, or a longer \"total\"."), at: value.offset)
    }

    private func proxy(_ fields: Fields) -> URLText? {
        let example = "http://proxy.example.com:3128"
        guard let value = fields["proxy"], let text = text(value, like: example) else { return nil }
        return attempt(at: value) { () throws(Complaint) in
            let url = try URLText(text, example: example)
            guard url.scheme == .http, url.host.port != nil, url.path.isEmpty || url.path == "/" else {
                throw Complaint(
                    "\(text.quoted) is not the address of an HTTP proxy.",
                    "Write scheme, host and port only: \"\(example)\".")
            }
            return url
        }
    }

    private func origin(
        _ fields: Fields, addresses: [IPAddress], proxy: URLText?, besides listeners: [ListenerSettings]
    ) -> UpstreamSettings.Origin? {
        guard let value = fields["url"], let text = text(value, like: Self.exampleURL) else { return nil }
        return attempt(at: value) { () throws(Complaint) in
            let url = try URLText(text, example: Self.exampleURL)
            let prefix = try pathPrefix(url.path)
            if url.scheme == .http {
                let isNear = url.host.isPrivate || !addresses.isEmpty && addresses.allSatisfy(\.isPrivate)
                guard isNear, proxy?.host.isPrivate ?? true else {
                    throw Complaint(
                        "Keys would travel in clear text: http is for loopback and private addresses.",
                        isNear
                            ? "Write https, or a proxy with a private address."
                            : "Write \("https://\(url.host.text)\(prefix)".quoted), or the private address itself.")
                }
            }
            let hosts = addresses.isEmpty ? [url.host.host] : addresses.map(\.description)
            // What a proxy connects to is seen from where the proxy is.
            guard proxy != nil || !hosts.contains(where: { leads(to: listeners, from: $0, port: url.port) }) else {
                throw Complaint(
                    "The edge listens there itself: it would forward every request to itself.",
                    "Write where Plunk is, or give the listener another port.")
            }
            return .init(scheme: url.scheme, host: url.host.host, port: url.port, pathPrefix: prefix)
        }
    }

    /// Without the slash at its end.
    private func pathPrefix(_ path: String) throws(Complaint) -> String {
        guard !path.isEmpty else { return "" }
        try PathText.check(path)
        let prefix = path.hasSuffix("/") ? String(path.dropLast()) : path
        for suffix in ["/v1/track", "/v1"] where prefix.hasSuffix(suffix) {
            throw Complaint(
                "The URL ends in \(suffix.quoted); the edge adds \"/v1/track\" itself.",
                "Write the URL without \(suffix.quoted).")
        }
        return prefix
    }
}
