import EdgeCore
import EdgeRecords
import Foundation
import Testing

@Suite struct AccessLogReaderTests {
    static func decode(_ line: String) -> AccessLogLine { AccessLogReader.decode(Samples.bytes(line)) }

    /// What the reader should make of a record, by the fields' own types.
    static func entry(_ record: AccessRecord) -> AccessLogEntry {
        func text(_ bytes: Bytes?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
        var entry = AccessLogEntry(
            time: record.time, requestID: String(decoding: record.requestID.bytes, as: UTF8.self),
            outcome: record.outcome.rawValue)
        entry.client = record.client?.description
        entry.protocol = record.protocol?.description
        entry.tls = record.tls?.description
        (entry.method, entry.path, entry.host) = (text(record.method), text(record.path), text(record.host))
        (entry.origin, entry.userAgent) = (text(record.origin), text(record.userAgent))
        entry.key = record.key.map { fingerprint in
            var key = AccessLogEntry.Key()
            key.type = fingerprint.kind.rawValue
            key.id = String(format: "%08x", fingerprint.id)
            key.last4 = fingerprint.last4.isEmpty ? nil : fingerprint.last4
            key.name = fingerprint.name
            return key
        }
        (entry.status, entry.code, entry.reason) = (record.status, record.code?.rawValue, record.reason?.rawValue)
        (entry.bytesIn, entry.bytesOut) = (record.bytesIn, record.bytesOut)
        entry.durationMicroseconds = record.durationMicroseconds
        entry.upstream = record.upstream.map { sent in
            var upstream = AccessLogEntry.Upstream()
            (upstream.status, upstream.address, upstream.attempts) = (sent.status, sent.address, sent.attempts)
            upstream.requestID = text(sent.requestID)
            upstream.protocol = sent.protocol?.description
            upstream.isReused = sent.isReused
            upstream.connectMicroseconds = sent.connectMicroseconds
            upstream.tlsMicroseconds = sent.tlsMicroseconds
            upstream.firstByteMicroseconds = sent.firstByteMicroseconds
            upstream.totalMicroseconds = sent.totalMicroseconds
            return upstream
        }
        return entry
    }

    @Test("What was written is read back", arguments: 0..<200)
    func roundTrip(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        let record = RandomRecord.make(&generator)
        var encoder = AccessRecordEncoder()
        var line: [UInt8] = []
        encoder.encode(record, into: &line)
        #expect(AccessLogReader.decode(line.dropLast()) == .record(Self.entry(record)))
    }

    @Test("A log is the same whole, byte by byte and split at every place")
    func splits() throws {
        let log = Array((try Fixture.text("access-log.jsonl") + "\nbroken\n{\"v\":1}").utf8)
        func read(_ pieces: [Bytes]) -> [AccessLogLine] {
            var lines: [AccessLogLine] = []
            var reader = AccessLogReader()
            for piece in pieces { reader.read(piece) { line, _ in lines.append(line) } }
            reader.finish { line, _ in lines.append(line) }
            return lines
        }
        let whole = read([log[...]])
        #expect(whole.count == 5)
        #expect(whole.count { $0 == .broken } == 2)
        #expect(read(log.indices.map { log[$0...$0] }) == whole)
        for place in log.indices { #expect(read([log[..<place], log[place...]]) == whole) }
    }

    static let brokenLines = [
        "x", "{", "{}", "[]", "null", "\"time\"", " {\"v\":1}",
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z"}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","request_id":"a"}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","outcome":"forwarded"}"#,
        #"{"v":1,"time":"2026-02-29T13:39:09.123Z","request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":"2026-11-23T24:39:09.123Z","request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":"2026-13-23T13:39:09.123Z","request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":"2026-11-23 13:39:09.123Z","request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":"+026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":1,"request_id":"a","outcome":"forwarded"}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded"}}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded","outcome":"x"}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped"}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":-1}"#,
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"other","count":1}"#,
        "{\"v\":1,\"time\":\"2026-11-23T13:39:09.123Z\",\"request_id\":\"\u{1B}\",\"outcome\":\"forwarded\"}",
        String(repeating: "[", count: 10_000), "{\"a\":" + String(repeating: "[", count: 10_000),
    ]

