/// One thing that a scripted upstream does after it has received a request.
package enum UpstreamStep: Sendable {
    case send([UInt8])
    /// Sends byte by byte, each a while behind the other, until the edge has had enough.
    case drip([UInt8], every: Duration)
    /// Says nothing until the test opens the gate.
    case wait(Gate)
    /// Ends the connection, without an answer if none was sent.
    case close
    /// Ends it by RST.
    case reset
    /// Keeps the connection and says nothing more.
    case stall

    package static func send(_ text: String) -> UpstreamStep { .send(Array(text.utf8)) }

    /// A well-framed answer.
    package static func answer(
        _ status: Int = 200, _ fields: [String] = ["Content-Type: application/json; charset=utf-8"], body: String
    ) -> UpstreamStep {
        let head = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)"] + fields
        return .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}
