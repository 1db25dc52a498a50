private import Glibc

/// Why the access log cannot be written.
package struct AccessLogFailure: Error, Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Starting the thread that writes.
        case start
        case open(path: String)
        case write
    }

    package var action: Action
    /// errno(3).
    package var code: Int32

    package init(action: Action, code: Int32) { (self.action, self.code) = (action, code) }
}

extension AccessLogFailure: CustomStringConvertible {
    package var description: String {
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        return switch action {
        case .start: "the access log's thread cannot be started: \(reason)"
        case .open(let path): "the access log \(path) cannot be opened: \(reason)"
        case .write: "the access log cannot be written: \(reason)"
        }
    }
}
