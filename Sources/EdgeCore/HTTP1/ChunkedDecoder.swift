/// Takes a chunked body apart (RFC 9112, section 7.1), however its bytes are cut. Requests and upstream answers use the
/// same machine. Strict: sizes are 1 to 8 hexadecimal digits, every line ends in CR LF, extensions and trailers are
/// bounded, looked through and dropped.
package struct ChunkedDecoder: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        case malformed
        /// The content is larger than the limit.
        case tooLarge
    }

    /// How many bytes of extensions one body may carry, and of trailer fields.
    private static let overheadLimit = 4096

    private enum State: Hashable, Sendable {
        /// In the size, after this many of its digits.
        case size(digits: Int)
        case `extension`
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        /// At the start of a trailer line.
        case trailerStart
        case trailerName
        /// Behind the name's colon.
        case trailer
        case trailerLineFeed
        case lastLineFeed
        case complete
    }

    private var state = State.size(digits: 0)
    /// Bytes of the present chunk still to come.
    private var remaining = 0
    private var overhead = 0
    /// Of the content as far as it has come, in bytes.
    private var size = 0
    let maximumSize: Int

    /// - Parameter maximumSize: of the content, in bytes.
    package init(maximumSize: Int) { self.maximumSize = maximumSize }

    package var isComplete: Bool { state == .complete }

    /// Decodes from the start of `input` and appends content to `body`.
    ///
    /// - Returns: how many bytes were used; fewer than given only when the body is complete.
    package mutating func decode(
        _ input: UnsafeRawBufferPointer, into body: inout [UInt8]
    ) throws(Failure) -> Int {
        var index = 0
        while index < input.count, state != .complete {
            if state == .data {
                let count = min(remaining, input.count - index)
                body.append(contentsOf: input[index..<index + count])
                index += count
                remaining -= count
                size += count
                if remaining == 0 { state = .dataCarriageReturn }
            } else {
                state = try next(after: input[index])
                index += 1
            }
        }
        return index
    }

    private mutating func next(after byte: UInt8) throws(Failure) -> State {
        switch state {
        case .size(let digits):
            if let digit = byte.hexDigitValue {
                guard digits < 8 else { throw .malformed }
                remaining = remaining << 4 | Int(digit)
                return .size(digits: digits + 1)
            }
            guard digits > 0 else { throw .malformed }
            guard remaining <= maximumSize - min(size, maximumSize) else { throw .tooLarge }
            if byte == UInt8(ascii: ";") { return .extension }
            return try expect(0x0D, byte, then: .sizeLineFeed)
        case .extension:
            if byte == 0x0D { return .sizeLineFeed }
            try spend(on: byte)
            return .extension
        case .sizeLineFeed:
            return try expect(0x0A, byte, then: remaining > 0 ? .data : .trailerStart)
        case .dataCarriageReturn:
            return try expect(0x0D, byte, then: .dataLineFeed)
        case .dataLineFeed:
            return try expect(0x0A, byte, then: .size(digits: 0))
        case .trailerStart:
            if byte == 0x0D { return .lastLineFeed }
            guard byte.isTokenCharacter else { throw .malformed }
            try spend(on: byte)
            return .trailerName
        case .trailerName:
            // What is no field is not dropped as one: it can be the next request.
            guard byte.isTokenCharacter || byte == UInt8(ascii: ":") else { throw .malformed }
            try spend(on: byte)
            return byte == UInt8(ascii: ":") ? .trailer : .trailerName
        case .trailer:
            if byte == 0x0D { return .trailerLineFeed }
            try spend(on: byte)
            return .trailer
        case .trailerLineFeed:
            return try expect(0x0A, byte, then: .trailerStart)
        case .lastLineFeed:
            return try expect(0x0A, byte, then: .complete)
        case .data, .complete:
            return state
        }
    }

    private func expect(_ expected: UInt8, _ byte: UInt8, then state: State) throws(Failure) -> State {
        guard byte == expected else { throw .malformed }
        return state
    }

    /// Counts a byte that is dropped; control characters other than tab may stand nowhere.
    private mutating func spend(on byte: UInt8) throws(Failure) {
        overhead += 1
        guard overhead <= Self.overheadLimit, byte >= 0x20 || byte == 0x09, byte != 0x7F else { throw .malformed }
    }
}
