import Foundation

/// A value that several threads change, and whose changes they can wait for.
///
/// Unchecked: `value` is touched only while `condition` is locked.
package final class Monitor<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var value: Value

    package init(_ value: sending Value) { self.value = value }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until `body` finds what it looks for, and returns it; nil once the deadline has passed.
    package func wait<Result>(atMost span: Duration = .seconds(20), for body: (Value) throws -> Result?) rethrows
        -> Result?
    {
        let deadline = Date(timeIntervalSinceNow: span * SanitizerCost.time / .seconds(1))
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = try body(value) { return result }
            guard condition.wait(until: deadline) else { return try body(value) }
        }
    }
}

/// Something did not happen in time; the text says what.
package struct Overdue: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Holds an upstream's answer back until the test lets it go.
package final class Gate: Sendable {
    private let isOpen = Monitor(false)

    package init() {}

    package func open() { isOpen.withLock { $0 = true } }

    /// - Returns: whether it was opened in time.
    func wait() -> Bool { isOpen.wait(atMost: .seconds(120) * SanitizerCost.time) { $0 ? true : nil } ?? false }
}
