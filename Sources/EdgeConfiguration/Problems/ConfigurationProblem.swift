/// One thing that is wrong in a configuration file, or that somebody should know about it.
package struct ConfigurationProblem: Hashable, Sendable {
    /// The file as it was named.
    package var file: String
    /// Nil where the file as a whole is meant: it cannot be read.
    package var position: TextPosition?
    /// The JSON pointer (RFC 6901) of the value or member; empty for the whole file.
    package var pointer: String
    /// What is wrong: a sentence. Keys in it are cut down to their prefix.
    package var message: String
    /// What to write or do instead: a sentence.
    package var suggestion: String
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line, in the form that compilers use and editors jump to.
    package var description: String {
        let pointer = pointer.isEmpty ? "" : "\(pointer.printable): "
        return "\(place): \(pointer)\(message) \(suggestion)"
    }

    /// `file:line:column`.
    var place: String {
        guard let position else { return file }
        return "\(file):\(position.line):\(position.column)"
    }
}

/// Every problem of a file at once, in the file's order; at least one.
package struct ConfigurationProblems: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    package var problems: [ConfigurationProblem]
    /// What should be said besides.
    package var warnings: [ConfigurationProblem] = []

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// What is wrong with a value and what to write instead; where it stands is known to the one who reads it.
struct Complaint: Error, Hashable {
    var message: String
    var suggestion: String

    init(_ message: String, _ suggestion: String) { (self.message, self.suggestion) = (message, suggestion) }
}
