internal import NIOCore
internal import Synchronization

/// The connections of a server that are open, counted and to be closed with it. Safe from any thread.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
    }

    private let maximum: Int
    private let state = Mutex(State())

    init(maximum: Int) { self.maximum = maximum }

    /// Whether there was room. The channel is forgotten when it closes.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let hasRoom = state.withLock { state in
            guard !state.isClosed, state.channels.count < maximum else { return false }
            state.channels[id] = channel
            return true
        }
        if hasRoom {
            channel.closeFuture.whenComplete { _ in self.state.withLock { _ = $0.channels.removeValue(forKey: id) } }
        }
        return hasRoom
    }

    /// Takes no more; the ones to close.
    func close() -> [any Channel] {
        state.withLock { state in
            state.isClosed = true
            return Array(state.channels.values)
        }
    }
}
