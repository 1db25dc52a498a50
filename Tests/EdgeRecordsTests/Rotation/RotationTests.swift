@testable import EdgeRecords
import EdgeCore
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// A writer that rotates, with real files.
@Suite struct RotationTests {
    private typealias Base = AccessLogWriterTests

    /// Bytes of each line that is written here.
    private static let line: Int = {
        var encoder = AccessRecordEncoder()
        var buffer: [UInt8] = []
        encoder.encode(Base.record(1_000_000), into: &buffer)
        return buffer.count
    }()

    /// The folder's files by name, once they are as they should be.
    ///
    /// - Parameter log: whose files are looked through again as long as they are not: a program that another test starts
    ///   has, until it runs, a copy of what the writer has locked, and what is locked by somebody else is left alone.
    ///   Not where old files have to go: whoever compresses one then can have it come back.
    func wait(
        _ folder: AccessLogWriterTests.Folder, log: String? = nil, for condition: ([String]) -> Bool
    ) throws -> [String] {
        let files = log.map { RotatedFiles(path: folder.url.appending(path: $0).path, keep: 1000) { _ in } }
        return try FolderWatch.names(in: folder.url.path) { names in
            if condition(names) { return true }
            files?.tidy()
            return false
        }
    }

    private func isCompressed(_ names: [String], log: String = "access.log") -> Bool {
        names.allSatisfy { RotatedName($0, log: log).map { $0.form == .compressed } ?? true }
    }

    /// A file's bytes, through gunzip(1) where its name says so.
    private func read(_ name: String, in folder: Base.Folder) throws -> Data {
        let file = folder.url.appending(path: name)
        guard name.hasSuffix(".gz") else { return try Data(contentsOf: file) }
        let gunzip = try ChildProcess("/usr/bin/gunzip", ["--stdout", file.path])
        let text = try gunzip.output.waitForEnd()
        #expect(try gunzip.waitForExit() == 0, "\(gunzip.errors.text)")
        return Data(text.utf8)
    }

    private func write(_ numbers: Range<Int>, to log: AccessLog) {
        for number in numbers { log.append(Base.record(1_000_000 + number)) }
        log.flush()
    }

    private func numbers(_ data: Data) -> [Int] {
        Base.Contents(data).records.compactMap { Int($0).map { $0 - 1_000_000 } }
    }

