private import Glibc

/// What the kernel could not do, in the C library's words (strerror(3)).
package struct SystemFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// errno(3).
    package let code: Int32

    package init(_ code: Int32) { self.code = code }

    package var description: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
