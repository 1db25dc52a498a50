import Foundation
import Glibc

/// The writable memory of another process, heap and stacks (proc(5), maps and mem). An edge shows it only to root.
package enum ProcessMemory {
    package static var isReadable: Bool { geteuid() == 0 }

    /// What is read at once, and then looked through.
    private static let pieceSize = 1 << 20

    /// Which of the words stand anywhere in it, each with what stands around it.
    package static func found(_ words: [String], in process: Int32) throws -> [String] {
        let memory = open("/proc/\(process)/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw Overdue("the memory of \(process): \(String(cString: strerror(errno)))") }
        defer { close(memory) }
        var found: [String] = []
        for range in try writableRanges(of: process) {
            // Pieces overlap, so that a word that stands across their border is found.
            for start in stride(from: range.lowerBound, to: range.upperBound, by: pieceSize - 256) {
                var piece = Data(count: Int(min(UInt(pieceSize), range.upperBound - start)))
                let count = piece.withUnsafeMutableBytes { pread(memory, $0.baseAddress, $0.count, off_t(start)) }
                // What has been unmapped meanwhile, or is the kernel's, cannot be read.
                guard count > 0 else { break }
                for word in words {
                    guard let place = piece[..<count].range(of: Data(word.utf8)) else { continue }
                    let around = piece[max(0, place.lowerBound - 64)..<min(count, place.upperBound + 16)]
                    found.append("\(word) at \(String(UInt(place.lowerBound) + start, radix: 16)): \(around.visible)")
                }
            }
        }
        return found
    }

    private static func writableRanges(of process: Int32) throws -> [Range<UInt>] {
        try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8).matches(of: /(?m)^(\w+)-(\w+) rw/)
            .compactMap { line in
                guard let start = UInt(line.1, radix: 16), let end = UInt(line.2, radix: 16) else { return nil }
                return start..<end
            }
    }
}

extension Data {
    /// Dots for what is no visible character.
    fileprivate var visible: String {
        String(decoding: map { (0x20..<0x7F).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }
}
