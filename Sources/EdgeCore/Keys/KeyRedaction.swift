/// Takes keys out of what a client chose and somebody will read: a path, a user agent or a host may hold one by
/// mistake, and a log must not. What a key is says ``KeyShape``.
package enum KeyRedaction {
    /// `value` with `sk_***` or `pk_***` for every key in it; nil when there is none, which is found out quickly.
    ///
    /// A value that shows a key only after percent-decoding, however often, becomes the mark alone: which of its bytes
    /// belong to the key depends on who decodes it.
    package static func redacted(_ value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard mayHoldKey(value) else { return nil }
        if value.contains(UInt8(ascii: "%")) {
            let resolved = PercentEncoding.resolved(value)
            defer { Erasure.erase(resolved) }
            let key = resolved.withUnsafeBufferPointer { firstKey(in: $0, from: 0) }
            if let key { return key.mark }
        }
        return replacingKeys(in: value)
    }

    package static func redacted(_ value: Bytes) -> [UInt8]? { value.withUnsafeBufferPointer { redacted($0) } }

    private struct Key {
        var range: Range<Int>
        var mark: [UInt8]
    }

    /// Whether there is a `k_` or a percent sign: most values hold neither.
    private static func mayHoldKey(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        if ByteSearch.first(UInt8(ascii: "%"), in: value) != nil { return true }
        var start = 1
        while let place = ByteSearch.first(UInt8(ascii: "_"), in: value, from: start) {
            if value[place - 1] | 0x20 == UInt8(ascii: "k") { return true }
            start = place + 1
        }
        return false
    }

    private static func replacingKeys(in value: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var result: [UInt8]?
        var index = 0
        while let key = firstKey(in: value, from: index) {
            var bytes = result ?? []
            bytes.append(contentsOf: value[index..<key.range.lowerBound])
            bytes.append(contentsOf: key.mark)
            result = bytes
            index = key.range.upperBound
        }
        result?.append(contentsOf: value[index...])
        return result
    }

    private static func firstKey(in value: UnsafeBufferPointer<UInt8>, from start: Int) -> Key? {
        var index = start
        while index + 3 + KeyShape.leastAtWordStart <= value.count {
            defer { index += 1 }
            let letter = value[index].asciiLowercased
            guard letter == UInt8(ascii: "s") || letter == UInt8(ascii: "p"),
                value[index + 1].asciiLowercased == UInt8(ascii: "k"), value[index + 2] == UInt8(ascii: "_")
            else { continue }
            let startsWord = index == 0 || !value[index - 1].isWordCharacter
            let end = value[(index + 3)...].firstIndex { !$0.isKeyCharacter } ?? value.endIndex
            if end - index - 3 >= (startsWord ? KeyShape.leastAtWordStart : KeyShape.leastInsideWord) {
                return Key(range: index..<end, mark: Array(letter == UInt8(ascii: "s") ? "sk_***".utf8 : "pk_***".utf8))
            }
        }
        return nil
    }
}
