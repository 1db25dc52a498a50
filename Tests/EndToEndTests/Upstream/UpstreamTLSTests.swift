import EdgeTestSupport
import Foundation
import Testing

/// Upstreams over TLS: only one whose certificate is right gets the key.
@Suite(.serialized) struct UpstreamTLSTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var certificate = "good"
        /// Whose word counts; nil for the system's authorities.
        var authority: String? = "authority"
        /// `maximum_version` of Python's ssl module.
        var version = "TLSv1_3"
        /// Whether the system's own settings of OpenSSL allow what Debian's do not.
        var systemIsLax = false
        let status: Int
    }

    static let rows = [
        Row(testDescription: "a certificate of the configured authority", status: 200),
        Row(testDescription: "the same over TLS 1.2", version: "TLSv1_2", status: 200),
        Row(testDescription: "an authority that the system does not know", authority: nil, status: 502),
        Row(testDescription: "a certificate that signed itself", certificate: "self", status: 502),
        Row(
            testDescription: "one that signed itself, and is its own authority", certificate: "dated",
            authority: "dated", status: 200),
        Row(testDescription: "the same, when its time is over", certificate: "late", authority: "late", status: 502),
        Row(testDescription: "a certificate for another host", certificate: "other", status: 502),
        Row(testDescription: "TLS 1.1", version: "TLSv1_1", status: 502),
        Row(
            testDescription: "TLS 1.1, where the system would allow it", version: "TLSv1_1", systemIsLax: true,
            status: 502),
        Row(testDescription: "TLS 1.0, where the system would", version: "TLSv1", systemIsLax: true, status: 502),
    ]

    @Test("Certificates are checked", arguments: rows)
    func certificates(row: Row) throws {
        let certificates = try CertificateFolder()
        try certificates.makeExpired("late")
        try certificates.makeDated("dated", until: "20990101000000Z")
        let upstream = try ChildProcess(
            "/usr/bin/python3", ["-c", Self.server, certificates.path, row.certificate, row.version])
        let port = try upstream.output.waitForLine("port") { Int($0) }
        var settings: JSONValue = ["url": "https://localhost:\(port)"]
        if let authority = row.authority {
            settings = settings.merging(["caFile": "\(certificates.path)/\(authority).pem"])
        }
        let environment =
            row.systemIsLax ? ["OPENSSL_CONF": try certificates.write("lax.cnf", Array(Self.lax.utf8))] : [:]
        let scene = Scene(
            edge: try EdgeProcess(upstream: 0, ["upstream": settings], environment: environment),
            upstream: try RecordingUpstream())
        let response = try scene.exchange(.track())
        if row.status == 200 {
            #expect(response.text == #"{"success":true}"#)
            let record = try scene.edge.record(of: response["x-request-id"])
            #expect(record["upstream"]?["tls_ms"]?.number ?? -1 >= 0)
            #expect(upstream.output.text.contains("speaks http/1.1\n"))
        } else {
            try scene.expect(
                Refusal(
                    status: 502, code: "EXTERNAL_SERVICE_ERROR", reason: "upstream_tls", outcome: "upstream_failed"),
                response)
            #expect(!upstream.output.text.contains("POST"), "the key went out")
        }
        try scene.expectInvariants()
    }

    @Test(
        "A name can be given fixed addresses, and is still the name that is checked",
        arguments: [
            ("localhost", 200), ("plunk.test", 502),
        ])
    func fixedAddresses(host: String, status: Int) throws {
        let certificates = try CertificateFolder()
        let upstream = try ChildProcess("/usr/bin/python3", ["-c", Self.server, certificates.path, "good", "TLSv1_3"])
        let port = try upstream.output.waitForLine("port") { Int($0) }
        let settings: JSONValue = [
            "url": "https://\(host):\(port)/prefix/", "resolve": ["127.0.0.1"],
            "caFile": "\(certificates.path)/authority.pem",
        ]
        let scene = Scene(
            edge: try EdgeProcess(upstream: 0, ["upstream": settings]), upstream: try RecordingUpstream())
        #expect(try scene.exchange(.track()).status == status)
        if status == 200 {
            let line = try upstream.output.waitForLine("request") { $0.hasPrefix("POST") ? $0 : nil }
            #expect(line == "POST /prefix/v1/track HTTP/1.1")
        }
        try scene.expectInvariants()
    }

    @Test("A server that does not speak TLS, or says nothing, fails in time", arguments: [true, false])
    func noTLS(isSilent: Bool) throws {
        let upstream = try RecordingUpstream()
        let settings: JSONValue = [
            "url": "https://localhost:\(upstream.port)",
            "timeouts": ["connect": "2s", "total": "5m"],
        ]
        if !isSilent { upstream.greet("SSH-2.0-OpenSSH_9.2\r\n") }
        let edge = try EdgeProcess(upstream: 0, ["upstream": settings])
        let scene = Scene(edge: edge, upstream: try RecordingUpstream())
        let response = try scene.exchange(.track())
        try scene.expect(
            Refusal(
                status: isSilent ? 504 : 502, code: "EXTERNAL_SERVICE_ERROR",
                reason: isSilent ? "upstream_timeout" : "upstream_tls", outcome: "upstream_failed"), response)
        try scene.expectInvariants()
    }

    private static let lax = """
        openssl_conf = all
        [all]
        ssl_conf = kinds
        [kinds]
        system_default = lax
        [lax]
        CipherString = ALL:@SECLEVEL=0
        MinProtocol = TLSv1
        """

    /// Answers each connection once, prints its port and each request line.
    private static let server = """
        import socket, ssl, sys
        folder, name, version = sys.argv[1:]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion[version]
        context.load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
        # As Plunk's does. Who asks for HTTP/2 is answered in it, and this server knows no word of it.
        context.set_alpn_protocols(["h2", "http/1.1"])
        listener = socket.create_server(("127.0.0.1", 0))
        listener.settimeout(60)
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            connection.settimeout(10)
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    print("speaks", stream.selected_alpn_protocol(), flush=True)
                    print(stream.recv(65536).split(b"\\r\\n")[0].decode(), flush=True)
                    stream.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n"
                        b"Content-Length: 16\\r\\nConnection: close\\r\\n\\r\\n" b'{"success":true}')
            except OSError:
                pass
        """
}
