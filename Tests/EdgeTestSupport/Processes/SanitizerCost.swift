import Foundation

/// What it costs that a sanitizer looks on, as `Tests/sanitize` says in the environment: 1 in an ordinary build.
package enum SanitizerCost {
    /// Tests wait so many times longer for what has to happen.
    package static let time = read("PLUNK_EDGE_TESTS_SLOWER")
    /// And allow the edge so many times more memory.
    package static let memory = read("PLUNK_EDGE_TESTS_LARGER")

    /// Whether one looks on.
    package static var isPaid: Bool { memory > 1 }

    private static func read(_ variable: String) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? 1
    }
}
