/// A name by which something is known again: a request by its id, a repeat by its Idempotency-Key. A UUID of the edge's
/// own making, or what somebody else has given.
package struct Identifier: Sendable {
    private enum Form: Sendable {
        case uuid(high: UInt64, low: UInt64)
        case given(Bytes)
    }

    private let form: Form

    /// A UUID of version 7 (RFC 9562, section 5.7): its first 48 bits are the time in milliseconds, so that they
    /// sort by their time.
    ///
    /// - Parameter random: fills the other bits.
    package init(at time: WallTime, random: (UInt64, UInt64)) {
        form = .uuid(
            high: UInt64(clamping: time.milliseconds) &<< 16 | 0x7000 | (random.0 & 0x0FFF),
            low: 0x8000_0000_0000_0000 | (random.1 &>> 2))
    }

    /// - Parameter text: any bytes. Who passes them on to others has checked that they can stand there: in a header
    ///   field, in a JSON string.
    package init(given text: Bytes) { form = .given(text) }

    /// The bytes that somebody has given; nil for a UUID, which holds nothing but lower-case hexadecimal digits and `-`.
    package var given: Bytes? {
        guard case .given(let text) = form else { return nil }
        return text
    }

    /// Bytes of its text.
    package var count: Int {
        switch form {
        case .uuid: 36
        case .given(let text): text.count
        }
    }

    /// The text: 36 bytes in lower case, or as it was given.
    package func append(to output: inout OutputSpan<UInt8>) {
        switch form {
        case .given(let text): output.append(bytes: text)
        case .uuid(let high, let low):
            output.append(uuid: high, low)
        }
    }

    /// Whether this is its text.
    package func isWritten(_ text: Bytes) -> Bool {
        guard text.count == count else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { memory in
            var output = OutputSpan(buffer: memory, initializedCount: 0)
            append(to: &output)
            let written = output.finalize(for: memory)
            return text.elementsEqual(UnsafeBufferPointer(rebasing: memory[..<written]))
        }
    }

    /// The text in memory of its own.
    package var bytes: [UInt8] { [UInt8](textOfAtMost: count) { append(to: &$0) } }
}
