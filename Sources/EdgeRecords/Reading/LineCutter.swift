internal import EdgeCore

/// Cuts an access log into lines. Fed piece by piece, as they come; does no I/O. A line that lies whole in a piece is
/// not copied. Memory is bounded by the longest line that it accepts.
package struct LineCutter {
    /// Bytes of the longest line; of a longer one this many and one more are kept, so that it is known to be too long.
    package static let maximumLineSize = 64 * 1024

    /// The line that has begun in an earlier piece.
    private var begun: [UInt8] = []

    package init() {}

    /// `each` gets the lines that end in `bytes`, without their newline; empty ones are passed over.
    package mutating func cut(_ bytes: UnsafeBufferPointer<UInt8>, each: (UnsafeBufferPointer<UInt8>) -> Void) {
        var start = 0
        while let end = ByteSearch.first(UInt8(ascii: "\n"), in: bytes, from: start) {
            let line = UnsafeBufferPointer(rebasing: bytes[start..<end])
            start = end + 1
            if begun.isEmpty {
                if !line.isEmpty { each(line) }
            } else {
                append(line)
                finish(each: each)
            }
        }
        append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }

    /// The last line, which may lack its newline.
    package mutating func finish(each: (UnsafeBufferPointer<UInt8>) -> Void) {
        if !begun.isEmpty { begun.withUnsafeBufferPointer(each) }
        begun.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        begun.append(contentsOf: bytes.prefix(Self.maximumLineSize + 1 - begun.count))
    }
}
