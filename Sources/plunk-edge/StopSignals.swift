import Glibc
import UnixSignals

/// The process's signals. Made before anything is started, so that none is lost in between.
struct StopSignals {
    private let signals: UnixSignalsSequence

    init() async { signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup, .sigusr1) }

    /// Waits for TERM or INT. After it a second one ends the process at once.
    func untilStop(
        onReload: @Sendable () -> Void = {}, onReopen: @Sendable () -> Void = {}
    ) async {
        for await signal in signals {
            switch signal {
            case .sighup: onReload()
            case .sigusr1: onReopen()
            default:
                endOnNextSignal()
                return
            }
        }
    }

    private func endOnNextSignal() {
        let signals = signals
        Task.detached {
            for await signal in signals where signal == .sigterm || signal == .sigint { _exit(0) }
        }
    }
}
