import EdgeCore
import EdgeRecords
import Foundation
import Testing

@Suite struct AccessRecordEncoderTests {
    static func encode(_ record: AccessRecord) -> String {
        var encoder = AccessRecordEncoder()
        var buffer: [UInt8] = []
        encoder.encode(record, into: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// The value of a member of the line, as Foundation's parser reads it.
    static func member(_ name: String, of record: AccessRecord) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(encode(record).utf8))
        return (object as? [String: Any])?[name] as? String
    }

    static func path(_ bytes: [UInt8]) -> AccessRecord {
        var record = Samples.bare
        record.path = bytes[...]
        return record
    }

    @Test("Records are written as the golden lines")
    func golden() throws {
        let lines = [Samples.full, Samples.bare, Samples.hostile].map(Self.encode).joined()
        #expect(try lines == Fixture.text("access-log.jsonl"))
    }

    @Test("Every byte of a text comes out as JSON, printable and on one line", arguments: 0...255)
    func everyByte(_ value: Int) throws {
        let byte = UInt8(value)
        for text in [[byte], [byte, 0x61], Array("0123456".utf8) + [byte] + Array("89abcdef".utf8)] {
            let line = Self.encode(Self.path(text))
            #expect(line.unicodeScalars.dropLast().allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
            #expect(try Self.member("path", of: Self.path(text)) == String(decoding: text, as: UTF8.self))
        }
    }

    struct Escape: CustomTestStringConvertible, Sendable {
        var text: [UInt8]
        var written: String
        var testDescription: String { written }

        init(_ text: String, _ written: String) { (self.text, self.written) = (Array(text.utf8), written) }
        init(_ text: [UInt8], _ written: String) { (self.text, self.written) = (text, written) }
    }

