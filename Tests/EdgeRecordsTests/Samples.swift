import EdgeCore
import EdgeRecords
import Foundation
import Testing

/// Records for tests.
enum Samples {
    static let time = WallTime(milliseconds: 1_795_441_149_123)
    static let requestID = Identifier(given: bytes("0193577a-6b1c-7d2e-8f30-112233445566"))

    static func bytes(_ text: String) -> Bytes { Array(text.utf8)[...] }

    /// A full record whose request id is a number.
    static func record(_ number: Int) -> AccessRecord {
        var record = full
        record.requestID = Identifier(given: bytes("\(number)"))
        return record
    }

    /// Everything that a record can hold.
    static var full: AccessRecord {
        var record = AccessRecord(time: time, requestID: requestID, outcome: .forwarded)
        record.client = IPAddress("198.51.100.10")
        record.protocol = "HTTP/1.1"
        record.tls = "TLSv1.3"
        record.method = bytes("POST")
        record.path = bytes("/v1/track")
        record.host = bytes("app.example.com")
        record.origin = bytes("https://app.example.com")
        record.userAgent = bytes("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36")
        record.key = KeyFingerprint(kind: .public, id: 0x0A1B_2C3D, last4: "9f3c", name: "web-app")
        record.status = 429
        record.code = .rateLimitExceeded
        record.reason = .upstreamRateLimited
        (record.bytesIn, record.bytesOut, record.durationMicroseconds) = (612, 431, 8_412)
        var upstream = AccessRecord.Upstream(attempts: 2)
        upstream.status = 429
        upstream.requestID = bytes("req_1234")
        upstream.address = "203.0.113.10:443"
        upstream.protocol = "HTTP/1.1"
        upstream.isReused = false
        upstream.connectMicroseconds = 12_000
        upstream.tlsMicroseconds = 1_000_001
        upstream.firstByteMicroseconds = 7
        upstream.totalMicroseconds = 0
        record.upstream = upstream
        return record
    }

    /// What a request that was not even HTTP leaves.
    static var bare: AccessRecord { AccessRecord(time: time, requestID: requestID, outcome: .clientGone) }

    /// Nothing but what an attacker would choose.
    static var hostile: AccessRecord {
        var record = AccessRecord(time: time, requestID: Identifier(given: bytes("a\"b\\")), outcome: .rejected)
        record.client = IPAddress("2001:db8::1")
        record.method = bytes("GET\u{1B}[31m")
        record.path = bytes("/\u{7F}\u{9B}2J\u{2028}\u{202E}/sk_CANARY123/é東")
        record.host = [0xFF, 0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF4, 0x90, 0x80, 0x80, 0xE2, 0x82][...]
        record.origin = bytes("\",\"status\":200,\"x\":\"\n\r\t\u{0}")
        record.userAgent = bytes("Bearer%20pk_CANARY123")
        record.key = KeyFingerprint(kind: .secret, id: 7, last4: "", name: nil)
        record.status = 401
        record.code = .invalidAPIKey
        record.reason = .secretKey
        return record
    }
}

/// What the client chose, one text at a time.
extension AccessRecord {
    var method: Bytes? {
        get { self[\.method] }
        set { self[\.method] = newValue }
    }
    var path: Bytes? {
        get { self[\.path] }
        set { self[\.path] = newValue }
    }
    var host: Bytes? {
        get { self[\.host] }
        set { self[\.host] = newValue }
    }
    var origin: Bytes? {
        get { self[\.origin] }
        set { self[\.origin] = newValue }
    }
    var userAgent: Bytes? {
        get { self[\.userAgent] }
        set { self[\.userAgent] = newValue }
    }

    private subscript(_ place: WritableKeyPath<Request, Range<Int>?>) -> Bytes? {
        get { request.flatMap { request in request[keyPath: place].map { request.text[$0] } } }
        set {
            var changed = request ?? Request(text: [])
            changed[keyPath: place] = newValue.map { changed.text.count..<changed.text.count + $0.count }
            changed.text += newValue ?? []
            request = changed
        }
    }
}

/// Files beside the tests.
enum Fixture {
    static func url(_ name: String) -> URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)")
    }

    static func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

    /// Compares a text with a file. `GOLDEN=write` in the environment writes the file instead, to be looked at before it
    /// is believed.
    static func expect(_ text: String, _ name: String) throws {
        if ProcessInfo.processInfo.environment["GOLDEN"] == "write" {
            try text.write(to: url(name), atomically: true, encoding: .utf8)
        }
        #expect(try text == Self.text(name))
    }
}

/// A generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
