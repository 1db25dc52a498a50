import EdgeTLS
import EdgeTestSupport
import Testing

@testable import EdgeCore

/// A request as a table writes it. What a row does not say is good: such a request passes every check.
struct TestRequest: Sendable {
    static let key = "pk_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    var method = "POST"
    var target = "/v1/track"
    var host: String? = "edge.example"
    /// One for each line.
    var authorization = ["Bearer \(key)"]
    var contentType = ["application/json"]
    /// More field lines.
    var fields: [String] = []
    var body = #"{"event":"signup","email":"a@example.com"}"#
    /// Instead of the body's own length.
    var contentLength: Int?
    var peer: IPAddress? = IPAddress(v4: 0xC000_0201)
    var trusted = TrustedProxies()

    func head() throws -> RequestHead {
        var text = "\(method) \(target) HTTP/1.1\r\nHost: \(host ?? "edge.example")\r\n"
        for value in authorization { text += "Authorization: \(value)\r\n" }
        for value in contentType { text += "Content-Type: \(value)\r\n" }
        for field in fields { text += "\(field)\r\n" }
        text += "Content-Length: \(contentLength ?? body.utf8.count)\r\n\r\n"
        return try #require(RequestHead.read(Array(text.utf8)), "no request: \(text)")
    }

    /// Judges the whole request by all rules.
    func judged(
        by policy: Policy = .open, limiter: RateLimiter = RateLimiter(capacity: 8, shardCount: 1),
        now: Instant = Instant(nanoseconds: 0)
    ) throws -> (ruling: Ruling, judgement: Judgement) {
        let head = try head()
        var judgement = Judgement(
            head: head, client: Client(head: head, peer: peer, trusted: trusted),
            snapshot: Snapshot(EdgeSettings(policy: policy)),
            limiter: limiter, now: now)
        if let verdict = Rulebook.judgeHead(&judgement) { return (Ruling(verdict, atHead: true), judgement) }
        if let verdict = Rulebook.judgeBody(Array(body.utf8), &judgement) {
            return (Ruling(verdict, atHead: false), judgement)
        }
        return (.passes, judgement)
    }
}

extension Policy {
    /// Lets every well-formed public key pass.
    static var open: Policy { with { _ in } }

    static func with(
        keys: [KeyTable.Entry] = [], _ change: (inout Policy) -> Void
    ) -> Policy {
        var policy = Policy(keys: KeyTable(entries: keys, sha256: { SHA256.digest($0) }))
        change(&policy)
        return policy
    }
}

extension KeyTable.Entry {
    /// An entry as the configuration writes it.
    init(_ name: String, accepts: [String], sends: String? = nil, whenMissing: Bool = false) {
        self.init(
            name: name, accepts: accepts.map { Array($0.utf8).withUnsafeBytes(SHA256.digest) },
            sends: sends.map { Array($0.utf8) }, whenMissing: whenMissing)
    }
}

/// What the rules made of a request, in a form that can be compared.
enum Ruling: Equatable {
    case passes
    case preflight
    case refused(
        Int, ErrorCode, Reason, _ message: String, _ suggestion: String?, errors: [FieldError] = [], atHead: Bool = true
    )

    init(_ verdict: Verdict, atHead: Bool) {
        switch verdict {
        case .preflight: self = .preflight
        case .refuse(let refusal):
            self = .refused(
                refusal.status, refusal.code, refusal.reason, refusal.message.description,
                refusal.suggestion?.description,
                errors: refusal.errors, atHead: atHead)
        }
    }

    /// Why the request was refused; nil if it was not.
    var reason: Reason? {
        guard case .refused(_, _, let reason, _, _, _, _) = self else { return nil }
        return reason
    }
}

/// A row of a rule's table.
struct RuleCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var request: TestRequest
    var ruling: Ruling

    init(_ description: String, _ request: TestRequest, _ ruling: Ruling = .passes) {
        (testDescription, self.request, self.ruling) = (description, request, ruling)
    }
}
