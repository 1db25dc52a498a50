import EdgeTestSupport
import Foundation
import Testing

@testable import EdgeRecords

/// Compressed logs, as gzip(1) makes them.
@Suite struct GzipTests {
    private static let text = Array("{\"a\":1}\n".utf8) + (0..<3000).map { UInt8($0 % 251) }

    static func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let file = try folder.write("plain", bytes)
        #expect(try ChildProcess("/usr/bin/gzip", [file]).waitForExit() == 0)
        return try folder.read("plain.gz")
    }

    /// What is read of a file of these bytes, and what is said to be wrong with it.
    static func read(_ bytes: [UInt8], into size: Int = 700) throws -> (bytes: [UInt8], failure: LogInput.Failure?) {
        let folder = try TemporaryFolder()
        var input = try LogInput(path: folder.write("file", bytes))
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: size)
        do throws(LogInput.Failure) {
            while true {
                let count = try buffer.withUnsafeMutableBufferPointer { (bytes) throws(LogInput.Failure) -> Int in
                    try input.read(into: UnsafeMutableRawBufferPointer(bytes))
                }
                if count == 0 { return (result, nil) }
                result += buffer[..<count]
            }
        } catch {
            return (result, error)
        }
    }

    @Test(
        "Plain and compressed files, and several members one behind the other, are read whole",
        arguments: [1, 700, 9000])
    func whole(_ size: Int) throws {
        let compressed = try Self.gzip(Self.text)
        for (bytes, expected) in [
            ([], []), ([0x1F], [0x1F]), (Self.text, Self.text), (compressed, Self.text),
            (compressed + compressed, Self.text + Self.text), (try Self.gzip([]) + compressed, Self.text),
            (compressed + [0, 0, 0, 0], Self.text),
        ] {
            let result = try Self.read(bytes, into: size)
            #expect(result.bytes == expected)
            #expect(result.failure == nil)
        }
    }

    @Test("A compressed file that ends anywhere is read as far as it goes, and said to be cut")
    func truncated() throws {
        let compressed = try Self.gzip(Self.text)
        for length in 2..<compressed.count {
            let result = try Self.read(Array(compressed[..<length]))
            #expect(result.failure == .gzip(.truncated), "\(length)")
            #expect(Self.text.starts(with: result.bytes))
        }
        #expect(try Self.read(compressed + compressed.prefix(30)).failure == .gzip(.truncated))
    }

    @Test("What is damaged, or behind the end, is said to be")
    func damaged() throws {
        let compressed = try Self.gzip(Self.text)
        var changed = compressed
        changed[changed.count - 6] ^= 1
        #expect(try Self.read(changed).failure == .gzip(.damaged))
        #expect(try Self.read(compressed + Array("rubbish".utf8)).failure == .gzip(.damaged))
        #expect(try Self.read([0x1F, 0x8B] + Self.text).failure == .gzip(.damaged))
    }
}
