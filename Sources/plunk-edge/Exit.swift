import ArgumentParser
import EdgeRecords
import Glibc

/// The exit codes of sysexits(3) that the commands use.
enum Exit {
    /// The same that ArgumentParser uses.
    static let wrongUsage = ExitCode(64)
    static let badConfiguration = ExitCode(78)
    static let systemFailure = ExitCode(71)
    /// What was asked says no, or does not answer.
    static let unsuccessful = ExitCode(1)

    /// Says what is wrong in one line and ends with `code`.
    static func failure(_ message: String, _ code: ExitCode) -> ExitCode {
        StandardError.write("plunk-edge: \(message)\n")
        return code
    }
}

/// Standard error, written whole lines at a time. Any thread.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}

/// Whether output on `descriptor` may be coloured: a terminal that can, and nobody said no (no-color.org).
func mayColour(_ descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && getenv("NO_COLOR") == nil && !LogsViewer.isTerminalDumb
}
