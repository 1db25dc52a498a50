import EdgeCore
import EdgeRecords

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
