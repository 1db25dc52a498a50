import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

@Suite struct FixtureTests {
    @Test("A bad file gets exactly the messages next to it", arguments: try Fixture.all("bad"))
    func bad(_ fixture: Fixture) throws {
        let problems = #expect(throws: ConfigurationProblems.self) { try fixture.load() }
        guard let problems else { return }
        #expect(!problems.problems.isEmpty)
        try fixture.expectMessages(problems.description + "\n")
    }

    @Test("A good file loads, with exactly the remarks next to it", arguments: try Fixture.all("good"))
    func good(_ fixture: Fixture) throws {
        let loaded = try fixture.load()
        let remarks =
            loaded.warnings.map { "warning: \($0)\n" }
        try fixture.expectMessages(remarks.joined())
    }

    @Test("No message repeats a key", arguments: try Fixture.all("bad"))
    func noKeys(_ fixture: Fixture) throws {
        let problems = #expect(throws: ConfigurationProblems.self) { try fixture.load() }
        guard let problems else { return }
        let report = ConfigurationReport(problems)
        for text in [problems.description, report.json, report.text(colour: false)] {
            #expect(!text.contains("CANARY"))
            #expect(!text.contains("hunter2"))
        }
    }

    @Test("Every key of the schema stands in a good file and in a bad one", arguments: ["good", "bad"])
    func coverage(_ kind: String) throws {
        let texts = try Fixture.all(kind).map { try String(contentsOf: $0.file, encoding: .utf8) }
        let schema = try JSONSerialization.jsonObject(with: Data(ConfigurationSchema.text.utf8))
        let names = propertyNames(of: schema)
        #expect(names.count > 40)
        for name in names {
            #expect(texts.contains { $0.contains("\"\(name)\":") }, "\(name) stands in no \(kind) fixture")
        }
    }

    private func propertyNames(of schema: Any) -> Set<String> {
        if let list = schema as? [Any] { return list.reduce(into: []) { $0.formUnion(propertyNames(of: $1)) } }
        guard let object = schema as? [String: Any] else { return [] }
        var names = Set((object["properties"] as? [String: Any])?.keys.map(\.self) ?? [])
        for value in object.values { names.formUnion(propertyNames(of: value)) }
        return names
    }
}
