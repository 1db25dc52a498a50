@testable import EdgeCore

/// What a visitor was told, ranges included.
enum JSONEvent: Hashable, Sendable {
    case beginObject(Int)
    case name(Range<Int>, hasEscapes: Bool)
    case endObject(Int)
    case beginArray(Int)
    case endArray(Int)
    case scalar(JSONScalar, Range<Int>)

    /// The part of the text that this event covers.
    var range: Range<Int> {
        switch self {
        case .beginObject(let start), .beginArray(let start): start..<start + 1
        case .endObject(let end), .endArray(let end): end - 1..<end
        case .name(let range, _), .scalar(_, let range): range
        }
    }
}

/// Writes down what a scanner finds.
struct JSONRecorder: JSONVisitor {
    var events: [JSONEvent] = []

    mutating func beginObject(at offset: Int) { events.append(.beginObject(offset)) }
    mutating func name(_ name: JSONString) { events.append(.name(name.range, hasEscapes: name.hasEscapes)) }
    mutating func endObject(end: Int) { events.append(.endObject(end)) }
    mutating func beginArray(at offset: Int) { events.append(.beginArray(offset)) }
    mutating func endArray(end: Int) { events.append(.endArray(end)) }
    mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) { events.append(.scalar(scalar, range)) }

    static func events(of text: [UInt8]) throws(JSONFailure) -> [JSONEvent] {
        var recorder = JSONRecorder()
        try scan(text, &recorder)
        return recorder.events
    }

    /// Why `text` is refused, nil if it is not.
    static func failure(of text: [UInt8]) -> JSONFailure? {
        do throws(JSONFailure) {
            _ = try events(of: text)
            return nil
        } catch {
            return error
        }
    }

    private static func scan(_ text: [UInt8], _ visitor: inout some JSONVisitor) throws(JSONFailure) {
        let result = text.withUnsafeBufferPointer { buffer -> JSONFailure? in
            do throws(JSONFailure) {
                try JSONScanner.scan(buffer, visitor: &visitor)
                return nil
            } catch {
                return error
            }
        }
        if let result { throw result }
    }
}

/// The meaning of the strings that stand in `text` as a JSON array of strings.
func meanings(of text: [UInt8]) throws -> [[UInt8]] {
    let events = try JSONRecorder.events(of: text)
    return text.withUnsafeBufferPointer { buffer in
        events.compactMap { event in
            guard case .scalar(.string(let hasEscapes), let range) = event else { return nil }
            return JSONString(range: range.lowerBound + 1..<range.upperBound - 1, hasEscapes: hasEscapes)
                .bytes(in: buffer)
        }
    }
}
