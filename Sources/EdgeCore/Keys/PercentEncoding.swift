/// `%xx` (RFC 3986, section 2.1), resolved only to look for what it may hide: what is passed on or compared is never
/// decoded.
enum PercentEncoding {
    /// Resolves until nothing is left to resolve, in one pass: a resolved byte may complete the next escape.
    static func resolved(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for byte in text {
            bytes.append(byte)
            while bytes.count >= 3, bytes[bytes.count - 3] == UInt8(ascii: "%"),
                let high = bytes[bytes.count - 2].hexDigitValue, let low = bytes[bytes.count - 1].hexDigitValue
            {
                bytes.removeLast(3)
                bytes.append(high << 4 | low)
            }
        }
        return bytes
    }
}
