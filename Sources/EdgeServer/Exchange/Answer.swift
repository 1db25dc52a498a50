internal import EdgeCore

/// What a client is told, before it is written for its protocol, and what the log says of it.
struct Answer {
    var status: Int
    /// JSON, or empty for none.
    var body: [UInt8]
    var outcome: Outcome
    var reason: Reason?
    var code: ErrorCode?
    var retryAfter: [UInt8]?
    /// `RateLimit-Limit`, `-Remaining` and `-Reset`, each if there is one.
    var rateLimit: (limit: [UInt8]?, remaining: [UInt8]?, reset: [UInt8]?)?
    var isPreflight = false
    /// Whether the connection must not serve another request.
    var closesConnection = false

    init(status: Int, body: [UInt8], outcome: Outcome) {
        (self.status, self.body, self.outcome) = (status, body, outcome)
    }

    static var preflight: Answer {
        var answer = Answer(status: 204, body: [], outcome: .preflight)
        answer.reason = .preflight
        answer.isPreflight = true
        return answer
    }

    /// A refusal in Plunk's envelope.
    init(_ refusal: Refusal, requestID: [UInt8], time: WallTime) {
        var envelope = ErrorEnvelope(
            refusal.code, status: refusal.status, message: refusal.message, suggestion: refusal.suggestion,
            requestID: requestID, timestamp: time)
        envelope.errors = refusal.errors
        envelope.details = refusal.retryAfter.map { .retryAfter(seconds: $0) }
        var body: [UInt8] = []
        body.reserveCapacity(512)
        envelope.append(to: &body)

        self.init(status: refusal.status, body: body, outcome: refusal.outcome)
        (reason, code, closesConnection) = (refusal.reason, refusal.code, refusal.closesConnection)
        retryAfter = refusal.retryAfter.map(Self.decimal)
        if let (limit, decision) = refusal.limit {
            rateLimit = (Self.decimal(limit.burst), Self.decimal(decision.remaining), Self.decimal(decision.reset))
        }
    }

    static func decimal(_ number: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.appendDecimal(number.magnitude)
        return text
    }
}
