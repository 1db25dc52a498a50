internal import EdgeCore
internal import EdgeTLS
internal import Synchronization

/// How a listener speaks with those who connect now, and whether it is still there; its connections and its socket share
/// it. Any thread.
final class ListenerState: Sendable {
    struct Speech: Sendable {
        var settings: ListenerSettings
        /// What to speak TLS with; nil for clear text.
        var certificates: CertificateStore?
    }

    private let current: Mutex<Speech>
    private let removed = Atomic(false)

    init(_ settings: ListenerSettings, certificates: CertificateStore?) {
        current = Mutex(Speech(settings: settings, certificates: certificates))
    }

    var speech: Speech { current.withLock { $0 } }

    /// From now on those who connect are spoken with like this; who is connected goes on as before.
    func change(to speech: Speech) { current.withLock { $0 = speech } }

    /// Whether a reload has taken it away: every answer is its connection's last.
    var isRemoved: Bool { removed.load(ordering: .relaxed) }

    func remove() { removed.store(true, ordering: .relaxed) }
}
