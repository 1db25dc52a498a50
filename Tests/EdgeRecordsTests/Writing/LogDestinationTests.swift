@testable import EdgeRecords
import EdgeCore
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// Where the log leads: links, pipes, and another place from one moment on.
@Suite struct LogDestinationTests {
    @Test("A log that is a link stays one: what it leads to is rotated, beside itself")
    func link() throws {
        let (folder, real) = (try TemporaryFolder(), try TemporaryFolder())
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: real.log)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: NumberedLine.size * 2, keep: 10)),
            warn: WriterWarnings().record)
        NumberedLine.write(0..<6, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try real.wait { $0.count == 3 && TemporaryFolder.isCompressed($0) }
        #expect(
            try (names.dropFirst() + names.prefix(1)).flatMap { NumberedLine.numbers(try real.readLog($0)) }
                == Array(0..<6))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["access.log"])
    }

    @Test("A link that leads elsewhere from a reopening on takes the limit of old files along")
    func movedLink() throws {
        let (folder, first, second) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: first.log)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: NumberedLine.size * 2, keep: 3)),
            warn: WriterWarnings().record)
        let log = writer.makeLog()
        NumberedLine.write(0..<20, to: log)
        _ = try first.wait { $0.count == 4 && TemporaryFolder.isCompressed($0) }
        try FileManager.default.removeItem(at: folder.log)
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: second.log)
        writer.reopen()
        NumberedLine.write(20..<40, to: log)
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try second.wait { $0.count == 4 && TemporaryFolder.isCompressed($0) }
        let last = try (names.dropFirst() + names.prefix(1)).flatMap { NumberedLine.numbers(try second.readLog($0)) }
        #expect(last == Array(32..<40))
    }

    @Test("A pipe that nobody reads is an error at once")
    func pipeWithoutReader() throws {
        let folder = try TemporaryFolder()
        #expect(mkfifo(folder.log.path, 0o600) == 0)
        let failure = AccessLogFailure(action: .open(path: folder.log.path), code: ENXIO)
        #expect(throws: failure) { try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record) }
        #expect(failure.description.hasSuffix("cannot be opened: it is a pipe that nobody reads, or a socket"))
    }

    @Test("Lines go elsewhere from one moment on, and an impossible place changes nothing")
    func replacement() throws {
        let folder = try TemporaryFolder()
        let second = folder.url.appending(path: "second.log")
        let writer = try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record)
        let log = writer.makeLog()
        NumberedLine.write(0..<100, to: log)
        let missing = folder.url.appending(path: "missing/access.log").path
        #expect(throws: AccessLogFailure(action: .open(path: missing), code: ENOENT)) {
            try writer.replaceDestination(with: .file(missing))
        }
        NumberedLine.write(100..<200, to: log)
        try writer.replaceDestination(
            with: .file(second.path, rotation: .init(maximumSize: NumberedLine.size * 50, keep: 9)))
        NumberedLine.write(200..<300, to: log)
        #expect(writer.stop(within: WriterTimes.patience))
        _ = try folder.wait { $0.count > 2 && TemporaryFolder.isCompressed($0, log: "second.log") }
        let later = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0 != "access.log" }
        let sorted = later.filter { $0 != "second.log" }.sorted() + ["second.log"]
        let all = try (["access.log"] + sorted).map { NumberedLine.numbers(try folder.readLog($0)) }
        #expect(all.flatMap(\.self) == Array(0..<300))
        #expect(all.dropFirst().allSatisfy { $0.count <= 50 })
    }
}
