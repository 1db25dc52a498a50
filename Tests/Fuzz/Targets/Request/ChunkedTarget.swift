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

    /// The body at the start of `bytes`; nil if there is none, or not all of it, or too much.
    private static func plain(_ bytes: [UInt8], limit: Int) -> Result? {
        guard case .body(let body) = PlainBody.chunked(bytes, from: 0), body.bytes.count <= limit,
            body.overhead <= 4096
        else { return nil }
        return Result(content: body.bytes, used: body.end, isComplete: true)
    }
}
