internal import EdgeCore

/// What the sandbox answers, and what is left to do when it has.
struct SandboxAnswer: Sendable {
    var status: Int
    /// Beyond Content-Type and Content-Length.
    var fields: [(name: String, value: String)] = []
    var contentType = "\(ErrorEnvelope.contentType)"
    var body: [UInt8]
    /// How long to wait before it is sent.
    var delay: Instant.Span = .zero
    /// To be settled with the status once it is sent.
    var claim: IdempotencyClaims.Key?
    /// An event that counts from now on.
    var recorded: RecordedEvent?

    init(status: Int, body: [UInt8]) { (self.status, self.body) = (status, body) }

    init(_ envelope: ErrorEnvelope) {
        status = envelope.status
        body = envelope.bytes
    }

    /// Plunk's answer to a browser that asks before it calls.
    static let preflight: SandboxAnswer = {
        var answer = SandboxAnswer(status: 200, body: Array("OK".utf8))
        answer.contentType = "text/plain; charset=utf-8"
        return answer
    }()

    /// Plunk's answer to an event that it recorded.
    static func recorded(contact: [UInt8], event: [UInt8], timestamp: WallTime) -> SandboxAnswer {
        var body: [UInt8] = []
        body.append(#"{"success":true,"data":{"contact":""#)
        body.append(contentsOf: contact)
        body.append(#"","event":""#)
        body.append(contentsOf: event)
        body.append(#"","timestamp":""#)
        body.append(contentsOf: timestamp.iso8601.utf8)
        body.append(#""}}"#)
        return SandboxAnswer(status: 200, body: body)
    }
}
