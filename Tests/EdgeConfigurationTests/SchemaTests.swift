import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

@Suite struct SchemaTests {
    private static let package = Fixture.folder.appending(path: "../../..").standardized

    @Test("deploy/config.schema.json is the schema that the command prints")
    func file() throws {
        let file = Self.package.appending(path: "deploy/config.schema.json")
        if ProcessInfo.processInfo.environment["UPDATE_FIXTURES"] == "1" {
            try ConfigurationSchema.text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == ConfigurationSchema.text)
    }

    @Test("The example loads with an empty environment and without remarks")
    func example() throws {
        let file = Self.package.appending(path: "config.example.json").path
        let loaded = try ConfigurationLoader(environment: [:], sha256: testDigest).load(path: file)
        #expect(ConfigurationReport(path: file, loaded).json == "[]\n")
        #expect(loaded.settings.policy.keys.entries.map(\.name) == ["web", "mobile"])
    }

    @Test("A file that writes out every default means the same as one that writes none")
    func defaults() throws {
        let schema = try #require(
            JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8)) as? [String: Any])
        var written = defaults(in: schema)
        #expect(((written["limits"] as? [String: Any])?["timeouts"] as? [String: Any])?.count == 4)
        written["listeners"] = [["address": "127.0.0.1:0"]]
        var upstream = try #require(written["upstream"] as? [String: Any])
        upstream["url"] = "https://plunk.example.com"
        written["upstream"] = upstream
        written["admin"] = nil
        let bytes = try [UInt8](JSONSerialization.data(withJSONObject: written))
        let loaded = try ConfigurationLoader(environment: [:], sha256: testDigest).load(
            bytes: bytes, path: "config.json", folder: "/")
        #expect(try "\(loaded.settings)" == "\(load().settings)")
    }

    /// The object of the defaults of a schema's properties.
    private func defaults(in schema: [String: Any]) -> [String: Any] {
        var values: [String: Any] = [:]
        for (name, property) in schema["properties"] as? [String: [String: Any]] ?? [:] {
            let alternatives = [property] + (property["anyOf"] as? [[String: Any]] ?? [])
            if let value = property["default"] {
                values[name] = value
            } else if let object = alternatives.first(where: { $0["properties"] != nil && $0["required"] == nil }) {
                values[name] = defaults(in: object)
            } else if name == "upstream" {
                values[name] = defaults(in: property)
            }
        }
        return values
    }
}
