// Two threads that meet at a Mutex: what `Tests/sanitize thread` must not report.
import Foundation
import Synchronization

final class Total: Sendable {
    let value = Mutex(0)
}

let total = Total()
let threads = [1, 2].map { _ in
    let thread = Thread { for _ in 1...100_000 { total.value.withLock { $0 += 1 } } }
    thread.start()
    return thread
}
while !threads.allSatisfy(\.isFinished) { usleep(1000) }
