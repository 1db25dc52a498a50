import Glibc
import UnixSignals

/// The process's signals. Made before anything is started, so that none is lost in between.
struct StopSignals {
    private let signals: UnixSignalsSequence

    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1) }

    /// Waits for TERM or INT, once. From then on a second one ends the process at once.
    func untilStop(
        onReload: @escaping @Sendable () -> Void = {}, onReopen: @escaping @Sendable () -> Void = {}
    ) async {
        let (stopped, stopping) = AsyncStream<Void>.makeStream()
        let signals = signals
        Task.detached {
            var isStopping = false
            for await signal in signals {
                switch signal {
                case .sighup: onReload()
                case .sigusr1: onReopen()
                default:
                    if isStopping { _exit(EXIT_FAILURE) }
                    isStopping = true
                    StandardError.write(
                        "plunk-edge: stopping after what is under way; a second signal ends it at once\n")
                    stopping.finish()
                }
            }
        }
        for await _ in stopped {}
    }
}
