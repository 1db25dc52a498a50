private import Synchronization

/// Counts handshakes in progress: each costs a thousand times what its first byte costs the client. All event loops share
/// one; ``HandshakePlaces`` holds those of a loop.
package final class HandshakeLimit: Sendable {
    private let maximum: Int
    private let count = Atomic<Int>(0)

    package init(maximum: Int) { self.maximum = maximum }

    /// Whether one more may begin; then it counts until ``leave()``.
    func enter() -> Bool {
        if count.wrappingAdd(1, ordering: .relaxed).newValue <= maximum { return true }
        leave()
        return false
    }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}
