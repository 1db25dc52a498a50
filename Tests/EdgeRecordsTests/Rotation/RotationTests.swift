@testable import EdgeRecords
import EdgeCore
import EdgeTestSupport
import Foundation
import Glibc
import Testing

/// A writer that rotates, with real files.
@Suite struct RotationTests {
    @Test("Every line is in exactly one file, whole, no file is too large, and old ones are gzipped")
    func rotates() throws {
        let folder = try TemporaryFolder()
        let warnings = WriterWarnings()
        let size = NumberedLine.size * 10 + 5
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: size, keep: 100)), warn: warnings.record)
        NumberedLine.write(0..<205, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try folder.wait { $0.count == 21 && TemporaryFolder.isCompressed($0) }
        // By name, the log itself is the first; by age it is the last.
        let contents = try (names.dropFirst() + names.prefix(1)).map { try folder.readLog($0) }
        #expect(contents.allSatisfy { $0.count <= size && $0.last == UInt8(ascii: "\n") })
        #expect(contents.map { NumberedLine.numbers($0).count } == Array(repeating: 10, count: 20) + [5])
        #expect(contents.flatMap(NumberedLine.numbers) == Array(0..<205))
        #expect(warnings.all.isEmpty)
    }

    @Test("Only the newest are kept, and what is not ours stays")
    func keeps() throws {
        let folder = try TemporaryFolder()
        let others = ["access.log.1", "access.log.2.gz", "access.log.20200101", "other.log.20200101T000000.000Z"]
        for name in others { try Data("not ours".utf8).write(to: folder.url.appending(path: name)) }
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: NumberedLine.size * 10 + 5, keep: 3)),
            warn: WriterWarnings().record)
        NumberedLine.write(0..<205, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try folder.wait { $0.count == 4 + others.count && TemporaryFolder.isCompressed($0) }
        let ours = names.filter { !others.contains($0) }
        #expect(
            try (ours.dropFirst() + ours.prefix(1)).flatMap { NumberedLine.numbers(try folder.readLog($0)) }
                == Array(170..<205))
        for name in others { #expect(try Data(contentsOf: folder.url.appending(path: name)) == Data("not ours".utf8)) }
    }

    @Test("A clock that has gone back since the last rotation makes the newest file no older")
    func clockThatWentBack() throws {
        let folder = try TemporaryFolder()
        let old = "access.log.29991231T235959.998Z"
        try Data("of a clock that was ahead\n".utf8).write(to: folder.url.appending(path: old))
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: NumberedLine.size * 10 + 5, keep: 2)),
            warn: WriterWarnings().record)
        NumberedLine.write(0..<25, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        let names = try folder.wait { $0.count == 3 && TemporaryFolder.isCompressed($0) }
        #expect(
            names == ["access.log", "access.log.29991231T235959.999Z.gz", "access.log.30000101T000000.000Z.gz"])
        let contents = try (names.dropFirst() + names.prefix(1)).flatMap {
            NumberedLine.numbers(try folder.readLog($0))
        }
        #expect(contents == Array(0..<25))
    }

    @Test("New files have the mode of the old one, compressed ones its time too")
    func mode() throws {
        let folder = try TemporaryFolder()
        try Data(String(repeating: "x", count: 2000).utf8 + [0x0A]).write(to: folder.log)
        let attributes: [FileAttributeKey: Any] = [
            .posixPermissions: 0o604, .modificationDate: Date(timeIntervalSince1970: 1_600_000_000),
        ]
        try FileManager.default.setAttributes(attributes, ofItemAtPath: folder.log.path)
        let writer = try AccessLogWriter(
            .file(folder.log.path, rotation: .init(maximumSize: 1024, keep: 10)), warn: WriterWarnings().record)
        NumberedLine.write(0..<1, to: writer.makeLog())
        #expect(writer.stop(within: WriterTimes.patience))
        for name in try folder.wait(for: { $0.count == 2 && TemporaryFolder.isCompressed($0) }) {
            let file = try FileManager.default.attributesOfItem(atPath: folder.url.appending(path: name).path)
            #expect(file[.posixPermissions] as? Int == 0o604)
            if name != "access.log" {
                #expect(file[.modificationDate] as? Date == attributes[.modificationDate] as? Date)
            }
        }
    }

    @Test("Two writers of one file rotate it without losing a line of either")
    func twoWriters() async throws {
        let folder = try TemporaryFolder()
        let writers = try (0..<2).map { _ in
            try AccessLogWriter(
                .file(folder.log.path, rotation: .init(maximumSize: NumberedLine.size * 7, keep: 1000)),
                warn: WriterWarnings().record)
        }
        await withTaskGroup(of: Void.self) { group in
            for (index, writer) in writers.enumerated() {
                group.addTask {
                    let log = writer.makeLog()
                    for number in 0..<500 {
                        log.append(NumberedLine.record(index * 1000 + number))
                        if number % 3 == 0 { log.flush() }
                    }
                    log.flush()
                }
            }
        }
        for writer in writers { #expect(writer.stop(within: WriterTimes.patience)) }
        // What one of them still wrote to when the other came past is left.
        let names = try folder.wait(log: "access.log") { TemporaryFolder.isCompressed($0) }
        let contents = try names.map { LogContents(try folder.readLog($0)) }
        #expect(contents.allSatisfy { $0.broken == 0 })
        let all = contents.flatMap { NumberedLine.numbers($0) }
        #expect(all.sorted() == Array(0..<500) + Array(1000..<1500))
    }

    @Test("A large file comes back byte for byte")
    func large() throws {
        let folder = try TemporaryFolder()
        let old = folder.url.appending(path: "access.log.20200101T000000.000Z")
        // Random digits: gzip cannot make them much smaller, so that many pieces come out for each that goes in.
        let text = (0..<40_000).map { _ in "\(UInt64.random(in: .min ... .max))\n" }.joined()
        try Data(text.utf8).write(to: old)
        var pieces = 0
        try RotatedFile(path: old.path).compress { pieces += 1 }
        #expect(pieces == (text.utf8.count + 65_535) / 65_536 + 1)
        #expect(try folder.readLog(old.lastPathComponent + ".gz") == Data(text.utf8))
    }
}
