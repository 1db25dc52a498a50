import EdgeCore
import EdgeTestSupport
import Foundation
import Testing

@testable import EdgeRecords

/// Logs that consist of several files.
extension LogsViewerTests {
    /// The time of day of each row of a table.
    static func minutes(_ shown: Shown) -> [String] {
        shown.text.split(separator: "\n").compactMap { $0.firstMatch(of: /^(\d\d:\d\d):/).map { String($0.1) } }
    }

    private static func log(_ minutes: ClosedRange<Int>) -> [UInt8] {
        minutes.flatMap { minute in
            Array(
                #"{"v":1,"time":"2026-11-23T13:\#(minute):00.000Z","request_id":"r\#(minute)","outcome":"forwarded"}"#
                    .utf8)
                + [0x0A]
        }
    }

    private static func rotatedLog() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        _ = try folder.write("access.log.20261123T131500.000Z.gz", GzipTests.gzip(log(10...14)))
        _ = try folder.write("access.log.20261123T132000.000Z", log(15...19))
        // Being compressed.
        _ = try folder.write("access.log.20261123T132000.000Z.gz", [0x1F])
        _ = try folder.write("access.log.1", log(20...24))
        _ = try folder.write("access.log-20261123.gz", GzipTests.gzip(log(25...29)))
        _ = try folder.write("access.log", log(30...34))
        for other in ["access.log.bak", "access.log.1.orig", "access.logs", "other.log", "access.log.1.gz.partial"] {
            _ = try folder.write(other, log(50...50))
        }
        return folder
    }

    @Test("A log's rotated files come before it, whatever they are called, oldest first, each once")
    func rotated() throws {
        let folder = try Self.rotatedLog()
        let all = (10...34).map { "13:\($0)" }
        for names in [["access.log"], ["access.log", "access.log"], ["access.log.1", "access.log"]] {
            let shown = try Self.view(folder, names, Self.options(80))
            #expect(Self.minutes(shown) == all)
            #expect(shown.reports.isEmpty && shown.result.isComplete)
        }
        #expect(Self.minutes(try Self.view(folder, ["access.log.1"], Self.options(80))) == Array(all[10..<15]))
    }

    @Test("What others have planted beside a log under an older file's name is not waited for", .timeLimit(.minutes(1)))
    func planted() throws {
        let folder = try Self.rotatedLog()
        try #require(mkfifo("\(folder.path)/access.log.2", 0o600) == 0)
        for (name, target) in [("access.log.3", "/dev/zero"), ("access.log.4", "\(folder.path)/other.log")] {
            try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: target)
        }
        let shown = try Self.view(folder, ["access.log"], Self.options(80))
        #expect(Self.minutes(shown) == (10...34).map { "13:\($0)" })
    }

    @Test("The last records come from the newest files, and no file is read that is not needed")
    func last() throws {
        let folder = try Self.rotatedLog()
        for count in [1, 5, 6, 23, 25, 100] {
            let shown = try Self.view(folder, ["access.log"], Self.options(80) { $0.last = count })
            #expect(Self.minutes(shown) == (10...34).suffix(count).map { "13:\($0)" })
            #expect(shown.result.count.records == min(25, (count + 4) / 5 * 5))
        }
    }

    @Test("A slow request at the beginning of a file does not make it older than the one before it")
    func slowFirst() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write("access.log.20261123T132000.000Z", Self.log(15...16))
        _ = try folder.write("access.log.20261123T133000.000Z", Self.log(12...12) + Self.log(21...22))
        _ = try folder.write("access.log", Self.log(10...10) + Self.log(31...32))
        let order = ["13:15", "13:16", "13:12", "13:21", "13:22", "13:10", "13:31", "13:32"]
        for count in [1, 3, 4, 8] {
            let shown = try Self.view(folder, ["access.log"], Self.options(80) { $0.last = count })
            #expect(Self.minutes(shown) == order.suffix(count))
        }
        #expect(Self.minutes(try Self.view(folder, ["access.log"], Self.options(80))) == order)
    }

    @Test("Where all files are older than --since, it is said that there is nothing")
    func allOlder() throws {
        let folder = try Self.rotatedLog()
        let shown = try Self.view(
            folder, ["access.log"], Self.options(80) { $0.filter.since = WallTime(milliseconds: 7_000_000_000_000) })
        #expect(!shown.text.isEmpty)
        #expect(shown.result.isComplete)
    }

    @Test("Files that were last written to before --since are not opened")
    func since() throws {
        let folder = try Self.rotatedLog()
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: "\(folder.path)/access.log.1"
        )
        let shown = try Self.view(
            folder, ["access.log"], Self.options(80) { $0.filter.since = WallTime(milliseconds: 1_750_000_000_000) })
        #expect(shown.result.count.records == 20)
    }

    @Test("What cannot be read, is cut or is no log is named, and the rest is shown")
    func failures() throws {
        let folder = try Self.rotatedLog()
        let whole = try folder.read("access.log-20261123.gz")
        _ = try folder.write("access.log-20261123.gz", Array(whole.dropLast(9)))
        _ = try folder.write("notes.txt", Array("one\ntwo\n".utf8))
        let shown = try Self.view(folder, ["access.log", "none.log", "notes.txt", "."], Self.options(80))
        #expect(Self.minutes(shown).count >= 20)
        #expect(!shown.result.isComplete)
        #expect(shown.reports.contains("none.log: No such file or directory"))
        #expect(shown.reports.contains("notes.txt is no access log: none of its 2 lines is a record"))
        #expect(shown.reports.contains { $0.hasSuffix("Is a directory; 0 records of it could be read") })
        #expect(
            shown.reports.contains {
                $0.hasPrefix("access.log-20261123.gz: the compressed file ends too early; ")
                    && $0.hasSuffix("could be read")
            })
        #expect(shown.reports.count == 4)
    }
}
