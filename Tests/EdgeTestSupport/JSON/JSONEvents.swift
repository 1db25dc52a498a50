import EdgeCore

/// What a visitor was told, ranges included.
package enum JSONEvent: Hashable, Sendable {
    case beginObject(Int)
    case name(Range<Int>, hasEscapes: Bool)
    case endObject(Int)
    case beginArray(Int)
    case endArray(Int)
    case scalar(JSONScalar, Range<Int>)

    /// The part of the text that this event covers.
    package var range: Range<Int> {
        switch self {
        case .beginObject(let start), .beginArray(let start): start..<start + 1
        case .endObject(let end), .endArray(let end): end - 1..<end
        case .name(let range, _), .scalar(_, let range): range
        }
    }
}

/// Writes down what a scanner finds.
package struct JSONRecorder: JSONVisitor {
    package private(set) var events: [JSONEvent] = []

    package mutating func beginObject(at offset: Int) { events.append(.beginObject(offset)) }
    package mutating func name(_ name: JSONString) { events.append(.name(name.range, hasEscapes: name.hasEscapes)) }
    package mutating func endObject(end: Int) { events.append(.endObject(end)) }
    package mutating func beginArray(at offset: Int) { events.append(.beginArray(offset)) }
    package mutating func endArray(end: Int) { events.append(.endArray(end)) }
    package mutating func scalar(_ scalar: JSONScalar, range: Range<Int>) { events.append(.scalar(scalar, range)) }

    package static func events(
        of text: [UInt8], refusesDuplicates: Bool = true
    ) throws(JSONFailure) -> [JSONEvent] {
        var recorder = JSONRecorder()
        try scan(text, refusesDuplicates, &recorder)
        return recorder.events
    }

    /// Why `text` is refused, nil if it is not.
    package static func failure(of text: [UInt8]) -> JSONFailure? {
        do throws(JSONFailure) {
            _ = try events(of: text)
            return nil
        } catch {
            return error
        }
    }

    private static func scan(
        _ text: [UInt8], _ refusesDuplicates: Bool, _ visitor: inout some JSONVisitor
    ) throws(JSONFailure) {
        let result = text.withUnsafeBufferPointer { buffer -> JSONFailure? in
            do throws(JSONFailure) {
                try JSONScanner.scan(buffer, refusesDuplicates: refusesDuplicates, visitor: &visitor)
                return nil
            } catch {
                return error
            }
        }
        if let result { throw result }
    }
}
