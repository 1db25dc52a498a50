/// The frame, or the head in several frames, of which a part has come: the frame handler keeps it until it is whole, and
/// says nothing of it. Reads along, only what stands before each frame (RFC 9113, section 4.1).
struct UnfinishedFrame {
    /// What the frame handler takes for each byte that it keeps: what has come, and a copy in what grows by doubling
    /// (measured).
    static let memoryPerByte = 3
    /// What the frame handler has read it gives back only where nothing lies behind a frame, or the last one of a head, so
    /// that many of them, cut between their ends, would all be kept. So much may be.
    private static let mostKept = 4096
    private static let preface = 24
    private static let (data, endHeaders) = (UInt8(0), UInt8(4))
    /// The types that are parts of a head: HEADERS, PUSH_PROMISE, CONTINUATION.
    private static let heads: [UInt8] = [1, 5, 9]

    /// How many bytes of it have come; 0 between two of them. Of DATA none: what has come of that is handed on.
    private(set) var size = 0
    /// How many have come whole.
    private(set) var ended = 0
    /// Bytes that are still to come of what a frame holds, or of what the connection begins with.
    private var missing = preface
    /// The length, type and flags of the frame, as far as they have come, and how many bytes before it have.
    private var (head, headSize) = (UInt64(0), 0)
    private var isInsideHead = false
    /// How many bytes have come since the last ones ended where a frame, or a head, does.
    private var kept = 0

    private var type: UInt8 { UInt8(truncatingIfNeeded: head >> 8) }
    private var hasEndHeaders: Bool { UInt8(truncatingIfNeeded: head) & Self.endHeaders != 0 }

    /// How many bytes may come next at most.
    var room: Int {
        guard kept >= Self.mostKept else { return .max }
        return missing > 0 ? missing : HTTP2Limits.frameHeaderSize - headSize
    }

    /// Bytes have come, in their order, however they are cut.
    mutating func received(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            if missing > 0 {
                let count = min(missing, rest.count)
                rest = rest.dropFirst(count)
                missing -= count
                if headSize == 0 || type != Self.data { size += count }
            } else {
                let byte = rest.removeFirst()
                (headSize, size) = (headSize + 1, size + 1)
                // The stream's number is nobody's business here.
                if headSize <= 5 { head = head << 8 | UInt64(byte) }
                guard headSize == HTTP2Limits.frameHeaderSize else { continue }
                missing = Int(head >> 16)
                if type == Self.data, !isInsideHead { size = 0 }
            }
            if missing == 0 { end() }
        }
        kept = missing == 0 && headSize == 0 && !isInsideHead ? 0 : kept + bytes.count
    }

    private mutating func end() {
        if Self.heads.contains(type), headSize > 0 { isInsideHead = !hasEndHeaders }
        (head, headSize) = (0, 0)
        // What comes inside of a head is none of it, and the end of the connection.
        guard !isInsideHead else { return }
        (size, ended) = (0, ended + 1)
    }
}
