internal import EdgeCore

/// Writes an ``AccessRecord`` as one line of JSON. Every byte that a client or Plunk chose is cut, freed of keys and
/// escaped here, and nowhere else. Belongs to one event loop, because it keeps the last second it wrote.
package struct AccessRecordEncoder: ~Copyable {
    /// No line is longer, in bytes: each text below takes at most six times its limit, the rest is fixed.
    package static let maximumLineSize = 12 * 1024

    /// Bytes of each text that are kept.
    enum Limit {
        static let method = 32
        static let text = 256
        static let identifier = 128
    }

    private var timestamp = Timestamp()

    package init() {}

    /// Appends the line, newline included. Quickest when `buffer` has room for ``maximumLineSize``.
    package mutating func encode(_ record: borrowing AccessRecord, into buffer: inout [UInt8]) {
        buffer.append(addingCapacity: Self.maximumLineSize) { line in
            line.append("{\"v\":1,\"time\":\"")
            timestamp.append(record.time, to: &line)
            line.append("\",\"request_id\":\"")
            Self.identifier(record.requestID, &line)
            line.append("\"")
            if let client = record.client {
                line.append(",\"client\":\"")
                client.append(to: &line)
                line.append("\"")
            }
            Self.constant(",\"protocol\":\"", record.protocol, &line)
            Self.constant(",\"tls\":\"", record.tls, &line)
            if let request = record.request { Self.request(request, &line) }
            if let key = record.key { Self.key(key, &line) }
            if let status = record.status { Self.number(",\"status\":", status, &line) }
            Self.name(",\"outcome\":\"", record.outcome.rawValue, &line)
            if let code = record.code { Self.name(",\"code\":\"", code.rawValue, &line) }
            if let reason = record.reason { Self.name(",\"reason\":\"", reason.rawValue, &line) }
            Self.number(",\"bytes_in\":", record.bytesIn, &line)
            Self.number(",\"bytes_out\":", record.bytesOut, &line)
            Self.milliseconds(",\"duration_ms\":", record.durationMicroseconds, &line)
            if let upstream = record.upstream { Self.upstream(upstream, &line) }
            line.append("}\n")
        }
    }

    private static func request(_ request: borrowing AccessRecord.Request, _ line: inout OutputSpan<UInt8>) {
        let (method, path, host) = (request.method, request.path, request.host)
        let (origin, userAgent) = (request.origin, request.userAgent)
        request.text.withUnsafeBufferPointer { bytes in
            member(",\"method\":\"", bytes, method, Limit.method, &line)
            member(",\"path\":\"", bytes, path, Limit.text, &line)
            member(",\"host\":\"", bytes, host, Limit.text, &line)
            member(",\"origin\":\"", bytes, origin, Limit.text, &line)
            member(",\"user_agent\":\"", bytes, userAgent, Limit.text, &line)
        }
    }

    private static func key(_ key: borrowing KeyFingerprint, _ line: inout OutputSpan<UInt8>) {
        name(",\"key\":{\"type\":\"", key.kind.rawValue, &line)
        line.append(",\"id\":\"")
        line.append(hexadecimal: key.id)
        line.append("\"")
        if !key.last4.isEmpty { string(",\"last4\":\"", key.last4, &line) }
        if let name = key.name { string(",\"name\":\"", name, &line) }
        line.append("}")
    }

    private static func upstream(_ upstream: borrowing AccessRecord.Upstream, _ line: inout OutputSpan<UInt8>) {
        line.append(",\"upstream\":{")
        // `attempts` is always there and stands last, so that every other member can end in a comma.
        if let status = upstream.status {
            number("\"status\":", status, &line)
            line.append(",")
        }
        if let requestID = upstream.requestID {
            line.append("\"request_id\":\"")
            text(requestID, Limit.identifier, &line)
            line.append("\",")
        }
        if let address = upstream.address {
            string("\"address\":\"", address, &line)
            line.append(",")
        }
        if let used = upstream.protocol {
            constant("\"protocol\":\"", used, &line)
            line.append(",")
        }
        if let isReused = upstream.isReused { line.append(isReused ? "\"reused\":true," : "\"reused\":false,") }
        if let connect = upstream.connectMicroseconds {
            milliseconds("\"connect_ms\":", connect, &line)
            line.append(",")
        }
        if let tls = upstream.tlsMicroseconds {
            milliseconds("\"tls_ms\":", tls, &line)
            line.append(",")
        }
        if let firstByte = upstream.firstByteMicroseconds {
            milliseconds("\"first_byte_ms\":", firstByte, &line)
            line.append(",")
        }
        if let total = upstream.totalMicroseconds {
            milliseconds("\"total_ms\":", total, &line)
            line.append(",")
        }
        number("\"attempts\":", upstream.attempts, &line)
        line.append("}")
    }
}

