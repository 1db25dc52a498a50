/// Looks for secret keys (``KeyShape``) in what a client sent, in clear text or behind an encoding that a client may have
/// put around them.
package enum SecretKeySearch {
    /// How much has to follow `sk_` before it counts as a key.
    package enum Certainty: Sendable {
        /// Where nothing but a key belongs: `sk_` is enough.
        case keyPlace
        /// Anywhere else: as much as ``KeyShape`` asks for.
        case anywhere

        var minimumLength: Int { self == .keyPlace ? 0 : KeyShape.leastAtWordStart }
    }

    /// The first secret key in `bytes`, prefix included.
    package static func find(in bytes: Bytes, _ certainty: Certainty) -> Bytes? {
        let range = bytes.withUnsafeBufferPointer { find(in: $0, certainty) }
        return range.map { bytes[bytes.startIndex + $0.lowerBound..<bytes.startIndex + $0.upperBound] }
    }

    /// The first secret key in `text`: in clear text or behind percent-encoding, and in a JSON text behind its escapes.
    /// What holds none, which is nearly everything, is looked through once.
    ///
    /// - Returns: the key, in memory of its own, as the other searches that decode do: what they look through is erased.
    static func findHidden(in text: Bytes, isJSON: Bool) -> [UInt8]? {
        var traits = Traits()
        if let range = text.withUnsafeBufferPointer({ find(in: $0, .anywhere, &traits) }) {
            return copy(text[text.startIndex + range.lowerBound..<text.startIndex + range.upperBound])
        }
        if isJSON, traits.hasBackslash, let key = findEscaped(in: text) { return key }
        guard traits.hasPercentSign else { return nil }
        return erasing(PercentEncoding.resolved(text)) { resolved in
            find(in: resolved, .anywhere).map(copy) ?? (isJSON ? findEscaped(in: resolved) : nil)
        }
    }

    /// In memory of its own: `Array` would share that of an array which is nothing but the key.
    static func copy(_ key: Bytes) -> [UInt8] { key.map { $0 } }

    /// Looks through what was decoded for that, and overwrites it.
    private static func erasing(_ decoded: [UInt8], _ search: (Bytes) -> [UInt8]?) -> [UInt8]? {
        defer { Erasure.erase(decoded) }
        return search(decoded[...])
    }

    /// What a text has been seen to hold that a key may hide behind.
    private struct Traits {
        var hasPercentSign = false
        var hasBackslash = false
    }

    private static func find(in bytes: UnsafeBufferPointer<UInt8>, _ certainty: Certainty) -> Range<Int>? {
        var traits = Traits()
        return find(in: bytes, certainty, &traits)
    }

    private static func find(
        in bytes: UnsafeBufferPointer<UInt8>, _ certainty: Certainty, _ traits: inout Traits
    ) -> Range<Int>? {
        var start = 0
        while let index = ByteSearch.first(
            UInt8(ascii: "_"), UInt8(ascii: "%"), UInt8(ascii: "\\"), in: bytes, from: start)
        {
            switch bytes[index] {
            case UInt8(ascii: "%"): traits.hasPercentSign = true
            case UInt8(ascii: "\\"): traits.hasBackslash = true
            default: if let key = key(in: bytes, underscore: index, certainty) { return key }
            }
            start = index + 1
        }
        return nil
    }

    /// The key whose prefix ends in the underscore at `index`.
    private static func key(
        in bytes: UnsafeBufferPointer<UInt8>, underscore index: Int, _ certainty: Certainty
    ) -> Range<Int>? {
        guard index >= 2, bytes[index - 1] | 0x20 == UInt8(ascii: "k"), bytes[index - 2] | 0x20 == UInt8(ascii: "s")
        else { return nil }
        let start = index - 2
        let key = bytes[(index + 1)...]
        let end = key.firstIndex { !$0.isKeyCharacter } ?? key.endIndex
        let isKey =
            startsWord(at: start, in: bytes, certainty)
            ? end - key.startIndex >= certainty.minimumLength
            : key.prefix(KeyShape.leastInsideWord).count { $0.hexDigitValue != nil } == KeyShape.leastInsideWord
        return isKey ? start..<end : nil
    }

    private static func startsWord(
        at index: Int, in bytes: UnsafeBufferPointer<UInt8>, _ certainty: Certainty
    ) -> Bool {
        if index > 0, bytes[index - 1].isWordCharacter { return false }
        if certainty == .keyPlace || index < KeyShape.randomText { return true }
        return !bytes[(index - KeyShape.randomText)..<index].allSatisfy(\.isKeyCharacter)
    }

    /// The first secret key in `text` once `%xx` is resolved (RFC 3986, section 2.1), however often it was encoded.
    static func findPercentEncoded(in text: Bytes, _ certainty: Certainty) -> [UInt8]? {
        guard contains(UInt8(ascii: "%"), text) else { return nil }
        return erasing(PercentEncoding.resolved(text)) { find(in: $0, certainty).map(copy) }
    }

    /// The first secret key in the base64 text of HTTP's Basic scheme (RFC 7617): user and password.
    static func findBase64Encoded(in text: Bytes, _ certainty: Certainty) -> [UInt8]? {
        erasing(base64Decoded(text)) { find(in: $0, certainty).map(copy) }
    }

    /// The first secret key in a JSON text once its `\u` escapes are resolved, whether or not it is JSON.
    static func findEscaped(in text: Bytes) -> [UInt8]? {
        guard contains(UInt8(ascii: "\\"), text) else { return nil }
        var resolved: [UInt8] = []
        resolved.reserveCapacity(text.count)
        var index = text.startIndex
        while index < text.endIndex {
            if text[index...].prefix(2).equals("\\u"), let unit = hexNumber(text[index...].dropFirst(2).prefix(4)) {
                resolved.append(unit < 0x80 ? UInt8(truncatingIfNeeded: unit) : 0xFF)
                index += 6
            } else if text[index] == UInt8(ascii: "\\"), index + 1 < text.endIndex {
                // What other escapes mean is no part of a key.
                resolved.append(0xFF)
                index += 2
            } else {
                resolved.append(text[index])
                index += 1
            }
        }
        return erasing(resolved) { resolved in
            find(in: resolved, .anywhere).map(copy) ?? findPercentEncoded(in: resolved, .anywhere)
        }
    }

    private static func contains(_ byte: UInt8, _ text: Bytes) -> Bool {
        text.withUnsafeBufferPointer { ByteSearch.first(byte, in: $0) != nil }
    }

    private static func hexNumber(_ digits: Bytes) -> UInt16? {
        guard digits.count == 4 else { return nil }
        var number: UInt16 = 0
        for digit in digits {
            guard let value = digit.hexDigitValue else { return nil }
            number = number << 4 | UInt16(value)
        }
        return number
    }

    /// Standard and URL-safe alphabets; padding ends the text, and what belongs to neither is passed over, as many decoders
    /// do it (RFC 4648, section 3.3).
    static func base64Decoded(_ text: Bytes) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var bits: UInt32 = 0
        var count = 0
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="): return decoded
            default: continue
            }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count % 4 == 2 { decoded.append(UInt8(truncatingIfNeeded: bits >> 4)) }
            if count % 4 == 3 { decoded.append(UInt8(truncatingIfNeeded: bits >> 2)) }
            if count % 4 == 0 { decoded.append(UInt8(truncatingIfNeeded: bits)) }
        }
        return decoded
    }
}
