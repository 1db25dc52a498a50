// A task waits for what another thread makes, which is often done before it waits: what `Tests/sanitize thread` must not
// report.
import Dispatch

final class Made: @unchecked Sendable {
    var value: Int
    init(_ value: Int) { self.value = value }
}

let queue = DispatchQueue(label: "maker")
var sum = 0
for number in 1...20_000 {
    let made = await withUnsafeContinuation { continuation in
        queue.async { continuation.resume(returning: Made(number)) }
        if number % 2 == 0 { queue.sync {} }
    }
    made.value += 1
    sum += made.value
}
print(sum)
