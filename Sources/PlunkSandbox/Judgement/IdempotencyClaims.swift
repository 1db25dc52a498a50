internal import EdgeCore

/// Which Idempotency-Keys a project has used. A key is claimed before the work begins; an answer of the 4xx class gives
/// it back, every other keeps it for 24 hours, since the work may have been done.
struct IdempotencyClaims: Sendable {
    /// A key belongs to the project whose public key was shown.
    struct Key: Hashable, Sendable {
        var project: String
        var key: String
    }

    private struct Claim: Sendable {
        var expiry: Instant
        /// Nil while the first request is under way.
        var status: Int?
    }

    enum Attempt: Hashable, Sendable {
        case claimed
        /// - Parameter status: of the first answer; nil while there is none.
        case reused(status: Int?)
    }

    private static let lifetime = Instant.Span.seconds(24 * 60 * 60)

    private var claims: BoundedTable<Key, Claim>

    init(capacity: Int) { claims = BoundedTable(capacity: capacity) }

    /// Whether a value of the header is a key: 1 to 255 printable ASCII characters.
    static func isValid(_ key: String) -> Bool {
        (1...255).contains(key.utf8.count) && key.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }

    mutating func claim(_ key: Key, now: Instant) -> Attempt {
        claims.update(key, default: Claim(expiry: now)) { claim in
            if now < claim.expiry { return .reused(status: claim.status) }
            claim = Claim(expiry: now.advanced(by: Self.lifetime))
            return .claimed
        }
    }

    /// Tells how the request that claimed the key was answered.
    mutating func settle(_ key: Key, status: Int) {
        let released = Instant(nanoseconds: .min)
        claims.update(key, default: Claim(expiry: released)) { claim in
            if (400..<500).contains(status) { claim.expiry = released } else { claim.status = status }
        }
    }
}