    static let escapes = [
        Escape("\"\\/", #"\"\\/"#),
        Escape("\u{0}\n\u{1F}\u{7F}", #"\u0000\u000a\u001f\u007f"#),
        Escape("\u{80}\u{85}\u{9F}\u{A0}", "\\u0080\\u0085\\u009f\u{A0}"),
        Escape("\u{2027}\u{2028}\u{2029}", "\u{2027}\\u2028\\u2029"),
        Escape("\u{202E}\u{2066}\u{200F}\u{FEFF}", #"\u202e\u2066\u200f\ufeff"#),
        Escape("é東🙂", "é東🙂"),
        Escape([0x61, 0xFF, 0x62], "a\u{FFFD}b"),
        Escape([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
        Escape([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        Escape([0xE2, 0x82], "\u{FFFD}\u{FFFD}"),
        Escape([0xF5, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
    ]

    @Test("What could fool a reader is escaped", arguments: escapes)
    func escapesText(_ escape: Escape) {
        #expect(Self.encode(Self.path(escape.text)).contains("\"path\":\"\(escape.written)\","))
    }

    @Test("Long texts are cut on a character's boundary")
    func cuts() throws {
        let long = String(repeating: "a", count: 255)
        #expect(try Self.member("path", of: Self.path(Array((long + "bc").utf8))) == long + "b")
        #expect(try Self.member("path", of: Self.path(Array((long + "éc").utf8))) == long)
        let shorter = String(long.dropLast(2))
        #expect(try Self.member("path", of: Self.path(Array((shorter + "🙂").utf8))) == shorter)
        let fitting = String(long.dropLast(3))
        #expect(try Self.member("path", of: Self.path(Array((fitting + "🙂c").utf8))) == fitting + "🙂")
        var record = Samples.bare
        record.method = Samples.bytes(String(repeating: "M", count: 40))
        #expect(try Self.member("method", of: record) == String(repeating: "M", count: 32))
    }

    @Test(
        "A cut leaves no part of a key, wherever the key stands",
        arguments: ["sk_CANARY123", "pk_CANARY123", "pk_" + String(repeating: "0123456789abcdef", count: 4)])
    func cutsKeys(_ key: String) throws {
        let mark = "\(key.prefix(3))***"
        let texts: [(name: String, limit: Int, assign: (inout AccessRecord, Bytes) -> Void)] = [
            ("path", 256, { $0.path = $1 }), ("host", 256, { $0.host = $1 }), ("origin", 256, { $0.origin = $1 }),
            ("user_agent", 256, { $0.userAgent = $1 }),
            ("request_id", 128, { $0.requestID = Identifier(given: $1) }),
        ]
        for (name, limit, assign) in texts {
            for start in (limit - key.utf8.count - 1)...(limit + 1) {
                // With a quote in it a text has to be escaped, and is cut in another way.
                for first in ["/", "\""] {
                    let before = first + String(repeating: "/", count: start - 1)
                    var record = Samples.bare
                    assign(&record, Samples.bytes("\(before)\(key)/x"))
                    let written = String("\(before)\(mark)/x".prefix(limit))
                    #expect(try Self.member(name, of: record) == written, "\(name), the key begins at \(start)")
                }
            }
        }
    }

    @Test("No text of a record lets a key through", arguments: ["sk_CANARY123", "pk_CANARY123", "x%20sk%5FCANARY123"])
    func hidesKeys(_ key: String) {
        var record = Samples.full
        (record.method, record.path, record.host) = (Samples.bytes(key), Samples.bytes(key), Samples.bytes(key))
        (record.origin, record.userAgent) = (Samples.bytes(key), Samples.bytes(key))
        record.requestID = Identifier(given: Samples.bytes(key))
        record.key?.name = key
        record.upstream?.requestID = Samples.bytes(key)
        record.upstream?.address = key
        #expect(!Self.encode(record).contains("CANARY"))
    }

    @Test("The largest record fits the room reserved for a line")
    func largest() throws {
        let text = [UInt8](repeating: 0x01, count: 2000)
        var record = Samples.full
        (record.method, record.path, record.host) = (text[...], text[...], text[...])
        (record.origin, record.userAgent) = (text[...], text[...])
        record.requestID = Identifier(given: text[...])
        record.client = IPAddress("1111:2222:3333:4444:5555:6666:7777:8888")
        record.key?.name = String(decoding: text, as: UTF8.self)
        record.key?.last4 = String(decoding: text, as: UTF8.self)
        record.upstream?.requestID = text[...]
        record.upstream?.address = String(decoding: text, as: UTF8.self)
        (record.status, record.bytesIn, record.bytesOut) = (.max, .max, .max)
        record.durationMicroseconds = .max
        let line = Self.encode(record)
        #expect(line.hasSuffix("\"attempts\":2}}\n"))
        #expect(line.utf8.count <= AccessRecordEncoder.maximumLineSize)
    }

    struct Moment: CustomTestStringConvertible, Sendable {
        var milliseconds: Int64
        var written: String
        var testDescription: String { written }

        init(_ milliseconds: Int64, _ written: String) { (self.milliseconds, self.written) = (milliseconds, written) }
    }

    static let moments = [
        Moment(0, "1970-01-01T00:00:00.000Z"),
        Moment(-1, "1969-12-31T23:59:59.999Z"),
        Moment(951_782_400_000, "2000-02-29T00:00:00.000Z"),
        Moment(1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
        Moment(4_107_542_400_007, "2100-03-01T00:00:00.007Z"),
        Moment(253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        Moment(253_402_300_800_027, "9999-12-31T23:59:59.999Z"),
        Moment(-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        Moment(-62_167_219_200_973, "0000-01-01T00:00:00.000Z"),
    ]

    @Test("Times are ISO 8601 in UTC", arguments: moments)
    func times(_ moment: Moment) {
        let record = AccessRecord(
            time: WallTime(milliseconds: moment.milliseconds), requestID: Samples.requestID, outcome: .forwarded)
        #expect(Self.encode(record).hasPrefix("{\"v\":1,\"time\":\"\(moment.written)\","))
    }

    @Test("One encoder writes a second that it kept and one that is new")
    func cachedSecond() {
        var encoder = AccessRecordEncoder()
        var buffer: [UInt8] = []
        for milliseconds in [1000, 1999, 2000, 1500, Int64.max, Int64.min] as [Int64] {
            let time = WallTime(milliseconds: milliseconds)
            encoder.encode(
                AccessRecord(time: time, requestID: Identifier(given: [0x61]), outcome: .forwarded), into: &buffer)
        }
        let times = String(decoding: buffer, as: UTF8.self).split(separator: "\n").map { $0.dropFirst(15).prefix(24) }
        #expect(
            times == [
                "1970-01-01T00:00:01.000Z", "1970-01-01T00:00:01.999Z", "1970-01-01T00:00:02.000Z",
                "1970-01-01T00:00:01.500Z", "9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z",
            ])
    }
}
