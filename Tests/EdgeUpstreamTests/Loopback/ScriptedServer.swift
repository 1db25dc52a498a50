import EdgeTestSupport

/// An upstream that does what a test tells it to, however wrong.
final class ScriptedServer: Sendable {
    /// What happens after a request has been read.
    enum Step: Sendable {
        case answer(String)
        /// The answer in two parts, the second only after the first has left.
        case answerInParts(String, String)
        case answerThenClose(String)
        case close
        case reset
        /// Reads on and says nothing.
        case stall

        fileprivate var steps: [UpstreamStep] {
            switch self {
            case .answer(let text): [.send(text)]
            case .answerInParts(let first, let second): [.send(first), .send(second)]
            case .answerThenClose(let text): [.send(text), .close]
            case .close: [.close]
            case .reset: [.reset]
            case .stall: [.stall]
            }
        }
    }

    /// What happens on a connection without any request, when a test says so.
    enum Interruption: Sendable {
        case saying(String)
        case closing
    }

    private let upstream: RecordingUpstream

    /// - Parameter script: for each connection, in order, what to do with its requests, in order. After its last step a
    ///   connection stalls; after the last connection's script no other is accepted.
    init(_ script: [Step]...) throws {
        upstream = try RecordingUpstream(connections: script.count)
        upstream.perform { request in
            let steps = script[request.connection]
            return steps.indices.contains(request.index) ? steps[request.index].steps : [.stall]
        }
    }

    var port: UInt16 { upstream.port }

    var requests: [RecordedRequest] { upstream.requests }

    /// How many connections have been accepted.
    var connectionCount: Int { upstream.connectionCount }

    /// Does on a connection, which waits for a request, what nobody asked for.
    func interrupt(_ connection: Int, by interruption: Interruption) {
        switch interruption {
        case .saying(let text): upstream.say(text, on: connection)
        case .closing: upstream.closeConnections()
        }
    }
}

extension String {
    /// A usual answer of Plunk's.
    static let recorded = answer(#"{"success":true}"#)

    static func answer(_ body: String, status: String = "200 OK", fields: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: application/json; charset=utf-8\r\n\(fields)"
            + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
