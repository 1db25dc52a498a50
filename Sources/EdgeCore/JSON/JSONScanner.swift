/// Reads one JSON text strictly: RFC 8259's grammar, UTF-8 without a byte order mark, bounded depth, no member twice in
/// one object (unless told otherwise), no half surrogate pairs. It builds nothing: a visitor hears of byte ranges, so that
/// what is passed on can be cut from the text that was judged.
///
/// Runs in time linear in the text and does not recurse.
package struct JSONScanner {
    package static let maximumDepth = 32

    private let text: UnsafeBufferPointer<UInt8>
    private var index = 0
    /// One bit for each open container, innermost lowest: 1 for an object.
    private var containers: UInt64 = 0
    private var depth = 0
    /// Whether nothing has been read since the innermost container began.
    private var justOpened = false
    private var names = MemberNames()

    private let refusesDuplicates: Bool

    /// Reads the whole of `text`.
    ///
    /// - Parameter refusesDuplicates: false for a visitor that reports members that stand twice itself, with everything
    ///   else, and where they do no harm.
    package static func scan(
        _ text: UnsafeBufferPointer<UInt8>, refusesDuplicates: Bool = true, visitor: inout some JSONVisitor
    ) throws(JSONFailure) {
        var scanner = JSONScanner(text: text, refusesDuplicates: refusesDuplicates)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { throw JSONFailure(.byteOrderMark, at: 0) }
        try scanner.value(&visitor)
        while scanner.depth > 0 {
            try scanner.step(&visitor)
        }
        scanner.skipWhitespace()
        if scanner.index < text.count { throw JSONFailure(.trailingBytes, at: scanner.index) }
    }

    // MARK: Containers

    /// Reads one element or member, or the end, of the innermost container. What opened it has been read, or its last
    /// element.
    private mutating func step(_ visitor: inout some JSONVisitor) throws(JSONFailure) {
        let isObject = containers & 1 == 1
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        let isFirst = justOpened
        justOpened = false
        skipWhitespace()
        let byte = try peek()
        if byte == close {
            index += 1
            try leave(isObject: isObject, &visitor)
            return
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else {
                throw JSONFailure(.unexpectedByte(byte, expected: isObject ? "',' or '}'" : "',' or ']'"), at: index)
            }
            index += 1
            skipWhitespace()
        }
        if isObject { try name(&visitor, orEnd: isFirst) }
        try value(&visitor)
    }

    private mutating func leave(isObject: Bool, _ visitor: inout some JSONVisitor) throws(JSONFailure) {
        containers >>= 1
        depth -= 1
        if isObject {
            if refusesDuplicates { try names.close(in: text) }
            visitor.endObject(end: index)
        } else {
            visitor.endArray(end: index)
        }
    }

    private mutating func enter(isObject: Bool) throws(JSONFailure) {
        guard depth < Self.maximumDepth else {
            throw JSONFailure(.tooDeep(maximum: Self.maximumDepth), at: index)
        }
        containers = containers << 1 | (isObject ? 1 : 0)
        depth += 1
        index += 1
        justOpened = true
        if isObject, refusesDuplicates { names.open() }
    }

    private mutating func name(_ visitor: inout some JSONVisitor, orEnd isFirst: Bool) throws(JSONFailure) {
        let byte = try peek()
        guard byte == UInt8(ascii: "\"") else {
            throw JSONFailure(
                .unexpectedByte(byte, expected: isFirst ? "a member name or '}'" : "a member name"), at: index)
        }
        let name = try string()
        if refusesDuplicates { names.append(name) }
        visitor.name(name)
        skipWhitespace()
        let colon = try peek()
        guard colon == UInt8(ascii: ":") else {
            throw JSONFailure(.unexpectedByte(colon, expected: "':'"), at: index)
        }
        index += 1
    }

    // MARK: Values

    private mutating func value(_ visitor: inout some JSONVisitor) throws(JSONFailure) {
        skipWhitespace()
        let start = index
        let byte = try peek()
        switch byte {
        case UInt8(ascii: "\""):
            let string = try string()
            visitor.scalar(.string(hasEscapes: string.hasEscapes), range: start..<index)
        case UInt8(ascii: "{"):
            try enter(isObject: true)
            visitor.beginObject(at: start)
        case UInt8(ascii: "["):
            try enter(isObject: false)
            visitor.beginArray(at: start)
        case UInt8(ascii: "t"):
            try literal("true")
            visitor.scalar(.true, range: start..<index)
        case UInt8(ascii: "f"):
            try literal("false")
            visitor.scalar(.false, range: start..<index)
        case UInt8(ascii: "n"):
            try literal("null")
            visitor.scalar(.null, range: start..<index)
        case UInt8(ascii: "-"), 0x30...0x39:
            try number()
            visitor.scalar(.number, range: start..<index)
        default:
            throw JSONFailure(.unexpectedByte(byte, expected: "a value"), at: index)
        }
    }

    private mutating func literal(_ literal: StaticString) throws(JSONFailure) {
        for offset in 0..<literal.utf8CodeUnitCount {
            let byte = try peek()
            guard byte == literal.utf8Start[offset] else {
                throw JSONFailure(.unexpectedByte(byte, expected: "'\(literal)'"), at: index)
            }
            index += 1
        }
    }

    /// RFC 8259, section 6: an optional minus, digits without a leading zero, a fraction, an exponent.
    private mutating func number() throws(JSONFailure) {
        if text[index] == UInt8(ascii: "-") { index += 1 }
        if index < text.count, text[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            try digits()
        }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            try digits()
        }
        if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        // `01`, `1x`: what follows must not go on as a number or a word would.
        if index < text.count, text[index].isTokenCharacter { throw JSONFailure(.invalidNumber, at: index) }
    }

    private mutating func digits() throws(JSONFailure) {
        let start = index
        while index < text.count, text[index].isASCIIDigit { index += 1 }
        if index == start { throw JSONFailure(index < text.count ? .invalidNumber : .unexpectedEnd, at: index) }
    }

    // MARK: Strings

    /// Reads a string; `index` stands on its opening quote, afterwards behind the closing one.
    private mutating func string() throws(JSONFailure) -> JSONString {
        index += 1
        let start = index
        var hasEscapes = false
        while true {
            // Most of a text are characters of ASCII that stand for themselves.
            index = ByteSearch.firstSpecialInJSON(in: text, from: index) ?? text.count
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return JSONString(range: start..<index - 1, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try escape()
            case 0..<0x20:
                throw JSONFailure(.controlCharacter(byte), at: index)
            default:
                guard let length = UTF8Sequence.length(at: index, in: text) else {
                    throw JSONFailure(.invalidUTF8, at: index)
                }
                index += length
            }
        }
    }

    private mutating func escape() throws(JSONFailure) {
        let start = index
        index += 1
        switch try peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 1
        case UInt8(ascii: "u"):
            index += 1
            let unit = try codeUnit(of: start)
            guard unit & 0xF800 == 0xD800 else { return }
            // A high half is followed by the escape of a low half, or the pair is broken.
            guard unit & 0xFC00 == 0xD800, index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
                text[index + 1] == UInt8(ascii: "u")
            else { throw JSONFailure(.loneSurrogate, at: start) }
            index += 2
            guard try codeUnit(of: index - 2) & 0xFC00 == 0xDC00 else { throw JSONFailure(.loneSurrogate, at: start) }
        default:
            throw JSONFailure(.invalidEscape, at: start)
        }
    }

    private mutating func codeUnit(of escape: Int) throws(JSONFailure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = try peek().hexDigitValue else { throw JSONFailure(.invalidEscape, at: escape) }
            unit = unit << 4 | UInt16(digit)
            index += 1
        }
        return unit
    }

    // MARK: Bytes

    private func peek() throws(JSONFailure) -> UInt8 {
        guard index < text.count else { throw JSONFailure(.unexpectedEnd, at: text.count) }
        return text[index]
    }

    private mutating func skipWhitespace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }
}
