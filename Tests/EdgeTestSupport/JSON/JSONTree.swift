import EdgeCore
import Foundation

/// A JSON value by its meaning, so that two readers can be compared.
package indirect enum JSONTree: Hashable {
    case null
    case bool(Bool)
    case number(Double)
    case string([UInt8])
    case array([JSONTree])
    case object([[UInt8]: JSONTree])
}

extension JSONTree {
    /// What Foundation read.
    package init?(foundation value: Any) {
        switch value {
        case is NSNull: self = .null
        case let number as NSNumber:
            let isBool = String(cString: number.objCType) == "c"
            self = isBool ? .bool(number.boolValue) : .number(number.doubleValue)
        case let string as String: self = .string(Array(string.utf8))
        case let array as [Any]: self = .array(array.compactMap(JSONTree.init(foundation:)))
        case let object as [String: Any]:
            let members = object.compactMap { name, value in
                JSONTree(foundation: value).map { (Array(name.utf8), $0) }
            }
            self = .object(Dictionary(uniqueKeysWithValues: members))
        default: return nil
        }
    }

    /// What the scanner found in `text`.
    package init?(events: [JSONEvent], in text: [UInt8]) {
        var events = events[...]
        self.init(first: &events, in: text)
    }

    private init?(first events: inout ArraySlice<JSONEvent>, in text: [UInt8]) {
        switch events.popFirst() {
        case .scalar(.null, _): self = .null
        case .scalar(.true, _): self = .bool(true)
        case .scalar(.false, _): self = .bool(false)
        case .scalar(.number, let range):
            guard let number = Double(String(decoding: text[range], as: UTF8.self)) else { return nil }
            self = .number(number)
        case .scalar(.string(let hasEscapes), let range):
            self = .string(Self.meaning(of: range.dropFirst().dropLast(), hasEscapes, in: text))
        case .beginArray:
            var elements: [JSONTree] = []
            while let next = events.first {
                if case .endArray = next { break }
                guard let element = JSONTree(first: &events, in: text) else { return nil }
                elements.append(element)
            }
            events = events.dropFirst()
            self = .array(elements)
        case .beginObject:
            var members: [[UInt8]: JSONTree] = [:]
            while case .name(let range, let hasEscapes)? = events.popFirst() {
                let name = Self.meaning(of: range, hasEscapes, in: text)
                guard let value = JSONTree(first: &events, in: text) else { return nil }
                members[name] = value
            }
            self = .object(members)
        case .endArray, .endObject, .name, nil: return nil
        }
    }

    private static func meaning(of range: Range<Int>, _ hasEscapes: Bool, in text: [UInt8]) -> [UInt8] {
        text.withUnsafeBufferPointer { JSONString(range: range, hasEscapes: hasEscapes).bytes(in: $0) }
    }
}

extension JSONTree {
    /// Whether a number in it is beyond a Double.
    package var hasInfinity: Bool {
        switch self {
        case .null, .bool, .string: false
        case .number(let number): number.isInfinite
        case .array(let elements): elements.contains(where: \.hasInfinity)
        case .object(let members): members.values.contains(where: \.hasInfinity)
        }
    }

    /// Whether an object in it has two names that `String` takes for one: canonically equivalent ones. Foundation keeps
    /// one of such members.
    package var hasEquivalentNames: Bool {
        switch self {
        case .null, .bool, .string, .number: false
        case .array(let elements): elements.contains(where: \.hasEquivalentNames)
        case .object(let members):
            Set(members.keys.map { String(decoding: $0, as: UTF8.self) }).count < members.count
                || members.values.contains(where: \.hasEquivalentNames)
        }
    }

    /// All strings in it, names of members included.
    package var strings: [[UInt8]] {
        switch self {
        case .null, .bool, .number: []
        case .string(let string): [string]
        case .array(let elements): elements.flatMap(\.strings)
        case .object(let members): members.keys + members.values.flatMap(\.strings)
        }
    }
}
