import Foundation
import Testing

@testable import FuzzTargets

/// The corpora, every input as often as the suite runs: those that once found something, and those that reach far.
@Suite struct CorpusTests {
    private static let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../..").standardized
    private static let corpora = folder.appendingPathComponent("Corpora")
    private static let kept = folder.appendingPathComponent("Kept")

    /// The inputs of a target and what to call them: its files in `Corpora`, and the lines of its file in `Kept`.
    private static func inputs(of name: String) throws -> [(name: String, bytes: [UInt8])] {
        let files = try FileManager.default.contentsOfDirectory(
            at: corpora.appendingPathComponent(name), includingPropertiesForKeys: nil)
        let own = try files.map { file in
            ("Corpora/\(name)/\(file.lastPathComponent)", try [UInt8](Data(contentsOf: file)))
        }
        let packed = (try? String(contentsOf: kept.appendingPathComponent(name), encoding: .utf8)) ?? ""
        return try own
            + packed.split(separator: "\n").enumerated().map { index, line in
                let place = "Kept/\(name):\(index + 1)"
                return (place, try [UInt8](#require(Data(base64Encoded: String(line)), "\(place) is no base64")))
            }
    }

    @Test("every input of a target's corpus", arguments: FuzzTargets.all.map { $0.name })
    func corpus(name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let inputs = try Self.inputs(of: name)
        #expect(!inputs.isEmpty, "Tests/Fuzz/Corpora/\(name) has no input")
        for input in inputs {
            do {
                try target.check(input.bytes)
            } catch {
                Issue.record("\(input.name): \(error)")
            }
        }
    }

    @Test("every corpus has a target")
    func targets() throws {
        let names = Set(FuzzTargets.all.map { $0.name })
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)) == names)
        #expect(Set(try FileManager.default.contentsOfDirectory(atPath: Self.kept.path)).isSubset(of: names))
    }

    @Test("no target passes by doing nothing: the planted bug is found where it is")
    func plantedBug() {
        #expect(throws: FuzzFinding.self) { try PlantedBug.check(Array("sk_".utf8) + [0x80]) }
        #expect(throws: Never.self) { try PlantedBug.check(Array("sk_a".utf8)) }
        #expect(!FuzzTargets.all.contains { $0.name == PlantedBug.name })
    }
}
