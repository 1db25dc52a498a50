import EdgeCore
import EdgeTestSupport

/// Requests of HTTP/1.1 come out the same however their bytes are cut, their heads say what a second reading says, and
/// the judgement of the first is that of a second, plain one: accepted only with one Authorization, one public key that
/// the configuration knows, the endpoint byte for byte, and no secret key anywhere.
///
/// The first byte chooses the policy and whether the peer is a trusted proxy, the next two where the bytes are cut.
package enum HeadTarget: FuzzTarget {
    package static let name = "head"

    private static let policies = PlainPolicy.all.map { ($0, Snapshot(EdgeSettings(policy: $0.policy))) }

    private enum Event: Equatable {
        case head([UInt8])
        case body([UInt8])
        case failed(Reason)
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let choices = input.byte()
        let place = Int(input.number(bytes: 2))
        let bytes = Array(input.rest)
        let (plain, snapshot) = policies[Int(choices >> 1) % policies.count]
        let cut = bytes.isEmpty ? 0 : place % (bytes.count + 1)

        let (events, heads) = read([bytes], plain)
        try require(read(bytes.map { [$0] }, plain).0 == events, "byte by byte it is something else than whole")
        try require(
            read([Array(bytes[..<cut]), Array(bytes[cut...])], plain).0 == events,
            "cut at \(cut) it is something else than whole")
        for head in heads { try check(head, plain, snapshot, behindProxy: choices & 1 == 1) }
    }

    private static func check(
        _ head: RequestHead, _ plain: PlainPolicy, _ snapshot: Snapshot, behindProxy: Bool
    ) throws(FuzzFinding) {
        guard let other = PlainRequest(head: head.storage) else {
            throw FuzzFinding("a head that a second reading refuses")
        }
        try require(Array(head.path) == other.path, "another path")
        try require(head.framing == other.framing, "framed by \(head.framing), not \(other.framing)")
        for name in FieldName.allCases {
            let values = head.reversedValues(of: name).reversed().map { Array($0) }
            try require(values == other.values(name.text.description), "other values of \(name)")
            try require(head.lines(of: name) == values.count, "other lines of \(name)")
        }
        try require(other.values("host").allSatisfy { PlainHost.parts($0) != nil }, "read with a bad Host")

        // Encoded too often for the second search to follow.
        if PlainKeys.percentResolved(head.storage) == nil { return }
        let expected = plain.judge(other, text: head.storage, behindProxy: behindProxy)
        var judgement = Judgement(
            head: head, client: Client(address: .v4Loopback, isBehindTrustedProxy: behindProxy), snapshot: snapshot,
            limiter: RateLimiter(capacity: 1, shardCount: 1), now: Instant(nanoseconds: 0))
        let reason: Reason?
        switch Rulebook.judgeHead(&judgement) {
        case .refuse(let refusal): reason = refusal.reason
        case .preflight: reason = .preflight
        case nil: reason = nil
        }
        try require(
            reason == expected.reason, "\(String(describing: reason)), not \(String(describing: expected.reason))")
        if reason == nil {
            try require(expected.key == Array(judgement.key), "another key goes upstream")
            try require(PublicKey.isWellFormed(judgement.key), "what goes upstream is no public key")
        }
    }

    private static func read(_ parts: [[UInt8]], _ policy: PlainPolicy) -> ([Event], [RequestHead]) {
        var reader = RequestReader()
        var (events, heads): ([Event], [RequestHead]) = ([], [])
        var pending: [UInt8] = []
        for part in parts {
            pending += part
            reading: while true {
                let (used, event) = pending.withUnsafeBytes {
                    reader.next($0, limits: ConnectionSettings(), maximumBodySize: policy.maximumBodySize)
                }
                pending.removeFirst(used)
                switch event {
                case .needsMore: break reading
                case .head(let head):
                    events.append(.head(head.storage))
                    heads.append(head)
                case .body(let body): events.append(.body(body))
                case .discarded: break
                case .failure(let failure):
                    // Words differ with how the bytes were cut, the reason does not.
                    events.append(.failed(Refusal.unreadable(failure).reason))
                    return (events, heads)
                }
            }
        }
        return (events, heads)
    }
}
