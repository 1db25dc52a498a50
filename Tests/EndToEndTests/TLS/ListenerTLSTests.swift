import EdgeTestSupport
import Foundation
import Testing

/// TLS towards clients, seen by clients that others have written: curl and Python's ssl module.
@Suite(.serialized) struct ListenerTLSTests {
    @Test(
        "curl sends an event over TLS 1.3, and the log says so",
        arguments: [("--http1.1", "HTTP/1.1 200 OK\r\n", "HTTP/1.1"), ("--http2", "HTTP/2 200 \r\n", "HTTP/2")])
    func curl(option: String, line: String, version: String) throws {
        let stage = try SecureStage()
        let client = try ChildProcess(
            "/usr/bin/curl",
            [
                "--silent", "--show-error", "--include", option, "--cacert", "\(stage.certificates.path)/authority.pem",
                "https://localhost:\(stage.edge.port)/v1/track", "-H", "Authorization: Bearer \(Planted.publicKey)",
                "-H", "Content-Type: application/json", "-d", #"{"event":"signup","email":"ada@example.com"}"#,
            ])
        #expect(try client.waitForExit() == 0, "\(client.errors.text)")
        let answer = try client.output.waitForEnd()
        #expect(answer.hasPrefix(line))
        let identifier = answer.firstMatch(of: /X-Request-ID: (\S+)/.ignoresCase()).map { String($0.1) }
        let record = try stage.edge.record(of: identifier)
        #expect(record["tls"] == "TLSv1.3")
        #expect(record["protocol"] == .string(version))
        #expect(stage.edge.process.errors.text.contains("listening on https://127.0.0.1:"))
        try stage.scene.expectInvariants()
    }

    @Test(
        "A request for a host with another certificate is misdirected in HTTP/2, where clients share connections",
        arguments: [("--http1.1", "200", false), ("--http2", "421", false), ("--http2", "200", true)])
    func otherHost(option: String, status: String, isProxy: Bool) throws {
        // A trusted proxy has one connection for all hosts.
        let stage = try SecureStage(
            ["good", "other"], changes: isProxy ? [:] : ["trustedProxies": []])
        let client = try ChildProcess(
            "/usr/bin/curl",
            [
                "--silent", "--show-error", "--output", "/dev/null", "--write-out", "%{http_code}", option, "--cacert",
                "\(stage.certificates.path)/authority.pem", "-H", "Host: other.test", stage.url,
                "-d", #"{"event":"signup","email":"ada@example.com"}"#,
            ] + SecureStage.fields)
        #expect(try client.waitForExit() == 0, "\(client.errors.text)")
        #expect(try client.output.waitForEnd() == status)
        #expect(stage.upstream.requests.count == (status == "200" ? 1 : 0))
        let record = try stage.edge.process.output.waitForLine("a record") { try? JSONValue(parsing: Array($0.utf8)) }
        #expect(record["host"] == "other.test")
        try stage.expectService()
    }

    @Test(
        "Versions: 1.2 and 1.3, from the configured one on",
        arguments: [
            ("1.2", ["refused", "TLSv1.2 200", "TLSv1.3 200"]), ("1.3", ["refused", "refused", "TLSv1.3 200"]),
        ])
    func versions(minimum: String, seen: [String]) throws {
        let stage = try SecureStage(minimumVersion: minimum)
        let printed = try stage.python(
            """
            for version in ("TLSv1_1", "TLSv1_2", "TLSv1_3"):
                made = context()
                made.set_ciphers("ALL:@SECLEVEL=0")
                made.minimum_version = ssl.TLSVersion.TLSv1
                made.maximum_version = ssl.TLSVersion[version]
                try:
                    with connect(made) as stream:
                        stream.sendall(request)
                        print(stream.version(), answer(stream).split()[1].decode())
                except ssl.SSLError:
                    print("refused")
            """)
        #expect(printed == seen)
    }

