import EdgeCore
import EdgeRecords
import EdgeTestSupport
import Foundation
import Glibc
import Synchronization
import Testing

/// A writer whose log is a pipe, as where a container's standard output is the log.
@Suite struct AccessLogPipeTests {
    @Test("What a full queue drops is counted, and told in the log once somebody reads it")
    func stalledPipe() throws {
        let pipe = Pipe.ofThisProcess()
        let warnings = WriterWarnings()
        let writer = try AccessLogWriter(
            .descriptor(pipe.fileHandleForWriting.fileDescriptor), capacity: 128 * 1024, warn: warnings.record)
        let log = writer.makeLog()
        for number in 0..<2000 { log.append(Samples.record(number)) }
        log.flush()
        #expect(warnings.wait())
        let dropped = writer.droppedRecords
        // The pipe holds 64 KiB, the queue twice as much.
        #expect((1000..<2000).contains(dropped))
        let reading = Reading(pipe.fileHandleForReading)
        #expect(writer.stop(within: WriterTimes.patience))
        try pipe.fileHandleForWriting.close()
        let contents = LogContents(reading.wait())
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
        let pipe = Pipe.ofThisProcess()
        let writer = try AccessLogWriter(
            .descriptor(pipe.fileHandleForWriting.fileDescriptor), warn: WriterWarnings().record)
        let log = writer.makeLog()
        for number in 0..<1000 { log.append(Samples.record(number)) }
        log.flush()
        #expect(!writer.stop(within: .milliseconds(50)))
        // On a busy machine its thread gives up what is left only now.
        let end = ContinuousClock.now + .seconds(20) * SanitizerCost.time
        while writer.droppedRecords == 0 { try #require(ContinuousClock.now < end) }
        // What the pipe took is all whole lines: its reader may live on.
        try pipe.fileHandleForWriting.close()
        let contents = LogContents(try pipe.fileHandleForReading.readToEnd() ?? Data())
        #expect(contents.broken == 0)
        #expect(contents.records.count + writer.droppedRecords == 1000)
    }

    @Test("A pipe whose reader is gone is told, not the end of the process")
    func brokenPipe() throws {
        // Not a pipe(2): a program that another test starts just now has a copy of its other end, so that closing ends nothing.
        var ends: [Int32] = [-1, -1]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let warnings = WriterWarnings()
        let writer = try AccessLogWriter(
            .descriptor(ends[0]), retryInterval: WriterTimes.quickRetry, warn: warnings.record)
        shutdown(ends[1], Int32(SHUT_RDWR))
        let log = writer.makeLog()
        log.append(Samples.record(1))
        log.flush()
        #expect(warnings.wait())
        #expect(warnings.all.first?.failure == AccessLogFailure(action: .write(path: nil), code: EPIPE))
        #expect(!writer.stop(within: .zero))
        #expect(writer.droppedRecords == 1)
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
        _ = done.wait(timeout: .now() + .seconds(20 * SanitizerCost.time))
        return data.withLock { $0 }
    }
}
