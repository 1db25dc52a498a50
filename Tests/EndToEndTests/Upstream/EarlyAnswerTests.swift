import EdgeTestSupport
import Testing

/// Plunk answers before it has read the whole request, as servers do that do not want the body.
@Suite(.serialized) struct EarlyAnswerTests {
    private static let refusal =
        #"{"success":false,"error":{"code":"BAD_REQUEST","message":"too large","statusCode":413}}"#
    private static let changes: JSONValue = ["body": ["maxSize": "8MiB"], "upstream": ["retry": "never"]]
    /// More than the kernel takes for an upstream that does not read.
    private static let large = ClientRequest.track().body(
        #"{"event":"signup","email":"ada@example.com","data":{"a":"\#(String(repeating: "a", count: 6_000_000))"}}"#)

    @Test("The answer counts, and what comes behind it on the connection is nobody's")
    func early() async throws {
        try await Scene.run(Self.changes) {
            let scene = try Scene.of()
            let fields = "Content-Type: application/json\r\nContent-Length: \(Self.refusal.utf8.count)\r\n"
            scene.upstream.greet("HTTP/1.1 413 Content Too Large\r\n\(fields)\r\n\(Self.refusal)")
            for _ in 0..<3 {
                let response = try scene.exchange(Self.large)
                #expect(response.status == 413)
                #expect(response.text == Self.refusal)
            }
            #expect(scene.upstream.connectionCount == 3, "an answered connection is in doubt")
            scene.upstream.greet("")
            #expect(try scene.exchange(.track()).text == PlunkLedger.success)
        }
    }
}
