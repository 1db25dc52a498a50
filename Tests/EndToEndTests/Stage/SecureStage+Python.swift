import EdgeTestSupport
import Foundation
import Testing

extension SecureStage {
    /// Runs a client written in Python, with the edge's port and the folder of certificates as its arguments; what it
    /// printed.
    func python(_ script: String, _ arguments: String...) throws -> [String] {
        let prelude = """
            import socket, ssl, sys
            port, folder = int(sys.argv[1]), sys.argv[2]
            body = b'{"event":"signup","email":"ada@example.com"}'
            request = (b"POST /v1/track HTTP/1.1\\r\\nHost: localhost\\r\\nAuthorization: Bearer \(Planted.publicKey)\\r\\n"
                b"Content-Type: application/json\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body)) + body
            def context():
                made = ssl.create_default_context(cafile=f"{folder}/authority.pem")
                return made
            def connect(made=None, name="localhost"):
                made = made or context()
                return made.wrap_socket(socket.create_connection(("127.0.0.1", port), 10), server_hostname=name)
            def answer(stream):
                text = b""
                while b"\\r\\n\\r\\n" not in text:
                    got = stream.recv(65536)
                    if not got: return text
                    text += got
                return text

            """
        let client = try ChildProcess(
            "/usr/bin/python3", ["-c", prelude + script, "\(edge.port)", certificates.path] + arguments)
        let status = try client.waitForExit(atMost: .seconds(30))
        #expect(status == 0, "\(client.errors.text)")
        return try client.output.waitForEnd().split(separator: "\n").map(String.init)
    }
}
