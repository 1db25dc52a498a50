private import EdgeSystem
private import Glibc

/// Why the access log cannot be written.
package struct AccessLogFailure: Error, Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Starting the thread that writes.
        case start
        case open(path: String)
        /// Nil where it is no file of its own.
        case write(path: String?)
        /// Making room for a new file: the old one grows meanwhile.
        case rotate(path: String)
        /// Compressing a rotated file: it stays as it is meanwhile.
        case compress(path: String)
        /// Looking for rotated files, or removing one.
        case clear(folder: String)
    }

    package var action: Action
    /// errno(3).
    package var code: Int32

    package init(action: Action, code: Int32) { (self.action, self.code) = (action, code) }
}

extension AccessLogFailure {
    /// Whether lines wait meanwhile.
    var keepsLinesWaiting: Bool {
        switch action {
        case .open, .write: true
        case .start, .rotate, .compress, .clear: false
        }
    }
}

extension AccessLogFailure: CustomStringConvertible {
    package var description: String {
        let reason = SystemFailure(code)
        return switch action {
        case .open(let path) where code == ENXIO:
            "the access log \(path) cannot be opened: it is a pipe that nobody reads, or a socket"
        case .start: "the access log's thread cannot be started: \(reason)"
        case .open(let path): "the access log \(path) cannot be opened: \(reason)"
        case .write(let path): "the access log \(path.map { "\($0) " } ?? "")cannot be written: \(reason)"
        case .rotate(let path): "the access log \(path) grows, for it cannot be rotated: \(reason)"
        case .compress(let path): "the old access log \(path) cannot be compressed: \(reason)"
        case .clear(let folder): "old access logs in \(folder) cannot be removed: \(reason)"
        }
    }
}
