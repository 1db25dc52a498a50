internal import EdgeCore

/// The keys of `upstream` and `limits`.
extension SettingCatalog {
    static let upstream: [SettingDescription] = [
        SettingDescription(
            "url", .text, isRequired: true,
            examples: ["https://next-api.useplunk.com", "https://plunk.example.com/api"],
            "Plunk's base URL, with a path prefix if there is one; the edge adds /v1/track. https, or http for loopback "
                + "and private addresses."),
        SettingDescription(
            "caFile", .text, examples: ["ca.pem"], "A PEM file with the authorities to trust instead of the system's."),
        SettingDescription(
            "proxy", .text, examples: ["http://proxy.example.com:3128"],
            "An HTTP proxy to go through. The environment's is never used."),
        SettingDescription(
            "resolve", .list(of: .text, minimum: 0), standard: [], examples: [["203.0.113.7", "2001:db8::7"]],
            "Addresses to connect to, in this order, instead of asking the resolver."),
        SettingDescription(
            "timeouts",
            .object([
                SettingDescription("connect", timeout, standard: "3s", "Name lookup, TCP and TLS."),
                SettingDescription(
                    "firstByte", timeout, standard: "10s", "From the last byte sent to the first byte received."),
                SettingDescription(
                    "total", timeout, standard: "15s",
                    "From acceptance to the whole answer, queueing and repeats included."),
            ]), "How long Plunk may take."),
        SettingDescription(
            "connections",
            .object([
                SettingDescription("max", .integer(1...65_535), standard: 64, "Connections at once, per process."),
                SettingDescription("idle", timeout, standard: "55s", "How long an unused one is kept."),
                SettingDescription(
                    "lifetime", timeout, standard: "5m", "How long one is used, so that changes of DNS are followed."),
            ]), "Connections to Plunk."),
        SettingDescription(
            "inFlight",
            .object([
                SettingDescription(
                    "max", .integer(1...1_000_000), standard: 1024,
                    "Beyond it requests get 503 with Retry-After at once.")
            ]), "Requests accepted and not yet answered."),
        SettingDescription(
            "retry", .choice(UpstreamSettings.Retry.allCases.map(\.rawValue)), standard: "safe",
            "safe: repeat a request if nothing was sent, or an Idempotency-Key makes it harmless. never: do not."),
        SettingDescription(
            "idempotency", .choice(UpstreamSettings.Idempotency.allCases.map(\.rawValue)), standard: "add",
            "add: give requests an Idempotency-Key where the client sent none, so that a repeat records nothing twice. "
                + "pass: do not."),
    ]

    static let limits: [SettingDescription] = [
        SettingDescription(
            "perClient", .nullable(.object(rateLimit(rate: "20/s", burst: 100))),
            examples: [["rate": "20/s", "burst": 100], nil],
            "Requests per client address (/64 of IPv6). null turns it off."),
        SettingDescription(
            "perKey", .nullable(.object(rateLimit(rate: nil, burst: nil))), standard: nil,
            examples: [["rate": "100/s", "burst": 500], nil], "Requests per entry of keys. Off unless written."),
        SettingDescription("connections", .integer(1...1_000_000), standard: 10_000, "Open connections at once."),
        SettingDescription(
            "connectionsPerClient", .integer(1...1_000_000), standard: 64,
            "Open connections of one client address; trusted proxies are exempt."),
        SettingDescription(
            "headerSize", .size(1024...1024 * 1024), standard: "16KiB", "The request line and all header fields."),
        SettingDescription("headerCount", .integer(1...1000), standard: 64, "Header fields of a request."),
        SettingDescription(
            "timeouts",
            .object([
                SettingDescription("header", timeout, standard: "10s", "To receive a request's head."),
                SettingDescription("body", timeout, standard: "15s", "To receive a request's body."),
                SettingDescription("idle", timeout, standard: "60s", "Between requests."),
                SettingDescription("write", timeout, standard: "15s", "To send an answer."),
            ]), "How long clients may take: totals, not gaps between bytes."),
    ]

    /// Without defaults both are required.
    private static func rateLimit(rate: String?, burst: Int?) -> [SettingDescription] {
        [
            SettingDescription(
                "rate", .rate, standard: rate.map(OrderedJSON.string), isRequired: rate == nil,
                examples: ["20/s", "100/m", "1000/h"], "How many requests come back: a number per s, m or h."),
            SettingDescription(
                "burst", .integer(1...1_000_000), standard: burst.map(OrderedJSON.number), isRequired: burst == nil,
                examples: [100], "How many requests may come at once."),
        ]
    }
}
