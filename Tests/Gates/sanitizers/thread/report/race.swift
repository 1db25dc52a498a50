// Two threads add to one variable: what `Tests/sanitize thread` has to report.
import Foundation
import Synchronization

final class Total: @unchecked Sendable { var value = 0 }

let total = Total()
let threads = [1, 2].map { _ in
    let thread = Thread { for _ in 1...1000 { total.value += 1 } }
    thread.start()
    return thread
}
while !threads.allSatisfy(\.isFinished) { usleep(1000) }
