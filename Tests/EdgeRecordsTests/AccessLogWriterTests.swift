import EdgeCore
import EdgeRecords
import EdgeTestSupport
import Foundation
import Synchronization
import Testing

@Suite struct AccessLogWriterTests {
    /// A folder of its own for a test, removed with it.
    final class Folder {
        let url = FileManager.default.temporaryDirectory.appending(path: "access-log-\(UUID().uuidString)")

        init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false) }

        deinit { try? FileManager.default.removeItem(at: url) }

        var log: URL { url.appending(path: "access.log") }
    }

    /// The warnings of a writer, to wait for.
    final class Warnings: Sendable {
        private let received = Mutex<[AccessLogWarning]>([])
        private let arrived = DispatchSemaphore(value: 0)

        var record: @Sendable (AccessLogWarning) -> Void {
            { warning in
                self.received.withLock { $0.append(warning) }
                self.arrived.signal()
            }
        }

        func wait() -> Bool { arrived.wait(timeout: .now() + 10) == .success }

        var all: [AccessLogWarning] { received.withLock { $0 } }
    }

    struct Contents: Equatable {
        var records: [String] = []
        var dropped = 0
        var broken = 0

        init(_ data: Data) {
            for line in AccessLogReaderTests.read([Array(data)[...]]) {
                switch line {
                case .record(let entry): records.append(entry.requestID)
                case .dropped(let count, _): dropped += count
                case .broken: broken += 1
                }
            }
        }
    }

    static func record(_ number: Int) -> AccessRecord {
        var record = Samples.full
        record.requestID = Identifier(given: Array("\(number)".utf8)[...])
        return record
    }

    static func names(_ numbers: Range<Int>) -> [String] { numbers.map { "\($0)" } }

    static let patience = Instant.Span.seconds(10)
    static let quickRetry = Instant.Span.milliseconds(5)

    @Test("Records reach the file in order, and all of them before stop returns")
    func file() throws {
        let folder = try Folder()
        let warnings = Warnings()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<1000 { log.append(Self.record(number)) }
        log.flush()
        #expect(writer.stop(within: Self.patience))
        let contents = Contents(try Data(contentsOf: folder.log))
        #expect(contents.records == Self.names(0..<1000))
        #expect(contents.broken == 0)
        #expect(writer.droppedRecords == 0)
        #expect(warnings.all.isEmpty)
        let mode = try FileManager.default.attributesOfItem(atPath: folder.log.path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & ~0o640 } == 0)
    }

    @Test("Several loops write whole lines, each in its order")
    func loops() async throws {
        let folder = try Folder()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: Warnings().record)
        await withTaskGroup(of: Void.self) { group in
            for loop in 0..<4 {
                group.addTask {
                    let log = writer.makeLog()
                    for number in 0..<500 {
                        log.append(Self.record(loop * 1000 + number))
                        if number % 7 == 0 { log.flush() }
                    }
                    log.flush()
                }
            }
        }
        #expect(writer.stop(within: Self.patience))
        let contents = Contents(try Data(contentsOf: folder.log))
        #expect(contents.broken == 0)
        for loop in 0..<4 {
            let own = contents.records.compactMap { Int($0) }.filter { $0 / 1000 == loop }
            #expect(own == (0..<500).map { loop * 1000 + $0 })
        }
    }

    @Test("A file that cannot be opened at the start is an error")
    func cannotOpen() throws {
        let folder = try Folder()
        let path = folder.url.appending(path: "missing/access.log").path
        #expect(throws: AccessLogFailure(action: .open(path: path), code: ENOENT)) {
            try AccessLogWriter(.file(path), warn: Warnings().record)
        }
    }

    @Test("A file that ends inside a line, as after a crash, gets its newline first")
    func endsBrokenLine() throws {
        let folder = try Folder()
        try Data("{\"v\":1,\"ti".utf8).write(to: folder.log)
        let writer = try AccessLogWriter(.file(folder.log.path), warn: Warnings().record)
        let log = writer.makeLog()
        log.append(Self.record(1))
        log.flush()
        #expect(writer.stop(within: Self.patience))
        let contents = Contents(try Data(contentsOf: folder.log))
        #expect(contents.records == ["1"])
        #expect(contents.broken == 1)
    }

    @Test("A full disk is told, costs the lines that stay unwritten and does not hold up stop")
    func fullDisk() throws {
        let warnings = Warnings()
        let writer = try AccessLogWriter(.file("/dev/full"), retryInterval: Self.quickRetry, warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<10 { log.append(Self.record(number)) }
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
        let folder = try Folder()
        let warnings = Warnings()
        let writer = try AccessLogWriter(
            .file(folder.log.path), retryInterval: Self.quickRetry, warn: warnings.record)
        try FileManager.default.removeItem(at: folder.url)
        let log = writer.makeLog()
        log.append(Self.record(1))
        log.flush()
        #expect(warnings.wait())
        #expect(warnings.all.first?.failure == AccessLogFailure(action: .open(path: folder.log.path), code: ENOENT))
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: false)
        log.append(Self.record(2))
        log.flush()
        #expect(writer.stop(within: Self.patience))
        #expect(Contents(try Data(contentsOf: folder.log)).records == ["1", "2"])
        #expect(warnings.all.map(\.isOver) == [false, true])
        #expect(writer.waitingBytes == 0)
    }

    @Test("What a full queue drops is counted, and told in the log once somebody reads it")
    func stalledPipe() throws {
        let pipe = Pipe()
        let warnings = Warnings()
        let writer = try AccessLogWriter(
            .descriptor(pipe.fileHandleForWriting.fileDescriptor), capacity: 128 * 1024, warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<2000 { log.append(Self.record(number)) }
        log.flush()
        #expect(warnings.wait())
        let dropped = writer.droppedRecords
        // The pipe holds 64 KiB, the queue twice as much.
        #expect((1000..<2000).contains(dropped))
        let reading = Reading(pipe.fileHandleForReading)
        #expect(writer.stop(within: Self.patience))
        try pipe.fileHandleForWriting.close()
        let contents = Contents(reading.wait())
        #expect(contents.broken == 0)
        #expect(contents.dropped == dropped)
        let numbers = contents.records.compactMap { Int($0) }
        #expect(numbers.count == 2000 - dropped)
        #expect(numbers == numbers.sorted())
        #expect(writer.droppedRecords == dropped)
        #expect(warnings.all.allSatisfy { $0.failure == nil && $0.dropped > 0 })
    }

    @Test("A pipe that nobody reads does not hold up stop")
    func stopsWhileStalled() throws {
        let pipe = Pipe()
        let writer = try AccessLogWriter(
            .descriptor(pipe.fileHandleForWriting.fileDescriptor), warn: Warnings().record)
        let log = writer.makeLog()
        for number in 0..<1000 { log.append(Self.record(number)) }
        log.flush()
        #expect(!writer.stop(within: .milliseconds(50)))
        // On a busy machine its thread gives up what is left only now.
        let end = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        while writer.droppedRecords == 0 { try #require(ContinuousClock.now < end) }
        // What the pipe took is all whole lines: its reader may live on.
        try pipe.fileHandleForWriting.close()
        let contents = Contents(try pipe.fileHandleForReading.readToEnd() ?? Data())
        #expect(contents.broken == 0)
        #expect(contents.records.count + writer.droppedRecords == 1000)
    }

    @Test("A pipe whose reader is gone is told, not the end of the process")
    func brokenPipe() throws {
        let pipe = Pipe()
        let warnings = Warnings()
        let writer = try AccessLogWriter(
            .descriptor(pipe.fileHandleForWriting.fileDescriptor), retryInterval: Self.quickRetry,
            warn: warnings.record)
        try pipe.fileHandleForReading.close()
        let log = writer.makeLog()
        log.append(Self.record(1))
        log.flush()
        #expect(warnings.wait())
        #expect(warnings.all.first?.failure == AccessLogFailure(action: .write(path: nil), code: EPIPE))
        #expect(!writer.stop(within: .zero))
        #expect(writer.droppedRecords == 1)
    }

    @Test("After a rename, reopen goes on in a new file and loses nothing")
    func reopens() throws {
        let folder = try Folder()
        let old = folder.url.appending(path: "access.log.1")
        let writer = try AccessLogWriter(.file(folder.log.path), warn: Warnings().record)
        let log = writer.makeLog()
        for number in 0..<100 { log.append(Self.record(number)) }
        log.flush()
        try FileManager.default.moveItem(at: folder.log, to: old)
        writer.reopen()
        log.append(Self.record(100))
        log.flush()
        #expect(writer.stop(within: Self.patience))
        let before = Contents(try Data(contentsOf: old))
        let after = Contents(try Data(contentsOf: folder.log))
        #expect(after.records.last == "100")
        #expect(before.records + after.records == Self.names(0..<101))
        #expect(before.broken + after.broken == 0)
    }

    @Test("Reopening without anything to write makes the new file at once")
    func reopensIdle() throws {
        let folder = try Folder()
        let writer = try AccessLogWriter(.file(folder.log.path), warn: Warnings().record)
        try FileManager.default.removeItem(at: folder.log)
        writer.reopen()
        #expect(writer.stop(within: Self.patience))
        #expect(FileManager.default.fileExists(atPath: folder.log.path))
    }
}

/// Reads a descriptor to its end on a thread of its own.
final class Reading: Sendable {
    private let data = Mutex(Data())
    private let done = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
        Thread.detachNewThread { [self] in
            let all = (try? handle.readToEnd()) ?? Data()
            data.withLock { $0 = all }
            done.signal()
        }
    }

    func wait() -> Data {
        _ = done.wait(timeout: .now() + 10)
        return data.withLock { $0 }
    }
}
