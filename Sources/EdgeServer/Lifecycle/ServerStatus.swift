internal import EdgeCore
internal import EdgeRecords
private import EdgeSystem
internal import EdgeTLS
internal import Synchronization

/// What the process says of itself: which program with which configuration, how far it has come, what the last reload came
/// to. Whoever changes something of it writes it down here; the admin listener reads it. Any thread.
package final class ServerStatus: Sendable {
    package enum Phase: Sendable {
        case starting
        case serving
        /// TERM has come: nothing new is to be sent here any more.
        case draining
    }

    struct Reload: Sendable {
        let time: WallTime
        let result: ReloadResult
    }

    struct State: Sendable {
        var phase = Phase.starting
        /// As ``ReloadResult/generation``.
        var generation = 1
        var isReloading = false
        var lastReload: Reload?
        var successfulReloads = 0
        var failedReloads = 0
        /// When the configuration that is in use was taken into use.
        var configured: WallTime
        /// Addresses of the traffic listeners, as people write them.
        var listeners: [String] = []
        var certificates: [CertificateStore] = []
    }

    package let version: String
    /// The configuration's path; nil where there is none.
    package let configuration: String?
    let started: WallTime
    private let state: Mutex<State>

    package init(version: String, configuration: String?) {
        (self.version, self.configuration) = (version, configuration)
        started = WallTime.now
        state = Mutex(State(configured: started))
    }

    var current: State { state.withLock { $0 } }

    /// - Parameter phase: what has begun.
    func enter(_ phase: Phase) { state.withLock { $0.phase = phase } }

    /// The traffic listeners are these from now on.
    func listen(on listeners: [Listener]) {
        let texts = listeners.map(\.address.description)
        let certificates = listeners.compactMap(\.state.speech.certificates)
        state.withLock { ($0.listeners, $0.certificates) = (texts, certificates) }
    }

    /// A reload has begun.
    func reloadBegan() { state.withLock { $0.isReloading = true } }

    /// A reload has ended, with another configuration in use or with the old one still.
    func reloaded(_ result: ReloadResult, at time: WallTime) {
        state.withLock { state in
            state.isReloading = false
            state.lastReload = Reload(time: time, result: result)
            state.generation = result.generation
            if result.isSuccess {
                state.successfulReloads += 1
                state.configured = time
            } else {
                state.failedReloads += 1
            }
        }
    }
}
