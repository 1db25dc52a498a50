import EdgeCore
import Foundation
import Testing

@testable import EdgeRecords

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

    /// What the lines of a log are that comes in pieces.
    static func read(_ pieces: [Bytes]) -> [AccessLogLine] {
        var lines: [AccessLogLine] = []
        var cutter = LineCutter()
        let note = { (line: UnsafeBufferPointer<UInt8>) in LogLine.read(line) { lines.append($0.decoded) } }
        for piece in pieces { piece.withUnsafeBufferPointer { cutter.cut($0, each: note) } }
        cutter.finish(each: note)
        return lines
    }

    @Test("A log is the same whole, byte by byte and split at every place")
    func splits() throws {
        let log = Array((try Fixture.text("access-log.jsonl") + "\nbroken\n{\"v\":1}").utf8)
        let whole = Self.read([log[...]])
        #expect(whole.count == 5)
        #expect(whole.count { $0 == .broken } == 2)
        #expect(Self.read(log.indices.map { log[$0...$0] }) == whole)
        for place in log.indices { #expect(Self.read([log[..<place], log[place...]]) == whole) }
    }

    /// What both ways of reading make of a line: its fields' texts and numbers. Nil for a line without any.
    static func fields(_ fields: LineFields, _ text: UnsafeBufferPointer<UInt8>) -> [String?] {
        let places = [
            fields.requestID, fields.client, fields.origin, fields.keyType, fields.keyID, fields.keyLast4,
            fields.keyName, fields.outcome, fields.code, fields.reason,
        ]
        return places.map { place in text[place].map { String(decoding: $0, as: UTF8.self) } } + [
            fields.time.iso8601, fields.status.map { "\($0)" }, fields.durationMicroseconds.map { "\($0)" },
        ]
    }

    /// Both ways of reading agree on `line`, unless the quick one leaves it to the other.
    ///
    /// - Returns: whether the quick one took it.
    @discardableResult
    static func expectAgreement(_ line: [UInt8]) -> Bool {
        line.withUnsafeBufferPointer { bytes in
            guard let quick = LineScanner.scan(bytes) else { return false }
            guard case .record(let entry) = AccessLogReader.decode(line[...]) else {
                Issue.record("no record: \(String(decoding: line, as: UTF8.self))")
                return true
            }
            let (slow, text) = LineFields.flattened(entry)
            let expected = text.withUnsafeBufferPointer { Self.fields(slow, $0) }
            #expect(Self.fields(quick, bytes) == expected, "\(String(decoding: line, as: UTF8.self))")
            return true
        }
    }

    @Test("Lines as the edge writes them are read the quick way, with the same result")
    func quickWay() throws {
        let lines = try Fixture.text("access-log.jsonl").split(separator: "\n").map { Array($0.utf8) }
        #expect(lines.map(Self.expectAgreement) == [true, true, false])
        var quick = 0
        for seed in 0..<500 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var encoder = AccessRecordEncoder()
            var line: [UInt8] = []
            let any = RandomRecord.make(&generator)
            encoder.encode(any, into: &line)
            Self.expectAgreement(line.dropLast())
            // The same with texts that need no escape.
            var plain = any
            plain.requestID = Samples.requestID
            plain.method = any.method.map { _ in Samples.bytes("POST") }
            plain.path = any.path.map { _ in Samples.bytes("/v1/track") }
            plain.host = any.host.map { _ in Samples.bytes("") }
            plain.origin = any.origin.map { _ in Samples.bytes("https://app.example.com") }
            plain.userAgent = any.userAgent.map { _ in Samples.bytes("Mozilla/5.0 (X11)") }
            plain.key?.name = any.key?.name.map { _ in "web" }
            plain.key?.last4 = any.key?.last4 == "" ? "" : "9f3c"
            plain.upstream?.requestID = any.upstream?.requestID.map { _ in Samples.bytes("req_1") }
            line = []
            encoder.encode(plain, into: &line)
            if Self.expectAgreement(line.dropLast()) { quick += 1 }
        }
        #expect(quick == 500)
    }

    @Test("Cut off or changed anywhere, a line is never read as another than JSON says")
    func damagedLines() throws {
        for line in try Fixture.text("access-log.jsonl").split(separator: "\n").map({ Array($0.utf8) }) {
            for place in line.indices {
                Self.expectAgreement(Array(line[..<place]))
                for byte in [0x00, 0x20, 0x22, 0x2C, 0x30, 0x39, 0x3A, 0x5C, 0x7B, 0x7D, 0x80, 0xE9] as [UInt8] {
                    var changed = line
                    changed[place] = byte
                    Self.expectAgreement(changed)
                    changed.insert(line[place], at: place)
                    Self.expectAgreement(changed)
                }
            }
        }
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
        #"{"v":1,"time":"2026-11-23T13:39:09.123Z","event":"dropped","count":9223372036854775807}"#,
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
        var cutter = LineCutter()
        var lines: [AccessLogLine] = []
        var longest = 0
        for piece in [line(length: 65_536), line(length: 65_537), line(length: 1_000_000), line(length: 100)] {
            // In two pieces, so that the line has to be kept.
            for part in [piece[..<50], piece[50...]] {
                part.withUnsafeBufferPointer { bytes in
                    cutter.cut(bytes) { line in
                        longest = max(longest, line.count)
                        LogLine.read(line) { lines.append($0.decoded) }
                    }
                }
            }
        }
        let entry = AccessLogLine.record(AccessLogEntry(time: Samples.time, requestID: "a", outcome: "forwarded"))
        #expect(lines == [entry, .broken, .broken, entry])
        #expect(longest == 65_537)
    }

    @Test("Whatever is changed in a log, it is read to its end", arguments: 0..<200)
    func mutations(_ seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var log = Array(try Fixture.text("access-log.jsonl").utf8)
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            let place = Int.random(in: 0..<log.count, using: &generator)
            log[place] = UInt8.random(in: 0...255, using: &generator)
        }
        #expect(Self.read([log[...]]).count >= 2)
    }
}
