import Foundation
import Glibc

/// A program that a test runs. It cannot outlive the test for long: `timeout` ends it if nobody else does. Any thread.
///
/// Unchecked: `process` is read for its identifier only, which does not change once it runs.
package final class ChildProcess: @unchecked Sendable {
    /// How a program ended: its exit code, or 128 and the number of the signal that ended it.
    package typealias Status = Int32

    private let process = Process()
    private let status = Monitor<Status?>(nil)
    package let output: Transcript
    package let errors: Transcript

    /// - Parameters:
    ///   - path: of the program, absolute.
    ///   - environment: on top of the test's own.
    package init(
        _ path: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        lifetime seconds: Int = 240
    ) throws {
        let (inputPipe, outputPipe, errorPipe) = (Pipe(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--foreground", "--signal=KILL", "\(seconds)", path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        (process.standardInput, process.standardOutput, process.standardError) = (inputPipe, outputPipe, errorPipe)
        process.terminationHandler = { [status] process in
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
            status.withLock { $0 = signal + process.terminationStatus }
        }
        try Self.withoutBlockedSignals(process.run)
        output = Transcript(reading: outputPipe.fileHandleForReading)
        errors = Transcript(reading: errorPipe.fileHandleForReading)
        try inputPipe.fileHandleForWriting.write(contentsOf: input)
        try inputPipe.fileHandleForWriting.close()
    }

    deinit { stop() }

    package var isRunning: Bool { status.withLock { $0 == nil } }

    package func send(_ signal: Int32) {
        if isRunning { kill(process.processIdentifier, signal) }
    }

    /// Waits for the end of the program.
    package func waitForExit(atMost span: Duration = .seconds(10)) throws -> Status {
        guard let status = status.wait(atMost: span, for: { $0 }) else {
            throw Overdue("the program still runs. It printed: \(output.text) \(errors.text)")
        }
        return status
    }

    /// A program inherits the signals that its parent's thread blocks, and the threads on which tests run block TERM.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var blocked = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &blocked)
        defer { pthread_sigmask(SIG_SETMASK, &blocked, nil) }
        try body()
    }

    /// Asks the program to end, and makes it end.
    package func stop() {
        send(SIGTERM)
        if (try? waitForExit(atMost: .seconds(5))) == nil { send(SIGKILL) }
    }
}
