/// How the handshakes of one event loop ended. Counted on the loop; a copy is read elsewhere.
package struct TLSCounts: Sendable {
    /// Why a handshake came to nothing.
    package enum Failure: String, CaseIterable, Sendable {
        /// Somebody else got its place: too many handshakes were under way, or connections there.
        case overloaded
        /// The client spoke HTTP without TLS.
        case clearText = "clear_text"
        /// Client and edge have no version or cipher in common.
        case unsupported
        /// The client broke off with an alert; most often it does not trust the certificate.
        case clientAlert = "client_alert"
        /// What came was no TLS, or not as it should be.
        case malformed
        /// The client went away, or did not come to an end in time.
        case abandoned
    }

    /// By version, and whether a session was resumed.
    private var completed: [Int: UInt64] = [:]
    private var failed: [Failure: UInt64] = [:]

    package init() {}

    mutating func completed(_ version: StaticString, isResumed: Bool) {
        completed[Self.key(version.description, isResumed), default: 0] += 1
    }

    mutating func failed(_ failure: Failure) { failed[failure, default: 0] += 1 }

    package mutating func add(_ other: TLSCounts) {
        completed.merge(other.completed, uniquingKeysWith: +)
        failed.merge(other.failed, uniquingKeysWith: +)
    }

    /// The versions that are spoken, as `tls` of the access log has them.
    package static let versions = ["TLSv1.2", "TLSv1.3"]

    package func completed(_ version: String, isResumed: Bool) -> UInt64 {
        completed[Self.key(version, isResumed)] ?? 0
    }

    package func failures(_ failure: Failure) -> UInt64 { failed[failure] ?? 0 }

    private static func key(_ version: String, _ isResumed: Bool) -> Int {
        (version == versions[1] ? 2 : 0) + (isResumed ? 1 : 0)
    }
}

/// The counts of one event loop's handlers, which all write into one. Confined to the loop.
package final class TLSCounter {
    package internal(set) var counts = TLSCounts()

    package init() {}
}

@available(*, unavailable)
extension TLSCounter: Sendable {}
