import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

/// A configuration file of the fixtures and, next to it, what is said about it.
struct Fixture: CustomTestStringConvertible, Sendable {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    /// The variables that fixtures name; `UNSET` is none of them.
    static let environment = [
        "PLUNK_KEY": "pk_from_the_environment", "EMPTY": "", "LEAK": "sk_CANARY", "CANARY": "_CANARY",
    ]

    var file: URL

    var testDescription: String { file.deletingPathExtension().lastPathComponent }

    static func all(_ kind: String) throws -> [Fixture] {
        try FileManager.default.contentsOfDirectory(at: folder.appending(path: kind), includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.path < $1.path }
            .map(Fixture.init)
    }

    static func load(_ name: String) throws -> LoadedConfiguration {
        try Fixture(file: folder.appending(path: "good/\(name).json")).load()
    }

    func load() throws -> LoadedConfiguration {
        try ConfigurationLoader(environment: Self.environment, sha256: testDigest).load(
            bytes: [UInt8](Data(contentsOf: file)), path: file.lastPathComponent,
            folder: file.deletingLastPathComponent().path)
    }

    /// Compares `text` with the file next to this one; `UPDATE_FIXTURES=1` in the environment writes it instead.
    func expectMessages(_ text: String) throws {
        let portable = text.replacing(file.deletingLastPathComponent().path, with: "FOLDER")
        let expected = file.deletingPathExtension().appendingPathExtension("txt")
        if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
            if portable.isEmpty {
                try? FileManager.default.removeItem(at: expected)
            } else {
                try portable.write(to: expected, atomically: true, encoding: .utf8)
            }
        }
        let golden =
            FileManager.default.fileExists(atPath: expected.path)
            ? try String(contentsOf: expected, encoding: .utf8) : ""
        #expect(portable == golden)
    }
}

/// Stands in for SHA-256: different for different keys, the same for the same.
let testDigest: SHA256Function = { bytes in
    var words: (UInt64, UInt64, UInt64, UInt64) = (1, 2, 3, 4)
    for byte in bytes {
        words.0 = (words.0 ^ UInt64(byte)) &* 0x100_0000_01B3
        words.1 = (words.1 ^ words.0) &* 0x100_0000_01B3
    }
    return KeyDigest(words)
}

/// The digest of a key's text.
func digest(_ text: String) -> KeyDigest { Array(text.utf8).withUnsafeBytes { testDigest($0) } }

/// Settings of a configuration that says only what it must and `members`.
func load(_ members: String = "") throws -> LoadedConfiguration {
    let text = """
        {"listeners": [{"address": "127.0.0.1:0"}], "upstream": {"url": "https://plunk.example.com"}\(members)}
        """
    return try ConfigurationLoader(environment: Fixture.environment, sha256: testDigest).load(
        bytes: Array(text.utf8), path: "config.json", folder: Fixture.folder.path)
}
