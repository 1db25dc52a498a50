import Glibc
import UnixSignals

/// The process's signals. Made before anything is started, so that none is lost in between.
struct ProcessSignals {
    private let signals: UnixSignalsSequence

    /// A second signal that comes so soon is the first one once more: timeout(1) sends its own to a process and to its
    /// group, and Ctrl-C of an impatient hand comes twice.
    private static let echo = Duration.milliseconds(500)

    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1) }

    /// Waits for TERM or INT, once. From then on a second one ends the process at once.
    func untilStop(
        onReload: @escaping @Sendable () async -> Void = {}, onReopen: @escaping @Sendable () -> Void = {}
    ) async {
        let (stopped, stopping) = AsyncStream<Void>.makeStream()
        // On a task of its own: a file that takes its time must not keep the process from stopping. What comes while it
        // is under way is done once behind it.
        let (reloads, reload) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        Task.detached { for await _ in reloads { await onReload() } }
        let signals = signals
        Task.detached {
            var stoppingSince: ContinuousClock.Instant?
            for await signal in signals {
                switch signal {
                case .sighup: reload.yield()
                case .sigusr1: onReopen()
                default:
                    if let since = stoppingSince {
                        if .now - since < Self.echo { continue }
                        _exit(EXIT_FAILURE)
                    }
                    stoppingSince = .now
                    stopping.finish()
                    StandardError.report(
                        "plunk-edge: stopping after what is under way; a second signal ends it at once\n")
                }
            }
        }
        for await _ in stopped {}
    }
}
