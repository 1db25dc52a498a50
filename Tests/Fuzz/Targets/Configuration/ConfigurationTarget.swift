import EdgeConfiguration
import EdgeCore
import EdgeTestSupport
import Foundation

/// Whatever a file holds, loading ends in settings or in problems with a place inside the file. No key of the file is in
/// a word that is said about it. What loads knows only members of the schema, and loads as the same settings when another
/// writer has written it.
///
/// A byte 1 stands for a secret key and a byte 2 for a public one, each of its real length.
package enum ConfigurationTarget: FuzzTarget {
    package static let name = "configuration"

    private static let secret = "c0ffee" + String(repeating: "7a51e9", count: 9) + "b0a7"
    private static let environment = [
        "PLUNK_KEY": "pk_from_the_environment", "EMPTY": "", "LEAK": "sk_\(secret)", "HALF": "_\(secret)",
    ]
    private static let schema = JSONTarget.foundation(Array(ConfigurationSchema.text.utf8))

    package static func check(_ input: [UInt8]) throws(FuzzFinding) {
        // What the fuzzer writes itself is no canary.
        if String(decoding: input, as: UTF8.self).contains(secret.prefix(12)) { return }
        let bytes = input.flatMap { byte in
            byte == 1 ? Array("sk_\(secret)".utf8) : byte == 2 ? Array("pk_\(secret)".utf8) : [byte]
        }
        switch load(bytes) {
        case .failure(let problems):
            try require(!problems.problems.isEmpty, "refused without a problem")
            let report = ConfigurationReport(problems)
            try check(problems.problems, report, bytes)
            try check(problems.warnings, report, bytes)
            try check(report, count: problems.problems.count + problems.warnings.count)
        case .success(let loaded):
            let report = ConfigurationReport(path: "config.json", loaded)
            try check(loaded.warnings, report, bytes)
            try check(report, count: loaded.warnings.count)
            try require(!holdsSecret(loaded.settings), "settings hold a secret key")
            try checkAgain(loaded, bytes)
        }
    }

    private static func load(_ bytes: [UInt8]) -> Result<LoadedConfiguration, ConfigurationProblems> {
        // As for a reload: pipes are not waited for.
        let loader = ConfigurationLoader(environment: environment, sha256: plainDigest, isReload: true)
        do throws(ConfigurationProblems) {
            return .success(try loader.load(bytes: bytes, path: "config.json", folder: "/nonexistent"))
        } catch {
            return .failure(error)
        }
    }

    // MARK: What is said

    private static func check(
        _ problems: [ConfigurationProblem], _ report: ConfigurationReport, _ bytes: [UInt8]
    ) throws(FuzzFinding) {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        var last = TextPosition(line: 1, column: 1)
        for problem in problems {
            guard let position = problem.position else { throw FuzzFinding("no place: \(problem)") }
            let isInside =
                (1...lines.count).contains(position.line)
                && (1...lines[position.line - 1].count + 1).contains(position.column)
            try require(isInside, "outside of the file: \(problem)")
            try require(
                (last.line, last.column) <= (position.line, position.column), "not in the file's order: \(problem)")
            last = position
            try require(!problem.message.isEmpty && !problem.suggestion.isEmpty, "nothing is said: \(problem)")
        }
        for text in problems.map(\.description) + [report.json, report.text(colour: false)] {
            try require(!text.contains(secret.prefix(12)), "a key is said: \(text)")
        }
    }

    private static func check(_ report: ConfigurationReport, count: Int) throws(FuzzFinding) {
        let said = report.text(colour: false).unicodeScalars
        let isPrintable = said.allSatisfy { $0 == "\n" || !BrokenText.isUnsafe($0) }
        try require(isPrintable, "a terminal can be fooled: \(report.text(colour: false))")
        guard case .array(let entries)? = JSONTarget.foundation(Array(report.json.utf8)) else {
            throw FuzzFinding("the report is no JSON: \(report.json)")
        }
        try require(entries.count == count, "the report loses a problem")
    }

    /// Whether any value in it, texts and bytes alike, holds the secret key.
    private static func holdsSecret(_ value: Any) -> Bool {
        switch value {
        case let bytes as any Collection<UInt8>: String(decoding: bytes, as: UTF8.self).contains("sk_\(secret)")
        case let text as any StringProtocol: text.contains("sk_\(secret)")
        default: Mirror(reflecting: value).children.contains { holdsSecret($0.value) }
        }
    }

    // MARK: The same again

    private static func checkAgain(_ loaded: LoadedConfiguration, _ bytes: [UInt8]) throws(FuzzFinding) {
        if JSONTarget.holdsMark(bytes) { return }
        guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)),
            let tree = JSONTree(foundation: object),
            let written = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
        else { throw FuzzFinding("loaded, but not JSON for Foundation") }
        if let schema { try checkMembers(tree, by: schema, in: schema, at: "") }
        guard case .success(let again) = load([UInt8](written)) else {
            throw FuzzFinding("does not load again: \(String(decoding: written, as: UTF8.self))")
        }
        let changes =
            SettingsChanges.takenOver(from: loaded.settings, to: again.settings)
            + SettingsChanges.needingRestart(from: loaded.settings, to: again.settings)
        try require(changes.isEmpty, "loads again with other \(changes)")
        try require(again.warnings.count == loaded.warnings.count, "loads again with other warnings")
    }

    /// Members that the schema does not know, wherever it knows all.
    private static func checkMembers(
        _ tree: JSONTree, by schema: JSONTree, in whole: JSONTree, at pointer: String
    ) throws(FuzzFinding) {
        let alternatives = alternatives(schema, in: whole)
        switch tree {
        case .object(let members):
            let known = alternatives.compactMap { $0["properties"] }
            for (name, value) in members {
                let place = "\(pointer)/\(String(decoding: name, as: UTF8.self))"
                guard let property = known.lazy.compactMap({ $0[name] }).first else {
                    throw FuzzFinding("\(place) is not in the schema")
                }
                try checkMembers(value, by: property, in: whole, at: place)
            }
        case .array(let elements):
            guard let items = alternatives.lazy.compactMap({ $0["items"] }).first else {
                throw FuzzFinding("\(pointer) is no list in the schema")
            }
            for (index, element) in elements.enumerated() {
                try checkMembers(element, by: items, in: whole, at: "\(pointer)/\(index)")
            }
        case .null, .bool, .number, .string: break
        }
    }

    /// What a schema allows, with its references followed.
    private static func alternatives(_ schema: JSONTree, in whole: JSONTree) -> [JSONTree] {
        if case .string(let reference)? = schema["$ref"] {
            let name = String(decoding: reference, as: UTF8.self).split(separator: "/").last.map(String.init) ?? ""
            return whole["$defs"]?[name].map { alternatives($0, in: whole) } ?? []
        }
        guard case .array(let schemas)? = schema["anyOf"] else { return [schema] }
        return [schema] + schemas.flatMap { alternatives($0, in: whole) }
    }
}

extension JSONTree {
    fileprivate subscript(_ name: String) -> JSONTree? { self[Array(name.utf8)] }

    fileprivate subscript(_ name: [UInt8]) -> JSONTree? {
        if case .object(let members) = self { members[name] } else { nil }
    }
}
