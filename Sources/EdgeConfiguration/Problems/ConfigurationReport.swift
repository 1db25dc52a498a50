/// What `check` says about a file, for people and for programs.
package struct ConfigurationReport: Sendable {
    package enum Severity: String, Sendable {
        case error, warning

        /// The escape sequence of its colour on a terminal (ECMA-48).
        fileprivate var colour: String { self == .warning ? "\u{1B}[33m" : "\u{1B}[31m" }
    }

    private static let width = 80

    private let path: String
    private let entries: [(severity: Severity, problem: ConfigurationProblem)]

    package init(_ problems: ConfigurationProblems) {
        path = problems.path
        let all = problems.problems.map { (Severity.error, $0) } + problems.warnings.map { (Severity.warning, $0) }
        func place(_ problem: ConfigurationProblem) -> (Int, Int) {
            problem.position.map { ($0.line, $0.column) } ?? (0, 0)
        }
        entries = all.sorted { place($0.1) < place($1.1) }
    }

    /// - Parameter path: the file as it was named.
    package init(path: String, _ loaded: LoadedConfiguration) {
        self.path = path
        entries = loaded.warnings.map { (.warning, $0) }
    }

    /// Whether an edge would start with this file.
    package var isAcceptable: Bool { entries.allSatisfy { $0.severity == .warning } }

    /// An array of objects with `severity`, `file`, `line`, `column`, `pointer`, `message` and `suggestion`; ends with a
    /// line feed.
    package var json: String {
        let objects = entries.map { severity, problem -> OrderedJSON in
            var members: [OrderedJSON.Member] = [
                .init(name: "severity", value: .string(severity.rawValue)),
                .init(name: "file", value: .string(problem.file)),
            ]
            if let position = problem.position {
                members.append(.init(name: "line", value: .number(position.line)))
                members.append(.init(name: "column", value: .number(position.column)))
            }
            members.append(.init(name: "pointer", value: .string(problem.pointer)))
            members.append(.init(name: "message", value: .string(problem.message)))
            members.append(.init(name: "suggestion", value: .string(problem.suggestion)))
            return .object(members)
        }
        return OrderedJSON.array(objects).text + "\n"
    }

    /// One paragraph for each problem, in lines of 80 columns where words allow it, and a last line that sums up.
    package func text(colour: Bool) -> String {
        let paragraphs = entries.map { severity, problem -> String in
            let label = colour ? "\(severity.colour)\(severity.rawValue)\u{1B}[0m" : severity.rawValue
            let pointer = problem.pointer.isEmpty ? "" : " at \(problem.pointer.printable)"
            let place = "\(problem.place): \(label)\(pointer)"
            return "\(place)\n\(Self.wrapped(problem.message))\n\(Self.wrapped(problem.suggestion))\n\n"
        }
        return paragraphs.joined() + summary + "\n"
    }

    private var summary: String {
        let warnings = entries.count { $0.severity == .warning }
        let errors = entries.count - warnings
        let counts = [Self.count(errors, "error"), Self.count(warnings, "warning")].compactMap(\.self)
        return "\(path): " + (counts.isEmpty ? "no problems" : counts.joined(separator: ", "))
    }

    private static func count(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    /// `text` in lines that begin with two spaces.
    private static func wrapped(_ text: String) -> String {
        var lines: [String] = []
        var line = " "
        for word in text.split(separator: " ") {
            if line.count > 1, line.count + 1 + word.count > width {
                lines.append(line)
                line = " "
            }
            line += " " + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
