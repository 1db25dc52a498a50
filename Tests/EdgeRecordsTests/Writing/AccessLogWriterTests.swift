import EdgeCore
import EdgeRecords
import EdgeTestSupport
import Foundation
import Synchronization
import Testing

@Suite struct AccessLogWriterTests {
    @Test("Records reach the file in order, and all of them before stop returns")
    func file() throws {
        let folder = try TemporaryFolder()
        let warnings = WriterWarnings()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<1000 { log.append(Samples.record(number)) }
        log.flush()
        #expect(writer.stop(within: WriterTimes.patience))
        let contents = LogContents(try Data(contentsOf: folder.log))
        #expect(contents.records == (0..<1000).map(String.init))
        #expect(contents.broken == 0)
        #expect(writer.droppedRecords == 0)
        #expect(warnings.all.isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.log.path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & ~0o640 } == 0)
    }

    @Test("Several loops write whole lines, each in its order")
    func loops() async throws {
        let folder = try TemporaryFolder()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record)
        await withTaskGroup(of: Void.self) { group in
            for loop in 0..<4 {
                group.addTask {
                    let log = writer.makeLog()
                    for number in 0..<500 {
                        log.append(Samples.record(loop * 1000 + number))
                        if number % 7 == 0 { log.flush() }
                    }
                    log.flush()
                }
            }
        }
        #expect(writer.stop(within: WriterTimes.patience))
        let contents = LogContents(try Data(contentsOf: folder.log))
        #expect(contents.broken == 0)
        for loop in 0..<4 {
            let own = contents.records.compactMap { Int($0) }.filter { $0 / 1000 == loop }
            #expect(own == (0..<500).map { loop * 1000 + $0 })
        }
    }

    @Test("A file that cannot be opened at the start is an error")
    func cannotOpen() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appending(path: "missing/access.log").path
        #expect(throws: AccessLogFailure(action: .open(path: path), code: ENOENT)) {
            try AccessLogWriter(.file(path), warn: WriterWarnings().record)
        }
    }

    @Test("A file that ends inside a line, as after a crash, gets its newline first")
    func endsBrokenLine() throws {
        let folder = try TemporaryFolder()
        try Data("{\"v\":1,\"ti".utf8).write(to: folder.log)
        let writer = try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record)
        let log = writer.makeLog()
        log.append(Samples.record(1))
        log.flush()
        #expect(writer.stop(within: WriterTimes.patience))
        let contents = LogContents(try Data(contentsOf: folder.log))
        #expect(contents.records == ["1"])
        #expect(contents.broken == 1)
    }

    @Test("A full disk is told, costs the lines that stay unwritten and does not hold up stop")
    func fullDisk() throws {
        let warnings = WriterWarnings()
        let writer = try AccessLogWriter(
            .file("/dev/full"), retryInterval: WriterTimes.quickRetry, warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<10 { log.append(Samples.record(number)) }
        log.flush()
        #expect(warnings.wait())
        let failure = AccessLogFailure(action: .write(path: "/dev/full"), code: ENOSPC)
        #expect(warnings.all == [AccessLogWarning(dropped: 0, failure: failure)])
        #expect(writer.waitingBytes > 1000)
        #expect(!writer.stop(within: .milliseconds(50)))
        #expect(writer.droppedRecords == 10)
    }

    @Test("A folder that is gone costs nothing once it is back")
    func removedFolder() throws {
        let folder = try TemporaryFolder()
        let warnings = WriterWarnings()
        let writer = try AccessLogWriter(
            .file(folder.log.path), retryInterval: WriterTimes.quickRetry, warn: warnings.record)
        try FileManager.default.removeItem(at: folder.url)
        let log = writer.makeLog()
        log.append(Samples.record(1))
        log.flush()
        #expect(warnings.wait())
        #expect(warnings.all.first?.failure == AccessLogFailure(action: .open(path: folder.log.path), code: ENOENT))
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: false)
        log.append(Samples.record(2))
        log.flush()
        #expect(writer.stop(within: WriterTimes.patience))
        #expect(LogContents(try Data(contentsOf: folder.log)).records == ["1", "2"])
        #expect(warnings.all.map(\.isOver) == [false, true])
        #expect(writer.waitingBytes == 0)
    }

    @Test("After a rename, reopen goes on in a new file and loses nothing")
    func reopens() throws {
        let folder = try TemporaryFolder()
        let old = folder.url.appending(path: "access.log.1")
        let writer = try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record)
        let log = writer.makeLog()
        for number in 0..<100 { log.append(Samples.record(number)) }
        log.flush()
        try FileManager.default.moveItem(at: folder.log, to: old)
        writer.reopen()
        log.append(Samples.record(100))
        log.flush()
        #expect(writer.stop(within: WriterTimes.patience))
        let before = LogContents(try Data(contentsOf: old))
        let after = LogContents(try Data(contentsOf: folder.log))
        #expect(after.records.last == "100")
        #expect(before.records + after.records == (0..<101).map(String.init))
        #expect(before.broken + after.broken == 0)
    }

    @Test("Reopening without anything to write makes the new file at once")
    func reopensIdle() throws {
        let folder = try TemporaryFolder()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: WriterWarnings().record)
        try FileManager.default.removeItem(at: folder.log)
        writer.reopen()
        #expect(writer.stop(within: WriterTimes.patience))
        #expect(FileManager.default.fileExists(atPath: folder.log.path))
    }
}
