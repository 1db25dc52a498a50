import EdgeConfiguration
import EdgeCore
import Foundation
import Testing

@Suite struct RobustnessTests {
    @Test(
        "Secret keys are found where a word begins, or by the digits of a real one",
        arguments: [
            ("sk_a", true), ("Bearer sk_a", true), ("/etc/sk_a", true), ("x-sk_a", true), ("task_done", false),
            ("disk_full", false), ("pk_a", false), ("xsk_" + String(repeating: "0f", count: 24), true),
            ("xsk_" + String(repeating: "0f", count: 15), false), ("SK_a", true),
        ])
    func secrets(_ text: String, _ isSecret: Bool) throws {
        let members = ", \"events\": {\"allow\": [\"\(text)\"]}"
        if isSecret {
            let problems = try #require(#expect(throws: ConfigurationProblems.self) { try load(members) })
            #expect(problems.problems.map(\.pointer) == ["/events/allow/0"])
        } else {
            #expect(try load(members).settings.policy.events == [EventPattern(text)])
        }
    }

    @Test("Whatever a file is cut to or changed to, loading ends in settings or in problems", arguments: [20_261_123])
    func mutations(_ seed: UInt64) throws {
        var state = seed
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let loader = ConfigurationLoader(environment: Fixture.environment, sha256: testDigest)
        let tokens = [
            "null", "1e99", "\"\"", "{}", "[]", "\"${A\"", "\"sk_x\"", "-1", "\"99999999999999999999999h\"", ",",
        ]
        let files = try (Fixture.all("good") + Fixture.all("bad")).map { try [UInt8](Data(contentsOf: $0.file)) }
        var failures = 0
        for file in files where !file.isEmpty {
            for _ in 0..<40 {
                var bytes = file
                switch next(3) {
                case 0: bytes.removeSubrange(next(bytes.count)...)
                case 1: bytes[next(bytes.count)] = UInt8(next(256))
                default:
                    let start = next(bytes.count)
                    let end = min(bytes.count, start + next(12))
                    bytes.replaceSubrange(start..<end, with: Array(tokens[next(tokens.count)].utf8))
                }
                do {
                    _ = try loader.load(bytes: bytes, path: "config.json", folder: Fixture.folder.path)
                } catch {
                    failures += 1
                    #expect(!error.problems.isEmpty)
                    #expect(error.problems.allSatisfy { $0.position != nil })
                }
            }
        }
        #expect(failures > 100)
    }

    @Test("A file with thousands of problems gets all of them, each with its place")
    func large() throws {
        let members = (0..<4000).map { "\"key\($0)\": {}" }.joined(separator: ",\n")
        let problems = try #require(#expect(throws: ConfigurationProblems.self) { try load(", \(members)") })
        #expect(problems.problems.count == 4000)
        #expect(problems.problems.last?.position?.line == 4000)
        #expect(problems.problems.last?.pointer == "/key3999")
    }

    @Test("Columns count characters, not bytes")
    func columns() throws {
        let problems = try #require(
            #expect(throws: ConfigurationProblems.self) { try load(", \"trustedProxies\": [\"ä\", \"ü\"]") })
        #expect(problems.problems.map(\.position?.column) == [114, 119])
    }
}
