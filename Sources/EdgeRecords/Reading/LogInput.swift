private import EdgeSystem
private import Glibc

/// One file, pipe or terminal that a log is read from, plain or compressed; which of both it says itself. Owns its
/// descriptor unless that is standard input. Belongs to one thread and blocks it.
struct LogInput: ~Copyable {
    enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        case system(Int32)
        case gzip(GzipFailure)

        var description: String {
            switch self {
            case .system(let code): SystemFailure(code).description
            case .gzip(let failure): failure.description
            }
        }
    }

    let descriptor: Int32
    private let isOwned: Bool
    private var decompressor: GzipDecompressor?
    private var hasBegun = false
    /// Compressed bytes that wait, or the first plain ones.
    private var waiting: [UInt8] = []
    private var hasEnded = false
    /// Bytes read from the descriptor.
    private(set) var bytesRead = 0

    /// - Parameter descriptor: stays its owner's.
    init(descriptor: Int32) { (self.descriptor, isOwned) = (descriptor, false) }

    init(path: String) throws(Failure) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        isOwned = true
        guard descriptor >= 0 else { throw .system(errno) }
    }

    deinit { if isOwned, descriptor >= 0 { close(descriptor) } }

    /// Fills a part of `buffer`, at least one byte; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        if !hasBegun { try begin() }
        if decompressor != nil { return try inflate(into: buffer) }
        guard waiting.isEmpty else {
            let count = min(waiting.count, buffer.count)
            buffer.copyBytes(from: waiting.prefix(count))
            waiting.removeFirst(count)
            return count
        }
        return try readDescriptor(into: buffer)
    }

    /// Begins again where the descriptor stands: a file was cut short and is written from its start.
    mutating func rewind() {
        lseek(descriptor, 0, SEEK_SET)
        bytesRead = 0
    }

    /// Reads as much as tells plain from compressed.
    private mutating func begin() throws(Failure) {
        var first = [UInt8](repeating: 0, count: 2)
        while waiting.count < 2 {
            let wanted = 2 - waiting.count
            let count = try first.withUnsafeMutableBufferPointer { (bytes) throws(Failure) -> Int in
                try readDescriptor(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[..<wanted]))
            }
            if count == 0 { break }
            waiting += first[..<count]
            guard waiting.first == GzipDecompressor.magic[0] else { break }
        }
        // An empty file may get its first bytes later, when it is followed.
        hasBegun = !waiting.isEmpty
        guard waiting == GzipDecompressor.magic else { return }
        do throws(GzipFailure) { decompressor = try GzipDecompressor() } catch { throw .gzip(error) }
    }

    private mutating func inflate(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            if waiting.isEmpty, !hasEnded {
                let count = try chunk.withUnsafeMutableBufferPointer { (bytes) throws(Failure) -> Int in
                    try readDescriptor(into: UnsafeMutableRawBufferPointer(bytes))
                }
                hasEnded = count == 0
                waiting = Array(chunk[..<count])
            }
            let step = try waiting.withUnsafeBufferPointer { (bytes) throws(Failure) -> (consumed: Int, written: Int) in
                do throws(GzipFailure) {
                    return try decompressor?.decompress(UnsafeRawBufferPointer(bytes), into: buffer) ?? (0, 0)
                } catch { throw .gzip(error) }
            }
            waiting.removeFirst(step.consumed)
            if step.written > 0 { return step.written }
            if hasEnded, waiting.isEmpty || step.consumed == 0 {
                if decompressor?.isBetweenMembers == false { throw .gzip(.truncated) }
                return 0
            }
        }
    }

    private mutating func readDescriptor(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(errno) }
            bytesRead += count
            return count
        }
    }
}
