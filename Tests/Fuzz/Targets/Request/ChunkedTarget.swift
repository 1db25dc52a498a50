import EdgeCore

/// A chunked body is taken for whole exactly if a second reading, line by line, takes it for whole, with the same content
/// and end, however its bytes are cut.
///
/// The first byte is the limit of the content, the second where the bytes are cut.
package enum ChunkedTarget: FuzzTarget {
    package static let name = "chunked"

    private struct Result: Equatable {
        var content: [UInt8] = []
        var used = 0
        var isComplete = false
        var failure: ChunkedDecoder.Failure?
    }

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        var input = FuzzInput(input)
        let limit = Int(input.byte())
        let place = Int(input.byte())
        let bytes = Array(input.rest)
        let cut = bytes.isEmpty ? 0 : place % (bytes.count + 1)
        let whole = decode([bytes[...]], limit: limit)
        try require(decode(bytes.indices.map { bytes[$0...$0] }, limit: limit) == whole, "byte by byte it is another")
        try require(decode([bytes[..<cut], bytes[cut...]], limit: limit) == whole, "cut at \(cut) it is another")
        let plain = plain(bytes, limit: limit)
        try require(
            whole.isComplete ? plain == whole : plain == nil,
            "decoded as \(whole), read as \(String(describing: plain))")
    }

    private static func decode(_ parts: [ArraySlice<UInt8>], limit: Int) -> Result {
        var decoder = ChunkedDecoder(maximumSize: limit)
        var result = Result()
        for part in parts where !result.isComplete {
            part.withUnsafeBytes { bytes in
                do throws(ChunkedDecoder.Failure) {
                    result.used += try decoder.decode(bytes, into: &result.content)
                } catch {
                    result.failure = error
                }
            }
            if let failure = result.failure { return Result(failure: failure) }
            result.isComplete = decoder.isComplete
        }
        return result
    }

    /// The body at the start of `bytes` (RFC 9112, section 7.1); nil if there is none, or not all of it.
    private static func plain(_ bytes: [UInt8], limit: Int) -> Result? {
        var result = Result()
        var dropped = 0
        func line() -> [UInt8]? {
            guard let end = bytes[result.used...].indices.dropLast().first(where: { bytes[$0] == 0x0D }),
                bytes[end + 1] == 0x0A
            else { return nil }
            defer { result.used = end + 2 }
            return Array(bytes[result.used..<end])
        }
        func drops(_ text: ArraySlice<UInt8>) -> Bool {
            dropped += text.count
            return dropped <= 4096 && text.allSatisfy { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }
        }
        while true {
            guard let text = line() else { return nil }
            let digits = text.prefix { $0 != UInt8(ascii: ";") }
            guard (1...8).contains(digits.count), digits.allSatisfy({ $0.hexDigitValue != nil }),
                let size = Int(String(decoding: digits, as: UTF8.self), radix: 16),
                drops(text[digits.count...].dropFirst())
            else { return nil }
            if size == 0 { break }
            guard size <= limit - result.content.count, size + 2 <= bytes.count - result.used else { return nil }
            result.content += bytes[result.used..<result.used + size]
            result.used += size
            guard bytes[result.used] == 0x0D, bytes[result.used + 1] == 0x0A else { return nil }
            result.used += 2
        }
        while let text = line() {
            if text.isEmpty {
                result.isComplete = true
                return result
            }
            guard let first = text.first, PlainKeys.isLetterOrDigit(first) || "!#$%&'*+-.^_`|~".utf8.contains(first),
                drops(text[...])
            else { return nil }
        }
        return nil
    }
}
