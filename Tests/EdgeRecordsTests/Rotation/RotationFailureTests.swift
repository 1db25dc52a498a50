@testable import EdgeRecords
import EdgeCore
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// What keeps a writer from rotating as it should, with real files.
@Suite struct RotationFailureTests {
    @Test("A start finishes what a crash has left, and rotates a log that is too large already")
    func leftovers() throws {
        let folder = try TemporaryFolder()
        func put(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: folder.url.appending(path: name))
        }
        try put("access.log.20200101T000000.000Z", "first\n")
        try put("access.log.20200101T000000.000Z.gz.partial", "half")
        try put("access.log.20200102T000000.000Z", "second\n")
        try put("access.log.20200102T000000.000Z.gz", "perhaps whole, perhaps not")
        try put("access.log.20200103T000000.000Z.gz.partial", "nobody's")
        try put("access.log", String(repeating: "x", count: 5000) + "\n")
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: 4096, keep: 10)), warn: WriterWarnings().record)
        NumberedLine.write(0..<1, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try folder.wait { $0.count == 4 && TemporaryFolder.isCompressed($0) }
        #expect(try folder.readLog(names[1]) == Data("first\n".utf8))
        #expect(try folder.readLog(names[2]) == Data("second\n".utf8))
        #expect(try folder.readLog(names[3]).count == 5001)
        #expect(try NumberedLine.numbers(folder.readLog("access.log")) == [0])
    }

    @Test("A file that cannot be renamed grows on, which is told once, and no line is lost")
    func cannotRename() throws {
        let folder = try TemporaryFolder()
        let warnings = WriterWarnings()
        // Room for the name, but not for the time behind it.
        let log = folder.url.appending(path: String(repeating: "n", count: 240))
        let writer = try AccessLogWriter(
            .file(log.path, rotation: .init(maximumSize: 1024, keep: 10)), warn: warnings.record)
        NumberedLine.write(0..<50, to: writer.makeLog())
        #expect(warnings.wait())
        #expect(writer.stop(within: WriterTimes.patience))
        let failure = AccessLogFailure(action: .rotate(path: log.path), code: ENAMETOOLONG)
        #expect(warnings.all == [AccessLogWarning(dropped: 0, failure: failure)])
        #expect(NumberedLine.numbers(try Data(contentsOf: log)) == Array(0..<50))
    }

    @Test("What cannot be compressed stays as it is, is told, and is tried again at the next rotation")
    func cannotCompress() throws {
        let folder = try TemporaryFolder()
        let warnings = WriterWarnings()
        let old = folder.url.appending(path: "access.log.20200101T000000.000Z")
        let obstacle = URL(filePath: old.path + ".gz.partial")
        try Data("old\n".utf8).write(to: old)
        try FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: false)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: 1024, keep: 1000)), warn: warnings.record)
        #expect(warnings.wait())
        let failure = AccessLogFailure(action: .compress(path: old.path), code: EISDIR)
        #expect(warnings.all == [AccessLogWarning(dropped: 0, failure: failure)])
        #expect(try Data(contentsOf: old) == Data("old\n".utf8))
        try FileManager.default.removeItem(at: obstacle)
        NumberedLine.write(0..<50, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        _ = try folder.wait { TemporaryFolder.isCompressed($0) }
        #expect(try folder.readLog(old.lastPathComponent + ".gz") == Data("old\n".utf8))
    }

    @Test("A file that another process still writes to is not compressed")
    func busy() throws {
        let folder = try TemporaryFolder()
        let old = folder.url.appending(path: "access.log.20200101T000000.000Z")
        try Data("old\n".utf8).write(to: old)
        let other = open(old.path, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(other) }
        #expect(flock(other, LOCK_SH) == 0)
        try RotatedFile(path: old.path).compress {}
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [old.lastPathComponent])
        // Not by closing: a program that another test starts just now may have a copy.
        #expect(flock(other, LOCK_UN) == 0)
        try RotatedFile(path: old.path).compress {}
        #expect(try folder.readLog(old.lastPathComponent + ".gz") == Data("old\n".utf8))
        #expect(!FileManager.default.fileExists(atPath: old.path))
    }

    @Test("A copy of the descriptor, as a program has that is just being started, keeps no file from being compressed")
    func copiedDescriptors() throws {
        let folder = try TemporaryFolder()
        var destination = AccessLogDestination(path: folder.log.path)
        #expect(try destination.prepare() == .opened)
        let copy = fcntl(destination.descriptor, F_DUPFD_CLOEXEC, 0)
        defer { close(copy) }
        #expect(write(copy, "old\n", 4) == 4)
        let time = WallTime(milliseconds: 0)
        try destination.rotate(at: time)
        let old = "access.log.\(RotatedName.stamp(at: time))"
        try RotatedFile(path: folder.url.appending(path: old).path).compress {}
        #expect(try folder.readLog(old + ".gz") == Data("old\n".utf8))
    }
}
