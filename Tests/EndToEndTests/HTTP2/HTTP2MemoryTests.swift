import EdgeTestSupport
import Glibc
import Testing

/// What clients of HTTP/2 send that is no request yet, or never, takes bounded memory.
@Suite struct HTTP2MemoryTests {
    /// Runs a client that makes frames by hand, as the attacks of `Tests/Chaos` do. Its first argument is the edge's port.
    private static func start(_ program: String, _ edge: EdgeProcess, _ arguments: String...) throws -> ChildProcess {
        try ChildProcess(
            "/usr/bin/python3", ["-B", "-c", program, "\(edge.port)"] + arguments,
            environment: ["PYTHONPATH": Repository.path("Tests/Chaos")])
    }

    @Test(
        "Frames, and heads of two, that end between those of what is read are not kept",
        arguments: ["frames", "heads"])
    func framesAcrossRecords(kind: String) throws {
        let stage = try SecureStage()
        let before = try stage.edge.process.peakResidentBytes
        // Each record of TLS ends one byte before a frame does; a request now and then makes it no flood.
        let program = """
            import select, socket, ssl, sys
            from chaos.attacks import frames
            context = ssl.create_default_context(cafile=sys.argv[2])
            context.set_alpn_protocols(["h2"])
            connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
            client = context.wrap_socket(connection, server_hostname="localhost")
            client.sendall(frames.PREFACE + frames.settings() + frames.frame(frames.SETTINGS, frames.ACK))
            client.sendall(frames.window_update(0, 1 << 30))
            fields = [(":method", "POST"), (":scheme", "https"), (":path", "/"), (":authority", "localhost")]
            request = frames.block(fields)
            stream, last = 1, b""
            for number in range(2048):
                whole = b""
                if sys.argv[3] == "heads":
                    for _ in range(2):
                        head = request + frames.field("x-a", "a" * 8000)
                        whole += frames.frame(frames.HEADERS, frames.END_STREAM, stream, head)
                        whole += frames.frame(frames.CONTINUATION, frames.END_HEADERS, stream, frames.field("b", "b"))
                        stream += 2
                else:
                    if number % 90 == 89:
                        whole = frames.headers(stream, request)
                        stream += 2
                    whole += frames.frame(0xEE, 0, 0, bytes(16384 - 9 - len(whole)))
                client.sendall(last + whole[:-1])
                last = whole[-1:]
                while client.pending() or select.select([client], [], [], 0)[0]:
                    client.recv(65536)
            client.sendall(last + frames.frame(frames.PING, 0, 0, bytes(8)))
            received = b""
            while frames.frame(frames.PING, frames.ACK, 0, bytes(8)) not in received:
                received += client.recv(65536)
            """
        let client = try Self.start(program, stage.edge, "\(stage.certificates.path)/authority.pem", kind)
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
            import resource, selectors, socket, sys
            from chaos.attacks import frames
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, most), most))
            field = frames.field("x-slow", "a" * 15_500)
            begun = frames.PREFACE + frames.settings() + frames.frame(frames.SETTINGS, frames.ACK)
            begun += frames.frame(frames.HEADERS, frames.END_STREAM, 1, field)
            begun += frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, field)[:-1]
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
        let clients = try Self.start(program, edge)
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
