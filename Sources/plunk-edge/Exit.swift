import ArgumentParser

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
