import Foundation
import FuzzTargets
import Testing

/// The corpora, every input as often as the suite runs: those that once found something, and those that reach far.
@Suite struct CorpusTests {
    private static let corpora = URL(fileURLWithPath: #filePath).appendingPathComponent("../../Corpora").standardized

    private static func inputs(of target: any FuzzTarget.Type) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: corpora.appendingPathComponent(target.name), includingPropertiesForKeys: nil)
    }

    @Test("every input of a target's corpus", arguments: FuzzTargets.all.map { $0.name })
    func corpus(name: String) throws {
        let target = try #require(FuzzTargets.named(name))
        let inputs = try Self.inputs(of: target)
        #expect(!inputs.isEmpty, "Tests/Fuzz/Corpora/\(name) has no input")
        for input in inputs {
            let bytes = try [UInt8](Data(contentsOf: input))
            do {
                try target.check(bytes)
            } catch {
                Issue.record("\(name)/\(input.lastPathComponent): \(error)")
            }
        }
    }

    @Test("every corpus has a target")
    func targets() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
        #expect(Set(folders) == Set(FuzzTargets.all.map { $0.name }))
    }
}
