import EdgeCore
import EdgeTestSupport
import NIOCore
import Testing

@testable import EdgeServer

@Suite struct HTTP1InputTests {
    private static let body = #"{"event":"signup","email":"ada@example.com"}"#
    private static let request =
        "POST /v1/track HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"

    private static let snapshot = Snapshot(EdgeSettings(policy: .withoutKeys))

    /// Reads until there is nothing to go on with: the bodies that came whole.
    private static func bodies(_ input: inout HTTP1Input) throws -> [String] {
        var bodies: [String] = []
        while true {
            switch input.next(snapshot).event {
            case .needsMore: return bodies
            case .body(let body): bodies.append(String(decoding: body, as: UTF8.self))
            case .head: continue
            case .discarded, .failure: try #require(Bool(false), "a good request was not read")
            }
            if input.isEmpty, !input.isInsideRequest { return bodies }
        }
    }

    @Test("Two requests in pieces of any size are two bodies, and nothing is left", arguments: 1...240)
    func pieces(size: Int) throws {
        let bytes = Array((Self.request + Self.request).utf8)
        var input = HTTP1Input()
        var bodies: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            input.append(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            bodies += try Self.bodies(&input)
        }
        #expect(bodies == [Self.body, Self.body])
        #expect(input.isEmpty && input.count == 0 && !input.isInsideRequest)
    }

    @Test("It is full at 64 KiB, and says how much it throws away")
    func full() {
        var input = HTTP1Input()
        input.append(ByteBuffer(repeating: 0x41, count: 64 * 1024 - 1))
        #expect(!input.isFull)
        input.append(ByteBuffer(repeating: 0x41, count: 1))
        #expect(input.isFull && input.count == 64 * 1024)
        #expect(input.discard() == 64 * 1024)
        #expect(input.isEmpty && !input.isFull && input.discard() == 0)
    }
}