    @Test("Lines that are no access log are broken, not fatal", arguments: brokenLines)
    func broken(_ line: String) { #expect(Self.decode(line) == .broken) }

    @Test("Members that are unknown or of another type are passed over")
    func passesOver() {
        var expected = AccessLogEntry(time: Samples.time, requestID: "a", outcome: "new_one")
        expected.key = AccessLogEntry.Key()
        expected.key?.name = "n"
        expected.path = "é"
        let line = Self.decode(
            #"{"v":2,"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"new_one","status":"x","client":7,"#
                + #""duration_ms":1e999,"bytes_in":99999999999999999999,"new":{"status":1,"key":{"id":"z"}},"#
                + #""list":[{"path":"no"},"x"],"key":{"name":"n","id":7,"more":[1]},"upstream":null,"path":"\u00e9"}"#)
        #expect(line == .record(expected))
    }

    @Test("A line that says how many records are missing is read as such")
    func dropped() {
        let line = Self.decode(#"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":12}"#)
        #expect(line == .dropped(count: 12, time: Samples.time))
    }

    @Test("A line over 64 KiB is broken and costs no more memory than that; the next one is read")
    func longLines() {
        let start = #"{"v":1,"time":"2026-11-23T13:39:09.123Z","request_id":"a","outcome":"forwarded","x":""#
        func line(length: Int) -> [UInt8] {
            Array(start.utf8) + [UInt8](repeating: 0x78, count: length - start.utf8.count - 2) + Array("\"}\n".utf8)
        }
        var reader = AccessLogReader()
        var lines: [AccessLogLine] = []
        var longest = 0
        for piece in [line(length: 65_536), line(length: 65_537), line(length: 1_000_000), line(length: 100)] {
            reader.read(piece[...]) { line, bytes in
                lines.append(line)
                longest = max(longest, bytes.count)
            }
        }
        let entry = AccessLogLine.record(AccessLogEntry(time: Samples.time, requestID: "a", outcome: "forwarded"))
        #expect(lines == [entry, .broken, .broken, entry])
        #expect(longest == 65_536)
    }

    @Test("Whatever is changed in a log, it is read to its end", arguments: 0..<200)
    func mutations(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var log = Array(try Fixture.text("access-log.jsonl").utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let place = Int.random(in: 0..<log.count, using: &generator)
            log[place] = UInt8.random(in: 0...255, using: &generator)
        }
        var reader = AccessLogReader()
        var lines = 0
        reader.read(log[...]) { _, _ in lines += 1 }
        reader.finish { _, _ in lines += 1 }
        #expect(lines >= 2)
    }
}

/// Records with any subset of fields. Texts hold no keys, fit their limits and are well-formed, so that they come back
/// as they were.
enum RandomRecord {
    static func make(_ generator: inout SeededGenerator) -> AccessRecord {
        let time = WallTime(milliseconds: Int64.random(in: 0..<253_402_300_800_000, using: &generator))
        var record = AccessRecord(
            time: time, requestID: Identifier(given: Array("r".utf8)[...] + text(30, &generator)),
            outcome: Outcome.allCases.randomElement(using: &generator) ?? .forwarded)
        record.client =
            Bool.random(using: &generator)
            ? IPAddress(v4: .random(in: 0 ... .max, using: &generator))
            : IPAddress(v6: generator.next(), generator.next())
        record.protocol = maybe(&generator) { _ in "HTTP/1.0" }
        record.tls = maybe(&generator) { _ in "TLSv1.2" }
        record.method = maybe(&generator) { text(8, &$0) }
        record.path = maybe(&generator) { text(60, &$0) }
        record.host = maybe(&generator) { text(60, &$0) }
        record.origin = maybe(&generator) { text(60, &$0) }
        record.userAgent = maybe(&generator) { text(60, &$0) }
        record.key = maybe(&generator) { generator in
            KeyFingerprint(
                kind: KeyFingerprint.Kind.allCases.randomElement(using: &generator) ?? .alias,
                id: .random(in: 0 ... .max, using: &generator),
                last4: ["", "a\"9_"].randomElement(using: &generator) ?? "",
                name: maybe(&generator) { String(decoding: text(20, &$0), as: UTF8.self) })
        }
        record.status = maybe(&generator) { .random(in: 200...599, using: &$0) }
        record.code = maybe(&generator) { ErrorCode.allCases.randomElement(using: &$0) ?? .forbidden }
        record.reason = maybe(&generator) { Reason.allCases.randomElement(using: &$0) ?? .internalError }
        record.bytesIn = number(&generator)
        record.bytesOut = number(&generator)
        record.durationMicroseconds = number(&generator)
        record.upstream = maybe(&generator) { upstream(&$0) }
        return record
    }

    private static func upstream(_ generator: inout SeededGenerator) -> AccessRecord.Upstream {
        var upstream = AccessRecord.Upstream(attempts: .random(in: 0...3, using: &generator))
        upstream.status = maybe(&generator) { .random(in: 200...599, using: &$0) }
        upstream.requestID = maybe(&generator) { text(30, &$0) }
        upstream.address = maybe(&generator) { _ in "[2001:db8::1]:443" }
        upstream.protocol = maybe(&generator) { _ in "HTTP/1.1" }
        upstream.isReused = maybe(&generator) { .random(using: &$0) }
        upstream.connectMicroseconds = maybe(&generator) { number(&$0) }
        upstream.tlsMicroseconds = maybe(&generator) { number(&$0) }
        upstream.firstByteMicroseconds = maybe(&generator) { number(&$0) }
        upstream.totalMicroseconds = maybe(&generator) { number(&$0) }
        return upstream
    }

    private static func maybe<Value>(
        _ generator: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
    ) -> Value? {
        Bool.random(using: &generator) ? make(&generator) : nil
    }

    /// Numbers of every length, up to a year in microseconds.
    private static func number(_ generator: inout SeededGenerator) -> Int {
        Int(generator.next() >> 20) >> Int.random(in: 0...43, using: &generator)
    }

    private static func text(_ length: Int, _ generator: inout SeededGenerator) -> Bytes {
        let alphabet = Array("abcXYZ019 /\"\\\u{0}\n\u{1B}\u{7F}\u{85}é\u{2028}\u{202E}東🙂".unicodeScalars)
        var text = ""
        for _ in 0..<Int.random(in: 0...length, using: &generator) {
            text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "a")
        }
        return Array(text.utf8.prefix(length * 4))[...]
    }
}
