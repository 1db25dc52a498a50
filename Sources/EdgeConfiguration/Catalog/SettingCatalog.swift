internal import EdgeCore

/// Every key of the configuration.
enum SettingCatalog {
    static let settings: [SettingDescription] = [
        SettingDescription("$schema", .text, "Where the schema of this file is, for editors."),
        SettingDescription(
            "listeners", .list(of: .object(listener), minimum: 1), isRequired: true,
            examples: [[["address": "127.0.0.1:8080"]]], "Where to accept connections."),
        SettingDescription(
            "endpoint", .text, standard: "/v1/track", examples: ["/api/hello"],
            "The one public path, compared byte for byte. Some blockers match words such as track even on one's own "
                + "host; another name helps."),
        SettingDescription(
            "upstream", .object(upstream), isRequired: true, examples: [["url": "https://next-api.useplunk.com"]],
            "How Plunk is reached."),
        SettingDescription(
            "keys", .list(of: .object(key), minimum: 0), standard: [],
            "Which keys clients may show. Empty: every well-formed public key passes as it is."),
        SettingDescription(
            "origins", .list(of: .text, minimum: 0), standard: ["same-origin"],
            examples: [["same-origin", "https://app.example.com", "https://*.example.com"]],
            "Who may call from a browser: same-origin, exact origins, https://*.example.com, null, or * for anybody."),
        SettingDescription(
            "requireOrigin", .boolean, standard: false,
            "Refuse requests without an Origin header. Apps and servers send none."),
        SettingDescription("body", .object(body), "What the body of a request may hold."),
        SettingDescription("events", .object(events), "Which events may be sent."),
        SettingDescription("limits", .object(limits), "What one client, one key and one connection may cost."),
        SettingDescription(
            "trustedProxies", .list(of: .text, minimum: 0), standard: ["loopback"],
            examples: [["loopback", "10.0.0.0/8"]],
            "Peers whose X-Forwarded-For and -Host and inbound X-Request-ID count: addresses, CIDR blocks, "
                + "loopback (Unix sockets too), private."),
        SettingDescription("clientAddress", .object(clientAddress), "How much of a client's address leaves the edge."),
        SettingDescription("accessLog", .object(accessLog), "One JSON object a line for every request."),
        SettingDescription("admin", .object(admin), "A listener of its own for /livez, /readyz and /metrics."),
        SettingDescription("shutdown", .object(shutdown), "What happens between a TERM signal and the exit."),
    ]

    static let timeout: SettingShape = .duration(.milliseconds(1) ... .seconds(24 * 3600))

    private static let listener: [SettingDescription] = [
        SettingDescription(
            "address", .text, isRequired: true,
            examples: ["127.0.0.1:8080", "[::1]:8080", "unix:/run/plunk-edge/edge.sock"],
            "host:port, [v6]:port or unix:/path. Port 0 lets the system pick one; the start-up line names it."),
        SettingDescription("tls", .object(tls), "TLS for this listener. Without it, clear text."),
        SettingDescription(
            "h2c", .boolean, standard: false,
            "HTTP/2 in clear text for clients that begin with its preface, for meshes that end TLS before the edge."),
    ]

    private static let tls: [SettingDescription] = [
        SettingDescription(
            "certificates", .list(of: .object(certificate), minimum: 1), isRequired: true,
            examples: [[["certificate": "edge.pem", "privateKey": "edge.key"]]],
            "The first serves names that no other covers."),
        SettingDescription(
            "names", .list(of: .text, minimum: 0), standard: [], examples: [["app.example.com"]],
            "The host names that clients will ask for: check and start-up make sure that a certificate covers each."),
        SettingDescription(
            "minimumVersion", .choice(TLSSettings.Version.allCases.map(\.rawValue)), standard: "1.2",
            "The oldest version of TLS that is spoken."),
    ]

    private static let certificate: [SettingDescription] = [
        SettingDescription(
            "certificate", .text, isRequired: true, examples: ["edge.pem"], "A PEM file: the certificate and its chain."
        ),
        SettingDescription(
            "privateKey", .text, isRequired: true, examples: ["edge.key"], "A PEM file: the certificate's private key."),
    ]

    private static let key: [SettingDescription] = [
        SettingDescription(
            "name", .text, isRequired: true, examples: ["web"], "What the access log calls it. Unique."),
        SettingDescription(
            "accepts", .list(of: .text, minimum: 0), standard: [], examples: [["pk_your_public_key"]],
            "What clients may show: public keys, sha256: and 64 hexadecimal digits, or any other string as an alias. "
                + "Two strings and sends carry a rotation."),
        SettingDescription(
            "sends", .text, examples: ["pk_your_public_key"],
            "The public key that goes upstream. Default: the only public key in accepts; where it holds several or none "
                + "(and no alias), the one shown, if it is a public key."),
        SettingDescription(
            "whenMissing", .boolean, standard: false,
            "Use this entry for requests without Authorization, such as navigator.sendBeacon makes. At most one entry; "
                + "needs requireOrigin: true and origins without * and null."),
    ]

    private static let body: [SettingDescription] = [
        SettingDescription(
            "maxSize", .size(1...50 * 1024 * 1024), standard: "32KiB", "The largest body; Plunk takes 50MiB at most."),
        SettingDescription(
            "unknownFields", .choice(BodyPolicy.UnknownFields.allCases.map(\.rawValue)), standard: "strip",
            "What happens to members other than event, email, subscribed and data."),
        SettingDescription(
            "subscribed", .choice(BodyPolicy.Subscribed.allCases.map(\.rawValue)), standard: "pass",
            "What happens to the member subscribed, which changes whether a contact gets mail."),
    ]

    private static let events: [SettingDescription] = [
        SettingDescription(
            "allow", .list(of: .text, minimum: 0), standard: ["*"], examples: [["signup", "order_*"]],
            "Names of events that may be sent; * at the end stands for anything.")
    ]

    private static let clientAddress: [SettingDescription] = ["log", "upstream"].map { place in
        SettingDescription(
            place, .choice(ClientAddressSettings.Detail.allCases.map(\.rawValue)), standard: "full",
            place == "log"
                ? "In the access log: full, truncate (/24 of IPv4, /48 of IPv6) or omit."
                : "In X-Forwarded-For to Plunk: full, truncate (/24 of IPv4, /48 of IPv6) or omit.")
    }

    private static let accessLog: [SettingDescription] = [
        SettingDescription(
            "path", .text, standard: "-", examples: ["/var/log/plunk-edge/access.log"],
            "A file in a folder that exists; - is standard output."),
        SettingDescription(
            "maxSize", .nullable(.size(1024...1024 * 1024 * 1024 * 1024)), standard: "100MiB",
            "Size after which the file is rotated. null leaves that to others, as logrotate."),
        SettingDescription(
            "keep", .integer(0...1000), standard: 10, "How many rotated files are kept, gzipped; the oldest go first."),
    ]

    private static let admin: [SettingDescription] = [
        SettingDescription(
            "address", .text, isRequired: true, examples: ["127.0.0.1:9090"],
            "host:port, [v6]:port or unix:/path; loopback or a Unix socket unless allowPublic says otherwise."),
        SettingDescription(
            "allowPublic", .boolean, standard: false, "Allow an address that other machines reach."),
    ]

    private static let shutdown: [SettingDescription] = [
        SettingDescription(
            "delay", .duration(.zero ... .seconds(3600)), standard: "0s",
            "From not being ready to not accepting, for load balancers to notice."),
        SettingDescription(
            "drain", .duration(.zero ... .seconds(24 * 3600)), standard: "20s", "How long requests under way may take."),
    ]
}
