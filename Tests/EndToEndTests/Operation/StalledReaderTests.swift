import EdgeTestSupport
import Glibc
import Testing

/// An edge whose standard error is a pipe that nobody reads.
@Suite struct StalledReaderTests {
    /// A pipe with a name that the test holds open, so that it can be filled and emptied.
    private final class NamedPipe {
        let path: String
        private let descriptor: CInt

        init(_ path: String) throws {
            guard mkfifo(path, 0o600) == 0 else { throw Overdue("mkfifo: \(errno)") }
            (self.path, descriptor) = (path, open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC))
        }

        deinit { close(descriptor) }

        /// To the last byte.
        func fill() {
            for size in [4096, 1] {
                let bytes = [UInt8](repeating: UInt8(ascii: "\n"), count: size)
                while write(descriptor, bytes, size) > 0 {}
            }
        }

        func empty() -> String {
            var all: [UInt8] = []
            var part = [UInt8](repeating: 0, count: 4096)
            while case let count = read(descriptor, &part, part.count), count > 0 { all += part[..<count] }
            return String(decoding: all, as: UTF8.self)
        }
    }

    @Test(
        "Nothing waits for the reader, at the start neither: what he does not take is dropped and counted, and TERM ends the edge",
        arguments: [true, false])
    func stalled(fromStart: Bool) throws {
        let folder = try TemporaryFolder()
        let pipe = try NamedPipe("\(folder.path)/errors")
        if fromStart { pipe.fill() }
        let manager = try NotifySocket("\(folder.path)/notify")
        let file = try folder.write(
            "config.json", JSONValue.configuration(listener: "127.0.0.1:0", upstream: 1).encoded())
        let edge = try ChildProcess(
            "/bin/sh", ["-c", #"exec "$0" serve --config "$1" 2>"$2""#, EdgeProcess.binary, file, pipe.path],
            environment: ["NOTIFY_SOCKET": manager.address])
        _ = try manager.wait("READY=1") { $0.first }
        pipe.fill()
        edge.send(SIGHUP)
        _ = try manager.wait("a reload that nobody hears of") { $0.count >= 3 ? true : nil }
        _ = pipe.empty()
        edge.send(SIGHUP)
        _ = try manager.wait("another") { $0.count >= 5 ? true : nil }
        let said = pipe.empty()
        #expect(said.contains("plunk-edge: warning: lines that were dropped here because nobody read them: "))
        #expect(said.contains("plunk-edge: configuration reloaded (generation 3"))
        pipe.fill()
        edge.send(SIGTERM)
        #expect(try edge.waitForExit() == 0)
    }
}
