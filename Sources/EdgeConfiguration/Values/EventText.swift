internal import EdgeCore

/// Entries of `events.allow`.
enum EventText {
    static func read(_ text: String) throws(Complaint) -> EventPattern {
        guard !text.isEmpty else { throw Complaint("An event name is empty.", "Write a name, or remove the entry.") }
        guard !text.utf8.dropLast().contains(UInt8(ascii: "*")) else {
            throw Complaint(
                "\(text.quoted) has a \"*\" that is not at its end.",
                "Write one \"*\" at the end: \"order_*\", or none.")
        }
        return EventPattern(text)
    }

    /// Whether everything that `pattern` matches is reserved by Plunk, so that it can never be allowed.
    static func isReserved(_ pattern: EventPattern) -> Bool {
        // Of all beginnings of names only this one leads to nothing but reserved names.
        pattern.isPrefix ? pattern.name.starts(with: "email.".utf8) : ReservedEvents.contains(pattern.name)
    }
}