    @Test("Every line is in exactly one file, whole, no file is too large, and old ones are gzipped")
    func rotates() throws {
        let folder = try Base.Folder()
        let warnings = Base.Warnings()
        let size = Self.line * 10 + 5
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: size, keep: 100)), warn: warnings.record)
        write(0..<205, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        let names = try wait(folder) { $0.count == 21 && isCompressed($0) }
        // By name, the log itself is the first; by age it is the last.
        let contents = try (names.dropFirst() + names.prefix(1)).map { try read($0, in: folder) }
        #expect(contents.allSatisfy { $0.count <= size && $0.last == UInt8(ascii: "\n") })
        #expect(contents.map { numbers($0).count } == Array(repeating: 10, count: 20) + [5])
        #expect(contents.flatMap(numbers) == Array(0..<205))
        #expect(warnings.all.isEmpty)
    }

    @Test("Only the newest are kept, and what is not ours stays")
    func keeps() throws {
        let folder = try Base.Folder()
        let others = ["access.log.1", "access.log.2.gz", "access.log.20200101", "other.log.20200101T000000.000Z"]
        for name in others { try Data("not ours".utf8).write(to: folder.url.appending(path: name)) }
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: Self.line * 10 + 5, keep: 3)),
            warn: Base.Warnings().record)
        write(0..<205, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        let names = try wait(folder) { $0.count == 4 + others.count && isCompressed($0) }
        let ours = names.filter { !others.contains($0) }
        #expect(
            try (ours.dropFirst() + ours.prefix(1)).flatMap { numbers(try read($0, in: folder)) } == Array(170..<205))
        for name in others { #expect(try Data(contentsOf: folder.url.appending(path: name)) == Data("not ours".utf8)) }
    }

    @Test("A start finishes what a crash has left, and rotates a log that is too large already")
    func leftovers() throws {
        let folder = try Base.Folder()
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
            .file(folder.log.path, rotation: .init(maximumSize: 4096, keep: 10)), warn: Base.Warnings().record)
        write(0..<1, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        let names = try wait(folder) { $0.count == 4 && isCompressed($0) }
        #expect(try read(names[1], in: folder) == Data("first\n".utf8))
        #expect(try read(names[2], in: folder) == Data("second\n".utf8))
        #expect(try read(names[3], in: folder).count == 5001)
        #expect(try numbers(read("access.log", in: folder)) == [0])
    }

    @Test("New files have the mode of the old one, compressed ones its time too")
    func mode() throws {
        let folder = try Base.Folder()
        try Data(String(repeating: "x", count: 2000).utf8 + [0x0A]).write(to: folder.log)
        let attributes: [FileAttributeKey: Any] = [
            .posixPermissions: 0o604, .modificationDate: Date(timeIntervalSince1970: 1_600_000_000),
        ]
        try FileManager.default.setAttributes(attributes, ofItemAtPath: folder.log.path)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: 1024, keep: 10)), warn: Base.Warnings().record)
        write(0..<1, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        for name in try wait(folder, for: { $0.count == 2 && isCompressed($0) }) {
            let file = try FileManager.default.attributesOfItem(atPath: folder.url.appending(path: name).path)
            #expect(file[.posixPermissions] as? Int == 0o604)
            if name != "access.log" {
                #expect(file[.modificationDate] as? Date == attributes[.modificationDate] as? Date)
            }
        }
    }

    @Test("A file that cannot be renamed grows on, which is told once, and no line is lost")
    func cannotRename() throws {
        let folder = try Base.Folder()
        let warnings = Base.Warnings()
        // Room for the name, but not for the time behind it.
        let log = folder.url.appending(path: String(repeating: "n", count: 240))
        let writer = try AccessLogWriter(
            .file(log.path, rotation: .init(maximumSize: 1024, keep: 10)), warn: warnings.record)
        write(0..<50, to: writer.makeLog())
        #expect(warnings.wait())
        #expect(writer.stop(within: Base.patience))
        let failure = AccessLogFailure(action: .rotate(path: log.path), code: ENAMETOOLONG)
        #expect(warnings.all == [AccessLogWarning(dropped: 0, failure: failure)])
        #expect(numbers(try Data(contentsOf: log)) == Array(0..<50))
    }

    @Test("What cannot be compressed stays as it is, is told, and is tried again at the next rotation")
    func cannotCompress() throws {
        let folder = try Base.Folder()
        let warnings = Base.Warnings()
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
        write(0..<50, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        _ = try wait(folder) { isCompressed($0) }
        #expect(try read(old.lastPathComponent + ".gz", in: folder) == Data("old\n".utf8))
    }

    @Test("Two writers of one file rotate it without losing a line of either")
    func twoWriters() async throws {
        let folder = try Base.Folder()
        let writers = try (0..<2).map { _ in
            try AccessLogWriter(
                .file(folder.log.path, rotation: .init(maximumSize: Self.line * 7, keep: 1000)),
                warn: Base.Warnings().record)
        }
        await withTaskGroup(of: Void.self) { group in
            for (index, writer) in writers.enumerated() {
                group.addTask {
                    let log = writer.makeLog()
                    for number in 0..<500 {
                        log.append(Base.record(1_000_000 + index * 1000 + number))
                        if number % 3 == 0 { log.flush() }
                    }
                    log.flush()
                }
            }
        }
        for writer in writers { #expect(writer.stop(within: Base.patience)) }
        // What one of them still wrote to when the other came past is left.
        let names = try wait(folder, log: "access.log") { isCompressed($0) }
        let contents = try names.map { Base.Contents(try read($0, in: folder)) }
        #expect(contents.allSatisfy { $0.broken == 0 })
        let all = contents.flatMap(\.records).compactMap { Int($0).map { $0 - 1_000_000 } }
        #expect(all.sorted() == Array(0..<500) + Array(1000..<1500))
    }

    @Test("A large file comes back byte for byte")
    func large() throws {
        let folder = try Base.Folder()
        let old = folder.url.appending(path: "access.log.20200101T000000.000Z")
        // Random digits: gzip cannot make them much smaller, so that many pieces come out for each that goes in.
        let text = (0..<40_000).map { _ in "\(UInt64.random(in: .min ... .max))\n" }.joined()
        try Data(text.utf8).write(to: old)
        var pieces = 0
        try RotatedFile(path: old.path).compress { pieces += 1 }
        #expect(pieces == (text.utf8.count + 65_535) / 65_536 + 1)
        #expect(try read(old.lastPathComponent + ".gz", in: folder) == Data(text.utf8))
    }

    @Test("A file that another process still writes to is not compressed")
    func busy() throws {
        let folder = try Base.Folder()
        let old = folder.url.appending(path: "access.log.20200101T000000.000Z")
        try Data("old\n".utf8).write(to: old)
        let other = open(old.path, O_WRONLY | O_APPEND)
        #expect(flock(other, LOCK_SH) == 0)
        try RotatedFile(path: old.path).compress {}
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [old.lastPathComponent])
        close(other)
        try RotatedFile(path: old.path).compress {}
        #expect(try read(old.lastPathComponent + ".gz", in: folder) == Data("old\n".utf8))
        #expect(!FileManager.default.fileExists(atPath: old.path))
    }

    @Test("A log that is a link stays one: what it leads to is rotated, beside itself")
    func link() throws {
        let (folder, real) = (try Base.Folder(), try Base.Folder())
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: real.log)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: Self.line * 2, keep: 10)), warn: Base.Warnings().record)
        write(0..<6, to: writer.makeLog())
        #expect(writer.stop(within: Base.patience))
        let names = try wait(real) { $0.count == 3 && isCompressed($0) }
        #expect(try (names.dropFirst() + names.prefix(1)).flatMap { numbers(try read($0, in: real)) } == Array(0..<6))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["access.log"])
    }

    @Test("A link that leads elsewhere from a reopening on takes the limit of old files along")
    func movedLink() throws {
        let (folder, first, second) = (try Base.Folder(), try Base.Folder(), try Base.Folder())
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: first.log)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: Self.line * 2, keep: 3)), warn: Base.Warnings().record)
        let log = writer.makeLog()
        write(0..<20, to: log)
        _ = try wait(first) { $0.count == 4 && isCompressed($0) }
        try FileManager.default.removeItem(at: folder.log)
        try FileManager.default.createSymbolicLink(at: folder.log, withDestinationURL: second.log)
        writer.reopen()
        write(20..<40, to: log)
        #expect(writer.stop(within: Base.patience))
        let names = try wait(second) { $0.count == 4 && isCompressed($0) }
        let last = try (names.dropFirst() + names.prefix(1)).flatMap { numbers(try read($0, in: second)) }
        #expect(last == Array(32..<40))
    }

    @Test("A pipe that nobody reads is an error at once")
    func pipeWithoutReader() throws {
        let folder = try Base.Folder()
        #expect(mkfifo(folder.log.path, 0o600) == 0)
        let failure = AccessLogFailure(action: .open(path: folder.log.path), code: ENXIO)
        #expect(throws: failure) { try AccessLogWriter(.file(folder.log.path), warn: Base.Warnings().record) }
        #expect(failure.description.hasSuffix("cannot be opened: it is a pipe that nobody reads, or a socket"))
    }

    @Test("Lines go elsewhere from one moment on, and an impossible place changes nothing")
    func replacement() throws {
        let folder = try Base.Folder()
        let second = folder.url.appending(path: "second.log")
        let writer = try AccessLogWriter(.file(folder.log.path), warn: Base.Warnings().record)
        let log = writer.makeLog()
        write(0..<100, to: log)
        let missing = folder.url.appending(path: "missing/access.log").path
        #expect(throws: AccessLogFailure(action: .open(path: missing), code: ENOENT)) {
            try writer.replaceDestination(with: .file(missing))
        }
        write(100..<200, to: log)
        try writer.replaceDestination(with: .file(second.path, rotation: .init(maximumSize: Self.line * 50, keep: 9)))
        write(200..<300, to: log)
        #expect(writer.stop(within: Base.patience))
        _ = try wait(folder, log: "second.log") { $0.count > 2 && isCompressed($0, log: "second.log") }
        let later = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).filter { $0 != "access.log" }
        let sorted = later.filter { $0 != "second.log" }.sorted() + ["second.log"]
        let all = try (["access.log"] + sorted).map { numbers(try read($0, in: folder)) }
        #expect(all.flatMap(\.self) == Array(0..<300))
        #expect(all.dropFirst().allSatisfy { $0.count <= 50 })
    }
}
