/// The names of the objects that are open, to find one that stands twice.
struct MemberNames {
    /// Up to this many names comparing each with each is quicker than hashing.
    private static let hashingThreshold = 12

    private var names: [JSONString] = []
    /// Where each open object's names begin in `names`; room for as many as ``JSONScanner/maximumDepth`` lets be open.
    private var starts = InlineArray<32, Int>(repeating: 0)
    private var depth = 0

    mutating func open() {
        if names.isEmpty { names.reserveCapacity(Self.hashingThreshold) }
        starts[depth] = names.count
        depth += 1
    }

    mutating func append(_ name: JSONString) { names.append(name) }

    /// Checks the names of the innermost object and forgets them.
    mutating func close(in text: UnsafeBufferPointer<UInt8>) throws(JSONFailure) {
        depth -= 1
        let members = starts[depth]..<names.count
        if members.count > Self.hashingThreshold || names[members].contains(where: \.hasEscapes) {
            var earlier: Set<[UInt8]> = []
            for name in names[members] where !earlier.insert(name.bytes(in: text)).inserted {
                throw Self.duplicate(name)
            }
        } else {
            for later in members {
                for earlier in members.lowerBound..<later where names[earlier].equals(names[later], in: text) {
                    throw Self.duplicate(names[later])
                }
            }
        }
        names.removeLast(members.count)
    }

    private static func duplicate(_ name: JSONString) -> JSONFailure {
        JSONFailure(.duplicateMember, at: name.range.lowerBound - 1)
    }
}

extension JSONString {
    /// Whether both are the same bytes of the text, escapes as they are.
    fileprivate func equals(_ other: JSONString, in text: UnsafeBufferPointer<UInt8>) -> Bool {
        range.count == other.range.count && text[range].elementsEqual(text[other.range])
    }

    /// What the string means: its bytes with the escapes resolved. The text has been scanned.
    package func bytes(in text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        guard hasEscapes else { return Array(text[range]) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            if text[index] == UInt8(ascii: "\\") {
                index = Self.unescape(at: index + 1, in: text, into: &bytes)
            } else {
                bytes.append(text[index])
                index += 1
            }
        }
        return bytes
    }

    /// Resolves the escape whose letter stands at `index`; returns the index behind it.
    private static func unescape(at index: Int, in text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) -> Int {
        switch text[index] {
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            let unit = codeUnit(at: index + 1, in: text)
            guard unit & 0xFC00 == 0xD800 else {
                bytes.append(contentsOf: UTF8.encode(UnicodeScalar(unit) ?? "\u{FFFD}") ?? .init())
                return index + 5
            }
            let low = codeUnit(at: index + 7, in: text)
            let scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
            bytes.append(contentsOf: UTF8.encode(UnicodeScalar(scalar) ?? "\u{FFFD}") ?? .init())
            return index + 11
        default: bytes.append(text[index])
        }
        return index + 1
    }

    private static func codeUnit(at start: Int, in text: UnsafeBufferPointer<UInt8>) -> UInt16 {
        text[start..<start + 4].reduce(0) { $0 << 4 | UInt16($1.hexDigitValue ?? 0) }
    }
}
