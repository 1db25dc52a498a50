import EdgeTestSupport
import Glibc
import Testing

/// What clients of HTTP/2 send that is no request yet, or never, takes bounded memory.
@Suite struct HTTP2MemoryTests {
    @Test(
        "Frames, and heads of two, that end between those of what is read are not kept",
        arguments: ["frames", "heads"])
    func framesAcrossRecords(kind: String) throws {
        let stage = try SecureStage()
        let before = try stage.edge.process.peakResidentBytes
        // Each record of TLS ends one byte before a frame does; a request now and then makes it no flood.
        let program = """
            import select, socket, ssl, struct, sys
            context = ssl.create_default_context(cafile=sys.argv[2])
            context.set_alpn_protocols(["h2"])
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
            client = context.wrap_socket(connection, server_hostname="localhost")
            def frame(kind, flags, stream, payload):
                return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload
            client.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + frame(4, 0, 0, b"") + frame(4, 1, 0, b""))
            client.sendall(frame(8, 0, 0, struct.pack("!I", 1 << 30)))
            request = b"\\x83\\x84\\x87\\x41\\x09localhost"
            stream, last = 1, b""
            for number in range(2048):
                whole = b""
                if sys.argv[3] == "heads":
                    for _ in range(2):
                        head = request + b"\\x00\\x03x-a\\x7f\\xf1\\x3d" + b"a" * 8048
                        whole += frame(1, 1, stream, head) + frame(9, 4, stream, b"\\x00\\x03x-b\\x01b")
                        stream += 2
                else:
                    if number % 90 == 89:
                        whole = frame(1, 5, stream, request)
                        stream += 2
                    whole += frame(0xEE, 0, 0, bytes(16384 - 9 - len(whole)))
                client.sendall(last + whole[:-1])
                last = whole[-1:]
                while client.pending() or select.select([client], [], [], 0)[0]:
                    client.recv(65536)
            client.sendall(last + frame(6, 0, 0, bytes(8)))
            received = b""
            while frame(6, 1, 0, bytes(8)) not in received:
                received += client.recv(65536)
            """
        let client = try ChildProcess(
            "/usr/bin/python3",
            ["-c", program, "\(stage.edge.port)", "\(stage.certificates.path)/authority.pem", kind])
        #expect(try client.waitForExit(atMost: .seconds(60) * SanitizerCost.time) == 0, "\(client.errors.text)")
        // It has sent 32 MiB.
        #expect(try stage.edge.process.peakResidentBytes - before < 12 << 20)
        try stage.expectService()
    }

    @Test(
        "Heads that do not end make room for others, and their connections are in the log",
        .enabled(if: sysconf(CInt(_SC_NPROCESSORS_ONLN)) <= 8, "each event loop may hold 16 MiB, so more would fit"))
    func heads() throws {
        let upstream = try RecordingUpstream()
        let edge = try EdgeProcess(
            upstream: upstream.port,
            Scene.h2c.merging([
                "limits": ["timeouts": ["header": "30m", "idle": "30m"]], "trustedProxies": [],
            ]))
        let scene = Scene(edge: edge, upstream: upstream)
        // A quarter more than there is room for.
        let program = """
            import resource, selectors, socket, struct, sys
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
            def frame(kind, flags, stream, payload):
                return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload
            field = b"\\x00\\x06x-slow\\x7f\\xfd\\x78" + b"a" * 15484
            head = frame(1, 1, 1, b"\\x83\\x84\\x87\\x41\\x09localhost" + field)
            settings = frame(4, 0, 0, b"") + frame(4, 1, 0, b"")
            begun = b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + settings + head + frame(9, 4, 1, field)[:-1]
            clients, closed = selectors.DefaultSelector(), None
            for number in range(1800):
                source = (f"127.2.{number // 250}.{number % 250 + 1}", 0)
                client = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20, source)
                client.sendall(begun)
                clients.register(client, selectors.EVENT_READ, bytearray())
            while not closed:
                for key, _ in clients.select(60):
                    more = key.fileobj.recv(65536)
                    key.data.extend(more)
                    if not more:
                        closed = key.data
                        break
            print("GOAWAY" if b"\\x00\\x00\\x08\\x07\\x00" in closed else bytes(closed))
            """
        let clients = try ChildProcess("/usr/bin/python3", ["-c", program, "\(edge.port)"])
        let patience = Duration.seconds(60) * SanitizerCost.time
        #expect(try clients.waitForExit(atMost: patience) == 0, "\(clients.errors.text)")
        #expect(try clients.output.waitForEnd() == "GOAWAY\n")
        let record = try edge.process.output.waitForLine("one that makes room") { line in
            line.contains("\"overloaded\"") ? try? JSONValue(parsing: Array(line.utf8)) : nil
        }
        #expect(record["protocol"] == "HTTP/2")
        #expect(record["outcome"] == "overloaded")
        #expect(record["status"] == nil)
        #expect(try edge.process.peakResidentBytes < 2 * 128 << 20 + Scene.memoryCeiling)
        #expect(try scene.exchange(.track()).status == 200)
    }
}
