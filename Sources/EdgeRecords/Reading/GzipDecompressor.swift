private import CZlib

/// What is wrong with a compressed log.
package enum GzipFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// It ends before its last member does.
    case truncated
    /// What stands there is not what was compressed, or no gzip.
    case damaged
    case outOfMemory

    package var description: String {
        switch self {
        case .truncated: "the compressed file ends too early"
        case .damaged: "the compressed file is damaged"
        case .outOfMemory: "there is no memory to decompress it"
        }
    }
}

/// Owns a z_stream that decompresses gzip (RFC 1952), several members one after the other too, as `cat a.gz b.gz` makes
/// them. Does no I/O. Belongs to one thread.
struct GzipDecompressor: ~Copyable {
    /// Does not move: zlib's state points back to it.
    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether what was read so far is whole.
    private(set) var isBetweenMembers = true
    private var isFirstMember = true

    /// How gzip begins.
    static let magic: [UInt8] = [0x1F, 0x8B]

    init() throws(GzipFailure) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        guard edge_begin_gunzip(stream) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
        self.stream = stream
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Decompresses some of `input` into `output`.
    mutating func decompress(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(GzipFailure) -> (consumed: Int, written: Int) {
        guard !input.isEmpty || !isBetweenMembers else { return (0, 0) }
        if isBetweenMembers, !isFirstMember {
            // Zeros behind the last member fill up a tape's block, as gzip(1) allows.
            let zeros = input.prefix { $0 == 0 }.count
            if zeros > 0 { return (zeros, 0) }
            guard inflateReset(stream) == Z_OK else { throw .damaged }
        }
        (isBetweenMembers, isFirstMember) = (false, false)
        // zlib does not write to its input (zlib.h calls it const where ZLIB_CONST is set).
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: input.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let (offered, room) = (stream.pointee.avail_in, stream.pointee.avail_out)
        let result = CZlib.inflate(stream, Z_NO_FLUSH)
        let counts = (Int(offered - stream.pointee.avail_in), Int(room - stream.pointee.avail_out))
        switch result {
        case Z_STREAM_END: isBetweenMembers = true
        case Z_OK, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw .damaged
        }
        return counts
    }
}
