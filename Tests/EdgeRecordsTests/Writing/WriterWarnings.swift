import EdgeRecords
import Foundation
import Synchronization

/// The warnings of a writer, to wait for.
final class WriterWarnings: Sendable {
    private let received = Mutex<[AccessLogWarning]>([])
    private let arrived = DispatchSemaphore(value: 0)

    var record: @Sendable (AccessLogWarning) -> Void {
        { warning in
            self.received.withLock { $0.append(warning) }
            self.arrived.signal()
        }
    }

    func wait() -> Bool { arrived.wait(timeout: .now() + 10) == .success }

    var all: [AccessLogWarning] { received.withLock { $0 } }
}