// MARK: Values

extension AccessRecordEncoder {
    @inline(__always)
    private static func member(
        _ start: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ value: Range<Int>?, _ limit: Int,
        _ line: inout OutputSpan<UInt8>
    ) {
        guard let value else { return }
        line.append(start)
        text(UnsafeBufferPointer(rebasing: bytes[value]), limit, &line)
        line.append("\"")
    }

    private static func identifier(_ identifier: borrowing Identifier, _ line: inout OutputSpan<UInt8>) {
        if let given = identifier.given {
            text(given, Limit.identifier, &line)
        } else {
            identifier.append(to: &line)
        }
    }

    private static func text(_ value: Bytes, _ limit: Int, _ line: inout OutputSpan<UInt8>) {
        value.withUnsafeBufferPointer { text($0, limit, &line) }
    }

    /// Cuts after looking for keys, in all of the value: a cut could make one too short to be found.
    private static func text(
        _ value: UnsafeBufferPointer<UInt8>, _ limit: Int, _ line: inout OutputSpan<UInt8>
    ) {
        let traits = TextTraits(value)
        if traits.mayHoldKey, let redacted = KeyRedaction.redacted(value) {
            redacted.withUnsafeBufferPointer { cut($0, limit, needsEscape: traits.needsEscape, &line) }
        } else {
            cut(value, limit, needsEscape: traits.needsEscape, &line)
        }
    }

    @inline(__always)
    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, _ limit: Int, needsEscape: Bool, _ line: inout OutputSpan<UInt8>
    ) {
        guard needsEscape else {
            return line.append(bytes: UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, limit)]))
        }
        let count = UTF8Character.boundary(limit, in: bytes)
        line.append(escaping: UnsafeBufferPointer(rebasing: bytes[..<count]))
    }

    private static func string(_ start: StaticString, _ value: String, _ line: inout OutputSpan<UInt8>) {
        line.append(start)
        var value = value
        value.withUTF8 { text($0, Limit.identifier, &line) }
        line.append("\"")
    }

    /// A name from one of our own enumerations: nothing in it needs escaping.
    @inline(__always)
    private static func name(_ start: StaticString, _ name: String, _ line: inout OutputSpan<UInt8>) {
        line.append(start)
        line.append(text: name)
        line.append("\"")
    }

    private static func constant(_ start: StaticString, _ value: StaticString?, _ line: inout OutputSpan<UInt8>) {
        guard let value else { return }
        line.append(start)
        line.append(value)
        line.append("\"")
    }

    @inline(__always)
    private static func number(_ start: StaticString, _ value: Int, _ line: inout OutputSpan<UInt8>) {
        line.append(start)
        line.append(decimal: UInt64(max(0, value)))
    }

    /// Microseconds as milliseconds with three decimals.
    private static func milliseconds(
        _ start: StaticString, _ microseconds: Int, _ line: inout OutputSpan<UInt8>
    ) {
        let microseconds = max(0, microseconds)
        number(start, microseconds / 1000, &line)
        line.append(".")
        line.append(threeDigits: UInt32(truncatingIfNeeded: microseconds % 1000))
    }
}
