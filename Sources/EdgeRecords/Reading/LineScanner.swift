internal import EdgeCore
private import Glibc

/// Finds the fields of a line that is exactly as ``AccessRecordEncoder`` writes it and holds neither escapes nor
/// characters outside ASCII: nearly all lines of a log, at a small part of what reading JSON costs. It says nil to every
/// other line, which then is read as JSON, so that both always agree.
struct LineScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var fields = LineFields()

    private init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

    static func scan(_ line: UnsafeBufferPointer<UInt8>) -> LineFields? {
        guard line.count <= LineCutter.maximumLineSize else { return nil }
        var scanner = LineScanner(line)
        return scanner.record() ? scanner.fields : nil
    }

    /// The members in the order of the encoder.
    private mutating func record() -> Bool {
        guard take("{\"v\":1,\"time\":\""), let time = place(), time.end - time.start == 24,
            let moment = text[time].flatMap(WallTime.init(iso8601:)), take(",\"request_id\":\""),
            let requestID = place(), requestID.start < requestID.end
        else { return false }
        (fields.time, fields.requestID) = (moment, requestID)
        guard string(",\"client\":\"", \.client), skip(",\"protocol\":\""), skip(",\"tls\":\""),
            skip(",\"method\":\""), skip(",\"path\":\""), skip(",\"host\":\""), string(",\"origin\":\"", \.origin),
            skip(",\"user_agent\":\""), key()
        else { return false }
        if take(",\"status\":") {
            guard let status = integer() else { return false }
            fields.status = status
        }
        guard take(",\"outcome\":\""), let outcome = place(), outcome.start < outcome.end else { return false }
        fields.outcome = outcome
        guard string(",\"code\":\"", \.code), string(",\"reason\":\"", \.reason) else { return false }
        guard take(",\"bytes_in\":"), integer() != nil, take(",\"bytes_out\":"), integer() != nil,
            take(",\"duration_ms\":"), let duration = microseconds()
        else { return false }
        fields.durationMicroseconds = duration
        return upstream() && take("}") && index == text.count
    }

    private mutating func key() -> Bool {
        guard take(",\"key\":{\"type\":\"") else { return true }
        guard let type = place(), take(",\"id\":\""), let id = place() else { return false }
        (fields.keyType, fields.keyID) = (type, id)
        return string(",\"last4\":\"", \.keyLast4) && string(",\"name\":\"", \.keyName) && take("}")
    }

    private mutating func upstream() -> Bool {
        guard take(",\"upstream\":{") else { return true }
        if take("\"status\":") { guard integer() != nil, take(",") else { return false } }
        if take("\"request_id\":\"") { guard place() != nil, take(",") else { return false } }
        if take("\"address\":\"") { guard place() != nil, take(",") else { return false } }
        if take("\"protocol\":\"") { guard place() != nil, take(",") else { return false } }
        if !take("\"reused\":true,") { _ = take("\"reused\":false,") }
        if take("\"connect_ms\":") { guard microseconds() != nil, take(",") else { return false } }
        if take("\"tls_ms\":") { guard microseconds() != nil, take(",") else { return false } }
        if take("\"first_byte_ms\":") { guard microseconds() != nil, take(",") else { return false } }
        if take("\"total_ms\":") { guard microseconds() != nil, take(",") else { return false } }
        return take("\"attempts\":") && integer() != nil && take("}")
    }

    // MARK: Pieces

    /// Goes behind `literal` if it stands here.
    @inline(__always)
    private mutating func take(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard let base = text.baseAddress, text.count - index >= length,
            memcmp(base + index, literal.utf8Start, length) == 0
        else { return false }
        index += length
        return true
    }

    /// The string that has begun here; goes behind its quote. Nil where it holds more than plain ASCII.
    @inline(__always)
    private mutating func place() -> LineFields.Place? {
        let start = index
        guard let end = ByteSearch.firstSpecialInJSON(in: text, from: start), text[end] == UInt8(ascii: "\"") else {
            return nil
        }
        index = end + 1
        return LineFields.Place(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
    }

    /// - Returns: false where the member is there and cannot be taken.
    @inline(__always)
    private mutating func string(
        _ literal: StaticString, _ field: WritableKeyPath<LineFields, LineFields.Place>
    ) -> Bool {
        guard take(literal) else { return true }
        guard let place = place() else { return false }
        fields[keyPath: field] = place
        return true
    }

    @inline(__always)
    private mutating func skip(_ literal: StaticString) -> Bool { !take(literal) || place() != nil }

    /// A whole number without a zero before others, of few enough digits that arithmetic with it is exact everywhere.
    @inline(__always)
    private mutating func integer(digits most: Int = 15) -> Int? {
        let start = index
        var number = 0
        while index < text.count, text[index].isASCIIDigit, index - start < most {
            number = number &* 10 &+ Int(text[index] &- 0x30)
            index += 1
        }
        let digits = index - start
        guard digits == 1 || (digits > 1 && text[start] != UInt8(ascii: "0")) else { return nil }
        return number
    }

    /// Milliseconds with exactly three decimals.
    @inline(__always)
    private mutating func microseconds() -> Int? {
        guard var number = integer(digits: 12), index + 4 <= text.count, text[index] == UInt8(ascii: ".") else {
            return nil
        }
        for offset in 1...3 {
            guard text[index + offset].isASCIIDigit else { return nil }
            number = number * 10 + Int(text[index + offset] &- 0x30)
        }
        index += 4
        return number
    }
}
