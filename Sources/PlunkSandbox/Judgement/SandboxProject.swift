internal import EdgeCore

/// The project that a public key names. Every well-formed `pk_` key is a project of its own; the beginning of its name
/// chooses how it behaves, so that each of Plunk's answers can be had with nothing but a key.
struct SandboxProject: Hashable, Sendable {
    /// What a project does with a request that is otherwise fine. The raw value follows `pk_` in the key.
    enum Behaviour: String, CaseIterable, Sendable {
        /// 403 PROJECT_DISABLED.
        case disabled
        /// 429 RATE_LIMIT_EXCEEDED: its bucket is always empty.
        case limited
        /// 401 INVALID_API_KEY: no project has this key.
        case unknown
        /// 500 INTERNAL_SERVER_ERROR, after everything was checked; an Idempotency-Key stays claimed.
        case broken
        /// As usual, two seconds later; the event counts at once.
        case slow
    }

    /// Longer keys belong to nobody: what is kept by key stays small.
    private static let maximumKeySize = 256

    let key: String
    /// Nil for a project like any other.
    let behaviour: Behaviour?

    /// Nil for what no public key looks like.
    init?(key: String) {
        let name = key.utf8.dropFirst(3)
        guard key.utf8.starts(with: "pk_".utf8), !name.isEmpty, key.utf8.count <= Self.maximumKeySize,
            name.allSatisfy(\.isTokenCharacter)
        else { return nil }
        self.key = key
        behaviour = Behaviour.allCases.first { name.starts(with: $0.rawValue.utf8) }
    }

    /// The key as it may be shown: its last four characters, or none where they would be most of it.
    var label: String { key.utf8.count >= 16 ? "pk_…\(key.suffix(4))" : "pk_…" }
}
