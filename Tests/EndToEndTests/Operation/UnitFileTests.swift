import EdgeTestSupport
import Foundation
import Testing

/// `deploy/systemd`, judged by systemd's own programs.
@Suite struct UnitFileTests {
    private static func text(_ name: String) throws -> String { try Repository.file("deploy/systemd/\(name)") }

    /// One line of `systemd-analyze security`.
    private struct Finding {
        var name: String
        var isSatisfied: Bool
    }

    private func findings(_ unit: String) throws -> [Finding] {
        let analysis = try Tool.unitAnalyzer.start(["security", "--offline=true", "--json=short", unit])
        _ = try analysis.waitForExit()
        let text = try analysis.output.waitForEnd()
        guard case .array(let lines) = try JSONValue(parsing: Array(text.utf8)) else {
            throw Overdue("no list: \(text)")
        }
        return lines.compactMap { line in
            guard let name = line["name"]?.string, case .bool(let isSet) = line["set"] else { return nil }
            return Finding(name: name, isSatisfied: isSet)
        }
    }

    @Test("The service's exposure is 1.5 or better, and its comments say what each exception is for")
    func security() throws {
        let unit = Repository.path("deploy/systemd/plunk-edge.service")
        let judgement = try Tool.unitAnalyzer.start(["security", "--offline=true", "--threshold=15", unit])
        #expect(try judgement.waitForExit() == 0, "\(judgement.output.text)")

        let comments = try Self.text("plunk-edge.service").split(separator: "\n").filter { $0.hasPrefix("#") }
            .joined(separator: "\n")
        let findings = try findings(unit)
        #expect(findings.count > 60, "systemd-analyze says what it looks at")
        for finding in findings where !finding.isSatisfied {
            let setting = finding.name.prefix { $0 != "=" }
            #expect(comments.contains("\(setting)="), "no word about \(finding.name)")
        }
    }

    @Test("A unit without protection is found to be one")
    func unprotected() throws {
        let folder = try TemporaryFolder()
        let unit = try folder.write("bare.service", Array("[Service]\nExecStart=/bin/true\n".utf8))
        let judgement = try Tool.unitAnalyzer.start(["security", "--offline=true", "--threshold=15", unit])
        #expect(try judgement.waitForExit() != 0)
    }

    @Test("systemd finds nothing wrong with the units")
    func verify() throws {
        let folder = try TemporaryFolder()
        // As they are, but for the program and the user, which are not installed here.
        let service = try Self.text("plunk-edge.service")
            .replacing("/usr/bin/plunk-edge", with: EdgeProcess.binary)
            .replacing(/(User|Group)=plunk-edge/) { "\($0.1)=root" }
        #expect(service.contains("ExecStart=\(EdgeProcess.binary) serve "))
        let files = [
            try folder.write("plunk-edge.service", Array(service.utf8)),
            try folder.write("plunk-edge.socket", Array(Self.text("plunk-edge.socket").utf8)),
        ]
        let verdict = try Tool.unitAnalyzer.start(["verify", "--man=no"] + files)
        #expect(try verdict.waitForExit() == 0)
        #expect(try verdict.errors.waitForEnd().split(separator: "\n").filter { $0.contains("plunk-edge") } == [])
    }

    @Test("The sockets are the listeners of the example")
    func sockets() throws {
        let example = try JSONValue(parsing: Array(Repository.file("config.example.json").utf8))
        guard case .array(let listeners) = example["listeners"] else { throw Overdue("no listeners") }
        let sockets = try Self.text("plunk-edge.socket").matches(of: /(?m)^ListenStream=(.+)$/).map { String($0.1) }
        #expect(sockets == listeners.compactMap { $0["address"]?.string })
    }
}
