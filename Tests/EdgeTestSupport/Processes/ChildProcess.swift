import Foundation
import Glibc

/// A program that a test runs. It cannot outlive the tests: the kernel ends it with them. Any thread.
package final class ChildProcess: Sendable {
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
        _ path: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:]
    ) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
        process.arguments = ["--pdeathsig", "KILL", path] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.terminationHandler = { [status] process in
            // It has ended, so this returns at once; but a Process keeps itself until somebody has waited for its end.
            process.waitUntilExit()
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
            status.withLock { $0 = signal + process.terminationStatus }
        }
        let (inputPipe, outputPipe, errorPipe) = try StarterThread.run { [process] in
            let pipes = (Pipe.ofThisProcess(), Pipe.ofThisProcess(), Pipe.ofThisProcess())
            (process.standardInput, process.standardOutput, process.standardError) = pipes
            try process.run()
            return pipes
        }
        output = Transcript(reading: outputPipe.fileHandleForReading)
        errors = Transcript(reading: errorPipe.fileHandleForReading)
        try inputPipe.fileHandleForWriting.write(contentsOf: input)
        try inputPipe.fileHandleForWriting.close()
    }

    deinit { stop() }

    /// Its number, which stays its own while it runs.
    package var identifier: Int32 { process.processIdentifier }

    /// The most memory it has ever had, in bytes (proc(5), VmHWM), without what a sanitizer needs.
    package var peakResidentBytes: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
            guard let kilobytes = status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap({ Int($0.1) }) else {
                throw Overdue("VmHWM in \(status)")
            }
            return kilobytes * 1024 / SanitizerCost.memory
        }
    }

    /// How long its threads have kept processors busy, all together (proc(5), utime and stime).
    package var processorTime: Duration {
        get throws {
            let line = try String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8)
            // Behind the program's name, which may hold anything.
            let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
            guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
                throw Overdue("utime and stime in \(line)")
            }
            return .seconds(Double(user + system) / Double(sysconf(Int32(_SC_CLK_TCK))))
        }
    }

    /// The number of the next file or socket that it opens, and the limit under which it opens none (getrlimit(2)).
    package var nextDescriptor: Int {
        get throws {
            let open = try Set(
                FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").compactMap(Int.init))
            return (0...open.count).first { !open.contains($0) } ?? open.count
        }
    }

    /// Lets it have so many files and sockets open, fewer than it has too; its hard limit stays.
    package func limitDescriptors(to count: Int) throws {
        let prlimit = try ChildProcess("/usr/bin/prlimit", ["--pid", "\(identifier)", "--nofile=\(count):"])
        guard try prlimit.waitForExit() == 0 else { throw Overdue("prlimit: \(prlimit.errors.text)") }
    }

    package var isRunning: Bool { status.withLock { $0 == nil } }

    package func send(_ signal: Int32) {
        if isRunning { kill(process.processIdentifier, signal) }
    }

    /// Has it stand still until it gets CONT. A signal alone is only on its way: this returns when no thread runs any more.
    package func pause() {
        send(SIGSTOP)
        var news = siginfo_t()
        waitid(P_PID, id_t(identifier), &news, WSTOPPED)
    }

    /// Waits for the end of the program.
    package func waitForExit(atMost span: Duration = .seconds(20)) throws -> Status {
        guard let status = status.wait(atMost: span, for: { $0 }) else {
            throw Overdue("the program still runs. It printed: \(output.text) \(errors.text)")
        }
        return status
    }

    /// Asks the program to end, and makes it end.
    package func stop() {
        send(SIGTERM)
        if (try? waitForExit(atMost: .seconds(5))) == nil { send(SIGKILL) }
    }
}

extension Pipe {
    /// One that other programs do not get, but as their input or output: they would keep it open.
    package static func ofThisProcess() -> Pipe {
        let pipe = Pipe()
        for handle in [pipe.fileHandleForReading, pipe.fileHandleForWriting] {
            _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        return pipe
    }
}
