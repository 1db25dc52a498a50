private import CZlib

/// Makes gzip of bytes, a piece at a time, in constant memory (zlib.h, deflate). Belongs to one thread.
struct GzipCompressor: ~Copyable {
    /// In memory of its own: zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    /// Nil where there is no memory.
    init?() {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        // 6 is gzip(1)'s own balance of time and size.
        guard edge_begin_gzip(stream, 6) == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
        output = .allocate(byteCount: 64 * 1024, alignment: 16)
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    /// Compresses the next piece.
    ///
    /// - Parameters:
    ///   - isLast: writes the end, behind this piece.
    ///   - take: gets what has come of it so far, in pieces of at most 64 KiB.
    mutating func compress(
        _ piece: UnsafeRawBufferPointer, isLast: Bool,
        _ take: (UnsafeRawBufferPointer) throws(AccessLogFailure) -> Void
    ) throws(AccessLogFailure) {
        // zlib does not write to its input; its type does not say so.
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(piece.count)
        repeat {
            stream.pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
            stream.pointee.avail_out = UInt32(output.count)
            // Its only failures are wrong use: there is input or an end to write, and room for output.
            _ = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            let count = output.count - Int(stream.pointee.avail_out)
            try take(UnsafeRawBufferPointer(rebasing: output[..<count]))
        } while stream.pointee.avail_out == 0
    }
}
