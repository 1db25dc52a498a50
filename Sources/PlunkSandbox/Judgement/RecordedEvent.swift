/// An event that the sandbox took, for somebody who watches. Nothing in it can move a terminal's cursor.
package struct RecordedEvent: Hashable, Sendable {
    /// The event's name and the contact's address, cut at 128 characters; control and formatting characters are
    /// replaced by U+FFFD.
    package var event: String
    package var email: String
    /// The public key's prefix and, for a key of 16 characters or more, its last four: `pk_…cdef`.
    package var project: String

    init(event: [UInt8], email: [UInt8], project: SandboxProject) {
        self.event = Self.printable(event)
        self.email = Self.printable(email)
        self.project = project.label
    }

    private static func printable(_ text: [UInt8]) -> String {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars.prefix(128) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result.append("\u{FFFD}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
