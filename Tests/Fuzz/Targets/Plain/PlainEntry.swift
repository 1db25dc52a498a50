import EdgeCore
import EdgeRecords

/// What has to be read back of a record that was written: its texts freed of keys and cut, its numbers not below zero.
enum PlainEntry {
    static func expected(of record: AccessRecord) -> AccessLogEntry {
        let time = min(max(record.time.milliseconds, -62_167_219_200_000), 253_402_300_799_999)
        var entry = AccessLogEntry(
            time: WallTime(milliseconds: time), requestID: text(record.requestID.bytes, 128),
            outcome: record.outcome.rawValue)
        entry.client = record.client?.description
        entry.protocol = record.protocol?.description
        entry.tls = record.tls?.description
        if let request = record.request {
            func field(_ range: Range<Int>?, _ limit: Int) -> String? {
                range.map { text(Array(request.text[$0]), limit) }
            }
            entry.method = field(request.method, 32)
            entry.path = field(request.path, 256)
            entry.host = field(request.host, 256)
            entry.origin = field(request.origin, 256)
            entry.userAgent = field(request.userAgent, 256)
        }
        entry.key = record.key.map(key)
        (entry.status, entry.code, entry.reason) = (
            record.status.map(count), record.code?.rawValue, record.reason?.rawValue
        )
        (entry.bytesIn, entry.bytesOut) = (count(record.bytesIn), count(record.bytesOut))
        entry.durationMicroseconds = count(record.durationMicroseconds)
        entry.upstream = record.upstream.map(upstream)
        return entry
    }

    private static func key(_ fingerprint: KeyFingerprint) -> AccessLogEntry.Key {
        var key = AccessLogEntry.Key()
        key.type = fingerprint.kind.rawValue
        let digits = String(fingerprint.id, radix: 16)
        key.id = String(repeating: "0", count: 8 - digits.utf8.count) + digits
        key.last4 = fingerprint.last4.isEmpty ? nil : text(Array(fingerprint.last4.utf8), 128)
        key.name = fingerprint.name.map { text(Array($0.utf8), 128) }
        return key
    }

    private static func upstream(_ sent: AccessRecord.Upstream) -> AccessLogEntry.Upstream {
        var upstream = AccessLogEntry.Upstream()
        upstream.status = sent.status.map(count)
        upstream.requestID = sent.requestID.map { text(Array($0), 128) }
        upstream.address = sent.address.map { text(Array($0.utf8), 128) }
        upstream.protocol = sent.protocol?.description
        upstream.isReused = sent.isReused
        upstream.connectMicroseconds = sent.connectMicroseconds.map(count)
        upstream.tlsMicroseconds = sent.tlsMicroseconds.map(count)
        upstream.firstByteMicroseconds = sent.firstByteMicroseconds.map(count)
        upstream.totalMicroseconds = sent.totalMicroseconds.map(count)
        upstream.attempts = count(sent.attempts)
        return upstream
    }

    private static func count(_ number: Int) -> Int { max(0, number) }

    /// Which keys are taken out is asked of the edge; that none is left, the target asks ``PlainKeys``.
    private static func text(_ bytes: [UInt8], _ limit: Int) -> String {
        BrokenText.cut(KeyRedaction.redacted(bytes[...]) ?? bytes, to: limit)
    }
}
