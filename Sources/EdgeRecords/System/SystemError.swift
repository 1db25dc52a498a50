private import Glibc

/// An errno(3) in words.
enum SystemError {
    static func text(_ code: Int32) -> String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
