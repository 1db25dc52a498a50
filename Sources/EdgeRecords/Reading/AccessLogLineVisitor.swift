internal import EdgeCore

/// Picks the members of an access log line out of its JSON. Unknown members and members of another type than ours are
/// passed over.
struct AccessLogLineVisitor: JSONVisitor {
    /// Records that one line may say are missing: sums of such numbers stay far from an overflow.
    private static let mostDropped = 1_000_000_000

    private enum Object { case line, key, upstream, other }

    /// The line and the objects in it that are open.
    private var objects: [Object] = []
    private var name: [UInt8] = []
    private let text: UnsafeBufferPointer<UInt8>

    private var entry = AccessLogEntry(time: WallTime(milliseconds: 0), requestID: "", outcome: "")
    private var time: WallTime?
    private var event: String?
    private var count: Int?

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    /// What the members amount to, once the whole line has been read.
    var line: AccessLogLine {
        guard let time else { return .broken }
        if event == "dropped", let count, count <= Self.mostDropped { return .dropped(count: count, time: time) }
        guard event == nil, !entry.requestID.isEmpty, !entry.outcome.isEmpty else { return .broken }
        var entry = entry
        entry.time = time
        return .record(entry)
    }

    mutating func name(_ name: JSONString) { self.name = name.bytes(in: text) }

    mutating func beginObject(at offset: Int) {
        guard objects == [.line] else {
            objects.append(objects.isEmpty ? .line : .other)
            return
        }
        switch Name(name) {
        case "key":
            objects.append(.key)
            entry.key = AccessLogEntry.Key()
        case "upstream":
            objects.append(.upstream)
            entry.upstream = AccessLogEntry.Upstream()
        default: objects.append(.other)
        }
    }

    mutating func endObject(end: Int) { objects.removeLast() }

    mutating func beginArray(at offset: Int) { objects.append(.other) }

    mutating func endArray(end: Int) { objects.removeLast() }

    mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) {
        let value = Value(scalar, text, range)
        switch objects.last {
        case .line?: member(value)
        case .key?: keyMember(value)
        case .upstream?: upstreamMember(value)
        case .other?, nil: break
        }
    }

    private mutating func member(_ value: Value) {
        switch Name(name) {
        case "time": time = value.time
        case "event": event = value.string
        case "count": count = value.integer
        case "request_id": entry.requestID = value.string ?? ""
        case "outcome": entry.outcome = value.string ?? ""
        case "client": entry.client = value.string
        case "protocol": entry.protocol = value.string
        case "tls": entry.tls = value.string
        case "method": entry.method = value.string
        case "path": entry.path = value.string
        case "host": entry.host = value.string
        case "origin": entry.origin = value.string
        case "user_agent": entry.userAgent = value.string
        case "status": entry.status = value.integer
        case "code": entry.code = value.string
        case "reason": entry.reason = value.string
        case "bytes_in": entry.bytesIn = value.integer
        case "bytes_out": entry.bytesOut = value.integer
        case "duration_ms": entry.durationMicroseconds = value.microseconds
        default: break
        }
    }

    private mutating func keyMember(_ value: Value) {
        switch Name(name) {
        case "type": entry.key?.type = value.string
        case "id": entry.key?.id = value.string
        case "last4": entry.key?.last4 = value.string
        case "name": entry.key?.name = value.string
        default: break
        }
    }

    private mutating func upstreamMember(_ value: Value) {
        switch Name(name) {
        case "status": entry.upstream?.status = value.integer
        case "request_id": entry.upstream?.requestID = value.string
        case "address": entry.upstream?.address = value.string
        case "protocol": entry.upstream?.protocol = value.string
        case "reused": entry.upstream?.isReused = value.boolean
        case "connect_ms": entry.upstream?.connectMicroseconds = value.microseconds
        case "tls_ms": entry.upstream?.tlsMicroseconds = value.microseconds
        case "first_byte_ms": entry.upstream?.firstByteMicroseconds = value.microseconds
        case "total_ms": entry.upstream?.totalMicroseconds = value.microseconds
        case "attempts": entry.upstream?.attempts = value.integer
        default: break
        }
    }
}

extension AccessLogLineVisitor {
    /// A member's name, compared by its bytes.
    private struct Name {
        let bytes: [UInt8]

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        static func ~= (literal: StaticString, name: Name) -> Bool { name.bytes.equals(literal) }
    }

    /// A value as the types that members have; nil where it is of another.
    private struct Value {
        let scalar: JSONScalar
        let text: UnsafeBufferPointer<UInt8>
        let range: Range<Int>

        init(_ scalar: JSONScalar, _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
            (self.scalar, self.text, self.range) = (scalar, text, range)
        }

        var string: String? {
            guard case .string(let hasEscapes) = scalar else { return nil }
            let contents = JSONString(range: range.lowerBound + 1..<range.upperBound - 1, hasEscapes: hasEscapes)
            return String(decoding: contents.bytes(in: text), as: UTF8.self)
        }

        /// Nothing that the log counts is negative.
        var integer: Int? {
            guard scalar == .number, let number = Int(String(decoding: text[range], as: UTF8.self)), number >= 0 else {
                return nil
            }
            return number
        }

        var boolean: Bool? {
            switch scalar {
            case .true: true
            case .false: false
            case .string, .number, .null: nil
            }
        }

        /// Milliseconds with up to three decimals.
        var microseconds: Int? {
            guard scalar == .number, let milliseconds = Double(String(decoding: text[range], as: UTF8.self)) else {
                return nil
            }
            return Int(exactly: (milliseconds * 1000).rounded()).flatMap { $0 >= 0 ? $0 : nil }
        }

        var time: WallTime? { string.flatMap { WallTime(iso8601: $0) } }
    }
}
