import EdgeTestSupport

/// An authority and certificates for upstreams and listeners, made by the `openssl` command: `authority`, `good`
/// (localhost), `other` (other.test), `self` (localhost, signed by itself), and what a test asks for.
struct CertificateFolder {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
        folder = try TemporaryFolder()
        try make("authority", "/CN=Test authority")
        try make("good", names: ["localhost"])
        try make("other", names: ["other.test"])
        try make("self", "/CN=localhost", ["-addext", "subjectAltName=DNS:localhost"])
    }

    /// A certificate of the authority's.
    ///
    /// - Parameters:
    ///   - names: whom it is for: host names, or whatever `openssl` takes, as in `IP:127.0.0.1`; perhaps nobody.
    ///   - key: what `openssl req -newkey` makes: `ec` or `rsa:2048`.
    func make(_ name: String, names: [String], key: String = "ec", days: Int = 2) throws {
        let alternatives = names.map { $0.contains(":") ? $0 : "DNS:\($0)" }.joined(separator: ",")
        let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=\(alternatives)"]
        try make(
            name, "/CN=\(names.first ?? name)",
            extensions + ["-CA", "\(path)/authority.pem", "-CAkey", "\(path)/authority.key"], key: key, days: days)
    }

    /// A certificate for localhost, signed by itself, whose time is over.
    func makeExpired(_ name: String) throws { try makeDated(name, until: "20200301000000Z") }

    /// One that is valid from 2020 until then, as ASN.1 writes it.
    func makeDated(_ name: String, until end: String) throws {
        let configuration = try folder.write(
            "ca.conf",
            Array(
                """
                [ca]
                default_ca = ca
                [ca]
                database = \(path)/index.txt
                new_certs_dir = \(path)
                serial = \(path)/serial
                default_md = sha256
                policy = policy
                x509_extensions = names
                [policy]
                commonName = supplied
                [names]
                subjectAltName = DNS:localhost
                basicConstraints = CA:TRUE

                """.utf8))
        _ = try folder.write("index.txt", [])
        _ = try folder.write("serial", Array("01\n".utf8))
        try run(
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                "/CN=localhost", "-keyout", "\(path)/\(name).key", "-out", "\(path)/\(name).csr",
            ])
        try run(
            [
                "ca", "-batch", "-selfsign", "-config", configuration, "-keyfile", "\(path)/\(name).key", "-in",
                "\(path)/\(name).csr", "-out", "\(path)/\(name).pem", "-startdate", "20200101000000Z", "-enddate", end,
            ])
    }

    /// Writes a file beside them; its path.
    func write(_ name: String, _ bytes: [UInt8]) throws -> String { try folder.write(name, bytes) }

    /// What a listener's configuration says of one.
    func files(_ name: String) -> JSONValue {
        ["certificate": .string("\(path)/\(name).pem"), "privateKey": .string("\(path)/\(name).key")]
    }

    private func make(
        _ name: String, _ subject: String, _ options: [String] = [], key: String = "ec", days: Int = 2
    ) throws {
        let curve = key == "ec" ? ["-pkeyopt", "ec_paramgen_curve:prime256v1"] : []
        try run(
            ["req", "-x509", "-newkey", key] + curve + [
                "-nodes", "-days", "\(days)", "-subj", subject, "-keyout", "\(path)/\(name).key", "-out",
                "\(path)/\(name).pem",
            ] + options)
    }

    private func run(_ arguments: [String]) throws {
        let process = try ChildProcess("/usr/bin/openssl", arguments)
        guard try process.waitForExit(atMost: .seconds(30)) == 0 else {
            throw Overdue("openssl: \(process.errors.text)")
        }
    }
}