    @Test("The certificate is chosen by the name: exact, then wildcard, then the first; both kinds of one side by side")
    func serverNames() throws {
        let stage = try SecureStage(["good", "wild", "exact", "exact-rsa"]) { certificates in
            try certificates.make("wild", names: ["*.example.test"])
            try certificates.make("exact", names: ["app.example.test"])
            try certificates.make("exact-rsa", names: ["app.example.test"], key: "rsa:2048")
        }
        let printed = try stage.python(
            """
            def show(name, ciphers=None):
                made = context()
                made.check_hostname = False
                if ciphers:
                    made.maximum_version = ssl.TLSVersion.TLSv1_2
                    made.set_ciphers(ciphers)
                with connect(made, name) as stream:
                    names = [value for _, value in stream.getpeercert()["subjectAltName"]]
                    print(name, *names, stream.cipher()[0])
            for name in ("app.example.test", "APP.example.test", "api.example.test", "a.b.example.test", "localhost"):
                show(name)
            show("app.example.test", "ECDHE+aRSA")
            show("app.example.test", "ECDHE+aECDSA")
            """
        ).map { $0.replacing(/\ TLS_\S+/, with: "") }
        #expect(
            printed == [
                "app.example.test app.example.test", "APP.example.test app.example.test",
                "api.example.test *.example.test", "a.b.example.test localhost", "localhost localhost",
                "app.example.test app.example.test ECDHE-RSA-AES128-GCM-SHA256",
                "app.example.test app.example.test ECDHE-ECDSA-AES128-GCM-SHA256",
            ])
    }

    @Test("A handshake and a request may come byte by byte")
    func drip() throws {
        let stage = try SecureStage()
        let printed = try stage.python(
            """
            raw = socket.create_connection(("127.0.0.1", port), 10)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            stream = context().wrap_bio(incoming, outgoing, server_hostname="localhost")
            def run(step):
                while True:
                    try:
                        result = step()
                    except ssl.SSLWantReadError:
                        result = None
                    for byte in outgoing.read(): raw.sendall(bytes([byte]))
                    if result is not None: return result
                    incoming.write(raw.recv(65536))
            run(lambda: stream.do_handshake() or True)
            run(lambda: stream.write(request))
            print(run(lambda: stream.read(65536)).split()[1].decode())
            """)
        #expect(printed == ["200"])
    }

    @Test("Answers follow one another, and a client that reads slowly gets all of them")
    func pipelining() throws {
        let stage = try SecureStage()
        let printed = try stage.python(
            """
            with connect() as stream:
                stream.sendall(b"".join(b"GET /%d HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n" % n for n in range(300)))
                stream.sendall(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n")
                text = b""
                while got := stream.recv(1000): text += got
                print(text.count(b"HTTP/1.1 401 "), text.count(b'"code":"MISSING_AUTH"'))
            """)
        // Reading returns "" only where close_notify came; Python raises for a bare end.
        #expect(printed == ["301 301"])
    }

    @Test("Clear text, garbage and silence end without harm to others")
    func hostile() throws {
        let header: JSONValue = "2s"
        let stage = try SecureStage(changes: ["limits": ["timeouts": ["header": header]]])
        let printed = try stage.python(
            """
            def end(raw):
                got = b""
                try:
                    while part := raw.recv(65536): got += part
                except ConnectionResetError:
                    pass
                return got
            for first in (request, b"\\x16\\x03\\x01\\xff\\xff" + b"x" * 70000, bytes(range(256)) * 64, b"\\x16\\x03\\x01", b""):
                raw = socket.create_connection(("127.0.0.1", port), 10)
                try:
                    raw.sendall(first)
                except (ConnectionResetError, BrokenPipeError):
                    pass
                print("HTTP" in end(raw).decode("latin-1"))
            with connect() as stream:
                stream.sendall(request)
                print(answer(stream).split()[1].decode())
                # A record that nobody has encrypted.
                raw = stream.detach()
                raw = socket.socket(fileno=raw)
                raw.settimeout(10)
                raw.sendall(b"\\x17\\x03\\x03\\x00\\x20" + b"x" * 32)
                end(raw)
            print("over")
            """)
        #expect(printed == ["True", "False", "False", "False", "False", "200", "over"])
    }

    @Test("A client that takes no answers is cut off, and takes no memory")
    func slowReader() throws {
        let stage = try SecureStage(changes: ["limits": ["timeouts": ["write": "1s"]]])
        let printed = try stage.python(
            """
            raw = socket.socket()
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            raw.connect(("127.0.0.1", port))
            refused = b"POST /v1/track HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\n\\r\\n" * 200
            with context().wrap_socket(raw, server_hostname="localhost") as stream:
                stream.settimeout(20)
                try:
                    for _ in range(5000): stream.sendall(refused)
                    print("served for ever")
                except (ConnectionError, ssl.SSLError) as error:
                    print("cut off" if not isinstance(error, TimeoutError) else "kept")
            """)
        #expect(printed == ["cut off"])
        #expect(try stage.edge.process.peakResidentBytes < Scene.memoryCeiling)
        try stage.expectService()
    }
}
