internal import EdgeCore
internal import EdgeUpstream

/// What a client is told, before it is written for its protocol, and what the log says of it.
struct Answer {
    enum Content {
        case preflight
        /// In Plunk's envelope.
        case refusal(Refusal)
        /// Plunk's own answer, as it is.
        case upstream(UpstreamAnswer)
        /// JSON of the edge's own.
        case json([UInt8])
    }

    let status: Int
    let content: Content
    let outcome: Outcome
    var reason: Reason?
    var code: ErrorCode?

    init(status: Int, content: Content, outcome: Outcome) {
        (self.status, self.content, self.outcome) = (status, content, outcome)
    }

    static var preflight: Answer {
        var answer = Answer(status: 204, content: .preflight, outcome: .preflight)
        answer.reason = .preflight
        return answer
    }

    init(_ refusal: Refusal) {
        self.init(status: refusal.status, content: .refusal(refusal), outcome: refusal.outcome)
        (reason, code) = (refusal.reason, refusal.code)
    }

    /// Plunk's answer, which goes back as it is.
    ///
    /// - Parameter code: the one in it if it is an error.
    init(passing upstream: UpstreamAnswer, code: ErrorCode?) {
        self.init(status: upstream.status, content: .upstream(upstream), outcome: .forwarded)
        self.code = code
    }

    /// The first of two sendings was recorded and its answer lost: the client is told that all is well. The ids that
    /// Plunk gave are not known.
    static func alreadyRecorded(at time: WallTime) -> Answer {
        let body = [UInt8](textOfAtMost: 128) { body in
            body.append(#"{"success":true,"data":{"timestamp":""#)
            time.appendISO8601(to: &body)
            body.append(#""}}"#)
        }
        var answer = Answer(status: 200, content: .json(body), outcome: .forwarded)
        answer.reason = .alreadyRecorded
        return answer
    }

    /// Whether the connection must not serve another request.
    var closesConnection: Bool {
        guard case .refusal(let refusal) = content else { return false }
        return refusal.closesConnection
    }
}
